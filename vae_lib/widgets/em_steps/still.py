"""A run of EM as a still picture, for places where no script runs. It knows numbers only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from vae_lib.widgets.em_steps.arithmetic import Points, Shares, Theta, levels_of, refitted, responsibilities, start_of
from vae_lib.widgets.palette import BLUE, INK, LINE, MUTED, ORANGE, VERMILION, WINE
from vae_lib.widgets.png import small_png

COLOURS = (BLUE, ORANGE, WINE)  # Of the components.
MARKERS, DASHES = "o^s", ("-", "--", ":")
ROUNDS = 8


class Entry(NamedTuple):
    """What a half-step led to."""

    kind: str
    evidence: float
    bound: float
    theta: Theta
    q: Shares


def climb(points: Points, start: int, rounds: int) -> list[Entry]:
    """The run from this start, an E-step and an M-step a round, with the start before all."""
    theta, q = start_of(points, start)
    entries = [Entry("start", *levels_of(theta, q, points), theta, q)]
    for _ in range(rounds):
        q = responsibilities(theta, points)
        entries.append(Entry("E", *levels_of(theta, q, points), theta, q))
        theta = refitted(q, points, theta)
        entries.append(Entry("M", *levels_of(theta, q, points), theta, q))
    return entries


def draw_run(points: Points, start: int, extent: tuple[float, ...]) -> bytes:
    """The mixture after the first E-step and after the last round, and the bound's climb between, as a PNG."""
    entries = climb(points, start, ROUNDS)
    figure = Figure(figsize=(7.2, 5.2), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    early, late, levels = figure.subplot_mosaic("ab\ncc", height_ratios=[3, 2]).values()
    _draw_mixture(early, entries[1], points, extent, "after the first E step")
    _draw_mixture(late, entries[-1], points, extent, f"after {ROUNDS} rounds")
    _draw_levels(levels, entries[1:])
    return small_png(figure)


def _draw_mixture(axes: Axes, entry: Entry, points: Points, extent: tuple[float, ...], title: str) -> None:
    """Each point in its component's shape and in the mixture of their colours; ellipses of one and two deviations."""
    mixed = entry.q @ np.array([to_rgb(colour) for colour in COLOURS])
    for k, marker in enumerate(MARKERS):
        own = entry.q.argmax(axis=1) == k
        axes.scatter(*points[own].T, s=16, marker=marker, color=mixed[own], linewidths=0)
        xx, xy, yy = entry.theta.covariances[k]
        variances, directions = np.linalg.eigh([[xx, xy], [xy, yy]])
        angle = np.degrees(np.arctan2(*directions[::-1, 1]))
        line = {"fill": False, "edgecolor": COLOURS[k], "linestyle": DASHES[k]}
        for radius in (1, 2):
            short, long = 2 * radius * np.sqrt(variances)
            axes.add_patch(Ellipse(entry.theta.means[k], long, short, angle=angle, linewidth=2.4 / radius, **line))
        box = {"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": COLOURS[k]}
        axes.text(*entry.theta.means[k], "ABC"[k], ha="center", va="center", fontsize=9, color=INK, bbox=box)
    axes.set(xlim=extent[:2], ylim=extent[2:], aspect="equal", xticks=[], yticks=[])
    axes.set_title(title, fontsize=9, loc="left", color=INK)
    axes.spines[:].set(color=LINE)


def _draw_levels(axes: Axes, entries: list[Entry]) -> None:
    at = np.arange(len(entries))
    evidence, bound = (np.array([getattr(each, name) for each in entries]) for name in ("evidence", "bound"))
    axes.vlines(at, bound, evidence, color=VERMILION, linewidth=4)
    axes.plot(at, evidence, "o--", color=INK, markerfacecolor="white", linewidth=1.2, label="log p(x)")
    axes.plot(at, bound, "o-", color=BLUE, markersize=4, linewidth=2, label="bound")
    axes.set_xticks(at, [each.kind for each in entries])
    axes.set_ylabel("nats per point", fontsize=9, color=INK)
    axes.tick_params(labelsize=8, colors=MUTED, length=2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="lower right")
