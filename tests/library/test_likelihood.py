"""Importance sampling against exact evidence, and what it refuses."""

import math
from inspect import unwrap

import pytest
import torch
from linear_gaussian import WEIGHTS, LinearGaussian, unit_normal_log_prob
from torch import nn

from vae_lib.distributions import bernoulli_log_prob
from vae_lib.evaluation import likelihood, log_likelihood
from vae_lib.models import VAE
from vae_lib.objectives import importance_weighted_bound


class Exact(LinearGaussian, nn.Module):
    """The linear Gaussian model as a module, which has a device and a precision."""

    def __init__(self, **options):
        nn.Module.__init__(self)
        LinearGaussian.__init__(self, WEIGHTS["five pixels, three latents"], **options)
        self.precision = nn.Parameter(torch.zeros(1, dtype=torch.float64))


@pytest.fixture
def vae():
    torch.manual_seed(0)
    return VAE(latent=3, hidden=(16,), pixels=12)


@pytest.fixture
def images():
    return 255 * torch.randint(0, 2, (30, 3, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def grey():
    return torch.randint(0, 256, (40, 1, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def test_at_the_exact_posterior_one_sample_gives_the_evidence(grey):
    model = Exact()
    came = log_likelihood(model, grey, num_samples=1, log_likelihood=unit_normal_log_prob)
    exact = model.log_evidence(grey.flatten(1).double() / 255)
    torch.testing.assert_close(came.per_image, exact)
    assert came.value == pytest.approx(exact.mean().item())
    assert came.standard_error == pytest.approx(exact.std().item() / 40**0.5)


def test_away_from_it_the_estimate_comes_from_below_and_arrives(grey):
    model = Exact(shift=0.7, widen=2.0)
    exact = model.log_evidence(grey.flatten(1).double() / 255).mean().item()
    came = [
        log_likelihood(model, grey, num_samples=k, log_likelihood=unit_normal_log_prob).value for k in (1, 10, 100_000)
    ]
    assert came[0] < came[1] - 0.3 < exact - 0.3
    assert came[2] == pytest.approx(exact, abs=0.01)


def test_it_is_the_importance_weighted_bound_of_so_many_samples(vae, images):
    x = (images.flatten(1) / 255).repeat(300, 1)
    with torch.no_grad():
        bounds = importance_weighted_bound(vae, x, num_samples=20).value.view(300, 30).double()
    error = (bounds.var(dim=0).mean() / 300 / 30).sqrt().item()
    came = [log_likelihood(vae, images, num_samples=20, seed=seed).value for seed in range(30)]
    assert abs(sum(came) / 30 - bounds.mean().item()) < 4 * error * (1 + 10**0.5)


@pytest.mark.parametrize("rows", [1, 7, 20, 100, 10_000])
def test_blocks_bound_the_memory_and_not_the_result(vae, images, rows, monkeypatch):
    decoded = []
    whole = log_likelihood(vae, images, num_samples=2000)
    monkeypatch.setattr(likelihood, "ROWS", rows)
    monkeypatch.setattr(vae, "decode", lambda z: decoded.append(len(z)) or vae.decoder(z))
    came = log_likelihood(vae, images[:6] if rows < 20 else images, num_samples=2000)
    assert max(decoded) <= rows
    assert sum(decoded) == len(came.per_image) * 2000
    torch.testing.assert_close(came.per_image, whole.per_image[: len(came.per_image)], atol=0.1, rtol=0)


def test_many_images_share_a_block_of_few_samples(vae, images, monkeypatch):
    decoded = []
    monkeypatch.setattr(vae, "decode", lambda z: decoded.append(len(z)) or vae.decoder(z))
    log_likelihood(vae, images, num_samples=10)
    assert decoded == [300]


def test_its_quick_bernoulli_is_the_librarys(vae):
    x, logits = torch.rand(9, 12).round(), 20 * torch.randn(9, 12)
    torch.testing.assert_close(likelihood._bernoulli_log_prob(x, logits), bernoulli_log_prob(x, logits))


def test_seed_and_state_outside(vae, images):
    vae.train()
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = log_likelihood(vae, images, num_samples=5)
    assert torch.equal(torch.get_rng_state(), before)
    assert vae.training
    torch.manual_seed(2)
    assert torch.equal(log_likelihood(vae, images, num_samples=5).per_image, first.per_image)
    assert torch.equal(log_likelihood(vae, images, num_samples=5, seed=0).per_image, first.per_image)
    assert not torch.equal(log_likelihood(vae, images, num_samples=5, seed=1).per_image, first.per_image)
    assert first.per_image.dtype == torch.float64
    assert not first.per_image.requires_grad


def test_two_images_are_enough(vae, images):
    assert log_likelihood(vae, images[:2], num_samples=1).per_image.shape == (2,)


def test_a_model_in_training_mode_is_measured_as_in_evaluation_mode(vae, images):
    vae.encoder.append(nn.Dropout(0.9))
    expected = log_likelihood(vae.eval(), images, num_samples=5)
    assert torch.equal(log_likelihood(vae.train(), images, num_samples=5).per_image, expected.per_image)
    assert vae.encoder[-1].training


@pytest.mark.parametrize("level", [1, 100, 254])
def test_grey_pixels_have_no_bernoulli_likelihood(vae, images, level):
    grey = images.clone()
    grey[:2, 0] = level
    with pytest.raises(ValueError, match=r"2 of 30 images have grey ones. Binarize them, as vae_lib.data.held_out"):
        log_likelihood(vae, grey)


def test_nothing_to_estimate_is_named(vae, images):
    with pytest.raises(ValueError, match="got 1 images, 5000 samples"):
        log_likelihood(vae, images[:1])
    with pytest.raises(ValueError, match="got 30 images, 0 samples"):
        log_likelihood(vae, images, num_samples=0)
    with pytest.raises(ValueError, match=r"bytes, 0 to 255 \(torch.uint8\), got torch.float32"):
        unwrap(log_likelihood)(vae, images.float() / 255)
    with pytest.raises(ValueError, match="0 or 255"):
        log_likelihood(vae, images // 255)


def test_an_image_that_the_model_rules_out_has_the_logarithm_of_zero(vae, images):
    came = log_likelihood(
        vae, images, num_samples=3, log_likelihood=lambda x, _: torch.where(x.sum(dim=-1) > 6, 0.0, -torch.inf)
    )
    assert torch.equal(came.per_image.isinf(), (images != 0).flatten(1).sum(dim=1) <= 6)


def test_a_model_of_nan_is_named(vae, images):
    vae.to_mu.bias.data[0] = torch.nan
    with pytest.raises(ArithmeticError, match=r"is NaN.* for 30 of 30\. Look at the model's weights"):
        log_likelihood(vae, images)


def test_out_of_memory_says_what_to_reduce_and_the_model_is_as_it_was(vae, images):
    error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a capacity of 8 GiB.")
    tight = True

    def log_prob(x, decoded):
        if tight:
            raise error
        return bernoulli_log_prob(x, decoded)

    vae.train()
    state = torch.get_rng_state()
    with pytest.raises(MemoryError) as caught:
        log_likelihood(vae, images, num_samples=700, log_likelihood=log_prob)
    for part in ("expected room for 500 rows of 12 numbers", "came: CUDA out of memory. Tried", "likelihood.ROWS"):
        assert part in str(caught.value)
    assert caught.value.__cause__ is error
    assert vae.training
    assert torch.equal(torch.get_rng_state(), state)
    tight = False
    assert math.isfinite(log_likelihood(vae, images, num_samples=5, log_likelihood=log_prob).value)
