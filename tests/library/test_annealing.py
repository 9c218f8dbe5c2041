"""The two ways to keep a code in use, free bits and a warm-up, against what their papers say they charge."""

from functools import partial

import pytest
import torch
from tiny import quietly, small_vae
from torch.distributions import Normal, kl_divergence

from vae_lib.objectives import BetaElbo, beta_elbo, elbo, free_bits_elbo, warm_up


@pytest.fixture
def vae():
    """Two latents, of which the second says little: its KL lies below a nat, the first's above."""
    model = small_vae()
    model.to_mu.bias.data = torch.tensor([3.0, 0.1])
    return model


@pytest.fixture
def x():
    return torch.rand(16, 12, generator=torch.Generator().manual_seed(2)).round()


def kls_of(model, x):
    """The KL of each latent for each example, by torch.distributions."""
    mu, log_var = model.encode(x)
    return kl_divergence(Normal(mu, torch.exp(0.5 * log_var)), Normal(0.0, 1.0))


@pytest.mark.parametrize("free", [0.0, 0.05, 1.0, 20.0])
def test_free_bits_charge_each_latent_the_larger_of_its_mean_kl_and_what_is_free(vae, x, free):
    bound = free_bits_elbo(vae, x, free=free)
    kls = kls_of(vae, x)
    assert isinstance(bound, BetaElbo)
    assert all(part.shape == (16,) for part in (*bound, bound.value))
    torch.testing.assert_close(bound.kl, kls.sum(dim=-1))
    torch.testing.assert_close(bound.weighted_kl.mean(), kls.mean(dim=0).clamp(min=free).sum())
    assert torch.equal(bound.value, bound.reconstruction - bound.weighted_kl)


def test_nothing_free_is_the_elbo(vae, x):
    torch.manual_seed(5)
    expected = elbo(vae, x)
    torch.manual_seed(5)
    bound = free_bits_elbo(vae, x, free=0.0)
    assert torch.equal(bound.reconstruction, expected.reconstruction)
    torch.testing.assert_close(bound.value, expected.value)


def test_free_bits_never_lie_above_the_elbo(vae, x):
    bound = free_bits_elbo(vae, x, free=1.0)
    assert (bound.value.mean() < (bound.reconstruction - bound.kl).mean()).item()


def test_a_latent_below_what_is_free_is_not_pushed(vae, x):
    assert (kls_of(vae, x).mean(dim=0) > 1).tolist() == [True, False]
    charge = free_bits_elbo(vae, x, free=1.0).weighted_kl.mean()
    (gradient,) = torch.autograd.grad(charge, vae.to_mu.weight)
    assert gradient[0].abs().max() > 0
    assert (gradient[1] == 0).all()


@pytest.mark.parametrize("beta", [1.0, 4.0])
def test_warm_up_climbs_in_equal_steps_and_stays(vae, x, beta):
    objective = warm_up(4, beta=beta)
    for step in range(7):
        torch.manual_seed(step)
        expected = beta_elbo(vae, x, beta=beta * min(step, 4) / 4)
        torch.manual_seed(step)
        assert torch.equal(objective(vae, x).value, expected.value)


def test_the_loop_needs_not_know_of_the_warm_up(vae):
    terms = quietly(vae, warm_up(6), steps=10).terms
    weights = terms["weighted_kl"] / terms["kl"]
    torch.testing.assert_close(weights, (torch.arange(10) / 6).clamp(max=1))


def test_each_warm_up_counts_for_itself(vae, x):
    first, second = warm_up(2), warm_up(2)
    for _ in range(3):
        first(vae, x)
    assert (second(vae, x).weighted_kl == 0).all()


def test_log_likelihood_of_ones_own_is_used(vae, x):
    for objective in (partial(free_bits_elbo, free=0.1), warm_up(3)):
        bound = objective(vae, x, log_likelihood=lambda x, decoded: x.sum(dim=-1))
        assert torch.equal(bound.reconstruction, x.sum(dim=-1))


def test_warm_up_of_one_step_is_over_after_it(vae, x):
    objective = warm_up(1)
    assert (objective(vae, x).weighted_kl == 0).all()
    bound = objective(vae, x)
    assert torch.equal(bound.weighted_kl, bound.kl)


def test_warm_up_of_no_step_is_refused():
    with pytest.raises(ValueError, match="1 step or more, got 0"):
        warm_up(0)
