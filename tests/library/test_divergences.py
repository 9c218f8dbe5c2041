"""KL divergences of Gaussians against torch.distributions, quadrature, sampling and derivatives by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import LOG_VARS, MEANS, NORMALS_1D, TOLERANCES, agree, everywhere, matrices, normal
from torch.distributions import Normal, kl_divergence

from vae_lib.distributions import kl_normal, kl_standard_normal, reparameterize


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
@given(matrices(MEANS, LOG_VARS, MEANS, LOG_VARS))
def test_kl_is_never_negative_and_finite_at_any_magnitude(tensors):
    mu_q, log_var_q, mu_p, log_var_p = tensors
    for kl in (kl_standard_normal(mu_q, log_var_q), kl_normal(mu_q, log_var_q, mu_p, log_var_p)):
        assert kl.isfinite().all()
        assert (kl >= 0).all()


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("log_var", [-30.0, -20.0, 19.0, 20.0])
@pytest.mark.parametrize("mu", [-1000.0, 0.0, 1000.0])
def test_kl_and_its_gradients_do_not_overflow_at_the_ends_of_the_range(dtype, log_var, mu):
    leaves = [torch.full((1, 1), value, dtype=dtype, requires_grad=True) for value in (mu, log_var, 0.0, -log_var)]
    q, p = (normal(*(leaf.detach() for leaf in pair)) for pair in (leaves[:2], leaves[2:]))
    for kl, prior in ((kl_standard_normal(*leaves[:2]), Normal(0.0, 1.0)), (kl_normal(*leaves), p)):
        agree(kl.detach(), kl_divergence(q, prior).sum(dim=-1))
        gradients = torch.autograd.grad(kl.sum(), leaves, allow_unused=True)
        assert all(gradient is None or gradient.isfinite().all() for gradient in gradients)


@everywhere
@given(matrices((-3, 3), (-3, 3)))
def test_kl_is_zero_only_at_the_prior(tensors):
    mu, log_var = tensors
    away = ((mu.abs() > 1e-3) | (log_var.abs() > 1e-3)).any(dim=-1)
    assert (kl_standard_normal(mu, log_var)[away] > 0).all()


@everywhere
@given(matrices(MEANS, LOG_VARS, MEANS, LOG_VARS))
def test_kl_adds_over_dimensions(tensors):
    for function, parts in ((kl_standard_normal, tensors[:2]), (kl_normal, tensors)):
        columns = range(parts[0].shape[1])
        one_by_one = sum(function(*(part[:, [j]] for part in parts)) for j in columns)
        torch.testing.assert_close(function(*parts), one_by_one, **TOLERANCES[parts[0].dtype])


@everywhere
@given(matrices(MEANS, LOG_VARS, MEANS, LOG_VARS), st.integers(0, 2**32))
def test_kl_is_the_same_in_any_order_of_dimensions_and_follows_the_order_of_examples(tensors, seed):
    generator = torch.Generator().manual_seed(seed)
    batch, dimensions = tensors[0].shape
    rows, columns = (torch.randperm(n, generator=generator) for n in (batch, dimensions))
    for function, parts in ((kl_standard_normal, tensors[:2]), (kl_normal, tensors)):
        shuffled = function(*(part[rows][:, columns] for part in parts))
        torch.testing.assert_close(shuffled, function(*parts)[rows], **TOLERANCES[parts[0].dtype])


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


@pytest.mark.parametrize(("mu", "log_var"), NORMALS_1D)
def test_kl_equals_the_integral_of_its_definition(mu, log_var):
    reach = 12 * math.exp(0.5 * log_var)
    z = torch.linspace(mu - reach, mu + reach, 20_001, dtype=torch.float64)
    mu, log_var = torch.tensor([[[mu]], [[log_var]]], dtype=torch.float64)
    log_q, log_p = normal(mu, log_var).log_prob(z), normal(torch.zeros(1), torch.zeros(1)).log_prob(z)
    integral = torch.trapezoid(log_q.exp() * (log_q - log_p), z)
    came = kl_standard_normal(mu, log_var)
    torch.testing.assert_close(came, integral, rtol=1e-9, atol=1e-9)


def test_kl_is_the_mean_log_ratio_of_samples_within_three_standard_errors():
    torch.manual_seed(0)
    mu, log_var = torch.tensor([[1.0, -0.5, 0.0]]), torch.tensor([[-1.0, 0.7, -3.0]])
    z = reparameterize(mu.expand(100_000, 3), log_var.expand(100_000, 3))
    ratio = (Normal(mu, torch.exp(0.5 * log_var)).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(dim=-1)
    standard_error = ratio.std() / len(ratio) ** 0.5
    assert standard_error < 0.01
    assert abs(ratio.mean() - kl_standard_normal(mu, log_var)) < 3 * standard_error
