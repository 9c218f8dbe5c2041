"""Draws on the simplex of three classes as a still picture, for places where no script runs. It knows arrays only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vae_lib.widgets.palette import BLUE, INK, MAGENTA, MUTED, VERMILION
from vae_lib.widgets.png import small_png

CLASSES = (BLUE, VERMILION, MAGENTA)
MARKS = ("o", "s", "^")
CORNERS = np.array([[0, 0], [1, 0], [0.5, 3**0.5 / 2]])
RING = 26.0  # Points across the ring that stands for all draws.


def draw_simplices(shown: Mapping[float, Any]) -> bytes:
    """One triangle for each temperature with its draws, as a PNG."""
    figure = Figure(figsize=(2.5 * len(shown), 2.5), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (temperature, draws) in zip(np.atleast_1d(figure.subplots(1, len(shown))), shown.items(), strict=True):
        _draw_simplex(axes, draws.points, draws.winners, draws.won)
        name = "τ = 0: exact draws" if temperature == 0 else f"τ = {temperature:.2f}"
        axes.set_title(name, fontsize=10, color=INK, pad=3)
    return small_png(figure, colours=200)


def _draw_simplex(axes: Axes, points: Float[np.ndarray, "draws 3"], winners: np.ndarray, won: list[int]) -> None:
    """The triangle, every draw in the mark of its class, a ring for each class's wins, and the mean as a cross."""
    axes.plot(*CORNERS[[0, 1, 2, 0]].T, color=MUTED, linewidth=1)
    for k in range(3):
        size = RING * (won[k] / len(points)) ** 0.5
        axes.plot(*CORNERS[k], "o", markersize=size, fillstyle="none", color=CLASSES[k], markeredgewidth=1.6)
        some = points[winners == k] @ CORNERS
        axes.plot(*some.T, MARKS[k], color=CLASSES[k], markersize=3, alpha=0.6, markeredgewidth=0)
        below = 1 if k == 2 else -1
        axes.text(*(CORNERS[k] + [0, 0.15 * below]), str(won[k]), ha="center", va="center", fontsize=9, color=INK)
    axes.plot(*(points.mean(axis=0) @ CORNERS), "+", color="white", markersize=13, markeredgewidth=5)
    axes.plot(*(points.mean(axis=0) @ CORNERS), "+", color=INK, markersize=12, markeredgewidth=2.4)
    axes.set(xlim=(-0.2, 1.2), ylim=(-0.25, 1.1), aspect="equal")
    axes.axis("off")
