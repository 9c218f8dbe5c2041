"""The laboratory as a still picture, for places where no script runs: the plane before the first step.

It draws on a white card of its own, so that it reads the same on a light and on a dark page. It knows no training.
"""

import textwrap
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse
from torch import nn

from vae_lib.widgets.constants import REACH
from vae_lib.widgets.laboratory.digits import LEVELS
from vae_lib.widgets.packing import evaluating
from vae_lib.widgets.palette import CLASS_COLOURS, INK, LINE, MUTED
from vae_lib.widgets.png import small_png


def codes_of(
    model: nn.Module, images: UInt8[np.ndarray, "n 14 14"], labels: UInt8[np.ndarray, " n"]
) -> Float[np.ndarray, "n 2 latents"]:
    """μ and σ of q(z|x) of each digit."""
    x = torch.from_numpy(images.reshape(len(images), -1).astype(np.float32) / LEVELS)
    told = (torch.from_numpy(labels.astype(np.int64)),) if hasattr(model, "classes") else ()
    with evaluating(model):
        mu, log_var = model.encode(x, *told)
    return torch.stack([mu, (log_var / 2).exp()], dim=1).cpu().numpy()


def draw_start(
    codes: Float[np.ndarray, "n 2 latents"] | None,
    labels: UInt8[np.ndarray, " n"],
    *,
    title: str,
    sentence: str,
    **_: Any,
) -> bytes:
    """The plane with the codes of the start, if there are some, beside what the experiment is, as a PNG."""
    figure = Figure(figsize=(7.4, 3.5), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    plane, words = figure.subplots(1, 2)
    _draw_plane(plane, codes, labels)
    words.axis("off")
    words.text(0, 0.9, textwrap.fill(title, 36), fontsize=12, fontweight="bold", color=INK, va="top")
    words.text(0, 0.72, textwrap.fill(sentence, 46), fontsize=9.5, color=INK, va="top", linespacing=1.5)
    before = "The plane before the first step: held-out digits, each with the ellipse of its q(z|x)."
    words.text(0, 0.06, textwrap.fill(before, 52), fontsize=8, color=MUTED, va="bottom")
    return small_png(figure, colours=128)


def _draw_plane(axes: Axes, codes: Float[np.ndarray, "n 2 latents"] | None, labels: UInt8[np.ndarray, " n"]) -> None:
    for radius in (1, 2, 3):
        axes.add_patch(Circle((0, 0), radius, fill=False, edgecolor=INK, linewidth=0.8, linestyle=(0, (4, 3))))
    for (mu, sigma), label in zip([] if codes is None else codes, labels, strict=True):
        # With one latent the plane is a line: an ellipse that is flat.
        middle, radii = ([*each, 0.0][:2] for each in (mu, sigma))
        colour = CLASS_COLOURS[label]
        axes.add_patch(Ellipse(middle, 2 * radii[0], 2 * radii[1], fill=False, edgecolor=colour, alpha=0.35))
        axes.plot(*middle, ".", color=colour, markersize=4)
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal", xlabel="$z_1$", ylabel="$z_2$")
    axes.tick_params(labelsize=8, colors=MUTED, length=2)
    axes.spines[:].set(color=LINE, visible=True)
