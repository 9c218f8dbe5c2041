"""Arrays into pictures: each function draws on the Axes it is given and returns them.

Nothing here trains, loads or saves. Colours and sizes come from this one file, chosen to stay apart for colour-blind
readers and to be legible on a light card in a dark page.
"""

import json
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

# The interactive figures' colours on a light page, from the one file that says them; a file, and no room to import.
_LIGHT = json.loads(files("vae_lib").joinpath("widgets", "palette.json").read_text(encoding="utf-8"))["light"]
# Lines: Okabe and Ito's colours in an order whose neighbours differ in lightness as well as in hue.
BLUE, ORANGE, RED = _LIGHT["blue"], _LIGHT["orange"], _LIGHT["vermilion"]
GREEN, PURPLE, SKY = "#009e73", "#cc79a7", "#56b4e9"
INK, FAINT = "#222222", "#999999"
# Ten classes, at least 15 units of CIE Lab apart for normal and for dichromatic eyes; ten colours are still many, so a
# scatter also writes each class at its median.
DIGIT_COLOURS = tuple(_LIGHT["classes"])
STYLE = {
    "figure.dpi": 110,
    "figure.figsize": (7.2, 3.2),
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, PURPLE, SKY, RED]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.edgecolor": INK,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "image.cmap": "gray",
}


def as_array(values: Any) -> np.ndarray:
    """A NumPy array of anything array-like; tensors may be on any device, carry gradients and have any precision."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        # NumPy knows no bfloat16.
        values = values.float() if str(values.dtype) == "torch.bfloat16" else values
    return np.asarray(values)


def use_style() -> None:
    """Make the book's style matplotlib's default for this process."""
    plt.rcParams.update(STYLE)


def show_images(
    ax: Axes,
    images: ArrayLike,
    *,
    image: Sequence[int] | None = None,
    ink: bool = False,
    columns: int | None = None,
    row_labels: Sequence[str] = (),
    column_labels: Sequence[str] = (),
) -> Axes:
    """Draw pictures in [0, 1] as rows, of shape `[n, height, width]`, `[n, channels, height, width]` or channels last.

    Rows of pixels get their shape by `image`, (channels, height, width) or (height, width); 784 pixels are a digit.
    With `ink` a grey picture is dark where it is 1, as digits are drawn. `columns` is by default all of them in one
    row; `row_labels` and `column_labels` stand beside and above. Raises ValueError for no image, for another shape, and
    for bytes that are not scaled.
    """
    images = _pictures(images, image, ink)
    columns = columns or len(images)
    rows = -(-len(images) // columns)
    gap = 2
    height, width = images.shape[1:3]
    sheet = np.ones((rows * (height + gap) - gap, columns * (width + gap) - gap, *images.shape[3:]))
    for k, each in enumerate(images):
        top, left = (k // columns) * (height + gap), (k % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = each
    ax.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_yticks((height - 1) / 2 + (height + gap) * np.arange(len(row_labels)), row_labels)
    ax.set_xticks((width - 1) / 2 + (width + gap) * np.arange(len(column_labels)), column_labels)
    ax.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    return ax


def show_digits(ax: Axes, images: ArrayLike, **options) -> Axes:
    """Draw digits as ink on paper: `show_images` with `ink`, and with its other options."""
    return show_images(ax, images, ink=True, **options)


def show_codes(ax: Axes, codes: ArrayLike, labels: ArrayLike, *, size: float = 5) -> Axes:
    """Draw 2-D codes, shape `[n, 2]`, coloured by class, with each class written at its median."""
    codes, labels = as_array(codes), as_array(labels)
    for digit in np.unique(labels):
        of_digit = codes[labels == digit]
        colour = DIGIT_COLOURS[int(digit) % len(DIGIT_COLOURS)]
        ax.scatter(*of_digit.T, s=size, color=colour, alpha=0.55, linewidths=0, rasterized=True)
    for digit in np.unique(labels):
        middle = np.median(codes[labels == digit], axis=0)
        box = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
        ax.text(*middle, str(int(digit)), ha="center", va="center", fontweight="bold", color=INK, bbox=box)
    ax.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
    return ax


def show_prior(ax: Axes, *, radii: Sequence[float] = (1, 2, 3)) -> Axes:
    """Draw circles of the standard normal prior at these standard deviations."""
    for radius in radii:
        ax.add_patch(plt.Circle((0, 0), radius, fill=False, color=INK, linewidth=0.8, linestyle="--"))
    return ax


def show_plane(
    ax: Axes, images: ArrayLike, *, extent: float, image: Sequence[int] | None = None, ink: bool = True
) -> Axes:
    """Draw the images decoded on a square grid of codes, side² of them, rows from the top down.

    The grid's codes reach from −`extent` to `extent` in both directions, each at the middle of its image; the shapes
    are those of `show_images`, and so is `image`. Raises ValueError for a number of images that fills no square of
    2 × 2 or more.
    """
    images = _pictures(images, image, ink)
    side = round(len(images) ** 0.5)
    if side < 2 or side**2 != len(images):
        raise ValueError(f"expected the images of a square grid, 4, 9, 16 … of them; got {len(images)}")
    height, width, *colours = images.shape[1:]
    grid = images.reshape(side, side, height, width, *colours).swapaxes(1, 2)
    sheet = grid.reshape(side * height, side * width, *colours)
    edge = extent * side / (side - 1)
    # Not the plane's units but a picture's pixels are square.
    look = {"cmap": "gray", "vmin": 0, "vmax": 1, "aspect": height / width}
    ax.imshow(sheet, extent=(-edge, edge, -edge, edge), **look)
    ax.set(xlabel="$z_1$", ylabel="$z_2$")
    return ax


def show_curve(ax: Axes, values: ArrayLike, *, label: str, smooth: int = 50, **line) -> Axes:
    """Draw a training curve, shape `[steps]`, as the mean over windows of `smooth` steps, or of all if there are fewer.

    A last incomplete window is left out.
    """
    values = as_array(values).astype(float)
    smooth = max(1, min(smooth, len(values)))
    whole = len(values) // smooth * smooth
    means = values[:whole].reshape(-1, smooth).mean(axis=1)
    ax.plot(smooth * (np.arange(len(means)) + 0.5), means, label=label, **line)
    ax.set_xlabel("training step")
    return ax


def _pictures(images: ArrayLike, image: Sequence[int] | None, ink: bool) -> np.ndarray:
    """The pictures as drawn, `[n, height, width]` or `[n, height, width, 3]`. Linear models leave [0, 1]: so be it."""
    images = as_array(images)
    shaped = _shaped(images, image)
    if images.dtype.kind in "iu" and images.max() > 1:
        raise ValueError(f"expected pixels in [0, 1], got {images.dtype} up to {images.max()}; divide them by 255")
    if shaped.shape[1] == 1:
        grey = shaped[:, 0].astype(float)
        return 1 - grey if ink else grey
    # In colour imshow takes nothing beyond.
    return np.moveaxis(shaped, 1, 3).astype(float).clip(0, 1)


def _shaped(images: np.ndarray, image: Sequence[int] | None) -> np.ndarray:
    """The images as `[n, channels, height, width]`. Raises ValueError where the shape does not say it."""
    shape, advice = images.shape, ""
    if image is None:
        if images.size and not _of_digits(shape):
            if len(shape) == 3:
                return images[:, None]
            if len(shape) == 4 and {shape[1], shape[3]} & {1, 3}:
                return images if shape[1] in (1, 3) else np.moveaxis(images, 3, 1)
        image, advice = (1, 28, 28), ". Of rows of other pictures say image=(channels, height, width)"
    image = (1, *image) if len(image) == 2 else tuple(image)
    if len(image) != 3 or image[0] not in (1, 3):
        raise ValueError(f"expected image as (height, width), or with 1 or 3 channels before; got {image}")
    if images.size and shape[-1:] != (math.prod(image),) and shape[-3:] == (*image[1:], image[0]):
        images, shape = np.moveaxis(images, -1, -3), (*shape[:-3], *image)
    # Any other shape of as many numbers would be cut up and drawn as something that nobody meant.
    whole = shape[-1:] == (math.prod(image),) or shape[-3:] == image or (image[0] == 1 and shape[-2:] == image[1:])
    if not images.size or not whole:
        count = math.prod(image)
        raise ValueError(f"expected images of {count} pixels, one or more; got an array of shape {shape}{advice}")
    return images.reshape(-1, *image)


def _of_digits(shape: tuple[int, ...]) -> bool:
    """Whether the last axes are those of digits, 784 or 28 × 28, and those before count them."""
    colour = len(shape) == 4 and shape[1] == 3
    return shape[-1:] == (784,) or (shape[-2:] == (28, 28) and not colour)


class Box(NamedTuple):
    """One station of a flow diagram: where its middle stands, what is written in it, and its kind."""

    x: float
    text: str
    kind: str = "data"
    y: float = 0.0


# For each kind, the corners of its outline around its middle, and its fill.
HALF, TALL, LOW = 0.5, 0.48, 0.24
OUTLINES = {
    "data": ([(-0.4, -TALL), (0.4, -TALL), (0.4, TALL), (-0.4, TALL)], "#EEF3F7"),
    "narrowing": ([(-HALF, -TALL), (HALF, -LOW), (HALF, LOW), (-HALF, TALL)], "#CFE3F1"),
    "widening": ([(-HALF, -LOW), (HALF, -TALL), (HALF, TALL), (-HALF, LOW)], "#CFE3F1"),
    "code": ([(-0.4, -0.33), (0.4, -0.33), (0.4, 0.33), (-0.4, 0.33)], "#FBE9C6"),
    "sample": ([(0.36 * np.cos(a), 0.36 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 60)], "#FFFFFF"),
    "loss": ([(-0.62, -0.27), (0.62, -0.27), (0.62, 0.27), (-0.62, 0.27)], "#F6DDD0"),
}


def show_flow(
    ax: Axes,
    boxes: Mapping[str, Box],
    *,
    arrows: Sequence[str],
    dashed: Sequence[str] = (),
    shared: Mapping[str, str] = MappingProxyType({}),
) -> Axes:
    """Draw a flow diagram of boxes named by one letter each.

    `arrows` and `dashed` are pairs of letters, from and to; a dashed arrow is a random draw. `shared` maps a pair to
    the words on a dashed bracket below the two, for what both are compared in.
    """
    for box in boxes.values():
        corners, fill = OUTLINES[box.kind]
        line = "--" if box.kind == "sample" else "-"
        at = [(box.x + dx, box.y + dy) for dx, dy in corners]
        ax.add_patch(plt.Polygon(at, closed=True, facecolor=fill, edgecolor=INK, linewidth=1.1, linestyle=line))
        ax.text(box.x, box.y, box.text, ha="center", va="center", fontsize=10, color=INK, linespacing=1.35)
    for pair in (*arrows, *dashed):
        start, end = (boxes[letter] for letter in pair)
        _arrow(ax, start, end, "--" if pair in dashed else "-")
    depth = min(box.y + min(dy for _, dy in OUTLINES[box.kind][0]) for box in boxes.values()) - 0.32
    for pair, words in shared.items():
        _bracket(ax, *(boxes[letter] for letter in pair), words, depth)
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.axis("off")
    return ax


def _edge(box: Box, toward: Box) -> tuple[float, float]:
    """The point of a box's outline that faces another box: on a side, or above or below if that lies nearer."""
    corners = np.array(OUTLINES[box.kind][0])
    width, height = np.abs(corners).max(axis=0)
    if box.kind in ("narrowing", "widening"):
        height = (TALL + LOW) / 2
    dx, dy = toward.x - box.x, toward.y - box.y
    if abs(dy) * width > abs(dx) * height:
        return box.x, box.y + np.copysign(height, dy)
    return box.x + np.copysign(width, dx), box.y


def _arrow(ax: Axes, start: Box, end: Box, line: str) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.1, "linestyle": line, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", _edge(end, start), _edge(start, end), arrowprops={**style, "mutation_scale": 11})


def _bracket(ax: Axes, start: Box, end: Box, words: str, depth: float) -> None:
    ends = [start.y - TALL, depth, depth, end.y - TALL]
    ax.plot([start.x, start.x, end.x, end.x], ends, "--", color=RED, linewidth=1)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    ax.text((start.x + end.x) / 2, depth, words, ha="center", va="center", fontsize=10, color=RED, bbox=box)
