"""The explorer as a still picture, for places where no script runs. It knows arrays only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from io import BytesIO

import numpy as np
from jaxtyping import Float, Int
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from PIL import Image

# The same ten as in static/theme.mjs and in vae_lib.figures, which a test compares.
CLASS_COLOURS = (
    "#332288",
    "#88CCEE",
    "#117733",
    "#DDAA33",
    "#CC6677",
    "#AA4499",
    "#44AA99",
    "#882255",
    "#9A68FE",
    "#661100",
)
INK, MUTED, LINE = "#1c2128", "#5b6570", "#d5dae0"
MOST_CODES = 2000  # More dots tell the eye nothing new and make the file larger.


def draw_explorer(
    pixels: Float[np.ndarray, "side side"],
    *,
    codes: Float[np.ndarray, "n 2"] | None,
    labels: Int[np.ndarray, " n"] | None,
    extent: tuple[float, ...],
    z: tuple[float, float],
    prior: bool,
    title: str,
) -> bytes:
    """The plane with its codes and the point z, and the decoded picture beside it, as a PNG."""
    figure = Figure(figsize=(6.4, 3.45 if title else 3.15), dpi=120, facecolor="white")
    FigureCanvasAgg(figure)
    plane, digit = figure.subplots(1, 2, width_ratios=(1.25, 1))
    figure.subplots_adjust(left=0.07, right=0.985, bottom=0.13, top=0.88 if title else 0.97, wspace=0.1)
    if title:
        figure.text(0.07, 0.93, title, fontsize=11, fontweight="bold", color=INK)
    _draw_plane(plane, codes, labels, extent, prior)
    plane.plot(*np.clip(z, extent[::2], extent[1::2]), "o", markersize=9, markerfacecolor="white",
               markeredgecolor=INK, markeredgewidth=2)  # fmt: skip
    digit.imshow(1 - pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    digit.set(xticks=[], yticks=[])
    digit.set_xlabel(f"decoded at z = ({z[0]:.2f}, {z[1]:.2f})", fontsize=9, color=INK)
    for axes in (plane, digit):
        axes.spines[:].set(color=LINE, visible=True)
    return _png(figure)


def _draw_plane(plane, codes, labels, extent, prior) -> None:
    """The codes, each class written at its median, and the prior's circles."""
    if codes is not None:
        some = np.linspace(0, len(codes) - 1, min(len(codes), MOST_CODES)).round().astype(int)
        colour = MUTED if labels is None else [CLASS_COLOURS[each % len(CLASS_COLOURS)] for each in labels[some]]
        plane.scatter(*codes[some].T, s=3, c=colour, linewidths=0)
        for each in [] if labels is None else np.unique(labels):
            box = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
            middle = np.median(codes[labels == each], axis=0)
            plane.text(*middle, str(each), ha="center", va="center", fontsize=9, fontweight="bold", bbox=box,
                       color=INK, clip_on=True)  # fmt: skip
    if prior:
        for radius in (1, 2, 3):
            plane.add_patch(Circle((0, 0), radius, fill=False, color=INK, linewidth=0.8, linestyle=(0, (4, 3))))
    plane.set(xlim=extent[:2], ylim=extent[2:], aspect="equal")
    plane.set_xlabel("$z_1$", fontsize=9, color=INK, labelpad=1)
    plane.set_ylabel("$z_2$", fontsize=9, color=INK, labelpad=1)
    plane.tick_params(labelsize=8, colors=MUTED, length=2)


def _png(figure: Figure) -> bytes:
    """The figure as a PNG of few colours: a quarter of the size, and no date or version in it."""
    drawn = BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    few = Image.open(drawn).convert("RGB").quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small = BytesIO()
    few.save(small, format="png", optimize=True)
    return small.getvalue()
