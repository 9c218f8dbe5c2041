"""The laboratory: a small VAE that is trained in the page, while its reader watches and changes it.

The training itself is JavaScript (`training.mjs`), which runs without a kernel; here are its digits, its settings, and
its weights on their way to Python and back. It knows no data set and no objective.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
import traitlets
from jaxtyping import Float
from torch import nn

from vae_lib.models import VAE, DenseCVAE
from vae_lib.widgets.figure import InteractiveFigure
from vae_lib.widgets.laboratory.digits import SmallDigits, grey_levels, pack_digits, small_digits
from vae_lib.widgets.laboratory.exchange import first_weights, model_to_weights, weights_to_model
from vae_lib.widgets.laboratory.presets import PRESETS, settings_of
from vae_lib.widgets.laboratory.settings import check_setting, check_settings
from vae_lib.widgets.traits import PlanePoint

__all__ = [
    "PRESETS",
    "History",
    "Laboratory",
    "SmallDigits",
    "check_setting",
    "check_settings",
    "first_weights",
    "grey_levels",
    "model_to_weights",
    "pack_digits",
    "small_digits",
    "weights_to_model",
]
PAYLOAD = "digits_14"  # What the built pages call the digits.
SHOWN = 200  # Held-out digits on the plane.
Course = Float[np.ndarray, " steps"]


class History(NamedTuple):
    """The course of a run in nats: batch means of each step, and rows (step, reconstruction, KL, −ELBO) held out."""

    reconstruction: Course
    kl: Course
    beta: Course
    held_out: Float[np.ndarray, "measurements 4"]


class Laboratory(InteractiveFigure):
    """Train a small VAE in the page: change β, the noise, the learning rate while it runs, and see what becomes of z.

    `digits` is a data set with `.train` and `.validation`, each of `.images` (28 × 28) and `.labels`, as `load_mnist()`
    gives it, or a `SmallDigits`; 300 of each class are trained on at 14 × 14 pixels and 50 of each held out. `preset`
    names an experiment of `PRESETS`, and settings change it: `Laboratory(mnist, preset="no_kl", learningRate=0.01)`;
    `settings` holds what differs from the preset, and can be set at any time. `model`, a `VAE` or `DenseCVAE` of 196
    pixels and one hidden layer, is where training starts from; by default that is the page's own draw.

    Raises TypeError or ValueError for digits, a model or a setting it cannot train with.
    Shown in: autoencoder, noise_in_the_code, tug_of_war.
    """

    figure = "laboratory"

    preset = traitlets.Enum(tuple(PRESETS), "beta_one", help="The experiment.").tag(sync=True)
    settings = traitlets.Dict(help="What differs from the preset's settings.").tag(sync=True)
    z = PlanePoint(help="The point on the plane that is decoded.").tag(sync=True)

    def __init__(
        self,
        digits: Any = None,
        *,
        preset: str = "beta_one",
        model: nn.Module | None = None,
        z: tuple[float, float] = (0.0, 0.0),
        **settings: Any,
    ):
        self._digits = None if digits is None else _small(digits)
        self._weights, form = (None, {}) if model is None else model_to_weights(model)
        self._trained: dict[str, Any] = {}
        super().__init__(preset=preset, settings=form | settings, z=z, payload_name=PAYLOAD if model is None else "")

    def __repr__(self) -> str:
        changed = "".join(f", {name}={value!r}" for name, value in self.settings.items())
        return f"Laboratory(preset={self.preset!r}{changed})"

    @traitlets.validate("settings")
    def _good(self, proposal: Any) -> dict[str, Any]:
        return {name: check_setting(name, value) for name, value in proposal["value"].items()}

    def payload(self) -> tuple[dict, bytes]:
        """The digits, as `digits` lays them out, and after them the weights of a model where one was given."""
        if self._digits is None:
            raise ValueError('expected digits to train on, got none: write Laboratory(load_mnist(), preset="no_kl")')
        header, buffer = pack_digits(self._digits)
        if self._weights is None:
            return header, buffer
        return header | {"weights": len(self._weights)}, buffer + self._weights.astype("<f4").tobytes()

    @property
    def sha256(self) -> str:
        """None: a page brings its own digits, those that could be had where it was built."""
        return ""

    def state(self) -> dict[str, Any]:
        """The experiment, and where the point stands."""
        return {"preset": self.preset, "settings": dict(self.settings), "z": list(self.z)}

    def model(self) -> VAE | DenseCVAE:
        """The model with the weights that the front end sent last: at a pause, and every few seconds while it trains.

        Before the first step these are the weights it starts from. It takes 14 × 14 pixels, row by row, from 0 to 1.
        """
        settings = self._trained.get("settings") or settings_of(self.preset, self.settings)
        form = {name: settings[name] for name in ("latents", "hidden", "told")}
        weights = self._trained.get("weights", self._weights)
        return weights_to_model(first_weights(settings["seed"], **form) if weights is None else weights, **form)

    @property
    def history(self) -> History:
        """The course of the run as far as the front end sent it; without noise its KL is NaN."""
        empty = np.zeros(0, np.float32)
        return self._trained.get("history") or History(empty, empty, empty, empty.reshape(0, 4))

    def alt_text(self) -> str:
        """The still picture in words."""
        shown = "" if self._digits is None else "codes of held-out digits, each in the ellipse of its q(z|x), and "
        return (
            f"The latent plane of an untrained network with {shown}circles of the prior. Experiment: "
            f"{PRESETS[self.preset]['title']}. {PRESETS[self.preset]['sentence']}"
        )

    def still(self) -> bytes:
        """The codes before the first step, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.laboratory.still import draw_start

        codes, labels = self._first_codes()
        return draw_start(codes, labels, **PRESETS[self.preset])

    def _first_codes(self) -> tuple[Float[np.ndarray, "n 2 latents"] | None, np.ndarray]:
        """μ and σ of held-out digits under the weights of the start, and their labels."""
        from vae_lib.widgets.laboratory.still import codes_of

        if self._digits is None:
            return None, np.zeros(0, np.uint8)
        wanted = settings_of(self.preset, self.settings)["digits"]
        kept = np.isin(self._digits.held_out_labels, wanted)
        images, labels = self._digits.held_out[kept][:SHOWN], self._digits.held_out_labels[kept][:SHOWN]
        settings = settings_of(self.preset, self.settings)
        form = {name: settings[name] for name in ("latents", "hidden", "told")}
        weights = first_weights(settings["seed"], **form) if self._weights is None else self._weights
        # Beside the digits, wherever new tensors go by default.
        with torch.device("cpu"):
            return codes_of(weights_to_model(weights, **form), images, labels), labels

    def _answer(self, widget: Any, content: Any, buffers: Any) -> None:
        """Send the payload to a front end that asks for it, and keep what it has trained."""
        if not isinstance(content, Mapping) or content.get("type") != "trained":
            super()._answer(widget, content, buffers)
            return
        weights, reconstruction, kl, beta, held_out = (np.frombuffer(each, "<f4").copy() for each in buffers)
        history = History(reconstruction, kl, beta, held_out.reshape(-1, 4))
        self._trained = {"weights": weights, "settings": check_settings(content["settings"]), "history": history}


def _small(digits: Any) -> SmallDigits:
    """The digits at 14 × 14 pixels. Raises TypeError for what has no digits to train on and to hold out."""
    if isinstance(digits, SmallDigits):
        return digits
    try:
        splits = digits.train, digits.validation
        parts = [part for split in splits for part in (split.images, split.labels)]
    except AttributeError as error:
        raise TypeError(
            "expected digits with .train and .validation, as vae_lib.data.load_mnist() gives them, or a SmallDigits, "
            f"got {type(digits).__name__}"
        ) from error
    return small_digits(*parts)
