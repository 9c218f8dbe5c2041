"""Turns a decoder of dense layers into numbers a browser can run: one JSON header, one buffer. It knows no widget.

The buffer holds, in little-endian float16, each layer's weights (row by row) and biases, then the codes as pairs; then
one byte a label. Half precision moves a decoded pixel by less than 2e-3, which a test measures in the front end itself.
"""

import copy
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Integer
from torch import nn

# What the front end can compute, with the one number that some of them carry.
ACTIVATIONS: dict[type[nn.Module], tuple[str, str | None]] = {
    nn.ReLU: ("relu", None),
    nn.LeakyReLU: ("leaky_relu", "negative_slope"),
    nn.Tanh: ("tanh", None),
    nn.Sigmoid: ("sigmoid", None),
    nn.SiLU: ("silu", None),
    nn.ELU: ("elu", "alpha"),
}
# In evaluation these do nothing, so they may stand anywhere.
PASSED_OVER = (nn.Dropout, nn.Identity)
FORMAT = 1


class DenseLayer(NamedTuple):
    """One affine map and the function after it."""

    weight: Float[np.ndarray, "outputs inputs"]
    bias: Float[np.ndarray, " outputs"]
    activation: str = "identity"
    parameter: float = 0.0


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients for a while; each part then goes back to the mode it was in."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, training in modes:
            part.training = training


def find_decoder(model: nn.Module) -> nn.Module:
    """The decoder of a model, or the model itself where it is one. Raises TypeError where there is none."""
    if isinstance(model, nn.Sequential | nn.Linear):
        return model
    decoder = getattr(model, "decoder", None)
    if isinstance(decoder, nn.Sequential | nn.Linear):
        return decoder
    what = "has no .decoder" if decoder is None else f"has a .decoder of type {type(decoder).__name__}"
    raise TypeError(
        "expected a model whose .decoder is an nn.Sequential of dense layers, or such an nn.Sequential; "
        f"but {type(model).__name__} {what}. Pass the stack of layers that turns z into pixel logits."
    )


def picture_shape(image: Any, *models: nn.Module) -> tuple[int, int, int] | None:
    """The picture's shape, channels first, as asked for or as the models have it; None for a grey square.

    Raises ValueError for what is no shape, and for models of pictures of different shapes.
    """
    if image is None:
        own = {tuple(model.image) for model in models if isinstance(getattr(model, "image", None), Sequence)}
        if len(own) > 1:
            raise ValueError(f"expected models of pictures of one shape, got {' and '.join(map(str, sorted(own)))}")
        return own.pop() if own else None
    sides = tuple(image) if isinstance(image, Sequence) else (image,)
    sides = (1, *sides) if len(sides) == 2 else sides
    if len(sides) != 3 or sides[0] not in (1, 3) or not all(isinstance(side, int) and side > 0 for side in sides):
        raise ValueError(
            f"expected image as (height, width) or (channels, height, width), with 1 or 3 channels; got {image!r}"
        )
    return sides


def shape_of(layers: list[DenseLayer], image: tuple[int, int, int] | None) -> tuple[int, int, int]:
    """The shape of the picture that the layers end in, channels first: without one, that of a grey square."""
    side = math.isqrt(len(layers[-1].bias))
    return image or (1, side, side)


def grey_shape(image: Any, *models: nn.Module) -> tuple[int, int, int] | None:
    """`picture_shape` for a figure that shows ink on paper. Raises ValueError for colour, too."""
    sides = picture_shape(image, *models)
    if sides is not None and sides[0] != 1:
        raise ValueError(f"expected grey pictures, of one channel; got image={sides}. LatentExplorer shows colour")
    return sides


def dense_layers(decoder: nn.Module, image: tuple[int, ...] | None = None) -> list[DenseLayer]:
    """The decoder's layers, the last one ending in the sigmoid that makes its logits pixels.

    Without an `image`, (channels, height, width), they must be those of a square grey picture. Raises TypeError for a
    layer that is not dense, ValueError for shapes or numbers no plane of pictures can come from.
    """
    layers = layers_of(decoder)
    if layers[-1].activation == "identity":
        layers[-1] = layers[-1]._replace(activation="sigmoid")
    _check_shapes(layers, image)
    return layers


def layers_of(stack: nn.Module, name: str = "decoder") -> list[DenseLayer]:
    """The layers of a dense stack, which messages call by `name`.

    Raises TypeError for a layer that is not dense, ValueError for none and for numbers that half precision cannot hold.
    """
    layers: list[DenseLayer] = []
    for place, part in _parts(stack, name):
        if isinstance(part, PASSED_OVER):
            continue
        if type(part) in ACTIVATIONS:
            layers.append(_activated(layers, place, part))
        elif type(part).forward is nn.Linear.forward:
            layers.append(_affine(place, part))
        else:
            raise TypeError(
                f"cannot show {place} = {type(part).__name__}: expected nn.Linear layers with "
                f"{', '.join(each.__name__ for each in ACTIVATIONS)} between them. Train a dense one for this figure."
            )
    if not layers:
        raise ValueError(f"the {name} has no layer: expected nn.Linear layers from 2 latents to the pixels")
    return layers


def decode(layers: list[DenseLayer], z: Float[np.ndarray, "batch inputs"]) -> Float[np.ndarray, "batch outputs"]:
    """The pixels in [0, 1] that the layers make of z, as the front end computes them; any dense layers' outputs."""
    functions = {
        "identity": lambda h, _: h,
        "relu": lambda h, _: h.clip(min=0),
        "leaky_relu": lambda h, slope: torch.where(h > 0, h, slope * h),
        "tanh": lambda h, _: h.tanh(),
        "sigmoid": lambda h, _: h.sigmoid(),
        "silu": lambda h, _: h * h.sigmoid(),
        "elu": lambda h, alpha: torch.where(h > 0, h, alpha * h.expm1()),
    }
    # Beside the layers, wherever new tensors go by default.
    h = torch.from_numpy(np.asarray(z, np.float32))
    for weight, bias, activation, parameter in layers:
        h = functions[activation](h @ torch.from_numpy(weight).T + torch.from_numpy(bias), parameter)
    return h.numpy()


def in_single(model: nn.Module) -> nn.Module:
    """The model, or a float32 copy of one in half precision, whose sums are too coarse to compare pictures by."""
    return copy.deepcopy(model).float() if next(model.parameters()).dtype.itemsize < 4 else model


def check_same_as(model: nn.Module, layers: list[DenseLayer]) -> None:
    """Raises ValueError where the layers are not all there is between z and the picture the model decodes."""
    model = in_single(model)
    decoder = find_decoder(model)
    parameter = next(decoder.parameters())
    z = torch.tensor([[0.0, 0.0], [1.5, -0.5], [-2.0, 1.0]], dtype=parameter.dtype, device=parameter.device)
    with evaluating(model):
        try:
            x_logits = model.decode(z) if hasattr(model, "decode") else decoder(z)
        except Exception as error:
            raise ValueError(
                f"{type(model).__name__}.decode(z) fails for z of shape (3, 2): {type(error).__name__}: {error}. "
                "Expected logits of shape (3, pixels); a decoder that needs more than z cannot be shown."
            ) from error
    expected = torch.from_numpy(decode(layers, z.float().cpu().numpy()))
    came = x_logits.detach().float().cpu().reshape(len(z), -1)
    if came.shape != expected.shape or not any(
        torch.allclose(pixels, expected, atol=1e-3) for pixels in (came.sigmoid(), came)
    ):
        raise ValueError(
            f"{type(model).__name__}.decode does more than its .decoder: their pictures differ, so the figure would "
            "show digits the model does not decode. Expected decode(z) to be decoder(z); or pass the decoder itself."
        )


def pack(
    layers: list[DenseLayer],
    codes: Float[np.ndarray, "n 2"] | None,
    labels: Integer[np.ndarray, " n"] | None,
    image: tuple[int, ...] | None = None,
    *,
    photograph: bool = False,
) -> tuple[dict, bytes]:
    """The header and the buffer of one decoder with the codes that lie on its plane.

    A `photograph` is drawn as it is, 0 black and 1 white; another grey picture as ink on paper.
    """
    channels, height, width = shape_of(layers, image)
    header = {
        "format": FORMAT,
        "image": [height, width] if channels == 1 else [height, width, channels],
        **({"photograph": True} if photograph else {}),
        "layers": [
            {
                "inputs": layer.weight.shape[1],
                "outputs": layer.weight.shape[0],
                "activation": layer.activation,
                "parameter": layer.parameter,
            }
            for layer in layers
        ],
        "codes": 0 if codes is None else len(codes),
        "labelled": labels is not None,
    }
    parts = [array.astype("<f2").tobytes() for layer in layers for array in (layer.weight, layer.bias)]
    if codes is not None:
        parts.append(np.ascontiguousarray(codes).astype("<f2").tobytes())
    if labels is not None:
        parts.append(labels.astype(np.uint8).tobytes())
    return header, b"".join(parts)


def _parts(module: nn.Module, name: str) -> Iterator[tuple[str, nn.Module]]:
    """The parts of nested nn.Sequentials in the order they act."""
    if not isinstance(module, nn.Sequential):
        yield name, module
        return
    for index, part in enumerate(module):
        yield from _parts(part, f"{name}[{index}]")


def _affine(name: str, part: nn.Linear) -> DenseLayer:
    """The numbers of one nn.Linear, checked to survive half precision."""
    weight = part.weight.detach().float().cpu().numpy()
    bias = np.zeros(len(weight), np.float32) if part.bias is None else part.bias.detach().float().cpu().numpy()
    largest = max(float(np.abs(weight).max(initial=0)), float(np.abs(bias).max(initial=0)))
    if not math.isfinite(largest):
        raise ValueError(f"{name} holds NaN or infinite weights: expected finite ones. The training has diverged.")
    if largest > float(np.finfo(np.float16).max):
        raise ValueError(f"{name} holds a weight of size {largest:.3g}: expected at most 65504, what float16 can hold")
    return DenseLayer(weight, bias)


def _activated(layers: list[DenseLayer], name: str, part: nn.Module) -> DenseLayer:
    """The last layer so far, taken from the list, with this activation after it."""
    if not layers or layers[-1].activation != "identity":
        raise ValueError(f"{name} = {type(part).__name__} follows no nn.Linear: expected one activation after each")
    function, parameter = ACTIVATIONS[type(part)]
    value = float(getattr(part, parameter)) if parameter else 0.0
    return layers.pop()._replace(activation=function, parameter=value)


def _check_shapes(layers: list[DenseLayer], image: tuple[int, ...] | None) -> None:
    """Raises ValueError unless the layers lead from two latents to the picture, without a shape to a square one."""
    latents, pixels = layers[0].weight.shape[1], layers[-1].weight.shape[0]
    if latents != 2:
        raise ValueError(
            f"the decoder takes {latents} latents: expected 2, the coordinates of the plane. Train with latent=2."
        )
    for before, after in pairwise(layers):
        if before.weight.shape[0] != after.weight.shape[1]:
            raise ValueError(
                f"a layer gives {before.weight.shape[0]} numbers and the next takes {after.weight.shape[1]}"
            )
    if image is None and (math.isqrt(pixels) ** 2 != pixels or pixels < 4):
        raise ValueError(
            f"the decoder gives {pixels} outputs: expected a square picture's pixels, 784 for a digit. Say "
            "image=(height, width) or image=(channels, height, width) for another shape, where the figure takes it"
        )
    if image is not None and math.prod(image) != pixels:
        raise ValueError(f"the decoder gives {pixels} outputs: expected {math.prod(image)} for image={image}")
    if layers[-1].activation != "sigmoid":
        raise ValueError(
            f"the decoder ends in {layers[-1].activation}: expected it to end in nn.Linear, whose outputs are the "
            "logits of the pixels, or in nn.Sigmoid"
        )
