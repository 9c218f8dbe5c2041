"""What the still pictures of a conditional VAE share: the latent plane, a digit, the row of ten. It knows arrays only.

They stand on a white card of their own, so that they read the same on a light and on a dark page.
"""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from vae_lib.widgets.constants import REACH
from vae_lib.widgets.palette import INK, LINE, MUTED

COLOURS = 160  # Of the PNG.
Picture = Float[np.ndarray, "28 28"]
Pictures = Float[np.ndarray, "classes 28 28"]


def panels_over_ten(count: int, ten: Pictures | None, chosen: int | None) -> tuple[list[Axes], Figure]:
    """So many panels side by side, and below them the row of ten with one of them marked."""
    figure = Figure(figsize=(2.3 * count + 0.4, 3.2), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subfigures(2, 1, height_ratios=[3.3, 1])
    for digit, each in enumerate(lower.subplots(1, 10)):
        show_digit(each, np.zeros((28, 28)) if ten is None else ten[digit], str(digit))
        if digit == chosen:
            each.spines[:].set(color=INK, linewidth=2)
            each.xaxis.label.set_fontweight("bold")
    return list(upper.subplots(1, count)), figure


def panels(count: int) -> tuple[list[Axes], Figure]:
    """So many panels side by side, with nothing below them."""
    figure = Figure(figsize=(2.3 * count + 0.4, 2.5), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return list(figure.subplots(1, count)), figure


def draw_plane(plane: Axes, z: tuple[float, float] | None, *, size: float = 8.0) -> None:
    """The plane with the prior's circles and a ring at z, which stays at the edge where z lies beyond it."""
    for radius in (1, 2, 3):
        plane.add_patch(Circle((0, 0), radius, fill=False, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3))))
    if z is not None:
        at = np.clip(z, -REACH, REACH)
        plane.plot(*at, "o", markersize=size, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.5)
        plane.plot(*at, "o", markersize=min(size, 2.5), color=INK)
    plane.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    plane.set_xlabel("$z_1$", fontsize=9, color=INK, labelpad=1)
    plane.set_ylabel("$z_2$", fontsize=9, color=INK, labelpad=1)
    plane.tick_params(labelsize=8, colors=MUTED, length=2)
    plane.spines[:].set(color=LINE)


def show_digit(axes: Axes, image: Picture, name: str) -> None:
    """The picture as ink on paper, with its name below."""
    axes.imshow(1 - image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(name, fontsize=9, color=INK)
    axes.spines[:].set(color=LINE)
