"""Active units by hand, the split of the KL against quadrature and plain code, and what both refuse."""

import math
from inspect import unwrap

import pytest
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

from vae_lib.evaluation import active_units, kl_split
from vae_lib.models import VAE, Autoencoder


class Codes(nn.Module):
    """q(z|x) = N(the first pixels of x times `scale`, σ²)."""

    def __init__(self, latent=1, scale=1.0, sigma=1.0):
        super().__init__()
        self.latent, self.scale, self.sigma = latent, scale, sigma
        self.precision = nn.Parameter(torch.zeros(1))

    def encode(self, x):
        mu = self.scale * x[:, : self.latent]
        return mu, torch.full_like(mu, 2 * math.log(self.sigma))


@pytest.fixture
def vae():
    torch.manual_seed(0)
    return VAE(latent=3, hidden=(16,), pixels=12)


@pytest.fixture
def images():
    return torch.randint(0, 256, (50, 3, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def test_units_are_active_where_their_means_vary():
    images = torch.zeros(1000, 1, 4, dtype=torch.uint8)
    images[:, 0, 0] = torch.arange(1000) % 256
    images[:, 0, 1] = images[:, 0, 0] // 3  # a variance of 0.008
    images[:, 0, 2] = 200
    assert active_units(Codes(latent=4), images) == 1
    assert active_units(Codes(latent=4), images, threshold=0.008) == 2
    assert active_units(Codes(latent=4, scale=2.0), images) == 2


def test_a_unit_is_active_from_a_variance_of_a_hundredth():
    """Burda et al.'s threshold; ± 0.1 about a middle vary by 0.0100, ± 0.12 by 0.0144."""
    images = torch.tensor([[102, 97], [153, 158]] * 500, dtype=torch.uint8).view(1000, 1, 2)
    variances = (images.flatten(1).double() / 255).var(dim=0)
    assert (variances > 0.01).tolist() == [True, True]
    assert active_units(Codes(latent=2), images) == 2
    assert active_units(Codes(latent=2, scale=0.97), images) == 1


def test_variance_of_two_images_is_unbiased_and_must_exceed_the_threshold():
    images = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1)
    assert [active_units(Codes(), images, threshold=each) for each in (0.49, 0.5, 0.51)] == [1, 0, 0]


def test_split_is_what_the_plainest_code_says_of_the_same_draws(vae, images):
    torch.manual_seed(7)
    before = torch.get_rng_state()
    split = kl_split(vae, images)
    assert torch.equal(torch.get_rng_state(), before)
    mu, log_var = (each.detach().double() for each in vae.encode(images.flatten(1) / 255))
    q = Normal(mu, torch.exp(0.5 * log_var))
    torch.manual_seed(0)
    z = mu + q.scale * torch.randn(50, 3, dtype=torch.float64)
    log_mixture = torch.logsumexp(q.log_prob(z[:, None]).sum(dim=-1), dim=1) - math.log(50)
    information = q.log_prob(z).sum(dim=-1) - log_mixture
    assert split.information == pytest.approx(information.mean().item(), rel=1e-9)
    assert split.standard_error == pytest.approx(information.std().item() / 50**0.5, rel=1e-9)
    assert split.kl == pytest.approx(kl_divergence(q, Normal(0.0, 1.0)).sum(dim=-1).mean().item(), rel=1e-9)
    assert split.kl == pytest.approx(split.information + split.marginal_kl)


def test_collapsed_codes_carry_no_information(vae, images):
    for parameter in (*vae.to_mu.parameters(), *vae.to_log_var.parameters()):
        parameter.data.zero_()
    split = kl_split(vae, images)
    assert split.kl == pytest.approx(0, abs=1e-6)
    assert split.information == pytest.approx(0, abs=1e-6)
    assert split.marginal_kl == pytest.approx(0, abs=1e-6)


def test_codes_far_apart_tell_every_image_from_every_other():
    images = torch.arange(200, dtype=torch.uint8).view(200, 1, 1)
    split = kl_split(Codes(scale=255.0, sigma=0.05), images, samples=3)
    assert split.information == pytest.approx(math.log(200), abs=1e-6)
    assert split.standard_error == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("scale", "sigma"), [(1.0, 1.0), (3.0, 0.5), (0.5, 0.8)])
def test_both_parts_are_those_of_quadrature(scale, sigma):
    images = torch.randint(0, 256, (300, 1, 1), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    split = kl_split(Codes(scale=scale, sigma=sigma), images, samples=20)
    mu = scale * images.double().flatten() / 255
    grid = torch.linspace(-8, 12, 20_001, dtype=torch.float64)
    log_mixture = torch.logsumexp(Normal(mu[:, None], sigma).log_prob(grid), dim=0) - math.log(300)
    marginal = torch.trapezoid(log_mixture.exp() * (log_mixture - Normal(0.0, 1.0).log_prob(grid)), grid).item()
    mean_kl = (0.5 * (mu**2 + sigma**2 - 1) - math.log(sigma)).mean().item()
    assert split.kl == pytest.approx(mean_kl, rel=1e-6)
    assert split.marginal_kl == pytest.approx(marginal, abs=5 * split.standard_error)
    assert split.information == pytest.approx(mean_kl - marginal, abs=5 * split.standard_error)
    assert split.standard_error < 0.05


def test_blocks_do_not_change_the_split(vae, images, monkeypatch):
    whole = kl_split(vae, images)
    monkeypatch.setattr("vae_lib.evaluation.aggregate.BLOCK", 7)
    assert kl_split(vae, images) == pytest.approx(whole)


def test_seed_chooses_the_draws_and_nothing_else(vae, images):
    first, again, other = (kl_split(vae, images, seed=seed) for seed in (0, 0, 1))
    assert again == first
    assert other.kl == first.kl
    assert other.information != first.information


@pytest.mark.parametrize("measure", [active_units, kl_split])
def test_a_model_in_training_mode_is_measured_as_in_evaluation_mode(vae, images, measure):
    vae.encoder.append(nn.Dropout(0.9))
    expected = measure(vae.eval(), images)
    assert measure(vae.train(), images) == expected
    assert vae.encoder[-1].training


@pytest.mark.parametrize("measure", [active_units, kl_split])
def test_what_cannot_be_measured_is_named(vae, images, measure):
    with pytest.raises(ValueError, match=r"bytes, 0 to 255 \(torch.uint8\), got torch.float32"):
        unwrap(measure)(vae, images.float() / 255)
    with pytest.raises(ValueError, match="two images or more, got 1"):
        measure(vae, images[:1])
    with pytest.raises(ValueError, match="bytes of at most 1"):
        measure(vae, images // 255)


@pytest.mark.parametrize("measure", [active_units, kl_split])
def test_a_model_of_nan_is_named(vae, images, measure):
    """NaN is above no threshold: no unit would be active, and nobody would be told why."""
    vae.to_mu.bias.data[0] = torch.nan
    with pytest.raises(ArithmeticError, match=r"is NaN.* for 50 of 50\. Look at the model's weights"):
        measure(vae, images)


def test_codes_without_noise_have_no_split(images):
    """An autoencoder's q(z|x) is a point: its KL is infinite, and the mixture of points has no density."""
    model = Autoencoder(latent=2, hidden=(8,), pixels=12)
    with pytest.raises(ArithmeticError, match=r"'log_var' is NaN or infinite for 50 of 50"):
        kl_split(model, images)
    assert active_units(model, images) in range(3)


def test_out_of_memory_says_what_to_reduce(vae, images, monkeypatch):
    def encode(x):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a capacity of 8 GiB.")

    monkeypatch.setattr(vae, "encode", encode)
    with pytest.raises(
        MemoryError, match=r"room for 50 rows of 12 numbers .* lower vae_lib.evaluation.aggregate.CHUNK"
    ):
        active_units(vae, images)
