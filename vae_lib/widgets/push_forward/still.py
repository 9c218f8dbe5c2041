"""A density pushed through a curve as a still picture, for places where no script runs. It knows arrays only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.palette import AMBER, BLUE, INK, LINE, MUTED
from vae_lib.widgets.png import small_png

PARTS = 16  # Equally probable parts of z, whose borders are followed.
SCALES = constants_beside(__file__)["scales"]  # What the longest bar of the density of x may stand for.
# Inches.
LEFT, SIDE, BESIDE, FOOT = 0.35, 3.6, 2.2, 1.55
WIDTH, HEIGHT = LEFT + SIDE + BESIDE + 0.35, FOOT + SIDE + 0.3

Values = Float[np.ndarray, " n"]
Draws = Float[np.ndarray, " draws"]
Cells = Float[np.ndarray, " cells"]


def draw_push(
    points: tuple[tuple[float, float], ...],
    curve: tuple[Values, Values],
    samples: tuple[Draws, Draws],
    *,
    chosen: int,
    extent: tuple[float, ...],
    bins: int,
) -> bytes:
    """The curve, given as many z and their g(z), with the density of z below and that of x beside it, as a PNG."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=115, facecolor="white", layout="none")
    FigureCanvasAgg(figure)
    # The curve shares an axis with each density, so the places are the same to the pixel.
    boxes = {"curve": (LEFT, FOOT, SIDE, SIDE), "made": (LEFT + SIDE + 0.15, FOOT, BESIDE, SIDE)}
    boxes["given"] = (LEFT, 0.45, SIDE, FOOT - 0.7)
    scaled = {name: (x / WIDTH, y / HEIGHT, w / WIDTH, h / HEIGHT) for name, (x, y, w, h) in boxes.items()}
    axes = {name: figure.add_axes(box) for name, box in scaled.items()}
    z, value = curve
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    _draw_curve(axes["curve"], points, z, value, density, chosen, extent)
    _bars(axes["given"], samples[0], extent[:2], bins, "vertical")
    axes["given"].plot(z, density, color=BLUE, linewidth=1.8)
    axes["given"].set(xlim=extent[:2], ylim=(0, 0.55), yticks=[])
    axes["given"].set_xlabel("z, with its density N(0, 1)", fontsize=9, color=INK)
    longest = _bars(axes["made"], samples[1], extent[2:], bins, "horizontal")
    at, made = _density(z, value, density, extent[2:])
    scale = next((each for each in SCALES if longest <= each), longest)
    axes["made"].plot(made.clip(max=2 * scale), at, color=BLUE, linewidth=1.8)
    axes["made"].set(ylim=extent[2:], xlim=(0, scale / 0.9), xticks=[0, scale], yticklabels=[])
    axes["made"].set_title("the density of x", fontsize=9, color=INK, loc="left")
    for each in axes.values():
        each.spines[["top", "right"]].set_visible(False)
        each.tick_params(labelsize=8, colors=MUTED, length=2)
    return small_png(figure)


def _draw_curve(
    axes: Axes,
    points: tuple[tuple[float, float], ...],
    z: Values,
    value: Values,
    density: Values,
    chosen: int,
    extent: tuple[float, ...],
) -> None:
    """The curve with its points, and where it leads the borders of equally probable parts of z."""
    below = np.cumsum(density) * (z[1] - z[0])
    for part in range(1, PARTS):
        k = np.searchsorted(below, part / PARTS)
        corner = [(z[k], extent[2]), (z[k], value[k]), (extent[1], value[k])]
        axes.plot(*zip(*corner, strict=True), color=BLUE, linewidth=0.8, alpha=0.4)
    axes.plot(z, value, color=INK, linewidth=1.8)
    for k, (at, x) in enumerate(points):
        axes.plot(at, x, "o", markersize=9, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=1.6)
        if k == chosen:
            axes.plot(at, x, "o", markersize=3, color=INK)
    axes.set(xlim=extent[:2], ylim=extent[2:])
    axes.grid(color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title("x = g(z)", fontsize=9, color=INK, loc="left")


def _bars(axes: Axes, values: Draws, span: tuple[float, ...], bins: int, orientation: str) -> float:
    """A histogram of the values as a density; gives its tallest bar."""
    counts, edges = np.histogram(values, bins, span)
    heights = counts / len(values) / np.diff(edges)
    middles, width = (edges[1:] + edges[:-1]) / 2, 0.93 * np.diff(edges)[0]
    draw = axes.bar if orientation == "vertical" else axes.barh
    draw(middles, heights, width, color=AMBER, alpha=0.5)
    return heights.max()


def _density(z: Values, value: Values, density: Values, span: tuple[float, ...]) -> tuple[Cells, Cells]:
    """The density of x, averaged over 400 narrow intervals: what the z that lead into each of them bring along."""
    mass, edges = np.histogram(value, 400, span, weights=density * (z[1] - z[0]))
    return (edges[1:] + edges[:-1]) / 2, mass / np.diff(edges)
