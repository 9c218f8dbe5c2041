"""The importance-weighted bound against models whose evidence is exact, and against its own definition."""

import math
from inspect import unwrap

import pytest
import torch
from linear_gaussian import WEIGHTS, LinearGaussian, unit_normal_log_prob
from torch.distributions import Bernoulli, Normal

from vae_lib.models import VAE
from vae_lib.objectives import elbo, importance_weighted_bound, log_importance_weights

REPEATS = 20_000
MISFITS = [(0.5, 1.0), (0.0, 3.0), (0.3, 0.7), (-1.0, 2.0)]


@pytest.fixture(params=WEIGHTS.values(), ids=WEIGHTS.keys())
def weight(request):
    torch.manual_seed(0)
    return request.param


@pytest.fixture
def x(weight):
    return 2 * torch.randn(3, len(weight), dtype=torch.float64)


def estimate(model, x, num_samples):
    """The bound's mean over many draws, and the standard error of that mean, for each row of x."""
    repeated = x.repeat(REPEATS, 1)
    bound = importance_weighted_bound(
        model, repeated, num_samples=num_samples, log_likelihood=unit_normal_log_prob
    ).value.view(REPEATS, len(x))
    return bound.mean(dim=0), bound.std(dim=0) / REPEATS**0.5


@pytest.mark.parametrize("num_samples", [1, 2, 10])
def test_it_is_log_evidence_at_the_exact_posterior_without_any_noise(weight, x, num_samples):
    model = LinearGaussian(weight)
    came = importance_weighted_bound(model, x, num_samples=num_samples, log_likelihood=unit_normal_log_prob)
    torch.testing.assert_close(came.value, model.log_evidence(x))
    torch.testing.assert_close(came.effective_samples, torch.full((3,), float(num_samples), dtype=x.dtype))


@pytest.mark.parametrize(("shift", "widen"), MISFITS)
def test_elbo_lies_below_it_and_it_rises_with_k_towards_log_evidence(weight, x, shift, widen):
    model = LinearGaussian(weight, shift=shift, widen=widen)
    exact = model.log_evidence(x)
    elbo_exactly = exact - model.gap(x)
    before, error_before = elbo_exactly, torch.zeros(3)
    for num_samples in (1, 2, 8, 32):
        value, error = estimate(model, x, num_samples)
        assert (error < 0.05).all()
        if num_samples == 1:
            assert ((value - elbo_exactly).abs() < 4 * error).all()
        else:
            assert (value - before > 0).all()
            assert (value - elbo_exactly > 4 * (error + error_before)).all()
        assert (value < exact + 4 * error).all()
        before, error_before = value, error
    assert ((exact - before) < 0.25 * model.gap(x)).all()


@pytest.mark.parametrize("num_samples", [1, 3])
def test_it_is_the_log_mean_of_the_weights_of_its_definition(num_samples):
    torch.manual_seed(0)
    vae, images = VAE(latent=3, hidden=(16,), pixels=20), torch.rand(7, 20).round()
    torch.manual_seed(5)
    came = importance_weighted_bound(vae, images, num_samples=num_samples)
    torch.manual_seed(5)
    epsilon = torch.randn(num_samples * 7, 3).view(num_samples, 7, 3)
    mu, log_var = vae.encode(images)
    q = Normal(mu, (0.5 * log_var).exp())
    z = mu + q.scale * epsilon
    log_w = Normal(0.0, 1.0).log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    log_w = log_w + Bernoulli(logits=vae.decode(z.flatten(0, 1)).view(num_samples, 7, 20)).log_prob(images).sum(-1)
    torch.testing.assert_close(came.value, log_w.exp().mean(dim=0).log(), rtol=1e-5, atol=1e-4)
    share = log_w.softmax(dim=0)
    torch.testing.assert_close(came.effective_samples, 1 / (share**2).sum(dim=0))
    assert all(part.shape == (7,) for part in (*came, came.value))
    torch.manual_seed(5)
    again = log_importance_weights(vae, images, num_samples=num_samples)
    torch.testing.assert_close(again, log_w, rtol=1e-5, atol=1e-4)


def test_its_gradient_reaches_both_networks_and_is_that_of_the_value():
    torch.manual_seed(0)
    vae, images = VAE(latent=3, hidden=(16,), pixels=20).double(), torch.rand(7, 20).round().double()

    def value():
        torch.manual_seed(5)
        return importance_weighted_bound(vae, images, num_samples=4).value.mean()

    value().backward()
    assert not importance_weighted_bound(vae, images, num_samples=4).effective_samples.requires_grad
    for parameter in (vae.to_mu.weight, vae.to_log_var.bias, vae.decoder[0].weight):
        place = parameter.grad.abs().argmax()
        flat, step = parameter.data.view(-1), 1e-6
        flat[place] += step
        above = value().item()
        flat[place] -= 2 * step
        below = value().item()
        flat[place] += step
        assert parameter.grad.view(-1)[place].item() == pytest.approx((above - below) / (2 * step), rel=1e-5)


def test_one_sample_is_on_average_the_elbo_of_a_vae():
    torch.manual_seed(0)
    vae, images = VAE(latent=3, hidden=(16,), pixels=20), torch.rand(2, 20).round()
    with torch.no_grad():
        many = images.repeat(50_000, 1)
        by_weights = importance_weighted_bound(vae, many, num_samples=1).value.view(-1, 2)
        by_parts = elbo(vae, many).value.view(-1, 2)
    error = (by_weights.var(dim=0) / 50_000 + by_parts.var(dim=0) / 50_000).sqrt()
    assert ((by_weights.mean(dim=0) - by_parts.mean(dim=0)).abs() < 4 * error).all()


def test_weights_far_below_what_a_float_can_hold_are_summed_all_the_same(weight):
    far = torch.full((1, len(weight)), 100.0, dtype=torch.float64)
    model = LinearGaussian(weight, widen=1.3)
    came = importance_weighted_bound(model, far, num_samples=2000, log_likelihood=unit_normal_log_prob).value
    assert model.log_evidence(far).item() < -2_000
    assert math.isclose(came.item(), model.log_evidence(far).item(), abs_tol=1)


def test_no_sample_is_refused():
    with pytest.raises(ValueError, match="num_samples of 1 or more, got 0"):
        unwrap(importance_weighted_bound)(VAE(), torch.zeros(1, 784), num_samples=0)
