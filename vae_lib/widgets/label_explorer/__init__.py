"""The label explorer: ten digits written by one code z, the digit chosen by its label. It knows no training."""

from typing import Any

import traitlets
from torch import nn

from vae_lib.widgets.conditional import CLASSES, pack_conditional, ten_digits
from vae_lib.widgets.figure import InteractiveFigure
from vae_lib.widgets.traits import Array, PlanePoint


class LabelExplorer(InteractiveFigure):
    """Choose the digit, drag z over the plane, and see it written, beside all ten digits in the same handwriting.

    `model` is a dense conditional VAE with two latents, such as `models.DenseCVAE`. Read and set `label` (0 to 9) and
    `z` at any time; `observe(function, "label")` calls the function when another digit is chosen.

    Raises TypeError or ValueError for a model it cannot show, and says which it can. Shown in: conditional_vae.
    """

    figure = "label-explorer"

    label = traitlets.Int(3, min=0, max=CLASSES - 1, help="The digit that is written.").tag(sync=True)
    z = PlanePoint(help="The handwriting: a point on the plane.").tag(sync=True)

    def __init__(self, model: nn.Module, *, label: int = 3, z: Array = (0.0, 0.0)):
        # Packed once: the figure keeps showing the weights it was made with while training goes on.
        self._payload = pack_conditional(model)
        self._model = model
        card = getattr(model, "card", None)
        self._codes, self._labels = getattr(card, "held_out_codes", None), getattr(card, "held_out_labels", None)
        super().__init__(label=label, z=z, payload_name=getattr(card, "name", ""))

    def __repr__(self) -> str:
        z1, z2 = self.z
        return f"LabelExplorer({self.payload_name or 'decoder'}, label={self.label}, z=({z1:.2f}, {z2:.2f}))"

    def payload(self) -> tuple[dict, bytes]:
        """The networks and the held-out codes, as `conditional` lays them out."""
        return self._payload

    def state(self) -> dict[str, Any]:
        """The chosen digit, and where the point stands."""
        return {"label": self.label, "z": list(self.z)}

    def alt_text(self) -> str:
        """The still picture in words."""
        z1, z2 = self.z
        dots = f"the codes of held-out {self.label}s and " if self._codes is not None else ""
        return (
            f"The latent plane with {dots}circles of the prior; beside it a {self.label} decoded at "
            f"z = ({z1:.2f}, {z2:.2f}), and below all ten digits decoded there."
        )

    def still(self) -> bytes:
        """The plane, the chosen digit and the row of ten, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.label_explorer.still import draw_labels

        codes = None if self._codes is None else self._codes[self._labels == self.label].cpu().numpy()
        return draw_labels(ten_digits(self._model, self.z), codes=codes, label=self.label, z=self.z)
