"""The figure of two gradient clouds as a still picture, for places where no script runs. It knows arrays only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from vae_lib.widgets.palette import BLUE, HILL, INK, LINE, MUTED, TRACES, VERMILION
from vae_lib.widgets.png import small_png

HILLS = LinearSegmentedColormap.from_list("hills", ["#ffffff", HILL])
TITLE = {"fontsize": 9, "loc": "left", "pad": 3, "color": INK}


def draw_clouds(
    clouds: Any,
    hills: Float[np.ndarray, "side side"],
    *,
    mu: tuple[float, ...],
    sigma: tuple[float, ...],
    followed: list[int],
    parameter: str,
) -> bytes:
    """The samples over the hills of h, and both clouds at one scale, as a PNG.

    `clouds` is (z, pathwise, score, exact); `followed` are the indices of three draws.
    """
    figure = Figure(figsize=(7.4, 2.75), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    samples, *planes = figure.subplots(1, 3)
    _draw_samples(samples, clouds.z, hills, mu, sigma)
    for index, colour in zip(followed, TRACES, strict=True):
        samples.plot(*zip(mu, clouds.z[index], strict=True), color=colour, linewidth=1.4)
        for axes, cloud in zip((samples, *planes), clouds[:3], strict=True):
            axes.plot(*cloud[index], "o", color=colour, markersize=5)
    reach = np.quantile(np.abs(np.concatenate([clouds.pathwise, clouds.score])).max(axis=1), 0.95)
    side = 1.1 * max(reach, 1.25 * np.abs(clouds.exact).max(), 1e-3)
    symbol = {"mu": "μ", "sigma": "σ"}[parameter]
    for axes, cloud, name in zip(planes, (clouds.pathwise, clouds.score), ("pathwise", "score function"), strict=True):
        _draw_cloud(axes, cloud, clouds.exact)
        axes.set(xlim=(-side, side), ylim=(-side, side))
        axes.set_title(f"{name}: gradients in {symbol}", **TITLE)
    for axes in (samples, *planes):
        axes.set_aspect("equal")
        axes.tick_params(labelsize=8, colors=MUTED, length=2)
        axes.spines[:].set(color=LINE, visible=True)
    return small_png(figure, colours=200)


def _draw_samples(
    axes: Axes,
    z: Float[np.ndarray, "draws 2"],
    hills: Float[np.ndarray, "side side"],
    mu: tuple[float, ...],
    sigma: tuple[float, ...],
) -> None:
    """The samples and the ellipse of one σ."""
    axes.contourf(hills, 9, cmap=HILLS, extent=(-3, 3, -3, 3))
    axes.plot(*z.T, ".", color=INK, markersize=3, alpha=0.7, markeredgewidth=0)
    _draw_ellipse(axes, mu, sigma, INK)
    axes.plot(*mu, "o", markersize=8, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=1.6)
    axes.set(xlim=(-3, 3), ylim=(-3, 3))
    axes.set_title("z = μ + σ⊙ε over the hills of h", **TITLE)


def _draw_cloud(axes: Axes, cloud: Float[np.ndarray, "draws 2"], exact: Float[np.ndarray, "2"]) -> None:
    """The gradients, their mean with one deviation around it, and the exact gradient."""
    axes.axhline(0, color=LINE, linewidth=0.8)
    axes.axvline(0, color=LINE, linewidth=0.8)
    axes.plot(*cloud.T, ".", color=INK, markersize=3, alpha=0.7, markeredgewidth=0)
    mean = cloud.mean(axis=0)
    _draw_ellipse(axes, mean, cloud.std(axis=0, ddof=1), BLUE)
    axes.plot(*exact, "+", color=VERMILION, markersize=11, markeredgewidth=2.4)
    axes.plot(*mean, "D", color=BLUE, markersize=5, markeredgecolor="white")


def _draw_ellipse(axes: Axes, centre: Any, radii: Any, colour: str) -> None:
    width, height = 2 * np.asarray(radii)
    line = {"edgecolor": colour, "linewidth": 1.2, "linestyle": (0, (4, 2))}
    axes.add_patch(Ellipse(tuple(centre), width, height, fill=False, **line))
