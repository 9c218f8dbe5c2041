"""One plane of codes and two decoders: a point on the plane and, live, the pictures both make of it.

It takes any two decoders of dense layers with two latents; it knows no training and no checkpoint.
"""

from typing import Any

import numpy as np
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
from vae_lib.widgets.traits import PlanePoint

EXTENT = tuple(constants_beside(__file__)["extent"])


class TwoDecoders(InteractiveFigure):
    """Drag one code over the plane of a standard normal prior and see what two decoders make of it.

    `left` and `right` each have a `.decoder` of dense layers, from 2 latents to the logits of a grey picture, or are
    one; `titles` name them. `image` is the picture's shape, (height, width): by default the models' own, or a square.
    Read and set `z` at any time; `observe(function, "z")` calls the function when it moves.

    Raises TypeError or ValueError for a decoder it cannot show, and for pictures of two sizes. Shown in: vae_and_gan.
    """

    figure = "two-decoders"

    z = PlanePoint(help="The point on the plane.").tag(sync=True)
    titles = traitlets.Tuple(traitlets.Unicode(), traitlets.Unicode(), default_value=("VAE", "GAN")).tag(sync=True)

    def __init__(
        self,
        left: nn.Module,
        right: nn.Module,
        *,
        image: Any = None,
        titles: tuple[str, str] = ("VAE", "GAN"),
        z: Any = (0.0, 0.0),
    ):
        self._image = grey_shape(image, left, right)
        self._layers = tuple(_checked(model, self._image) for model in (left, right))
        sizes = [len(layers[-1].bias) for layers in self._layers]
        if sizes[0] != sizes[1]:
            raise ValueError(f"expected two decoders of pictures of one size, got {sizes[0]} and {sizes[1]} pixels")
        # Packed once: the figure keeps showing the weights it was made with while training goes on.
        packed = [pack(layers, None, None, self._image) for layers in self._layers]
        header = {"decoders": [each for each, _ in packed], "bytes": [len(buffer) for _, buffer in packed]}
        self._payload = header, b"".join(buffer for _, buffer in packed)
        names = [getattr(getattr(model, "card", None), "name", "") for model in (left, right)]
        super().__init__(z=z, titles=tuple(titles), payload_name=".".join(names) if all(names) else "")

    def __repr__(self) -> str:
        z1, z2 = self.z
        return f"TwoDecoders({', '.join(self.titles)}, z=({z1:.2f}, {z2:.2f}))"

    def payload(self) -> tuple[dict, bytes]:
        """Both decoders' layers, one after the other, each as `packing` lays it out."""
        return self._payload

    def state(self) -> dict[str, Any]:
        """Where the point stands and what the decoders are called."""
        return {"z": list(self.z), "titles": list(self.titles)}

    def alt_text(self) -> str:
        """The still picture in words."""
        z1, z2 = self.z
        return (
            f"The plane of codes as each of two decoders fills it, {self.titles[0]} on the left and {self.titles[1]} "
            f"on the right: a grid of pictures over the prior, with the point z = ({z1:.2f}, {z2:.2f}) marked; beside "
            "each plane the picture decoded there."
        )

    def still(self) -> bytes:
        """Both planes as grids of pictures, and what each decodes at z, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.two_decoders.still import draw_decoders

        return draw_decoders(self.pictures, titles=self.titles, z=self.z, extent=EXTENT)

    def pictures(self, z: Any) -> list[np.ndarray]:
        """What each decoder makes of codes of shape `[batch, 2]`: two arrays `[batch, height, width]` in [0, 1]."""
        z = np.asarray(z, np.float32)
        _, height, width = shape_of(self._layers[0], self._image)
        return [decode(layers, z).reshape(-1, height, width) for layers in self._layers]


def _checked(model: nn.Module, image: tuple[int, int, int] | None) -> list[DenseLayer]:
    """The layers of the model's decoder, which must be all there is between z and its picture."""
    layers = dense_layers(find_decoder(model), image)
    check_same_as(model, layers)
    return layers
