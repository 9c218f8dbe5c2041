"""The label explorer as a still picture, for places where no script runs. It knows arrays only."""

import numpy as np
from jaxtyping import Float

from vae_lib.widgets.digit_panels import COLOURS, Pictures, draw_plane, panels_over_ten, show_digit
from vae_lib.widgets.palette import CLASS_COLOURS
from vae_lib.widgets.png import small_png


def draw_labels(ten: Pictures, *, codes: Float[np.ndarray, "n 2"] | None, label: int, z: tuple[float, float]) -> bytes:
    """The plane with the held-out codes of one class, the digit at z, and all ten there, as a PNG."""
    (plane, picture), figure = panels_over_ten(2, ten, label)
    if codes is not None:
        plane.scatter(*codes.T, s=4, c=CLASS_COLOURS[label], linewidths=0)
    draw_plane(plane, z)
    show_digit(picture, ten[label], f"a {label} at z = ({z[0]:.2f}, {z[1]:.2f})".replace("-", "−"))
    return small_png(figure, colours=COLOURS)
