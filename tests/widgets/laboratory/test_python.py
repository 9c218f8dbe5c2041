"""The laboratory's Python side: its digits, its weights on their way to a model and back, its settings."""

import base64
import math

import numpy as np
import pytest
import torch
from torch import nn

from tests.widgets.laboratory.reference import laboratory_digits
from vae_lib.models import VAE, DenseCVAE
from vae_lib.models.vae import TanhVAE
from vae_lib.widgets.laboratory import (
    check_settings,
    first_weights,
    grey_levels,
    model_to_weights,
    pack_digits,
    small_digits,
    weights_to_model,
)


def test_digits_are_means_of_four_pixels_in_turns_by_class(mnist):
    digits = laboratory_digits()
    assert digits.training_labels[:12].tolist() == [*range(10), 0, 1]
    assert np.bincount(digits.training_labels).tolist() == [300] * 10
    assert np.bincount(digits.held_out_labels).tolist() == [50] * 10
    for digit in range(10):
        image = mnist.validation.images[mnist.validation.labels == digit][3].numpy().astype(float)
        exact = image.reshape(14, 2, 14, 2).mean(axis=(1, 3)) * 15 / 255
        assert np.abs(digits.held_out[10 * 3 + digit] - exact).max() <= 0.5


def test_digits_of_the_page_are_small():
    _, buffer = pack_digits(laboratory_digits())
    assert len(base64.b64encode(buffer)) < 200_000


def test_grey_levels_are_bytes_that_training_takes():
    levels = grey_levels(np.array([[[0, 1, 15] + [0] * 11] * 14], np.uint8))
    assert levels.dtype == torch.uint8
    assert levels[0, 0, :3].tolist() == [0, 17, 255]


def test_too_few_digits_of_a_class_are_refused(mnist):
    images, labels = mnist.validation.images[:50], mnist.validation.labels[:50]
    with pytest.raises(ValueError, match=r"expected 300 training digits of each class, got \d+ of class 0"):
        small_digits(images, labels, images, labels)


@pytest.mark.parametrize(
    "model",
    [VAE(2, (64,), 196), VAE(1, (16,), 196), DenseCVAE(2, (32,), 196)],
    ids=["2 latents", "1 latent", "told labels"],
)
def test_model_comes_back_from_its_weights(model):
    weights, form = model_to_weights(model)
    state = torch.random.get_rng_state()
    twin = weights_to_model(weights, **form)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert type(twin) is type(model)
    assert not twin.training
    assert [*twin.state_dict()] == [*model.state_dict()]
    for name, value in model.state_dict().items():
        assert torch.equal(twin.state_dict()[name], value)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (nn.Linear(2, 3), TypeError, "expected a vae_lib.models.VAE or DenseCVAE, got Linear"),
        (TanhVAE(2, (64,), 196), TypeError, "got TanhVAE"),
        (VAE(2, (64,)), ValueError, r"VAE\(latent=2, hidden=\(64,\), pixels=196\)"),
        (VAE(2, (64, 32), 196), ValueError, "a model of one hidden layer"),
        (VAE(3, (64,), 196), ValueError, "expected latents to be a whole number from 1 to 2, got 3"),
        (VAE(2, (400,), 196), ValueError, "expected hidden to be a whole number from 4 to 256, got 400"),
        (DenseCVAE(2, (64,), 196, classes=3), ValueError, "got layers of the shapes"),
        (VAE(2, (64,), image=(1, 7, 28)), ValueError, r"square grey pictures, .* got image=\(1, 7, 28\)"),
        (VAE(2, (64,), image=(1, 14, 14), likelihood="normal"), ValueError, "got layers of the shapes"),
    ],
)
def test_model_that_the_laboratory_cannot_train_is_refused(model, error, message):
    with pytest.raises(error, match=message):
        model_to_weights(model)


def test_weights_of_another_size_or_kind_are_refused():
    weights = first_weights(1)
    with pytest.raises(
        ValueError, match="expected 25,800 weights for 196 pixels, 64 hidden units and 2 latents without"
    ):
        weights_to_model(weights[:-1])
    weights[7] = math.nan
    with pytest.raises(ValueError, match="got NaN or infinite ones"):
        weights_to_model(weights)
    model = VAE(2, (64,), 196)
    with torch.no_grad():
        model.to_mu.bias[0] = math.inf
    with pytest.raises(ValueError, match="the training has diverged"):
        model_to_weights(model)


def test_first_weights_follow_the_law_of_torch():
    model = weights_to_model(first_weights(3))
    for layer in (each for each in model.modules() if isinstance(each, nn.Linear)):
        bound = 1 / math.sqrt(layer.in_features)
        assert layer.weight.abs().max() <= bound
        assert layer.bias.abs().max() <= bound
        # The deviation of a uniform number is its bound / √3, that of an estimate about bound / √(5 n).
        n = layer.weight.numel()
        assert abs(layer.weight.std().item() - bound / math.sqrt(3)) < 4 * bound / math.sqrt(5 * n)
        assert abs(layer.weight.mean().item()) < 4 * bound / math.sqrt(3 * n)


def test_settings_are_completed_by_the_defaults():
    settings = check_settings({"beta": 0.5, "digits": (7, 1)})
    assert (settings["beta"], settings["digits"], settings["hidden"]) == (0.5, [1, 7], 64)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"beta": "much"}, 'expected beta to be a number from 0 to 196, got "much"'),
        ({"beta": math.nan}, "expected beta to be a number from 0 to 196, got NaN"),
        ({"beta": -1}, "expected beta to be a number from 0 to 196, got -1"),
        ({"beta": True}, "expected beta to be a number from 0 to 196, got true"),
        ({"learningRate": math.inf}, "expected learningRate to be a number from 0.00001 to 10, got Infinity"),
        ({"hidden": 12.5}, "expected hidden to be a whole number from 4 to 256, got 12.5"),
        ({"noise": "perhaps"}, 'expected noise to be true or false, got "perhaps"'),
        ({"likelihood": "poisson"}, 'expected likelihood to be one of bernoulli, gaussian, got "poisson"'),
        ({"digits": [0, 0]}, "expected digits to be different digits from 0 to 9, at least one, got [0,0]"),
        ({"digits": []}, "expected digits to be different digits from 0 to 9, at least one, got []"),
        ({"digits": [1.5]}, "expected digits to be different digits from 0 to 9, at least one, got [1.5]"),
        ({"beta": 1e4}, "expected beta to be a number from 0 to 196, got 10000"),
        ({"beta": 1 + 2j}, "expected beta to be a number from 0 to 196, got (1+2j)"),
        ({"gamma": 1}, 'seed, got "gamma"'),
    ],
)
def test_settings_are_refused_in_the_words_of_the_page(given, message):
    with pytest.raises(ValueError) as raised:  # noqa: PT011, the whole message follows
        check_settings(given)
    assert str(raised.value).endswith(message)
