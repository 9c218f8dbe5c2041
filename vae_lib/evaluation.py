"""What a trained model is worth on images it has not seen. It knows no training and no figure."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Int64, UInt8
from torch import Tensor, nn

from vae_lib.objectives import elbo


@torch.no_grad()
def mean_elbo(
    model: nn.Module,
    images: UInt8[Tensor, "examples *size"],
    *,
    labels: Int64[Tensor, " examples"] | None = None,
    objective=elbo,
    samples: int = 1,
    chunk: int = 1000,
    seed: int = 0,
):
    """The objective's parts averaged over `images`, in nats per image, as the type that `objective` returns.

    With `labels`, one for each image, the objective is a function of (model, x, label).
    Each image is visited `samples` times with fresh noise from `seed`, in chunks of bounded memory and with the model
    in evaluation mode; its mode and the random state outside are left as they were. The parts are float64 tensors of
    no dimension. Raises ValueError for images that are not bytes and for nothing to average over.
    """
    if images.dtype != torch.uint8:
        raise ValueError(f"expected images as bytes, 0 to 255 (torch.uint8), got {images.dtype}; give them unscaled")
    if len(images) * samples < 1:
        raise ValueError(f"expected one image and one sample or more, got {len(images)} images, {samples} samples")
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"expected one label for each of the {len(images)} images, got {len(labels)}")
    weight = next(model.parameters())
    data = [each.split(chunk) for each in (images.flatten(1), labels) if each is not None]
    totals = []
    with _evaluating(model), _noise_from(seed, weight.device):
        for _ in range(samples):
            for parts in zip(*data, strict=True):
                part, *label = (each.to(weight.device) for each in parts)
                bound = objective(model, part.to(weight.dtype).div_(255), *label)
                # MPS has no float64: the sum is taken on the CPU.
                totals.append(torch.stack([term.cpu().double().sum() for term in bound]))
    return type(bound)(*(torch.stack(totals).sum(dim=0) / (len(images) * samples)))


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """The model in evaluation mode, and every part of it in its own mode again afterwards."""
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


@contextmanager
def _noise_from(seed: int, device: torch.device) -> Iterator[None]:
    """Random numbers from `seed` on the CPU and the device; outside, every generator is left as it was."""
    forked = [] if device.type == "cpu" else [device]
    with torch.random.fork_rng(forked, device_type=device.type):
        # torch.manual_seed would also reseed the devices that are not forked here.
        torch.set_rng_state(torch.Generator().manual_seed(seed).get_state())
        for each in forked:
            torch.get_device_module(each).set_rng_state(torch.Generator(each).manual_seed(seed).get_state(), each)
        yield
