"""What every measurement shares: images in chunks, a model in evaluation mode, and noise that leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn

# In bytes: more than a block of rows needs, less than the 32 MB up to which glibc adapts.
ROOM = 16 * 2**20


def scaled(images: Tensor, weight: Tensor, chunk: int) -> Iterator[Float[Tensor, "batch pixels"]]:
    """The images as rows in [0, 1], `chunk` at a time, on the device and in the precision of the weight."""
    for part in images.flatten(1).split(chunk):
        yield part.to(weight.device).to(weight.dtype).div_(255)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The model in evaluation mode, and every part of it in its own mode again afterwards."""
    # glibc hands freed memory back to the system and takes it again page by page, at every block of rows, until it has
    # seen a larger piece freed: a fifth of the time of a likelihood. Elsewhere this does nothing.
    torch.empty(ROOM, dtype=torch.uint8)
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


@contextmanager
def noise_from(seed: int, device: torch.device) -> Iterator[None]:
    """Random numbers from `seed` on the CPU and the device; outside, every generator is left as it was."""
    forked = [] if device.type == "cpu" else [device]
    with torch.random.fork_rng(forked, device_type=device.type):
        # torch.manual_seed would also reseed the devices that are not forked here.
        torch.set_rng_state(torch.Generator().manual_seed(seed).get_state())
        for each in forked:
            torch.get_device_module(each).set_rng_state(torch.Generator(each).manual_seed(seed).get_state(), each)
        yield
