"""What the figures of a conditional VAE share: its networks as numbers for a browser, and the ten digits at one code.

It takes any dense model with two latents whose encoder and decoder are told the label as a one-hot vector beside the
picture and beside z; and a plain VAE as one with a single label that says nothing (`Unlabelled`). It knows no figure,
no training and no checkpoint.

The buffer holds, in little-endian float16, the weights (row by row) and biases of the encoder, of its two heads, and of
the decoder, then the held-out codes as pairs; then one byte a label.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.widgets.packing import DenseLayer, decode, evaluating, in_single, layers_of
from vae_lib.widgets.stroke_examples import example_strokes

FORMAT = 1
CLASSES = 10
IMAGE = (1, 28, 28)
PIXELS = 784
QUANTILES = 101  # Of the held-out digits' terms, in steps of one per cent.


class ConditionalNetwork(NamedTuple):
    """The layers of a conditional VAE as arrays."""

    encoder: list[DenseLayer]
    heads: list[DenseLayer]
    decoder: list[DenseLayer]


class Unlabelled(nn.Module):
    """A plain dense VAE that can be called like a conditional one, and lets the label make no difference."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def encode(self, x: Float[Tensor, "batch pixels"], label: Any) -> Any:
        """The mean and the log variance of q(z|x)."""
        return self.model.encode(x)

    def decode(self, z: Float[Tensor, "batch latent"], label: Any) -> Float[Tensor, "batch pixels"]:
        """The logits of p(x|z)."""
        return self.model.decode(z)


def with_labels(model: nn.Module) -> nn.Module:
    """The model itself, or `Unlabelled` around one whose encoder is told the pixels of a digit and nothing else."""
    encoder = getattr(model, "encoder", None)
    linear = next((each for each in encoder.modules() if isinstance(each, nn.Linear)), None) if encoder else None
    return Unlabelled(model) if linear is not None and linear.in_features == PIXELS else model


def count_labels(model: nn.Module) -> int:
    """How many labels the model tells apart: one where it is told none."""
    return 1 if isinstance(model, Unlabelled) else CLASSES


def find_network(model: nn.Module) -> ConditionalNetwork:
    """The layers of a dense conditional model. Raises TypeError or ValueError for one the figures cannot show."""
    if isinstance(model, Unlabelled):
        encoder, heads, decoder = _stacks(model.model, "VAE with .encoder, .to_mu, .to_log_var and .decoder")
        network = ConditionalNetwork(_deaf(encoder), heads, _deaf(decoder))
    else:
        network = _stacks(model, "conditional VAE with .encoder, .to_mu, .to_log_var and .decoder")
    _check_sizes(network, count_labels(model))
    image = getattr(getattr(model, "model", model), "image", None)
    # As many pixels in another shape would be drawn as a square.
    if image not in (None, IMAGE):
        raise ValueError(f"the figure shows digits, image={IMAGE}; came a model of image={image}")
    _check_same(model, network)
    return network


def _deaf(layers: list[DenseLayer]) -> list[DenseLayer]:
    """The layers with one more input, which they do not heed."""
    first, *others = layers
    return [first._replace(weight=np.pad(first.weight, ((0, 0), (0, 1)))), *others]


def _stacks(model: nn.Module, expected: str) -> ConditionalNetwork:
    """The layers as they are. Raises TypeError for a model that is not made of dense layers."""
    parts = {name: getattr(model, name, None) for name in ("encoder", "to_mu", "to_log_var", "decoder")}
    missing = [f".{name}" for name, part in parts.items() if not isinstance(part, nn.Sequential | nn.Linear)]
    if missing:
        raise TypeError(
            f"expected a dense {expected}, stacks of nn.Linear; "
            f"but {type(model).__name__} has no such {', '.join(missing)}. Use models.DenseCVAE(latent=2)."
        )
    heads = [layer for name in ("to_mu", "to_log_var") for layer in layers_of(parts[name], name)]
    return ConditionalNetwork(layers_of(parts["encoder"], "encoder"), heads, layers_of(parts["decoder"], "decoder"))


def _check_sizes(network: ConditionalNetwork, labels: int) -> None:
    """Raises ValueError unless the layers lead from digits and labels to two latents, and back."""
    came = {
        "pixels decoded": (len(network.decoder[-1].bias), PIXELS),
        "encoder inputs": (network.encoder[0].weight.shape[1], PIXELS + labels),
        "latents": (len(network.heads[0].bias), 2),
        "decoder inputs": (network.decoder[0].weight.shape[1], 2 + labels),
    }
    wrong = [f"{count} {name} where {expected} were expected" for name, (count, expected) in came.items()
             if count != expected]  # fmt: skip
    if wrong:
        told = "ten labels" if labels == CLASSES else "no label"
        raise ValueError(f"the figure shows 28 × 28 pixels, {told} and two latents; came {'; '.join(wrong)}")


def _check_same(model: nn.Module, network: ConditionalNetwork) -> None:
    """Raises ValueError where the layers are not all that `encode` and `decode` do."""
    model = in_single(model)
    parameter = next(model.parameters())
    labels = count_labels(model)
    label = torch.arange(labels, device=parameter.device)
    told = np.eye(labels, dtype=np.float32)
    x, z = np.tile(np.linspace(0, 1, PIXELS, dtype=np.float32), (labels, 1)), np.ones((labels, 2), np.float32)
    h = decode(network.encoder, np.concatenate([x, told], axis=1))
    expected = [decode([head], h) for head in network.heads]
    expected.append(decode(network.decoder, np.concatenate([z, told], axis=1)))
    with evaluating(model):
        x_logits = model.decode(torch.from_numpy(z).to(parameter), label)
        came = [*model.encode(torch.from_numpy(x).to(parameter), label), x_logits]
    pairs = zip((each.float().cpu().numpy() for each in came), expected, strict=True)
    if not all(np.allclose(one, other, rtol=1e-3, atol=1e-2) for one, other in pairs):
        name = type(getattr(model, "model", model)).__name__
        raise ValueError(
            f"{name} does more than its layers, or tells them the label otherwise than as a one-hot "
            "vector after the picture and after z: the figure would show what the model does not decode."
        )


def pack_conditional(model: nn.Module) -> tuple[dict, bytes]:
    """The header and the buffer that stand for the model in a browser, its card's held-out codes with it.

    Raises TypeError or ValueError for a model the figures cannot show.
    """
    network = find_network(model)
    card = getattr(getattr(model, "model", model), "card", None)
    codes, labels, terms = (getattr(card, f"held_out_{name}", None) for name in ("codes", "labels", "terms"))
    stacks = {
        name: [_sizes(layer) for layer in layers]
        for name, layers in zip(("encoder", "heads", "decoder"), network, strict=True)
    }
    header = {
        "format": FORMAT,
        "kind": "conditional",
        "classes": count_labels(model),
        "image": [28, 28],
        **stacks,
        "codes": 0 if codes is None else len(codes),
        "terms": None if terms is None else quantiles(terms),
        "examples": [example_strokes(digit) for digit in range(CLASSES)],
    }
    layers = [layer for stack in network for layer in stack]
    parts = [array.astype("<f2").tobytes() for layer in layers for array in (layer.weight, layer.bias)]
    if codes is not None:
        parts += [codes.cpu().numpy().astype("<f2").tobytes(), labels.cpu().numpy().astype(np.uint8).tobytes()]
    return header, b"".join(parts)


def quantiles(terms: Float[Tensor, "digits 2"]) -> dict[str, list[float]]:
    """The held-out digits' reconstruction errors and KLs in nats, each as its 101 percentiles."""
    # On the CPU: not every device has float64.
    steps = torch.linspace(0, 1, QUANTILES, dtype=torch.float64, device="cpu")
    found = torch.quantile(terms.cpu().double(), steps, dim=0).T
    # Rounded, so that a page's text is the same on every machine.
    return {name: [round(each, 2) for each in row.tolist()] for name, row in zip(("error", "kl"), found, strict=True)}


def ten_digits(model: nn.Module, z: tuple[float, float]) -> Float[np.ndarray, "classes 28 28"]:
    """The pictures the model decodes at z under each label."""
    parameter, labels = next(model.parameters()), count_labels(model)
    rows = torch.tensor([z], dtype=parameter.dtype, device=parameter.device).expand(labels, -1)
    with evaluating(model):
        x_logits = model.decode(rows, torch.arange(labels, device=parameter.device))
    return x_logits.sigmoid().float().cpu().numpy().reshape(labels, 28, 28)


def _sizes(layer: DenseLayer) -> dict[str, Any]:
    """A layer as the header names it."""
    outputs, inputs = layer.weight.shape
    return {"inputs": inputs, "outputs": outputs, "activation": layer.activation, "parameter": layer.parameter}
