"""From grey levels to ink or no ink: the protocols under which likelihoods of digits are published.

Numbers under different protocols are about different data and must never be compared. A grey level
is read as the probability of ink, or cut at one half.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vae_lib._checks import expect_bytes

INK = 255


def binarize_fixed(images: UInt8[Tensor, "n *size"], *, seed: int) -> UInt8[Tensor, "n *size"]:
    """Every pixel drawn once, ink (255) with the probability its grey level says, by a generator with this seed.

    The same seed draws the same pixels again. Drawn from training digits this is protocol S; drawn from test digits it
    is also what a model of protocol D is measured on. Raises ValueError for images that are not bytes.
    Source: Salakhutdinov and Murray (2008), section 4.
    """
    expect_bytes(images)
    # 0 to 254: a level of 255 lies above every draw, a level of 0 above none.
    generator = torch.Generator("cpu").manual_seed(seed)
    draw = torch.randint(0, INK, images.shape, generator=generator, dtype=torch.uint8, device="cpu")
    return (draw.to(images.device) < images).to(torch.uint8) * INK


def binarize_dynamic(x: Float[Tensor, "batch pixels"]) -> Float[Tensor, "batch pixels"]:
    """Pixels 0 or 1, drawn anew at every call with the probabilities x: protocol D.

    Source: Burda et al. (2016), section 5.
    """
    return torch.bernoulli(x)


def binarize_threshold(images: UInt8[Tensor, "n *size"]) -> UInt8[Tensor, "n *size"]:
    """Ink (255) where the grey level is above one half, none elsewhere: protocol T.

    Raises ValueError for images that are not bytes.
    """
    expect_bytes(images)
    return (images > INK // 2).to(torch.uint8) * INK


class Protocol(NamedTuple):
    """What is done to digits: once, to all of their bytes, and at every visit, to the batch that a model sees."""

    description: str
    once: Callable[[Tensor], Tensor]
    visit: Callable[[Tensor], Tensor]
    # Bernoulli pixels have a likelihood for ink and no ink, not for what lies between.
    binary: bool = True


def _as_they_are(digits: Tensor) -> Tensor:
    return digits


# It belongs to protocol S, and to the digits on which D is measured.
SEED = 0
PROTOCOLS = {
    "G": Protocol("grey levels divided by 255", _as_they_are, _as_they_are, binary=False),
    "S": Protocol(f"binarized once, seed {SEED}", lambda images: binarize_fixed(images, seed=SEED), _as_they_are),
    "D": Protocol("binarized anew at every visit", _as_they_are, binarize_dynamic),
    "T": Protocol("binarized at one half", binarize_threshold, _as_they_are),
}


def held_out(images: UInt8[Tensor, "n *size"], protocol: str) -> UInt8[Tensor, "n *size"]:
    """The images on which a model of that protocol is measured; under D they are drawn once, as under S.

    Raises ValueError for a protocol that is not one of G, S, D and T.
    """
    if protocol not in PROTOCOLS:
        raise ValueError(f"expected a protocol, one of {', '.join(PROTOCOLS)}; got {protocol!r}")
    return PROTOCOLS["S" if protocol == "D" else protocol].once(images)
