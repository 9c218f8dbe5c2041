"""A drawing and its reading as a still picture, for places where no script runs. It knows arrays only."""

import numpy as np
from jaxtyping import Float
from matplotlib.patches import Ellipse

from vae_lib.widgets.digit_panels import COLOURS, Picture, Pictures, draw_plane, panels, panels_over_ten, show_digit
from vae_lib.widgets.palette import CLASS_COLOURS
from vae_lib.widgets.png import small_png


def draw_drawing(
    image: Picture,
    ten: Pictures | None,
    *,
    label: int | None,
    q: tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"]] | None,
    z: tuple[float, float] | None,
    shown: int | None,
) -> bytes:
    """What was drawn, its posterior's ellipse on the plane, the digit at z, and all ten there, as a PNG.

    `ten` holds one picture, and `label` is None, for a model that is told no label.
    """
    unlabelled = ten is not None and len(ten) == 1
    (drawn, plane, redrawn), figure = panels(3) if unlabelled else panels_over_ten(3, ten, shown)
    if q is not None:
        for deviations in (1, 2):
            sides = 2 * deviations * q[1]
            plane.add_patch(Ellipse(q[0], *sides, facecolor="none", edgecolor=CLASS_COLOURS[label or 0], linewidth=1))
    draw_plane(plane, z, size=2.0)
    show_digit(drawn, image, "what the encoder sees")
    if ten is None:
        show_digit(redrawn, np.zeros_like(image), "")
    else:
        show_digit(redrawn, ten[shown or 0], "z decoded" if unlabelled else f"redrawn as a {shown}")
    return small_png(figure, colours=COLOURS)
