"""Confidence intervals for proportions, such as the share of samples that a classifier reads as the digit asked for."""

import math


def wilson_interval(successes: int, n: int, *, u: float = 1.96) -> tuple[float, float]:
    """The proportions p for which `successes` of `n` lies within u standard deviations of n p; u = 1.96 makes it 95 %.

    Raises ValueError for more successes than trials, and for no trials.
    Source: Wilson (1927). Shown in: conditional_vae.
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"expected 0 to n successes, n ≥ 1; got {successes} of {n}")
    share, scale = successes / n, 1 + u**2 / n
    middle = (share + u**2 / (2 * n)) / scale
    half = u / scale * math.sqrt(share * (1 - share) / n + u**2 / (4 * n**2))
    return middle - half, middle + half
