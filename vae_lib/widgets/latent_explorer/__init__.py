"""The latent explorer: a point on a plane of codes and, live, the picture its decoder makes of it.

It takes any decoder of dense layers with two latents; it knows no training and no checkpoint.
"""

import math
from typing import Any

import numpy as np
import torch
import traitlets
from torch import nn

from vae_lib.widgets.constants import REACH
from vae_lib.widgets.figure import InteractiveFigure
from vae_lib.widgets.packing import (
    check_same_as,
    decode,
    dense_layers,
    evaluating,
    find_decoder,
    pack,
    picture_shape,
    shape_of,
)
from vae_lib.widgets.traits import Array, PlaneExtent, PlanePoint

DIGIT = 784  # pixels


class LatentExplorer(InteractiveFigure):
    """Drag a point over the 2-D latent plane of a model and see the picture it decodes.

    `model` has a `.decoder` of dense layers, from 2 latents to the logits of a picture, or is one. `image` is the
    picture's shape, (channels, height, width) or (height, width): by default the model's own, or a grey square. With
    `ink` a grey picture is drawn as ink on paper, as digits are: by default if it is grey. On the plane lie `codes`,
    coloured by `labels`: by default the held-out ones on the model's card. `extent` is what the plane shows, (left,
    right, bottom, top). `prior` draws the circles of N(0, I) at radius 1, 2 and 3; by default unless the model encodes
    without noise (log σ² = −∞), which makes it an autoencoder, and that has no prior. Read and set `z` at any time;
    `observe(function, "z")` calls the function when it moves. `save_html(path)` writes it as a page of its own.

    Raises TypeError or ValueError for a model, codes or numbers it cannot show, and says which it can.
    Shown in: autoencoder.
    """

    figure = "latent-explorer"

    z = PlanePoint(help="The point on the plane.").tag(sync=True)
    extent = PlaneExtent().tag(sync=True)
    prior = traitlets.Bool(True, help="Whether to draw the circles of N(0, I).").tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        model: nn.Module,
        *,
        image: Any = None,
        ink: bool | None = None,
        codes: Array | None = None,
        labels: Array | None = None,
        extent: Array | None = None,
        z: Array = (0.0, 0.0),
        prior: bool | None = None,
        title: str | None = None,
    ):
        decoder = find_decoder(model)
        self._image = picture_shape(image, model)
        self._layers = dense_layers(decoder, self._image)
        check_same_as(model, self._layers)
        card = getattr(model, "card", None)
        own = codes is not None or labels is not None
        if not own:
            codes, labels = getattr(card, "held_out_codes", None), getattr(card, "held_out_labels", None)
        self._codes, self._labels = _checked_codes(codes, labels)
        # Packed once: the figure keeps showing the weights it was made with while training goes on.
        self._photograph = not (_is_grey(self._image) if ink is None else ink and _is_grey(self._image))
        self._payload = pack(self._layers, self._codes, self._labels, self._image, photograph=self._photograph)
        prior = _has_prior(model, len(self._layers[-1].bias)) if prior is None else bool(prior)
        super().__init__(
            z=z,
            extent=_fitting(self._codes, prior) if extent is None else extent,
            prior=prior,
            title=title or "",
            # With other codes than the card's the built page has no payload of this name to offer.
            payload_name="" if own else getattr(card, "name", ""),
        )

    def __repr__(self) -> str:
        z1, z2 = self.z
        return f"LatentExplorer({self.payload_name or self.title or 'decoder'}, z=({z1:.2f}, {z2:.2f}))"

    def payload(self) -> tuple[dict, bytes]:
        """The decoder's layers and the codes, as `packing` lays them out."""
        return self._payload

    def state(self) -> dict[str, Any]:
        """Where the point stands and what the plane shows."""
        return {"z": list(self.z), "extent": list(self.extent), "prior": self.prior, "title": self.title}

    def alt_text(self) -> str:
        """The still picture in words."""
        name = f"{self.title}: the latent plane" if self.title else "The latent plane"
        parts = ["the codes of held-out digits coloured by class"] if self._labels is not None else []
        parts += ["circles of the prior at radius 1, 2 and 3"] if self.prior else []
        listed = f" with {' and '.join(parts)}" if parts else ""
        z1, z2 = self.z
        noun = "digit" if len(self._layers[-1].bias) == DIGIT and _is_grey(self._image) else "picture"
        listed = listed.replace("digits", f"{noun}s")
        return f"{name}{listed}; beside it the {noun} decoded at z = ({z1:.2f}, {z2:.2f})."

    def still(self) -> bytes:
        """The plane and the decoded picture, as a PNG of at most 40 kB for a grey one."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.latent_explorer.still import draw_explorer

        pixels = decode(self._layers, np.asarray([self.z], np.float32))[0]
        channels, height, width = shape_of(self._layers, self._image)
        picture = np.moveaxis(pixels.reshape(channels, height, width), 0, 2)
        return draw_explorer(
            picture if channels == 3 else picture[..., 0] if self._photograph else 1 - picture[..., 0],
            codes=self._codes,
            labels=self._labels,
            extent=self.extent,
            z=self.z,
            prior=self.prior,
            title=self.title,
        )


def _is_grey(image: tuple[int, ...] | None) -> bool:
    return image is None or image[0] == 1


def _checked_codes(codes: Any, labels: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The codes and their labels as arrays. Raises ValueError for shapes or numbers that cannot lie on the plane."""
    if codes is None:
        if labels is not None:
            raise ValueError("expected codes together with labels, got labels alone: pass codes=model.encode(x)[0]")
        return None, None
    codes = _array(codes, "codes").astype(np.float32)
    if codes.ndim != 2 or codes.shape[1] != 2:
        raise ValueError(f"expected codes of shape (n, 2), got {codes.shape}: one point on the plane for each digit")
    if not np.isfinite(codes).all() or np.abs(codes).max(initial=0) > np.finfo(np.float16).max:
        raise ValueError("expected finite codes of size at most 65504, got NaN, infinite or larger ones")
    if labels is None:
        return codes, None
    labels = _array(labels, "labels")
    if labels.shape != codes.shape[:1]:
        raise ValueError(f"expected one label for each of the {len(codes)} codes, got labels of shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer) or (len(labels) and not 0 <= labels.min() <= labels.max() <= 255):
        raise ValueError(f"expected labels to be class numbers from 0 to 255, got {labels.dtype} labels")
    return codes, labels


def _array(value: Any, name: str) -> np.ndarray:
    """A tensor or anything array-like as an array. Raises TypeError."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        # NumPy knows no bfloat16.
        return (value.float() if value.is_floating_point() else value).numpy()
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.number):
        raise TypeError(f"expected {name} to be a tensor or an array of numbers, got {type(value).__name__}")
    return array


def _has_prior(model: nn.Module, pixels: int) -> bool:
    """Whether q(z|x) has a spread; an autoencoder's log σ² is −∞. A bare decoder is taken for a generative one."""
    if not hasattr(model, "encode"):
        return True
    parameter = next(model.parameters())
    with evaluating(model):
        try:
            _mu, log_var = model.encode(torch.zeros(1, pixels, dtype=parameter.dtype, device=parameter.device))
        except Exception as error:
            raise ValueError(
                f"could not tell from {type(model).__name__}.encode whether it has a prior "
                f"({type(error).__name__}: {error}): expected (mu, log_var) of a picture of {pixels} pixels. "
                "Say prior=True or prior=False."
            ) from error
    return bool(torch.isfinite(log_var).all())


def _fitting(codes: np.ndarray | None, prior: bool) -> tuple[float, ...]:
    """A square that shows the codes with room beyond them, and all of the prior's circles.

    Its sides are rounded up, so that codes which differ in their last digits get the same plane.
    """
    half = REACH if prior or codes is None or not len(codes) else 0.0
    centre = np.zeros(2)
    if codes is not None and len(codes):
        low, high = np.quantile(codes, 0.005, axis=0), np.quantile(codes, 0.995, axis=0)
        if prior:
            half = max(half, 1.05 * float(np.abs([low, high]).max()))
        else:
            centre, half = (low + high) / 2, 1.15 * float((high - low).max()) / 2
    step = 10.0 ** math.floor(math.log10(max(half, 1e-3))) / 2
    half, centre = math.ceil(half / step) * step, np.round(centre / step) * step
    (x, y) = (float(each) for each in centre)
    return x - half, x + half, y - half, y + half
