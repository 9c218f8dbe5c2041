"""The explorer as a still picture, for places where no script runs. It knows arrays only.

It draws on a white card of its own, so that it reads the same on a light and on a dark page.
"""

from io import BytesIO

import numpy as np
from jaxtyping import Float, Integer, UInt8
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke
from PIL import Image

from vae_lib.widgets.palette import CLASS_COLOURS, INK, LINE, MUTED
from vae_lib.widgets.png import small_png

MOST_CODES = 2000  # More dots tell the eye nothing new and make the file larger.
SIDE, LEFT, GAP, FOOT, HEAD = 2.7, 0.45, 0.3, 0.45, 0.3  # Inches.
NAMES_APART = 13.0  # Points between the classes' names.


def draw_explorer(
    pixels: Float[np.ndarray, "height width"] | Float[np.ndarray, "height width 3"],
    *,
    codes: Float[np.ndarray, "n 2"] | None,
    labels: Integer[np.ndarray, " n"] | None,
    extent: tuple[float, ...],
    z: tuple[float, float],
    prior: bool,
    title: str,
) -> bytes:
    """The plane with its codes and the point z, and the decoded picture beside it, 0 black and 1 white, as a PNG."""
    width, height = LEFT + 2 * SIDE + GAP + 0.1, FOOT + SIDE + (HEAD if title else 0.1)
    # Its axes stand where it puts them, whatever layout the reader's own style asks for.
    figure = Figure(figsize=(width, height), dpi=130, facecolor="white", layout="none")
    FigureCanvasAgg(figure)
    box = (FOOT / height, SIDE / width, SIDE / height)
    plane = figure.add_axes((LEFT / width, *box))
    digit = figure.add_axes(((LEFT + SIDE + GAP) / width, *box))
    if title:
        figure.text(LEFT / width, 1 - 0.21 / height, title, fontsize=10, fontweight="bold", color=INK)
    _draw_plane(plane, codes, labels, extent, prior)
    at = np.clip(z, extent[::2], extent[1::2])
    plane.plot(*at, "o", markersize=10, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=2)
    plane.plot(*at, "o", markersize=3, color=INK)
    digit.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    digit.set(xticks=[], yticks=[])
    digit.set_xlabel(f"decoded at z = ({z[0]:.2f}, {z[1]:.2f})", fontsize=9, color=INK)
    for axes in (plane, digit):
        axes.spines[:].set(color=LINE, visible=True)
    return _png(figure) if pixels.ndim == 2 else small_png(figure)


def _draw_plane(
    plane: Axes,
    codes: Float[np.ndarray, "n 2"] | None,
    labels: Integer[np.ndarray, " n"] | None,
    extent: tuple[float, ...],
    prior: bool,
) -> None:
    """The codes, each class written at its median, and the prior's circles."""
    if codes is not None and len(codes):
        some = np.linspace(0, len(codes) - 1, min(len(codes), MOST_CODES)).round().astype(int)
        colour = MUTED if labels is None else [CLASS_COLOURS[each % len(CLASS_COLOURS)] for each in labels[some]]
        plane.scatter(*codes[some].T, s=3, c=colour, linewidths=0)
    if prior:
        for radius in (1, 2, 3):
            plane.add_patch(Circle((0, 0), radius, fill=False, color=INK, linewidth=0.8, linestyle=(0, (4, 3))))
        halo = [withStroke(linewidth=2.5, foreground="white")]
        plane.annotate(
            "prior N(0, I)",
            (0, 3),
            (0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=INK,
            path_effects=halo,
            annotation_clip=True,
        )
    plane.set(xlim=extent[:2], ylim=extent[2:], aspect="equal")
    plane.set_xlabel("$z_1$", fontsize=9, color=INK, labelpad=1)
    plane.set_ylabel("$z_2$", fontsize=9, color=INK, labelpad=1)
    plane.tick_params(labelsize=8, colors=MUTED, length=2)
    if labels is not None:
        _draw_names(plane, codes, labels)


def _draw_names(plane: Axes, codes: Float[np.ndarray, "n 2"], labels: Integer[np.ndarray, " n"]) -> None:
    """Each class's name at the median of its codes, moved aside where two would overlap."""
    classes = np.unique(labels)
    medians = np.array([np.median(codes[labels == each], axis=0) for each in classes]).reshape(-1, 2)
    points = 72 / plane.figure.dpi
    places = _spread(plane.transData.transform(medians) * points, NAMES_APART) / points
    for each, place in zip(classes, plane.transData.inverted().transform(places), strict=True):
        edge = CLASS_COLOURS[each % len(CLASS_COLOURS)]
        plane.plot(*place, "o", markersize=11, markerfacecolor="white", markeredgecolor=edge, markeredgewidth=1.5)
        plane.annotate(str(each), place, ha="center", va="center_baseline", fontsize=7, weight="bold", color=INK)


def _spread(places: Float[np.ndarray, "n 2"], gap: float) -> Float[np.ndarray, "n 2"]:
    """The places moved apart until any two are `gap` from each other, as `spread` in plane.mjs does it."""
    places = places.copy()
    for _ in range(200):
        overlaps = False
        for i in range(len(places)):
            for j in range(i + 1, len(places)):
                apart = places[j] - places[i]
                distance = np.hypot(*apart)
                if distance < gap - 1e-6:
                    way = apart / distance if distance else np.array([np.cos(i + j), np.sin(i + j)])
                    places[i] -= way * (gap - distance) / 2
                    places[j] += way * (gap - distance) / 2
                    overlaps = True
        if not overlaps:
            break
    return places


def _png(figure: Figure) -> bytes:
    """The figure as a PNG of the few colours it is drawn in: a third of the size, no version or date in it."""
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    palette = _palette()
    # One number a colour: sorting rows of three takes twenty times as long.
    drawn, where = np.unique(pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32), return_inverse=True)
    drawn = drawn[:, None] >> np.array([16, 8, 0], np.uint32) & 255
    distance = np.square(drawn[:, None].astype(np.float32) - palette.astype(np.float32)).sum(axis=2)
    nearest = distance.argmin(axis=1).astype(np.uint8)[where.reshape(pixels.shape[:2])]
    image = Image.fromarray(nearest)
    image.putpalette(palette.tobytes())
    small = BytesIO()
    image.save(small, format="png", optimize=True)
    return small.getvalue()


def _palette() -> UInt8[np.ndarray, "colours 3"]:
    """64 greys, and each class's colour in 16 steps from white and 3 towards ink."""
    white, ink = np.full(3, 255.0), np.array(to_rgb(INK)) * 255
    colours = [np.full(3, grey) for grey in np.linspace(0, 255, 64)]
    for name in CLASS_COLOURS:
        colour = np.array(to_rgb(name)) * 255
        colours += [white + (colour - white) * share for share in np.linspace(1 / 16, 1, 16)]
        colours += [colour + (ink - colour) * share for share in (0.25, 0.5, 0.75)]
    return np.round(colours).astype(np.uint8)
