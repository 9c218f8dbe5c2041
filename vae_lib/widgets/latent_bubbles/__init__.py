"""The bubbles of held-out digits on the latent plane, over training steps and weights of the KL, to be slid through.

It shows what a recording holds; it knows no model and trains none.
"""

from typing import Any, Protocol, runtime_checkable

import numpy as np
import traitlets
from torch import Tensor

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.figure import InteractiveFigure

CONSTANTS = constants_beside(__file__)
NEAR = CONSTANTS["near"]  # Half the side of the plane that is shown.
CURVES = ("reconstruction", "kl", "sigma", "spread")


@runtime_checkable
class RecordedBubbles(Protocol):
    """What the figure reads of a recording: see `vae_lib.checkpoints.recordings.Recording`."""

    name: str
    betas: tuple[float, ...]
    steps: tuple[int, ...]
    mu: Tensor
    log_var: Tensor
    labels: Tensor
    images: Tensor
    curves: dict[str, Tensor]


class LatentBubbles(InteractiveFigure):
    """Slide through a recorded training and see each held-out digit's q(z|x) as its one-sigma ellipse.

    `beta` and `step` are one of the recorded weights and steps, `digit` is the place of the digit that is followed;
    all three can be read, set and observed.

    Raises TypeError or ValueError for a recording it cannot show, and traitlets.TraitError for what was not recorded.
    """

    figure = "latent-bubbles"

    beta = traitlets.Float(help="The weight of the KL, one of those recorded.").tag(sync=True)
    step = traitlets.Int(help="The training step, one of those recorded.").tag(sync=True)
    digit = traitlets.Int(help="The digit that is followed.").tag(sync=True)

    def __init__(self, recording: Any, *, beta: float | None = None, step: int | None = None, digit: int = 0):
        _check(recording)
        self._recording = recording
        self._payload = pack(recording)
        super().__init__(
            beta=recording.betas[0] if beta is None else beta,
            step=recording.steps[-1] if step is None else step,
            digit=digit,
            payload_name=recording.name,
        )

    def __repr__(self) -> str:
        return f"LatentBubbles({self._recording.name}, beta={self.beta:g}, step={self.step})"

    def payload(self) -> tuple[dict, bytes]:
        """All bubbles of all frames, the means over the test digits, and the digits themselves."""
        return self._payload

    def state(self) -> dict[str, Any]:
        """What is shown of the recording."""
        return {"beta": self.beta, "step": self.step, "digit": self.digit}

    def alt_text(self) -> str:
        """The still picture in words."""
        size, spread = (self._recording.curves[key][self._frame].item() for key in ("sigma", "spread"))
        return (
            f"The latent plane with the bubbles of {len(self._recording.labels)} held-out digits, coloured by class, "
            f"and circles of the prior, at step {self.step} of a training with beta {self.beta:g}; beside it the "
            f"course of the bubbles' size, now {size:.2g}, and of the spread of their centres, now {spread:.2g}."
        )

    def still(self) -> bytes:
        """The plane at this step and the course of size and spread, as a PNG of at most 60 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.latent_bubbles.still import draw_bubbles

        recording, beta = self._recording, self._frame[0]
        return draw_bubbles(
            recording.mu[self._frame].numpy(),
            (0.5 * recording.log_var[self._frame]).exp().numpy(),
            recording.labels.numpy(),
            half=NEAR,
            steps=recording.steps,
            course={key: recording.curves[key][beta].numpy() for key in ("sigma", "spread")},
            decades=tuple(CONSTANTS["decades"]),
            now=self._frame[1],
            title=f"β = {self.beta:g}, step {self.step:,}",
        )

    @property
    def _frame(self) -> tuple[int, int]:
        """The places of β and of the step in the recording."""
        return self._recording.betas.index(self.beta), self._recording.steps.index(self.step)

    @traitlets.validate("beta", "step", "digit")
    def _recorded(self, proposal: Any) -> float | int:
        """Only what was recorded can be shown."""
        name = proposal.trait.name
        there = range(len(self._recording.labels)) if name == "digit" else getattr(self._recording, f"{name}s")
        if proposal.value not in there:
            listed = f"0 to {len(there) - 1}" if name == "digit" else ", ".join(f"{each:g}" for each in there)
            raise traitlets.TraitError(f"expected {name} to be one of those recorded, {listed}; got {proposal.value!r}")
        return proposal.value


def pack(recording: RecordedBubbles) -> tuple[dict, bytes]:
    """The header and the buffer of a recording.

    The buffer holds, little-endian, the means μ and then log σ² by β, step and digit in float16, each curve by β and
    step in float32, then one byte for each label and for each pixel of the digits.
    """
    header = {
        "format": CONSTANTS["format"],
        "betas": list(recording.betas),
        "steps": list(recording.steps),
        "digits": len(recording.labels),
        "image": list(recording.images.shape[1:]),
        "curves": list(CURVES),
    }
    parts = [recording.mu.numpy().astype("<f2"), recording.log_var.numpy().astype("<f2")]
    parts += [recording.curves[key].numpy().astype("<f4") for key in CURVES]
    parts += [recording.labels.numpy().astype(np.uint8), recording.images.numpy().astype(np.uint8)]
    return header, b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def _check(recording: Any) -> None:
    """Raises TypeError for anything but a recording, ValueError for one whose codes are not pairs."""
    if not isinstance(recording, RecordedBubbles):
        raise TypeError(
            "expected a recording, as checkpoints.recordings.load('bubbles_2d') gives one; "
            f"got {type(recording).__name__}"
        )
    if recording.mu.ndim != 4 or recording.mu.shape[-1] != 2:
        raise ValueError(
            f"expected bubbles of two latents, mu of shape (betas, steps, digits, 2); got {tuple(recording.mu.shape)}"
        )
