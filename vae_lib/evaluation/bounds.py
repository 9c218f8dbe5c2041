"""The mean of an objective over images, part by part."""

import torch
from jaxtyping import UInt8
from torch import Tensor, nn

from vae_lib._checks import Labels, as_labels, expect_finite, expect_grey_levels, explained
from vae_lib.evaluation.measuring import evaluating, noise_from, scaled
from vae_lib.objectives import elbo


@torch.no_grad()
def mean_elbo(
    model: nn.Module,
    images: UInt8[Tensor, "examples *size"],
    *,
    labels: Labels | None = None,
    objective=elbo,
    samples: int = 1,
    chunk: int = 1000,
    seed: int = 0,
):
    """The objective's parts averaged over `images`, in nats per image, as the type that `objective` returns.

    With `labels`, one for each image, the objective is a function of (model, x, label).
    Each image is visited `samples` times with fresh noise from `seed`, in chunks of bounded memory and with the model
    in evaluation mode; its mode and the random state outside are left as they were. The parts are float64 tensors of
    no dimension. Raises ValueError for images that are not bytes and for nothing to average over, ArithmeticError for
    a part that is NaN, and MemoryError where the device has no room for a chunk.
    """
    expect_grey_levels(images)
    if len(images) * samples < 1:
        raise ValueError(f"expected one image and one sample or more, got {len(images)} images, {samples} samples")
    labels = None if labels is None else as_labels(labels)
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"expected one label for each of the {len(images)} images, got {len(labels)}")
    weight = next(model.parameters())
    told = [] if labels is None else [labels.to(weight.device).split(chunk)]
    totals = []
    with evaluating(model), noise_from(seed, weight.device):
        for _ in range(samples):
            for x, *label in zip(scaled(images, weight, chunk), *told, strict=True):
                with explained(x, f"Give a smaller chunk than {chunk}, or move the model to the CPU."):
                    bound = objective(model, x, *label)
                for name, term in zip(bound._fields, bound, strict=True):
                    # An autoencoder's KL is infinite, and says so.
                    expect_finite(term, name, infinite=True)
                # MPS has no float64: the sum is taken on the CPU.
                totals.append(torch.stack([term.cpu().double().sum() for term in bound]))
    return type(bound)(*(torch.stack(totals).sum(dim=0) / (len(images) * samples)))
