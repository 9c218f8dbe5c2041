"""The discretised logistic likelihood against the definition in float64, quadrature, and its own sum over levels."""

import math

import pytest
import torch

from vae_lib.distributions import bits_per_dimension, discretized_logistic_log_prob

LEVELS = torch.arange(256, dtype=torch.float64)[:, None] / 255
MEANS = (-0.3, 0.0, 0.25, 0.5, 0.9981, 1.0, 1.7)
LOG_SCALES = (-12.0, -7.0, -5.5, -3.0, -1.0, 0.0, 4.0, 20.0)


def each_level(mu, log_scale, dtype=torch.float64):
    """log P of the 256 levels of one pixel."""
    given = torch.tensor([[mu]], dtype=dtype), torch.tensor([[log_scale]], dtype=dtype)
    return discretized_logistic_log_prob(LEVELS.to(dtype), *given)


def by_definition(mu, log_scale):
    """The differences of the logistic distribution function, edges taking the tails, computed from the nearer end."""
    scale = math.exp(log_scale)
    edges = (torch.arange(1, 256, dtype=torch.float64) - 0.5) / 255
    a = (edges - mu) / scale
    inner = torch.where(
        a[1:] + a[:-1] < 0, a[1:].sigmoid() - a[:-1].sigmoid(), (-a[:-1]).sigmoid() - (-a[1:]).sigmoid()
    )
    return torch.cat([a[:1].sigmoid(), inner, (-a[-1:]).sigmoid()])


@pytest.mark.parametrize("mu", MEANS)
@pytest.mark.parametrize("log_scale", LOG_SCALES)
def test_probabilities_of_the_256_levels_sum_to_one(mu, log_scale):
    assert each_level(mu, log_scale).exp().sum().item() == pytest.approx(1, abs=1e-12)
    # In float32 the place of x − μ in a narrower distribution is not known any better.
    if log_scale >= -7:
        assert each_level(mu, log_scale, torch.float32).exp().sum().item() == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("mu", MEANS)
@pytest.mark.parametrize("log_scale", LOG_SCALES[:-1])
def test_every_level_has_its_difference_of_the_distribution_function(mu, log_scale):
    expected = by_definition(mu, log_scale)
    # Below this a difference of two numbers near 1 has no digits left, which is why it is not computed so.
    known = expected > 1e-250
    assert known.any()
    torch.testing.assert_close(each_level(mu, log_scale)[known], expected[known].log(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("mu", "log_scale", "level"), [(0.4, -4.0, 100), (0.4, -2.0, 30), (0.1, -1.0, 254)])
def test_a_level_has_the_area_under_the_density_around_it(mu, log_scale, level):
    scale = math.exp(log_scale)
    x = torch.linspace((level - 0.5) / 255, (level + 0.5) / 255, 2001, dtype=torch.float64)
    density = torch.exp(-(x - mu) / scale) / (scale * (1 + torch.exp(-(x - mu) / scale)) ** 2)
    area = torch.trapezoid(density, x).log().item()
    assert each_level(mu, log_scale)[level].item() == pytest.approx(area, abs=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("log_scale", [-200.0, -30.0, -10.0, -5.0, 0.0, 10.0, 80.0, 1000.0])
@pytest.mark.parametrize("mu", [-50.0, 0.0, 0.5, 1.0, 3.0])
def test_value_and_gradients_are_finite_everywhere(dtype, log_scale, mu):
    x = LEVELS.to(dtype)
    means = torch.full_like(x, mu).requires_grad_()
    scales = torch.full_like(x, log_scale).requires_grad_()
    value = discretized_logistic_log_prob(x, means, scales)
    assert value.isfinite().all()
    assert (value <= 1e-6).all()
    value.sum().backward()
    assert means.grad.isfinite().all()
    assert scales.grad.isfinite().all()


@pytest.mark.parametrize("log_scale", [-8.0, -6.0, -5.54, -1.0, -0.94, 2.0])
def test_gradients_are_those_of_finite_differences(log_scale):
    x = LEVELS[::15]
    given = torch.full_like(x, 0.45).requires_grad_(), torch.full_like(x, log_scale).requires_grad_()
    assert torch.autograd.gradcheck(lambda mu, s: discretized_logistic_log_prob(x, mu, s), given, eps=1e-7, atol=1e-4)


def test_pixels_are_independent_and_a_scale_may_be_shared():
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (5, 7), generator=generator).double() / 255
    mu = torch.rand(5, 7, generator=generator, dtype=torch.float64)
    scale = torch.tensor([[-2.0]], dtype=torch.float64)
    alone = [discretized_logistic_log_prob(x[:, [k]], mu[:, [k]], scale) for k in range(7)]
    torch.testing.assert_close(discretized_logistic_log_prob(x, mu, scale), torch.stack(alone).sum(dim=0))


def test_a_byte_that_nothing_is_known_of_has_eight_bits():
    assert bits_per_dimension(torch.tensor([-3 * math.log(256)]), 3).item() == pytest.approx(8)
    assert bits_per_dimension(torch.tensor(-math.log(2)), 1).item() == pytest.approx(1)
    with pytest.raises(ValueError, match="got 0"):
        bits_per_dimension(torch.zeros(2), 0)


def test_a_narrow_level_has_the_density_times_its_width():
    """Where the scale is many levels wide, a level's probability is the logistic's density there times 1/255."""
    log_scale = 0.5
    density = -log_scale - math.log(4)  # of the logistic at its mean
    inner = each_level(0.5, log_scale)[127:129].mean().item()
    assert inner == pytest.approx(density - math.log(255), abs=1e-4)
