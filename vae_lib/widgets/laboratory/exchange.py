"""The laboratory's weights, from a page to a model and back. It knows no training.

They travel as one row of float32 numbers in the order of the model's parameters(): encoder, μ, log σ², decoder, of each
layer first the weight, [outputs, inputs] row by row, and then the bias. With labels told the encoder's inputs are the
pixels and then the ten classes, the decoder's the latents and then the classes. With Gaussian pixels what `decode`
gives are their means: `objectives.elbo` takes a `log_likelihood` for them.
"""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import nn
from torch.nn.utils import parameters_to_vector

from vae_lib.models import VAE, DenseCVAE
from vae_lib.widgets.draws import uniform_draws
from vae_lib.widgets.laboratory.digits import CLASSES, CONSTANTS, SIDE
from vae_lib.widgets.laboratory.settings import check_setting

PIXELS = SIDE * SIDE
Weights = Float[np.ndarray, " weights"]


def weights_to_model(
    weights: Weights, *, latents: int = 2, hidden: int = 64, told: bool = False, pixels: int = PIXELS
) -> VAE | DenseCVAE:
    """The model with these weights, in evaluation mode. Raises ValueError for another number of them, or for NaN.

    A network that was trained without noise has a log σ² that was never trained.
    """
    model = _outline(latents=latents, hidden=hidden, told=told, pixels=pixels)
    expected = sum(parameter.numel() for parameter in model.parameters())
    if weights.shape != (expected,):
        raise ValueError(
            f"expected {expected:,} weights for {pixels} pixels, {hidden} hidden units and {latents} latents"
            f"{' with' if told else ' without'} labels, got shape {weights.shape}"
        )
    _expect_finite(weights)
    model = model.to_empty(device=torch.get_default_device()).float()
    parts = torch.tensor(weights, dtype=torch.float32).split([each.numel() for each in model.parameters()])
    with torch.no_grad():
        for parameter, part in zip(model.parameters(), parts, strict=True):
            parameter.copy_(part.view_as(parameter))
    return model.eval()


def model_to_weights(model: nn.Module, *, pixels: int = PIXELS) -> tuple[Weights, dict[str, int | bool]]:
    """The weights of a `VAE` or `DenseCVAE`, and its form: hidden width, latents, whether it is told labels.

    Raises TypeError for another model, ValueError for one that the laboratory cannot train: of other pixels, of more
    than one hidden layer, of more latents or hidden units than it has, or with weights that are not finite.
    """
    # Not a subclass: TanhVAE has the same parameters and is another function of them.
    if type(model) not in (VAE, DenseCVAE):
        raise TypeError(f"expected a vae_lib.models.VAE or DenseCVAE, got {type(model).__name__}")
    form = {
        "hidden": model.to_mu.in_features,
        "latents": model.to_mu.out_features,
        "told": isinstance(model, DenseCVAE),
    }
    for name, value in form.items():
        check_setting(name, value)
    twin = _outline(**form, pixels=pixels)
    shapes = [[tuple(each.shape) for each in of.parameters()] for of in (model, twin)]
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"expected {type(model).__name__}(latent={form['latents']}, hidden=({form['hidden']},), pixels={pixels}), "
            f"a model of one hidden layer, got layers of the shapes {shapes[0]}"
        )
    image = getattr(model, "image", None)
    # As many pixels in another shape would be drawn as a square.
    if image is not None and (image[0] != 1 or image[1] != image[2]):
        raise ValueError(f"expected a model of square grey pictures, which the laboratory draws; got image={image}")
    weights = parameters_to_vector(each.detach().float().cpu() for each in model.parameters()).numpy()
    _expect_finite(weights)
    return weights, form


def first_weights(
    seed: int, *, latents: int = 2, hidden: int = 64, told: bool = False, pixels: int = PIXELS
) -> Weights:
    """The weights that a run of that seed starts from on a page: by the law of nn.Linear, from the page's own draws."""
    model = _outline(latents=latents, hidden=hidden, told=told, pixels=pixels)
    layers = [each for each in model.modules() if isinstance(each, nn.Linear)]
    counts = [(each.in_features + 1) * each.out_features for each in layers]
    bounds = np.repeat([1 / math.sqrt(each.in_features) for each in layers], counts)
    draws = np.array(uniform_draws(sum(counts), seed ^ CONSTANTS["streams"]["weights"]))
    return ((2 * draws - 1) * bounds).astype(np.float32)


def _outline(*, latents: int, hidden: int, told: bool, pixels: int) -> VAE | DenseCVAE:
    """A model of that form without numbers, so that no random number is drawn for it."""
    with torch.device("meta"):
        if told:
            return DenseCVAE(latent=latents, hidden=(hidden,), pixels=pixels, classes=CLASSES)
        return VAE(latent=latents, hidden=(hidden,), pixels=pixels)


def _expect_finite(weights: Weights) -> None:
    """Raises ValueError for NaN or infinity among the weights."""
    if not np.isfinite(weights).all():
        raise ValueError("expected finite weights, got NaN or infinite ones: the training has diverged")
