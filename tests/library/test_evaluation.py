"""The mean over a test set against the same mean taken directly."""

from functools import partial
from inspect import unwrap

import pytest
import torch
from torch import nn

from vae_lib.evaluation import mean_elbo
from vae_lib.models import VAE, Autoencoder
from vae_lib.objectives import Elbo, Reconstruction, elbo, reconstruction


@pytest.fixture
def model():
    torch.manual_seed(0)
    return VAE(latent=2, hidden=(8,), pixels=12)


@pytest.fixture
def images():
    return torch.randint(0, 256, (50, 3, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def directly(model, images, *, samples=1, seed=0):
    """The mean over all images at once, by the plainest code."""
    torch.manual_seed(seed)
    with torch.no_grad():
        bounds = [elbo(model, images.flatten(1).float() / 255) for _ in range(samples)]
    return Elbo(*(torch.stack(parts).double().mean() for parts in zip(*bounds, strict=True)))


@pytest.mark.parametrize("samples", [1, 4])
def test_mean_elbo_is_the_mean_over_images_and_samples(model, images, samples):
    came = mean_elbo(model, images, samples=samples, seed=3)
    expected = directly(model, images, samples=samples, seed=3)
    assert isinstance(came, Elbo)
    torch.testing.assert_close(came, expected)
    torch.testing.assert_close(came.value, expected.value)


def test_it_returns_float64_numbers_without_a_graph_as_the_objective_names_them(images):
    came = mean_elbo(Autoencoder(latent=2, hidden=(8,), pixels=12), images, objective=reconstruction)
    assert isinstance(came, Reconstruction)
    for part in (*came, came.value):
        assert part.dtype == torch.float64
        assert part.shape == ()
        assert not part.requires_grad


@pytest.mark.parametrize("chunk", [7, 50, 1000])
def test_each_image_brings_its_own_label(model, images, chunk):
    labels = torch.arange(50)

    def objective(model, x, label):
        # Without the sign the labels of other images would cancel in the mean.
        wrong = (x - images[label].flatten(1) / 255).abs().sum(dim=-1)
        return Elbo(wrong, label.float())

    came = mean_elbo(model, images, labels=labels, objective=objective, chunk=chunk, samples=2)
    assert abs(came.reconstruction) < 1e-5
    assert came.kl == 24.5
    with pytest.raises(ValueError, match="one label for each of the 50 images, got 49"):
        unwrap(mean_elbo)(model, images, labels=labels[:49], objective=objective)


@pytest.mark.parametrize("chunk", [1, 7, 49, 50, 1000])
def test_chunks_do_not_change_what_has_no_noise(model, images, chunk):
    mean = reconstruction(model, images.flatten(1).float() / 255).value.double().mean()
    without_noise = mean_elbo(model, images, objective=reconstruction, chunk=chunk).value
    torch.testing.assert_close(without_noise, mean.detach())
    torch.testing.assert_close(mean_elbo(model, images, chunk=chunk).kl, directly(model, images).kl)


def test_chunks_and_seeds_change_the_rest_by_its_noise_only(model, images):
    x = images.flatten(1).float() / 255
    values = torch.stack([elbo(model, x).value.mean() for _ in range(400)])
    # Of the mean over 400 samples an image.
    standard_error = values.std().item() / 400**0.5
    estimates = [
        mean_elbo(model, images, samples=400, chunk=c, seed=s).value.item() for c, s in ((7, 0), (50, 0), (7, 1))
    ]
    assert len(set(estimates)) == 3
    assert max(estimates) - min(estimates) < 5 * standard_error
    assert abs(estimates[0] - values.mean().item()) < 5 * standard_error


def test_the_seed_alone_decides_the_noise_and_the_state_outside_is_untouched(model, images):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = mean_elbo(model, images)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert mean_elbo(model, images) == first
    assert mean_elbo(model, images, seed=1) != first


def test_the_state_outside_is_untouched_when_the_objective_fails(model, images):
    def failing(model, x):
        torch.rand(1)
        raise ArithmeticError

    before = torch.get_rng_state()
    model.train()
    with pytest.raises(ArithmeticError):
        mean_elbo(model, images, objective=failing)
    assert torch.equal(torch.get_rng_state(), before)
    assert model.training


def test_the_model_is_evaluated_in_evaluation_mode_and_each_part_keeps_its_own(images):
    model = VAE(latent=2, hidden=(8,), pixels=12)
    model.encoder.append(nn.Dropout(0.9))
    model.train()
    model.decoder.eval()
    without_noise = partial(mean_elbo, model, images, objective=reconstruction)
    assert without_noise(seed=0) == without_noise(seed=1)
    assert model.training
    assert model.encoder[-1].training
    assert not model.decoder.training


def test_images_and_weights_are_left_as_they_were(model, images):
    copies = [tensor.clone() for tensor in (images, *model.parameters())]
    mean_elbo(model, images, samples=2)
    assert all(torch.equal(*pair) for pair in zip(copies, (images, *model.parameters()), strict=True))
    assert all(parameter.grad is None for parameter in model.parameters())


def test_sums_keep_what_single_precision_loses(model, images):
    """2²⁴ + 1 is 2²⁴ there."""

    def objective(model, x):
        value = torch.ones(len(x))
        value[0] = 2.0**24
        return Reconstruction(value)

    came = mean_elbo(model, images, objective=objective)
    assert came.value.item() == (2**24 + 49) / 50


def test_it_follows_the_precision_of_the_model(model, images):
    single = mean_elbo(model, images, objective=reconstruction).value
    double = mean_elbo(model.double(), images, objective=reconstruction).value
    torch.testing.assert_close(double, single, rtol=1e-6, atol=0)


def test_one_image_and_one_sample_are_enough(model, images):
    torch.testing.assert_close(mean_elbo(model, images[:1]), directly(model, images[:1]))


def test_nothing_to_average_over_is_named(model, images):
    with pytest.raises(ValueError, match="0 images, 1 samples"):
        mean_elbo(model, images[:0])
    with pytest.raises(ValueError, match="50 images, 0 samples"):
        mean_elbo(model, images, samples=0)


def test_images_already_scaled_are_refused_where_shapes_are_not_checked(model, images):
    with pytest.raises(ValueError, match=r"bytes, 0 to 255 \(torch.uint8\), got torch.float32"):
        unwrap(mean_elbo)(model, images.float() / 255)


def test_an_untrained_vae_is_worth_what_its_formula_says_on_real_digits(mnist):
    """All weights zero: every logit is 0, so each pixel costs log 2, and q is the prior."""
    model = VAE()
    for parameter in model.parameters():
        parameter.data.zero_()
    came = mean_elbo(model, mnist.test.images[:300])
    assert came.reconstruction.item() == pytest.approx(-784 * torch.tensor(2.0).log().item(), rel=1e-5)
    assert came.kl.item() == 0


def broken(model, value=float("nan")):
    model.to_mu.bias.data[0] = value
    return model


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (lambda images: (images > 127).to(torch.uint8), "got bytes of at most 1.*multiply them by 255"),
        (lambda images: images.numpy(), "as a tensor of bytes.*got ndarray"),
        (lambda images: images.flatten(), r"of shape \[examples, …\], got shape \(600,\)"),
    ],
    ids=["ink of 1", "an array", "one axis"],
)
def test_images_of_another_kind_are_refused_with_what_to_do(model, images, kind, message):
    with pytest.raises(ValueError, match=message):
        unwrap(mean_elbo)(model, kind(images))


def test_a_model_of_nan_is_named_and_no_mean_is_taken(model, images):
    state = torch.get_rng_state()
    with pytest.raises(ArithmeticError, match=r"'reconstruction' is NaN for 20 of 20\. Look at the model's weights"):
        mean_elbo(broken(model), images, chunk=20)
    assert torch.equal(torch.get_rng_state(), state)


def test_an_infinite_part_is_a_number():
    """An autoencoder's code has no noise, and by the formula an infinite KL."""
    images = torch.full((3, 3, 4), 255, dtype=torch.uint8)
    assert mean_elbo(Autoencoder(latent=2, hidden=(8,), pixels=12), images).kl == torch.inf


def test_images_of_another_size_are_named_with_theirs(model):
    larger = torch.zeros(64, 5, 5, dtype=torch.uint8)
    plain = lambda model, x: Reconstruction(model.encoder(x).sum(dim=-1))  # noqa: E731
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied") as caught:
        mean_elbo(model, larger, objective=plain)
    assert "x of shape (64, 25) on cpu" in caught.value.__notes__[0]


def test_out_of_memory_says_to_take_smaller_chunks(model, images):
    def full(model, x):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a capacity of 8 GiB.")

    with pytest.raises(MemoryError, match=r"room for 50 rows of 12 numbers .* smaller chunk than 1000") as caught:
        mean_elbo(model, images, objective=full)
    assert isinstance(caught.value.__cause__, torch.OutOfMemoryError)
    assert mean_elbo(model, images, chunk=10).value.isfinite()
