"""Two decoders on one plane as a still picture, for places where no script runs. It knows arrays only."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vae_lib.widgets.palette import INK, LINE, MUTED
from vae_lib.widgets.png import small_png

TILES = 9


def draw_decoders(
    pictures: Callable[[Float[np.ndarray, "batch 2"]], list[Float[np.ndarray, "batch height width"]]],
    *,
    titles: tuple[str, str],
    z: tuple[float, float],
    extent: tuple[float, ...],
) -> bytes:
    """For each decoder the plane as a grid of pictures with z on it, and the picture at z, as a PNG."""
    left, right, bottom, top = extent
    across = left + (np.arange(TILES) + 0.5) / TILES * (right - left)
    down = top - (np.arange(TILES) + 0.5) / TILES * (top - bottom)
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2).astype(np.float32)
    figure = Figure(figsize=(7.0, 2.6), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 4, width_ratios=(2, 1, 2, 1))
    for k, (tiles, picture) in enumerate(zip(pictures(grid), pictures([z]), strict=True)):
        plane, digit = axes[2 * k : 2 * k + 2]
        height, width = tiles.shape[1:]
        grid_of_tiles = tiles.reshape(TILES, TILES, height, width).swapaxes(1, 2)
        sheet = grid_of_tiles.reshape(TILES * height, TILES * width)
        plane.imshow(1 - sheet, cmap="gray", vmin=0, vmax=1, extent=extent, aspect=height / width)
        plane.plot(*np.clip(z, (left, bottom), (right, top)), "o", ms=8, mfc="none", mec=INK, mew=2)
        plane.set_title(titles[k], fontsize=10, color=INK, loc="left")
        plane.set_xlabel("$z_1$", fontsize=9, color=INK, labelpad=1)
        plane.set_ylabel("$z_2$", fontsize=9, color=INK, labelpad=1)
        plane.tick_params(labelsize=8, colors=MUTED, length=2)
        digit.imshow(1 - picture[0], cmap="gray", vmin=0, vmax=1)
        digit.set(xticks=[], yticks=[])
        digit.set_xlabel(f"z = ({z[0]:.2f}, {z[1]:.2f})", fontsize=8, color=INK)
        for each in (plane, digit):
            each.spines[:].set(color=LINE, visible=True)
    return small_png(figure, colours=12)
