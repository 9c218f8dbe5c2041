"""Densities, divergences and samples against torch.distributions, quadrature and derivatives by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from jaxtyping import TypeCheckError
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy_with_logits

from vae_lib.distributions import (
    bernoulli_log_prob,
    kl_normal,
    kl_standard_normal,
    normal_log_prob,
    reparameterize,
)

# float32 of a sum of a few terms; the truth is computed in float64 from the same numbers.
TOLERANCES = {torch.float32: {"rtol": 2e-5, "atol": 2e-5}, torch.float64: {"rtol": 1e-11, "atol": 1e-11}}
LOG_VARS = (-30, 20)
MEANS = (-1000, 1000)
everywhere = settings(max_examples=200, deadline=None, derandomize=True)


@st.composite
def matrices(draw, *ranges):
    """Tensors of one shape `[batch, dimensions]` and one precision, each with entries from its range."""
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    shape = draw(array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=5))
    width = np.dtype(dtype).itemsize * 8
    entries = [st.floats(low, high, width=width, allow_subnormal=False) for low, high in ranges]
    return tuple(torch.from_numpy(draw(arrays(dtype, shape, elements=each))) for each in entries)


def normal(mu, log_var):
    """The outside truth, in float64."""
    return Normal(mu.double(), torch.exp(0.5 * log_var.double()))


def agree(came, expected):
    assert came.isfinite().all()
    torch.testing.assert_close(came.double(), expected, **TOLERANCES[came.dtype])


@everywhere
@given(matrices(MEANS, LOG_VARS))
def test_kl_to_the_prior_equals_torch_distributions(tensors):
    mu, log_var = tensors
    expected = kl_divergence(normal(mu, log_var), Normal(0.0, 1.0)).sum(dim=-1)
    agree(kl_standard_normal(mu, log_var), expected)


@everywhere
@given(matrices(MEANS, LOG_VARS, MEANS, LOG_VARS))
def test_kl_between_normals_equals_torch_distributions(tensors):
    mu_q, log_var_q, mu_p, log_var_p = tensors
    expected = kl_divergence(normal(mu_q, log_var_q), normal(mu_p, log_var_p)).sum(dim=-1)
    agree(kl_normal(mu_q, log_var_q, mu_p, log_var_p), expected)


@everywhere
@given(matrices(MEANS, LOG_VARS))
def test_kl_to_the_prior_is_kl_between_normals_with_a_standard_one(tensors):
    mu, log_var = tensors
    origin = torch.zeros(1, mu.shape[1], dtype=mu.dtype)
    assert torch.equal(kl_normal(mu, log_var, origin, origin), kl_standard_normal(mu, log_var))


@everywhere
@given(matrices((-1, 1), (-1, 1), (-1, 1), (-1, 1)))
def test_kl_is_never_negative_not_even_by_rounding(tensors):
    mu_q, log_var_q, mu_p, log_var_p = tensors
    for scale in (1, 1e-2, 1e-4, 1e-6):
        assert (kl_standard_normal(scale * mu_q, scale * log_var_q) >= 0).all()
        assert (kl_normal(scale * mu_q, scale * log_var_q, scale * mu_p, scale * log_var_p) >= 0).all()


@everywhere
@given(matrices(MEANS, LOG_VARS))
def test_kl_of_a_normal_to_itself_is_zero(tensors):
    mu, log_var = tensors
    assert (kl_normal(mu, log_var, mu, log_var) == 0).all()
    assert (kl_standard_normal(torch.zeros_like(mu), torch.zeros_like(mu)) == 0).all()


@pytest.mark.parametrize("log_var", [1e-2, -1e-3, 1e-3])
def test_kl_keeps_its_digits_near_the_prior(log_var):
    # 1 + log σ² − σ² in float32 is wrong by tens of per cent here: the terms cancel.
    came = kl_standard_normal(torch.zeros(1, 1), torch.full((1, 1), log_var)).item()
    series = log_var**2 / 4 + log_var**3 / 12 + log_var**4 / 48
    assert came == pytest.approx(series, rel=1e-3)


@everywhere
@given(matrices(MEANS, LOG_VARS))
def test_kl_adds_over_dimensions_in_any_order(tensors):
    mu, log_var = tensors
    one_by_one = sum(kl_standard_normal(mu[:, [j]], log_var[:, [j]]) for j in range(mu.shape[1]))
    tolerances = TOLERANCES[mu.dtype]
    torch.testing.assert_close(kl_standard_normal(mu, log_var), one_by_one, **tolerances)
    backwards = kl_standard_normal(mu.flip(1), log_var.flip(1))
    torch.testing.assert_close(kl_standard_normal(mu, log_var), backwards, **tolerances)


@everywhere
@given(matrices(MEANS, LOG_VARS))
def test_gradient_of_kl_to_the_prior_is_the_one_derived_by_hand(tensors):
    mu, log_var = (tensor.requires_grad_() for tensor in tensors)
    kl_standard_normal(mu, log_var).sum().backward()
    torch.testing.assert_close(mu.grad, mu.detach())
    torch.testing.assert_close(log_var.grad, 0.5 * (log_var.detach().exp() - 1), rtol=1e-5, atol=1e-6)


@everywhere
@given(matrices((-3, 3), (-3, 3), (-3, 3), (-3, 3)))
def test_gradient_of_kl_between_normals_is_the_one_derived_by_hand(tensors):
    mu_q, log_var_q, mu_p, log_var_p = (tensor.double().requires_grad_() for tensor in tensors)
    kl_normal(mu_q, log_var_q, mu_p, log_var_p).sum().backward()
    with torch.no_grad():
        precision, ratio, difference = torch.exp(-log_var_p), torch.exp(log_var_q - log_var_p), mu_q - mu_p
        by_hand = {
            mu_q: difference * precision,
            log_var_q: 0.5 * (ratio - 1),
            mu_p: -difference * precision,
            log_var_p: 0.5 * (1 - ratio - difference**2 * precision),
        }
    for tensor, expected in by_hand.items():
        torch.testing.assert_close(tensor.grad, expected, rtol=1e-10, atol=1e-10)


NORMALS_1D = [(0.0, 0.0), (1.5, -2.0), (-3.0, 1.0), (0.2, -6.0), (20.0, 3.0)]


@pytest.mark.parametrize(("mu", "log_var"), NORMALS_1D)
def test_kl_equals_the_integral_of_its_definition(mu, log_var):
    reach = 12 * math.exp(0.5 * log_var)
    z = torch.linspace(mu - reach, mu + reach, 20_001, dtype=torch.float64)
    mu, log_var = torch.tensor([[[mu]], [[log_var]]], dtype=torch.float64)
    log_q, log_p = normal(mu, log_var).log_prob(z), normal(torch.zeros(1), torch.zeros(1)).log_prob(z)
    integral = torch.trapezoid(log_q.exp() * (log_q - log_p), z)
    came = kl_standard_normal(mu, log_var)
    torch.testing.assert_close(came, integral, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("mu", "log_var"), NORMALS_1D)
def test_normal_density_integrates_to_one(mu, log_var):
    reach = 12 * math.exp(0.5 * log_var)
    x = torch.linspace(mu - reach, mu + reach, 20_001, dtype=torch.float64)
    density = normal_log_prob(x[:, None], *torch.tensor([[[mu]], [[log_var]]], dtype=torch.float64)).exp()
    assert torch.trapezoid(density, x).item() == pytest.approx(1, abs=1e-9)


def test_kl_is_the_mean_log_ratio_of_samples_within_three_standard_errors():
    torch.manual_seed(0)
    mu, log_var = torch.tensor([[1.0, -0.5, 0.0]]), torch.tensor([[-1.0, 0.7, -3.0]])
    z = reparameterize(mu.expand(100_000, 3), log_var.expand(100_000, 3))
    ratio = (Normal(mu, torch.exp(0.5 * log_var)).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(dim=-1)
    standard_error = ratio.std() / len(ratio) ** 0.5
    assert standard_error < 0.01
    assert abs(ratio.mean() - kl_standard_normal(mu, log_var)) < 3 * standard_error


def test_samples_have_the_mean_the_variance_and_the_law_of_their_normal():
    torch.manual_seed(0)
    n = 200_000
    mu, log_var = torch.tensor([[2.0, -1.0, 0.0]]), torch.tensor([[0.0, -4.0, 3.0]])
    z = reparameterize(mu.expand(n, 3), log_var.expand(n, 3))
    standard = ((z - mu) / torch.exp(0.5 * log_var)).double()
    # Standard errors of a mean, a variance and a correlation of n standard normal numbers.
    assert (standard.mean(dim=0).abs() < 3 / n**0.5).all()
    assert ((standard.var(dim=0) - 1).abs() < 3 * (2 / n) ** 0.5).all()
    assert (torch.corrcoef(standard.T).fill_diagonal_(0).abs() < 3 / n**0.5).all()
    # Kolmogorov and Smirnov: the greatest distance from the normal distribution function, at the 1 % level.
    heights = torch.arange(1, n + 1, dtype=torch.float64)[:, None] / n
    assert (torch.special.ndtr(standard.sort(dim=0).values) - heights).abs().max() < 1.63 / n**0.5


def test_every_sample_has_noise_of_its_own_which_the_seed_repeats():
    mu, log_var = torch.zeros(50, 4), torch.zeros(50, 4)
    torch.manual_seed(3)
    first, second = reparameterize(mu, log_var), reparameterize(mu, log_var)
    torch.manual_seed(3)
    assert torch.equal(reparameterize(mu, log_var), first)
    assert torch.cat([first, second]).unique().numel() == 400


@everywhere
@given(matrices((-5, 5), (-5, 5)))
def test_gradients_reach_mean_and_log_variance_through_a_sample(tensors):
    mu, log_var = (tensor.double().requires_grad_() for tensor in tensors)
    z = reparameterize(mu, log_var)
    assert z.shape == mu.shape
    assert z.dtype == mu.dtype
    z.sum().backward()
    assert torch.equal(mu.grad, torch.ones_like(mu))
    # dz/d log σ² = σε/2, and σε = z − μ.
    torch.testing.assert_close(log_var.grad, 0.5 * (z - mu).detach(), rtol=1e-9, atol=1e-12)


def test_no_variance_gives_the_mean_itself_and_finite_gradients():
    mu = torch.randn(6, 3, requires_grad=True)
    log_var = torch.full((6, 3), -torch.inf, requires_grad=True)
    z = reparameterize(mu, log_var)
    assert torch.equal(z, mu)
    (z**2).sum().backward()
    torch.testing.assert_close(mu.grad, 2 * mu.detach())
    assert (log_var.grad == 0).all()


def rounding(x_logits):
    """x·l − softplus(l) cancels for a large l: it is right to a few units in the last place of the logits.

    In float64 torch's softplus limits it, which is linear above 20 and so off by e⁻²⁰ a pixel.
    """
    scale = x_logits.abs().clamp(min=1).sum(dim=-1).max().item()
    return 4 * torch.finfo(x_logits.dtype).eps * scale + 3e-9 * x_logits.shape[1]


@everywhere
@given(matrices((0, 1), (-100, 100)), st.floats(0.1, 100))
def test_bernoulli_equals_torch_distributions_on_binary_pixels(tensors, scale):
    x, x_logits = tensors[0].round(), tensors[1] * scale
    expected = Bernoulli(logits=x_logits.double()).log_prob(x.double()).sum(dim=-1)
    came = bernoulli_log_prob(x, x_logits).double()
    torch.testing.assert_close(came, expected, rtol=1e-5, atol=rounding(x_logits))


@everywhere
@given(matrices((0, 1), (-100, 100)), st.floats(0.1, 100))
def test_bernoulli_is_minus_the_cross_entropy_on_grey_pixels(tensors, scale):
    x, x_logits = tensors[0], tensors[1] * scale
    expected = -binary_cross_entropy_with_logits(x_logits.double(), x.double(), reduction="none").sum(dim=-1)
    came = bernoulli_log_prob(x, x_logits).double()
    torch.testing.assert_close(came, expected, rtol=1e-5, atol=rounding(x_logits))


@pytest.mark.parametrize("logit", [-1e4, -200.0, -88.0, 0.0, 88.0, 200.0, 1e4])
@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_bernoulli_and_its_gradient_are_finite_where_probabilities_underflow(logit, grey):
    x, x_logits = torch.full((2, 3), grey), torch.full((2, 3), logit, requires_grad=True)
    log_prob = bernoulli_log_prob(x, x_logits)
    log_prob.sum().backward()
    expected = 3 * (grey * min(logit, 0) + (1 - grey) * min(-logit, 0) - math.log1p(math.exp(-abs(logit))))
    torch.testing.assert_close(log_prob, torch.full((2,), expected))
    torch.testing.assert_close(x_logits.grad, x - torch.sigmoid(x_logits.detach()))
    if logit == -200 and grey == 0:
        p = torch.sigmoid(x_logits.detach())
        assert (x * p.log() + (1 - x) * (1 - p).log()).isnan().all(), "the form by probabilities is NaN here"


def test_bernoulli_probabilities_of_all_images_sum_to_one():
    images = torch.tensor([[bit >> k & 1 for k in range(8)] for bit in range(256)], dtype=torch.float64)
    x_logits = torch.linspace(-4, 3, 8, dtype=torch.float64).expand(256, 8)
    assert bernoulli_log_prob(images, x_logits).exp().sum().item() == pytest.approx(1, abs=1e-12)


@everywhere
@given(matrices((-10, 10), (-10, 10), (-10, 10)))
def test_normal_equals_torch_distributions(tensors):
    x, mu, log_var = tensors
    agree(normal_log_prob(x, mu, log_var), normal(mu, log_var).log_prob(x.double()).sum(dim=-1))


@everywhere
@given(matrices((-10, 10), (-10, 10), (-10, 10)))
def test_one_column_of_log_variances_is_shared_by_all_dimensions(tensors):
    x, mu, log_var = tensors
    column = log_var[:, :1]
    assert torch.equal(normal_log_prob(x, mu, column), normal_log_prob(x, mu, column.expand_as(mu).contiguous()))
    one_for_all = normal_log_prob(x, mu[:1], log_var[:1, :1])
    expected = normal(mu[:1], log_var[:1, :1]).log_prob(x.double()).sum(dim=-1)
    agree(one_for_all, expected)


WRONG = (torch.zeros(4, 2), torch.zeros(4, 1))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (kl_standard_normal, WRONG),
        (reparameterize, WRONG),
        (bernoulli_log_prob, WRONG),
        (kl_normal, (*WRONG, *WRONG)),
        (kl_normal, (WRONG[0], WRONG[0], *WRONG)),
        (normal_log_prob, (WRONG[0], WRONG[1], WRONG[1])),
        (kl_standard_normal, (torch.zeros(2), torch.zeros(2))),
        (bernoulli_log_prob, (torch.zeros(4, 2, dtype=torch.uint8), torch.zeros(4, 2))),
    ],
)
def test_shapes_that_would_broadcast_in_silence_are_caught(function, arguments):
    with pytest.raises(TypeCheckError):
        function(*arguments)
