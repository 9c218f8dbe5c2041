"""Models trained at several weights β of the KL: one slider, and what each writes, where its codes lie, what it traded.

It shows what the models decode and what their cards say of them; it knows no training and no file.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
import traitlets
from torch import nn

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.figure import InteractiveFigure
from vae_lib.widgets.packing import (
    DenseLayer,
    check_same_as,
    decode,
    dense_layers,
    find_decoder,
    grey_shape,
    pack,
    shape_of,
)

CONSTANTS = constants_beside(__file__)
# Sets of samples that a reader can leaf through, drawn once so that a page and a kernel show the same.
DRAWS, SEED = 24, 0


class BetaFamily(InteractiveFigure):
    """Slide through models that differ in β alone; see their digits, their samples, their codes and their trade.

    `models` is a family by name, as `checkpoints.load_family` gives it: each has a decoder of dense layers with two
    latents, and a card with its β, its mean KL and reconstruction, and the codes of the same held-out digits. `image`
    is the shape of their grey pictures, (height, width): by default the models' own, or a square. `beta` is one of
    theirs, `draw` the number of a set of samples; both can be read, set and observed.

    Raises TypeError or ValueError for models it cannot show, and traitlets.TraitError for a β that none was trained at.
    """

    figure = "beta-family"

    beta = traitlets.Float(help="The weight of the KL, one of the family's.").tag(sync=True)
    draw = traitlets.Int(0, min=0, max=DRAWS - 1, help="Which of the sets of samples is shown.").tag(sync=True)

    def __init__(self, models: Mapping[str, nn.Module], *, image: Any = None, beta: float = 1.0):
        members = sorted(models.values(), key=_beta)
        _check(members)
        self._betas = [_beta(member) for member in members]
        self._image = grey_shape(image, *members)
        self._layers = [dense_layers(find_decoder(member), self._image) for member in members]
        for member, layers in zip(members, self._layers, strict=True):
            check_same_as(member, layers)
        self._codes = [member.card.held_out_codes.numpy() for member in members]
        self._labels = members[0].card.held_out_labels.numpy()
        self._rates = [member.card.metrics["test kl"] for member in members]
        self._distortions = [member.card.metrics["test reconstruction"] for member in members]
        self._picked = [int(np.argmax(self._labels == label)) for label in np.unique(self._labels)]
        noise = torch.Generator("cpu").manual_seed(SEED)
        draws = torch.randn(DRAWS, len(self._picked), 2, generator=noise, dtype=torch.float32, device="cpu")
        self._draws = draws.half().float().numpy()
        super().__init__(beta=beta, payload_name=_common_name(models))

    def __repr__(self) -> str:
        return f"BetaFamily({self.payload_name}, beta={self.beta:g})"

    def payload(self) -> tuple[dict, bytes]:
        """Each member's decoder and codes, their cards' figures, and the points of the prior that are decoded."""
        packed = [pack(*member, self._labels, self._image) for member in zip(self._layers, self._codes, strict=True)]
        header = {
            "format": CONSTANTS["format"],
            "betas": self._betas,
            "rates": self._rates,
            "distortions": self._distortions,
            "picked": self._picked,
            "draws": DRAWS,
            "members": [{"header": each, "bytes": len(buffer)} for each, buffer in packed],
        }
        return header, b"".join([buffer for _, buffer in packed] + [self._draws.astype("<f2").tobytes()])

    def state(self) -> dict[str, Any]:
        """Which member is shown, and which samples."""
        return {"beta": self.beta, "draw": self.draw}

    def alt_text(self) -> str:
        """The still picture in words."""
        rate, distortion = self._rates[self._place], self._distortions[self._place]
        return (
            f"A model trained at beta {self.beta:g}. Ten held-out digits decoded from their codes, ten samples from "
            f"the prior, the codes of {len(self._labels)} held-out digits on the latent plane, and distortion against "
            f"rate of {len(self._betas)} models: here {distortion:.0f} nats of distortion at a rate of {rate:.1f} nats."
        )

    def still(self) -> bytes:
        """Digits, samples, plane and trade, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.beta_family.still import draw_family

        layers, codes = self._layers[self._place], self._codes[self._place]
        return draw_family(
            digits=self._pictures(layers, codes[self._picked]),
            samples=self._pictures(layers, self._draws[self.draw]),
            codes=codes,
            labels=self._labels,
            half=CONSTANTS["half"],
            betas=self._betas,
            rates=self._rates,
            distortions=self._distortions,
            now=self._place,
        )

    def _pictures(self, layers: list[DenseLayer], z: np.ndarray) -> np.ndarray:
        _, height, width = shape_of(layers, self._image)
        return decode(layers, z).reshape(-1, height, width)

    @property
    def _place(self) -> int:
        """The place of β in the family."""
        return self._betas.index(self.beta)

    @traitlets.validate("beta")
    def _trained(self, proposal: Any) -> float:
        """Only a model that was trained can be shown."""
        if proposal.value not in self._betas:
            there = ", ".join(f"{each:g}" for each in self._betas)
            raise traitlets.TraitError(f"expected beta to be one of the family's, {there}; got {proposal.value!r}")
        return proposal.value


def _beta(model: nn.Module) -> float:
    """The weight of the KL that a model's card tells of."""
    try:
        return float(model.card.recipe["options"]["beta"])
    except (AttributeError, KeyError) as error:
        raise TypeError(
            "expected models with a card that tells of their beta, as checkpoints.load_family('beta_2d') gives them; "
            f"got {type(model).__name__} without one"
        ) from error


def _check(members: list[nn.Module]) -> None:
    """Raises ValueError unless there are two models or more, of different β, with codes of the same digits."""
    betas = [_beta(member) for member in members]
    if len(members) < 2 or len(set(betas)) < len(betas):
        raise ValueError(f"expected two models or more, each with a beta of its own; got betas {betas}")
    labels = members[0].card.held_out_labels
    if not all(torch.equal(member.card.held_out_labels, labels) for member in members):
        raise ValueError("expected models whose cards hold codes of the same digits; got other labels")


def _common_name(models: Mapping[str, nn.Module]) -> str:
    """What the names have in common, as `load_family` takes it."""
    return next(iter(models)).rpartition("_")[0]
