"""Two humps and both fits as a still picture, for places where no script runs. It knows numbers only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.palette import BLUE, INK, LINE, MUTED, VERMILION
from vae_lib.widgets.png import small_png

CONSTANTS = constants_beside(__file__)
LEVELS = CONSTANTS["levels"]  # Nats.
SPAN = CONSTANTS["span"]  # The x of the densities.


def draw_directions(
    log_target: Callable[[np.ndarray], np.ndarray],
    forward: tuple[float, float, float, float],
    reverse: tuple[float, float, float, float],
    path: Float[np.ndarray, "steps 2"],
    *,
    extent: tuple[float, ...],
) -> bytes:
    """The plane with the path of the descent, and the target with both fits, as a PNG.

    A fit is its mean, its log variance, KL(p ‖ q) and KL(q ‖ p).
    """
    figure = Figure(figsize=(7.4, 3.3), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    plane, fits = figure.subplots(1, 2)
    _draw_plane(plane, log_target, forward, path, extent)
    x = np.linspace(*SPAN, 601)
    fits.fill_between(x, np.exp(log_target(x)), color=LINE, edgecolor=MUTED)
    words = "{}: KL(p ‖ q) {:.2f}, KL(q ‖ p) {:.2f}"
    fits.plot(
        x, _bell(x, *forward[:2]), "--", color=VERMILION, linewidth=2, label=words.format("forward", *forward[2:])
    )
    fits.plot(x, _bell(x, *reverse[:2]), color=BLUE, linewidth=2, label=words.format("reverse", *reverse[2:]))
    fits.set(xlim=SPAN, ylim=(0, None))
    fits.margins(y=0.3)
    fits.set_xlabel("x", fontsize=9, labelpad=1)
    fits.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(-0.02, 1.0), borderaxespad=0.1)
    fits.spines[["top", "right"]].set_visible(False)
    for axes in (plane, fits):
        axes.tick_params(labelsize=8, colors=MUTED, length=2)
    return small_png(figure)


def _bell(x: Float[np.ndarray, " n"], mu: float, log_var: float) -> Float[np.ndarray, " n"]:
    return np.exp(-0.5 * ((x - mu) ** 2 * np.exp(-log_var) + log_var + np.log(2 * np.pi)))


def _draw_plane(plane: Axes, log_target, forward: tuple, path: Float[np.ndarray, "steps 2"], extent: tuple) -> None:
    """Level lines of KL(q ‖ p), the forward fit as a cross, the path from its start to the reverse fit."""
    m, v, u = np.meshgrid(np.linspace(*extent[:2], 81), np.linspace(*extent[2:], 61), np.linspace(-6, 6, 121))
    masses = np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi) * 0.1
    values = -(masses * log_target(m + np.exp(v / 2) * u)).sum(axis=2)
    values -= 0.5 * (np.log(2 * np.pi) + 1 + v[..., 0])
    plane.contour(m[..., 0], v[..., 0], values, levels=LEVELS, colors=MUTED, linewidths=0.7)
    plane.plot(*path.T, color=BLUE, linewidth=2.2)
    plane.plot(*path[-1], "o", color=BLUE, markersize=7)
    plane.plot(*path[0], "o", markersize=9, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=1.8)
    plane.plot(*forward[:2], "x", color=VERMILION, markersize=8, markeredgewidth=2.4)
    plane.set(xlim=extent[:2], ylim=extent[2:])
    plane.set_xlabel("μ", fontsize=9, labelpad=1)
    plane.set_ylabel("log σ²", fontsize=9, labelpad=1)
    plane.set_title("lines of equal KL(q ‖ p), × forward fit", fontsize=9, loc="left", pad=3, color=INK)
    plane.spines[:].set(color=LINE)
