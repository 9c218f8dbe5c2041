"""The two gradients through a sample against exact ones: by hand, by quadrature, by summing over every outcome."""

import math
from itertools import product

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from torch.distributions import Bernoulli, Normal

from vae_lib.distributions import gradients_per_draw, normal_log_prob, reparameterize, score_function_surrogate

# Gauss and Hermite's rule for E[g(ε)], ε ~ N(0, 1): exact for polynomials up to degree 79.
NODES, WEIGHTS = (torch.from_numpy(each) for each in np.polynomial.hermite_e.hermegauss(40))
WEIGHTS = WEIGHTS / WEIGHTS.sum()
# Each integrand with its exact mean under N(μ, exp(log σ²)).
INTEGRANDS = {
    "constant": (lambda z: torch.full_like(z, 5.0), lambda mu, v: 5.0 + 0 * mu * v),
    "square": (lambda z: z**2, lambda mu, v: mu**2 + v),
    "quartic": (lambda z: z**4 - z**3, lambda mu, v: mu**4 + 6 * mu**2 * v + 3 * v**2 - mu**3 - 3 * mu * v),
    "wave": (lambda z: torch.sin(2 * z), lambda mu, v: torch.exp(-2 * v) * torch.sin(2 * mu)),
}


def parameters(mu=0.7, log_var=-0.8):
    return tuple(torch.tensor([[value]], dtype=torch.float64, requires_grad=True) for value in (mu, log_var))


def by_quadrature(f, mu, log_var, *, baseline=0.0):
    """The estimator's exact mean: its value at each node, weighted."""
    z = (mu + torch.exp(0.5 * log_var) * NODES[:, None]).detach()  # (nodes, 1)
    log_prob = normal_log_prob(z, mu, log_var)
    return (WEIGHTS * score_function_surrogate(log_prob, f(z[:, 0]), baseline=baseline)).sum()


@pytest.mark.parametrize("baseline", [0.0, -130.0, 5.0])
@pytest.mark.parametrize("name", INTEGRANDS)
def test_mean_of_the_estimator_is_the_exact_gradient_whatever_the_constant_baseline(name, baseline):
    f, mean = INTEGRANDS[name]
    exact, estimated = parameters(), parameters()
    mean(exact[0], exact[1].exp()).sum().backward()
    by_quadrature(f, *estimated, baseline=baseline).backward()
    for came, expected in zip(estimated, exact, strict=True):
        torch.testing.assert_close(came.grad, expected.grad, rtol=1e-9, atol=1e-9)


def test_a_baseline_that_knows_its_own_sample_is_biased():
    exact, estimated = parameters(), parameters()
    (exact[0] ** 2 + exact[1].exp()).sum().backward()
    z = (estimated[0] + torch.exp(0.5 * estimated[1]) * NODES[:, None]).detach()[:, 0]
    by_quadrature(lambda z: z**2, *estimated, baseline=z**2).backward()
    assert estimated[0].grad.item() == 0
    assert exact[0].grad.item() == pytest.approx(1.4)


def test_both_gradients_of_a_smooth_function_have_one_mean():
    score, path = parameters(), parameters()
    by_quadrature(torch.sin, *score).backward()
    z = path[0] + torch.exp(0.5 * path[1]) * NODES[:, None]
    (WEIGHTS * torch.sin(z[:, 0])).sum().backward()
    for one, other in zip(score, path, strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-10, atol=1e-10)


def test_a_jump_has_a_score_function_gradient_and_no_pathwise_one():
    n, mu, log_var = 400_000, *parameters()
    epsilon = torch.randn(n, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z = mu + torch.exp(0.5 * log_var) * epsilon
    assert not (z > 0).double().requires_grad, "a step of z is flat wherever it has a slope"
    z = z.detach()
    log_prob = normal_log_prob(z, mu.expand(n, 1), log_var)
    score_function_surrogate(log_prob, (z[:, 0] > 0).double()).mean().backward()
    # P(z > 0) grows with μ by the density of q at the jump.
    density = Normal(mu.detach(), torch.exp(0.5 * log_var.detach())).log_prob(torch.zeros(1, 1)).exp()
    torch.testing.assert_close(mu.grad, density, rtol=0, atol=5e-3)


def test_discrete_samples_give_the_exact_gradient_when_every_outcome_is_visited():
    logits = torch.tensor([0.3, -1.2, 2.0], dtype=torch.float64, requires_grad=True)
    outcomes = torch.tensor(list(product([0.0, 1.0], repeat=3)), dtype=torch.float64)  # (8, 3)
    f = (outcomes @ torch.tensor([1.0, -2.0, 4.0], dtype=torch.float64) - 0.5) ** 2
    log_prob = Bernoulli(logits=logits).log_prob(outcomes).sum(dim=-1)
    (log_prob.exp() * f).sum().backward()
    expected, logits.grad = logits.grad, None
    log_prob = Bernoulli(logits=logits).log_prob(outcomes).sum(dim=-1)
    (log_prob.exp().detach() * score_function_surrogate(log_prob, f, baseline=3.0)).sum().backward()
    torch.testing.assert_close(logits.grad, expected, rtol=1e-12, atol=1e-12)


def test_leave_one_out_baseline_is_unbiased_within_three_standard_errors_and_has_less_variance():
    torch.manual_seed(0)
    n = 100_000
    mu, log_var = (torch.full((n, 2), value, requires_grad=True) for value in (1.0, 0.0))
    z = torch.stack([reparameterize(mu, log_var) for _ in range(2)]).detach()  # (2, n, 2)
    f = (z**2).sum(dim=-1)
    spreads = []
    for baseline in (0.0, f.flip(0)):
        log_prob = torch.stack([normal_log_prob(each, mu, log_var) for each in z])
        surrogate = score_function_surrogate(log_prob, f, baseline=baseline).mean(dim=0)
        (gradient,) = torch.autograd.grad(surrogate.sum(), mu)  # (n, 2), one estimate a row
        standard_error = gradient.std(dim=0) / n**0.5
        assert ((gradient.mean(dim=0) - 2.0).abs() < 3 * standard_error).all()
        spreads.append(gradient.var(dim=0).sum())
    assert spreads[1] < 0.8 * spreads[0]


def test_value_is_f_and_f_keeps_its_own_gradient():
    torch.manual_seed(0)
    weight = torch.randn(5, requires_grad=True)
    log_prob = torch.randn(3, 5, requires_grad=True)
    baseline = torch.randn(3, 1, requires_grad=True)
    f = weight**3 * torch.ones(3, 1)
    surrogate = score_function_surrogate(log_prob, f, baseline=baseline)
    assert torch.equal(surrogate, f)
    surrogate.sum().backward()
    torch.testing.assert_close(weight.grad, 3 * 3 * weight.detach() ** 2)
    torch.testing.assert_close(log_prob.grad, (f - baseline).detach())
    assert baseline.grad is None


def test_a_sample_that_still_carries_its_path_loses_the_gradient_of_the_mean():
    """Why the docstring says to detach: with z = μ + σε, log q(z) does not depend on μ."""
    mu, log_var = parameters()
    z = mu + torch.exp(0.5 * log_var) * NODES[:, None]
    log_prob = normal_log_prob(z, mu, log_var)
    score_function_surrogate(log_prob, torch.ones(40, dtype=torch.float64)).sum().backward()
    assert mu.grad.abs().item() < 1e-9
    assert math.isclose(log_var.grad.item(), -20, rel_tol=1e-9)


@pytest.mark.parametrize(
    "shapes", [((4,), (4, 1), ()), ((4, 3), (3,), ()), ((2, 4), (2, 4), (2,)), ((4,), (4,), (2, 4))]
)
def test_shapes_that_would_broadcast_in_silence_are_caught(shapes):
    log_prob, f, baseline = map(torch.zeros, shapes)
    with pytest.raises(TypeCheckError):
        score_function_surrogate(log_prob, f, baseline=baseline)


def square(z):
    return (z**2).sum(dim=-1)


@pytest.mark.parametrize(("mu", "sigma", "latent"), [(1.0, 1.0, 1), (1.0, 1.0, 8), (-0.5, 0.1, 3), (2.0, 3.0, 2)])
def test_single_draws_have_the_exact_mean_and_the_variances_of_the_closed_form(mu, sigma, latent):
    torch.manual_seed(0)
    draws, log_var = 100_000, 2 * math.log(sigma)
    estimates = gradients_per_draw(square, *(torch.full((latent,), each) for each in (mu, log_var)), draws)
    exact = torch.tensor([2 * mu] * latent + [sigma**2] * latent)
    # E[z⁴ε²] and the like, summed over dimensions that are alike: worked out by hand, for one component in μ.
    mean = latent * (mu**2 + sigma**2)
    with_baseline = 8 * mu**2 + 10 * sigma**2 + (latent - 1) * (4 * mu**2 + 2 * sigma**2)
    variances = (4 * sigma**2, with_baseline + 4 * mean + mean**2 / sigma**2, with_baseline)
    for each, variance in zip(estimates, variances, strict=True):
        assert each.shape == (draws, 2 * latent)
        assert ((each.mean(dim=0) - exact).abs() < 3.5 * each.std(dim=0) / draws**0.5).all()
        assert each[:, :latent].var(dim=0).mean().item() == pytest.approx(variance, rel=0.05)


def test_single_draws_are_what_autograd_gives_draw_by_draw():
    mu, log_var, draws = torch.tensor([0.3, -1.0]), torch.tensor([0.5, -2.0]), 5
    torch.manual_seed(3)
    estimates = gradients_per_draw(lambda z: torch.sin(z).prod(dim=-1), mu, log_var, draws)
    torch.manual_seed(3)
    epsilon = torch.randn(draws, 2)
    values = torch.sin(mu + torch.exp(0.5 * log_var) * epsilon).prod(dim=-1)
    for i in range(draws):
        parameters = [each.clone().requires_grad_() for each in (mu, log_var)]
        z = parameters[0] + torch.exp(0.5 * parameters[1]) * epsilon[i]
        path = torch.cat(torch.autograd.grad(torch.sin(z).prod(), parameters))
        log_q = Normal(parameters[0], torch.exp(0.5 * parameters[1])).log_prob(z.detach()).sum()
        score = torch.cat(torch.autograd.grad(log_q, parameters))
        others = values[torch.arange(draws) != i].mean()
        torch.testing.assert_close(estimates.pathwise[i], path)
        torch.testing.assert_close(estimates.score_function[i], values[i] * score)
        torch.testing.assert_close(estimates.with_baseline[i], (values[i] - others) * score)


def test_parameters_are_left_as_they_were():
    mu, log_var = torch.zeros(2, requires_grad=True), torch.zeros(2)
    gradients_per_draw(square, mu, log_var, 3)
    assert mu.grad is None
    assert not log_var.requires_grad
    assert not any(each.requires_grad for each in gradients_per_draw(square, mu, log_var, 3))


def test_of_two_draws_each_is_the_others_baseline():
    values = torch.tensor([7.0, 5.0])
    estimates = gradients_per_draw(lambda z: 0 * z[:, 0] + values, torch.zeros(3), torch.zeros(3), 2)
    score = estimates.score_function / values[:, None]
    torch.testing.assert_close(estimates.with_baseline, torch.tensor([[2.0], [-2.0]]) * score)


def test_one_draw_has_no_others_for_a_baseline():
    with pytest.raises(ValueError, match="expected 2 or more draws for a baseline, got 1"):
        gradients_per_draw(square, torch.zeros(2), torch.zeros(2), 1)
