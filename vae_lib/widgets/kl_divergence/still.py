"""The KL divergence's figure as a still picture, for places where no script runs. It knows numbers only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.palette import BLUE, INK, LINE, MUTED, VERMILION
from vae_lib.widgets.png import small_png

LEVELS = constants_beside(__file__)["levels"]  # Nats.
TITLE = {"fontsize": 9, "loc": "left", "pad": 3, "color": INK}


def draw_kl(mu: float, log_var: float, *, nats: tuple[float, float], extent: tuple[float, ...]) -> bytes:
    """The plane with its level lines, and beside it the densities and the integrands of both directions, as a PNG."""
    figure = Figure(figsize=(7.4, 3.9), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    plane, *curves = figure.subplot_mosaic("ab\nac\nad", width_ratios=[5, 6]).values()
    _draw_plane(plane, mu, log_var, extent)
    z = np.linspace(-8, 8, 1601)
    q, p = _density(z, mu, log_var), _density(z, 0.0, 0.0)
    # A difference of logarithms: the densities themselves underflow far out.
    ratio = 0.5 * (z**2 - (z - mu) ** 2 * np.exp(-log_var) - log_var)
    curves[0].plot(z, p, "--", color=INK, linewidth=1.2)
    curves[0].plot(z, q, color=BLUE, linewidth=1.8)
    curves[0].set(ylim=(0, max(0.5, 1.1 * q.max())))
    curves[0].set_title(f"q = N({mu:.2f}, {np.exp(0.5 * log_var):.2f}²), dashed p = N(0, 1)", **TITLE)
    _draw_integrand(curves[1], z, q * ratio, f"KL(q ‖ p) = {nats[0]:.2f} nats, the area of q log(q/p)")
    _draw_integrand(curves[2], z, -p * ratio, f"KL(p ‖ q) = {nats[1]:.2f} nats, the area of p log(p/q)")
    for axes in curves:
        axes.set_xlim(-8, 8)
        axes.tick_params(labelsize=8, colors=MUTED, length=2, labelbottom=axes is curves[2])
        axes.spines[["top", "right"]].set_visible(False)
    curves[2].set_xlabel("z", fontsize=8, labelpad=0)
    return small_png(figure)


def _density(z: Float[np.ndarray, " n"], mu: float, log_var: float) -> Float[np.ndarray, " n"]:
    return np.exp(-0.5 * ((z - mu) ** 2 * np.exp(-log_var) + log_var + np.log(2 * np.pi)))


def _draw_integrand(axes: Axes, z: Float[np.ndarray, " n"], heights: Float[np.ndarray, " n"], title: str) -> None:
    axes.fill_between(z, 0, heights.clip(min=0), color=BLUE, alpha=0.3, linewidth=0)
    axes.fill_between(z, 0, heights.clip(max=0), facecolor="none", edgecolor=VERMILION, hatch="//////", linewidth=0)
    axes.plot(z, heights, color=INK, linewidth=1)
    axes.axhline(0, color=MUTED, linewidth=0.7)
    axes.set_title(title, **TITLE)


def _draw_plane(plane: Axes, mu: float, log_var: float, extent: tuple[float, ...]) -> None:
    """Level lines of KL(q ‖ p), the prior as a cross, q as a point with an arrow down the slope."""
    m, v = np.meshgrid(np.linspace(*extent[:2], 201), np.linspace(*extent[2:], 201))
    lines = plane.contour(m, v, 0.5 * (m**2 + np.expm1(v) - v), levels=LEVELS, colors=MUTED, linewidths=0.8)
    plane.clabel(lines, fontsize=7, fmt="%g")
    plane.plot(0, 0, "+", color=INK, markersize=9, markeredgewidth=1.5)
    arrow = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
    plane.annotate("", (mu - 0.5 * mu, log_var - 0.25 * np.expm1(log_var)), (mu, log_var), arrowprops=arrow)
    plane.plot(mu, log_var, "o", markersize=9, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=1.8)
    plane.set(xlim=extent[:2], ylim=extent[2:], aspect="equal")
    plane.set_xlabel("μ", fontsize=9, labelpad=1)
    plane.set_ylabel("log σ²", fontsize=9, labelpad=1)
    plane.set_title("lines of equal KL(q ‖ p), in nats", **TITLE)
    plane.tick_params(labelsize=8, colors=MUTED, length=2)
    plane.spines[:].set(color=LINE)
