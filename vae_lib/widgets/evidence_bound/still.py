"""The ELBO and its gap as a still picture, for places where no script runs. It knows numbers only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.palette import BLUE, INK, MUTED, VERMILION
from vae_lib.widgets.png import small_png

LOWEST = constants_beside(__file__)["lowest"]  # Nats at the foot of the bars.

Values = Float[np.ndarray, " n"]


def draw_bound(
    z: Values, posterior: Values, prior: Values, q: Values, *, evidence: float, bound: float, title: str
) -> bytes:
    """The densities over z, and beside them the bar of log p(x) and that of ELBO and gap, as a PNG."""
    figure = Figure(figsize=(7.4, 3.2), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    curves, bars = figure.subplots(1, 2, width_ratios=[3, 1])
    curves.fill_between(z, 0, posterior, color=INK, alpha=0.18, linewidth=0)
    curves.plot(z, posterior, color=INK, linewidth=1.2, label="true posterior p(z|x)")
    curves.plot(z, prior, "--", color=MUTED, linewidth=1.2, label="prior")
    curves.plot(z, q, color=BLUE, linewidth=2.2, label="q(z)")
    curves.set(xlim=(z[0], z[-1]), ylim=(0, 2.8), yticks=[])
    curves.set_xlabel("z", fontsize=9, labelpad=0)
    curves.set_title(title, fontsize=9, loc="left", color=INK)
    curves.legend(frameon=False, fontsize=9, loc="upper left")
    _draw_bars(bars, evidence, bound)
    for axes in (curves, bars):
        axes.tick_params(labelsize=8, colors=MUTED, length=2)
        axes.spines[["top", "right"]].set_visible(False)
    return small_png(figure)


def _draw_bars(axes: Axes, evidence: float, bound: float) -> None:
    foot = max(bound, LOWEST)
    axes.bar(0, evidence - LOWEST, 0.8, LOWEST, color=INK, alpha=0.2, edgecolor=INK)
    axes.bar(1, foot - LOWEST, 0.8, LOWEST, color=BLUE, alpha=0.3, edgecolor=BLUE)
    axes.bar(1, evidence - foot, 0.8, foot, facecolor="none", edgecolor=VERMILION, hatch="/////")
    axes.axhline(evidence, color=INK, linewidth=1.4)
    axes.set(ylim=(LOWEST, 0), xlim=(-0.6, 1.6))
    names = [f"log p(x)\n{evidence:.2f}", f"ELBO\n{bound:.2f}"]
    axes.set_xticks([0, 1], [name.replace("-", "−") for name in names])
    axes.set_title(f"gap {evidence - bound:.2f} nats", fontsize=9, color=VERMILION)
