"""Densities and samples against torch.distributions, quadrature and derivatives by hand; shapes of all functions."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from strategies import NORMALS_1D, agree, everywhere, matrices, normal
from torch.distributions import Bernoulli
from torch.nn.functional import binary_cross_entropy_with_logits

from vae_lib.distributions import (
    bernoulli_log_prob,
    kl_normal,
    kl_standard_normal,
    normal_log_prob,
    reparameterize,
)


@pytest.mark.parametrize(("mu", "log_var"), NORMALS_1D)
def test_normal_density_integrates_to_one(mu, log_var):
    reach = 12 * math.exp(0.5 * log_var)
    x = torch.linspace(mu - reach, mu + reach, 20_001, dtype=torch.float64)
    density = normal_log_prob(x[:, None], *torch.tensor([[[mu]], [[log_var]]], dtype=torch.float64)).exp()
    assert torch.trapezoid(density, x).item() == pytest.approx(1, abs=1e-9)


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
