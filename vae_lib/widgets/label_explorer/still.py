"""The figures of a conditional VAE as still pictures, for places where no script runs. It knows arrays only.

They draw on a white card of their own, so that they read the same on a light and on a dark page.
"""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse

from vae_lib.widgets.palette import CLASS_COLOURS, INK, LINE, MUTED
from vae_lib.widgets.png import small_png

REACH = 3.5
COLOURS = 160
Picture = Float[np.ndarray, "28 28"]
Pictures = Float[np.ndarray, "classes 28 28"]


def draw_labels(ten: Pictures, *, codes: Float[np.ndarray, "n 2"] | None, label: int, z: tuple[float, float]) -> bytes:
    """The plane with the held-out codes of one class, the digit at z, and all ten there, as a PNG."""
    (plane, picture), figure = _panels(2, ten, label)
    if codes is not None:
        plane.scatter(*codes.T, s=4, c=CLASS_COLOURS[label], linewidths=0)
    _draw_plane(plane, z)
    _show(picture, ten[label], f"a {label} at z = ({z[0]:.2f}, {z[1]:.2f})".replace("-", "−"))
    return small_png(figure, colours=COLOURS)


def draw_drawing(
    image: Picture,
    ten: Pictures | None,
    *,
    label: int | None,
    q: tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"]] | None,
    z: tuple[float, float] | None,
    shown: int | None,
) -> bytes:
    """What was drawn, its posterior's ellipse on the plane, the digit at z, and all ten there, as a PNG."""
    (drawn, plane, redrawn), figure = _panels(3, ten, shown)
    if q is not None:
        for deviations in (1, 2):
            sides = 2 * deviations * q[1]
            plane.add_patch(Ellipse(q[0], *sides, facecolor="none", edgecolor=CLASS_COLOURS[label], linewidth=1))
    _draw_plane(plane, z, size=2.0)
    _show(drawn, image, "what the encoder sees")
    _show(redrawn, np.zeros_like(image) if ten is None else ten[shown], "" if ten is None else f"redrawn as a {shown}")
    return small_png(figure, colours=COLOURS)


def _panels(count: int, ten: Pictures | None, chosen: int | None) -> tuple[list[Axes], Figure]:
    """So many panels side by side, and below them the row of ten with one of them marked."""
    figure = Figure(figsize=(2.3 * count + 0.4, 3.2), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subfigures(2, 1, height_ratios=[3.3, 1])
    for digit, each in enumerate(lower.subplots(1, 10)):
        _show(each, np.zeros((28, 28)) if ten is None else ten[digit], str(digit))
        if digit == chosen:
            each.spines[:].set(color=INK, linewidth=2)
            each.xaxis.label.set_fontweight("bold")
    return list(upper.subplots(1, count)), figure


def _draw_plane(plane: Axes, z: tuple[float, float] | None, *, size: float = 8.0) -> None:
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


def _show(axes: Axes, image: Picture, name: str) -> None:
    axes.imshow(1 - image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(name, fontsize=9, color=INK)
    axes.spines[:].set(color=LINE)
