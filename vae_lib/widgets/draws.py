"""Random numbers that a page's front end draws too: uniform ones bit for bit, and normal ones made of them."""

import numpy as np
from jaxtyping import Float


def uniform_draws(count: int, seed: int) -> list[float]:
    """Numbers between 0 and 1, both excluded, by mulberry32; NumPy's generators have no JavaScript twin."""
    state, word, numbers = seed & 0xFFFFFFFF, 0xFFFFFFFF, []
    for _ in range(count):
        state = (state + 0x6D2B79F5) & word
        bits = (state ^ state >> 15) * (state | 1) & word
        bits ^= bits + ((bits ^ bits >> 7) * (bits | 61) & word) & word
        numbers.append(((bits ^ bits >> 14) + 0.5) / 2**32)
    return numbers


def fixed_draws(count: int, seed: int) -> Float[np.ndarray, "{count} 2"]:
    """`count` standard normal pairs that are the same on every machine and in every browser.

    Uniform numbers made normal by Box and Muller's rule.
    """
    uniform = np.array(uniform_draws(2 * count, seed)).reshape(count, 2)
    radius, angle = np.sqrt(-2 * np.log(uniform[:, 0])), 2 * np.pi * uniform[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
