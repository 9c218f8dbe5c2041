"""The bubbles as a still picture, for places where no script runs. It knows arrays only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse

from vae_lib.widgets.palette import CLASS_COLOURS, FOCUS, INK, LINE, MUTED

LEAST = 0.012  # The smallest bubble that is still seen, as a share of half the plane's side.
# Every bubble gets the same ink, as every density has the same mass: large ones are pale.
INK_AREA, MOST_INK = 0.0015, 0.25


def draw_bubbles(
    mu: Float[np.ndarray, "n 2"],
    sigma: Float[np.ndarray, "n 2"],
    labels: UInt8[np.ndarray, " n"],
    *,
    half: float,
    steps: Sequence[int],
    course: dict[str, Float[np.ndarray, " steps"]],
    decades: tuple[int, int],
    now: int,
    title: str,
) -> bytes:
    """The plane with its bubbles and, beside it, how their size and spread ran over the steps, as a PNG."""
    figure = Figure(figsize=(6.4, 3.5), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    plane, chart = figure.subplots(1, 2, width_ratios=[1, 0.85])
    plane.set_title(title, fontsize=10, fontweight="bold", color=INK, loc="left")
    _draw_plane(plane, mu, sigma, labels, half)
    _draw_course(chart, steps, course, decades, now)
    for axes in (plane, chart):
        axes.tick_params(labelsize=8, colors=MUTED, length=2)
        axes.spines[:].set(color=LINE, visible=True)
    # No version and no date, so that the same figure is the same file.
    drawn = BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None}, pil_kwargs={"optimize": True})
    return drawn.getvalue()


def _draw_plane(plane: Axes, mu: np.ndarray, sigma: np.ndarray, labels: np.ndarray, half: float) -> None:
    """An ellipse for each digit, the prior's circles, each class written at its median."""
    radii = np.maximum(sigma, LEAST * half)
    # Class by class, the last one would lie on top of all others.
    for k in np.argsort(np.arange(len(mu)) * 7919 % len(mu)):
        colour = CLASS_COLOURS[labels[k] % len(CLASS_COLOURS)]
        alpha = min(MOST_INK, INK_AREA * half**2 / radii[k].prod())
        plane.add_patch(Ellipse(mu[k], *(2 * radii[k]), facecolor=(colour, alpha), edgecolor=colour, linewidth=0.9))
    for radius in (1, 2, 3):
        plane.add_patch(Circle((0, 0), radius, fill=False, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3))))
    plane.text(0, 3.08, "prior N(0, I)", ha="center", va="bottom", fontsize=8, color=MUTED)
    for each in np.unique(labels):
        middle = np.median(mu[labels == each], axis=0)
        box = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": CLASS_COLOURS[each % 10]}
        if np.abs(middle).max() < half:
            plane.text(*middle, str(each), ha="center", va="center", fontsize=7, bbox=box, color=INK)
    plane.set(xlim=(-half, half), ylim=(-half, half), aspect="equal")
    plane.set_xlabel("$z_1$", fontsize=9, color=INK, labelpad=1)
    plane.set_ylabel("$z_2$", fontsize=9, color=INK, labelpad=1)


def _draw_course(
    chart: Axes, steps: Sequence[int], course: dict[str, np.ndarray], decades: tuple[int, int], now: int
) -> None:
    """Size and spread against the step, both on one logarithmic axis."""
    places = np.arange(len(steps))
    chart.semilogy(places, course["spread"], "--", color=INK, linewidth=1.5, label="spread of the centres")
    chart.semilogy(places, course["sigma"], color=FOCUS, linewidth=2, label="size σ")
    chart.plot([now, now], [course["spread"][now], course["sigma"][now]], "o", color=INK, markersize=4)
    chart.axvline(now, color=MUTED, linewidth=0.8)
    marked = [k for k, step in enumerate(steps) if step >= 10 and np.log10(step).is_integer()]
    chart.set(
        xticks=[0, *marked], xticklabels=[f"{steps[k]:,}" for k in (0, *marked)], ylim=[10.0**each for each in decades]
    )
    chart.set_xlabel("training step", fontsize=9, color=INK)
    chart.minorticks_off()
    chart.legend(fontsize=8, frameon=False, loc="upper left")
