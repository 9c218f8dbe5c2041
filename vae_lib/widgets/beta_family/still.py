"""A family of models as a still picture, for places where no script runs. It knows arrays only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from vae_lib.widgets.palette import CLASS_COLOURS, FOCUS, INK, LINE, MUTED
from vae_lib.widgets.png import small_png

MOST_CODES = 500


def draw_family(
    *,
    digits: Float[np.ndarray, "n height width"],
    samples: Float[np.ndarray, "n height width"],
    codes: Float[np.ndarray, "codes 2"],
    labels: UInt8[np.ndarray, " codes"],
    half: float,
    betas: Sequence[float],
    rates: Sequence[float],
    distortions: Sequence[float],
    now: int,
) -> bytes:
    """Two rows of digits over the plane, from −half to half, and the trade, as a PNG."""
    figure = Figure(figsize=(6.0, 4.9), dpi=100, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(3, 2, height_ratios=[0.62, 0.62, 2.9])
    rows = {"held-out digits, decoded": digits, "samples from the prior": samples}
    for place, (title, pictures) in enumerate(rows.items()):
        axes = figure.add_subplot(grid[place, :])
        axes.imshow(1 - np.concatenate(list(pictures), axis=1), cmap="gray", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
        axes.set_title(title, fontsize=8, color=INK, loc="left", pad=2)
        axes.spines[:].set(color=LINE, visible=True)
    _draw_codes(figure.add_subplot(grid[2, 0]), codes, labels, half)
    _draw_trade(figure.add_subplot(grid[2, 1]), betas, rates, distortions, now)
    return small_png(figure, colours=96)


def _draw_codes(plane: Axes, codes: np.ndarray, labels: np.ndarray, half: float) -> None:
    """The codes by class, and the prior's circles."""
    some = np.linspace(0, len(codes) - 1, min(len(codes), MOST_CODES)).round().astype(int)
    plane.scatter(*codes[some].T, s=4, c=[CLASS_COLOURS[each % 10] for each in labels[some]], linewidths=0)
    for radius in (1, 2, 3):
        plane.add_patch(Circle((0, 0), radius, fill=False, color=INK, linewidth=0.8, linestyle=(0, (4, 3))))
    plane.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", xlabel="$z_1$", ylabel="$z_2$")
    plane.set_title("held-out codes, prior", fontsize=8, color=INK, loc="left", pad=2)
    plane.tick_params(labelsize=7, colors=MUTED, length=2)


def _draw_trade(
    chart: Axes, betas: Sequence[float], rates: Sequence[float], distortions: Sequence[float], now: int
) -> None:
    """Distortion against rate, and the line of equally good trades at this price."""
    chart.plot(rates, distortions, "o-", color=INK, markersize=3, linewidth=1)
    spread = max(distortions) - min(distortions)
    limits = min(distortions) - 0.12 * spread, max(distortions) + 0.12 * spread
    rate = np.array([0, 1.1 * max(rates)])
    chart.plot(rate, distortions[now] - betas[now] * (rate - rates[now]), "--", color=FOCUS, linewidth=1.5)
    chart.plot(rates[now], distortions[now], "o", color=FOCUS, markersize=8)
    for beta, *place in zip(betas, rates, distortions, strict=True):
        chart.annotate(f"{beta:g}", place, (5, 4), textcoords="offset points", fontsize=8, color=INK)
    chart.set(xlim=rate, ylim=limits, xlabel="rate R, nats", ylabel="distortion D, nats")
    chart.set_title(f"β = {betas[now]:g}", fontsize=8, color=INK, loc="left", pad=2)
    chart.tick_params(labelsize=7, colors=MUTED, length=2)
