"""The noise between its two pulls as a still picture, for places where no script runs. It knows numbers only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.palette import BLUE, INK, MUTED, VERMILION
from vae_lib.widgets.png import small_png

CONSTANTS = constants_beside(__file__)
HIGHEST = CONSTANTS["highest"]  # Nats.
TICKS = CONSTANTS["ticks"]  # Of σ.
UNIT, LONGEST = 0.9, 1.9  # An arrow's length for a pull of one nat per unit, and the longest, in units of log σ.


def draw_noise(
    *,
    weight: float,
    variance: float,
    kl: bool,
    sigma: float,
    pulls: tuple[float, float],
    rest: float | None,
    span: tuple[float, float],
) -> bytes:
    """The costs over σ, the balance, the point and its pulls, as a PNG."""
    figure = Figure(figsize=(6.2, 3.6), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    z = np.linspace(*np.log(span), 400)
    reconstruction = 0.5 * np.exp(2 * z) * weight**2 / variance
    divergence = 0.5 * np.expm1(2 * z) - z
    if kl:
        axes.plot(z, reconstruction, "--", color=VERMILION, label=f"reconstruction, {_pull(pulls[0])}")
        axes.plot(z, divergence, ":", color=BLUE, linewidth=2, label=f"KL, {_pull(pulls[1])}")
        axes.plot(z, reconstruction + divergence, color=INK, linewidth=2.4, label="both")
    else:
        axes.plot(z, reconstruction, color=VERMILION, linewidth=2.4, label=f"reconstruction, {_pull(pulls[0])}")
    at = np.interp(np.log(sigma), z, reconstruction + (divergence if kl else 0))
    if kl and rest is not None:
        axes.axvline(np.log(rest), ymax=0.12, color=INK, linestyle="--", linewidth=1)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(np.log(rest) + 0.08, 0.14, f"balance at {rest:.3f}", fontsize=9, color=INK, bbox=box)
    _draw_pulls(axes, np.log(sigma), min(at, 0.97 * HIGHEST), pulls)
    axes.set_xticks(np.log(TICKS), [f"{each:g}" for each in TICKS])
    axes.set(xlim=np.log(span), ylim=(0, HIGHEST))
    axes.set_xlabel("σ, the size of the noise", fontsize=10)
    axes.set_ylabel("cost in nats", fontsize=10)
    axes.set_title(f"‖w‖ = {weight:.2f}, s² = {variance:.2f}", fontsize=10, loc="left")
    axes.tick_params(labelsize=9, colors=MUTED)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.4, 1.02))
    return small_png(figure)


def _pull(pull: float) -> str:
    return f"{abs(pull):.2f} →" if pull > 0 else f"← {abs(pull):.2f}"


def _draw_pulls(axes: Axes, x: float, y: float, pulls: tuple[float, float]) -> None:
    """One arrow over the other, since beyond σ = 1 both point to the left; a long one is cut."""
    for pull, height, colour in zip(pulls, (y + 0.12, y - 0.12), (VERMILION, BLUE), strict=True):
        length = np.clip(UNIT * pull, -LONGEST, LONGEST)
        if abs(length) > 0.05:
            style = {"arrowstyle": "-|>", "color": colour, "linewidth": 2.6, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (x + length, height), (x, height), arrowprops=style)
    axes.plot(x, y, "o", markersize=10, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=2, zorder=5)
