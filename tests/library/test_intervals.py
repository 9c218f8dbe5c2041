"""The interval of a counted share against SciPy's, and against what it promises."""

import pytest
import torch
from scipy.stats import binomtest

from vae_lib.evaluation import wilson_interval


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 1000), (990, 1000), (1000, 1000), (3, 7), (50, 100)])
def test_interval_is_scipys(successes, n):
    expected = binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson_interval(successes, n, u=1.959963985) == pytest.approx((expected.low, expected.high), abs=1e-7)


@pytest.mark.parametrize("p", [0.5, 0.97, 0.995])
def test_interval_holds_the_true_share_in_about_95_of_100_draws(p):
    torch.manual_seed(0)
    counts = torch.distributions.Binomial(1000, torch.tensor(p)).sample((4000,)).int().tolist()
    held = [low <= p <= high for low, high in (wilson_interval(count, 1000) for count in counts)]
    assert 0.93 < sum(held) / len(held) < 0.98


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_named(successes, n):
    with pytest.raises(ValueError, match=f"got {successes} of {n}"):
        wilson_interval(successes, n)
