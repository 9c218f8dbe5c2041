"""Turns strokes of a pen into a picture as MNIST's digits are: scaled into a box, centred by mass, antialiased.

It knows no model. A stroke is a list of points (x, y) on a square sheet, each from 0 to 1, y downwards. The page does
the same in `strokes.mjs`, and a test holds the two together.

Source: LeCun, Cortes and Burges, "The MNIST database": the digits fill a box of 20 × 20 pixels with their aspect ratio
kept, and their centre of mass lies in the centre of a field of 28 × 28. Shown in: style_and_digit.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from vae_lib.widgets.constants import constants_beside

Stroke = Sequence[tuple[float, float]]

CONSTANTS = constants_beside(__file__)
SIDE = CONSTANTS["side"]
BOX = CONSTANTS["box"]  # The longer side of what is written, pen included, in pixels.
PEN = CONSTANTS["pen"]  # The pen's radius in pixels, so that there is as much ink as in MNIST.
CENTRE = CONSTANTS["centre"]  # Of mass: MNIST has it anywhere in the pixel from 14 to 15, so here in its middle.
LEAST = CONSTANTS["least"]  # A mark shorter than this part of the sheet is not blown up to the whole box.


def render_strokes(strokes: Sequence[Stroke]) -> Float[np.ndarray, "side side"]:
    """The picture of the strokes, 0 for paper and 1 for ink; all paper where there is no stroke."""
    lines = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes if len(stroke)]
    if not lines:
        return np.zeros((SIDE, SIDE), np.float32)
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (BOX - 2 * PEN) / max(float((high - low).max()), LEAST)
    centre = np.full(2, CENTRE)
    placed = [(line - (low + high) / 2) * scale + centre for line in lines]
    # Where the ink's centre of mass lies is known only once there is ink.
    shift = centre - _centre_of_mass(_ink(placed))
    return _ink([line + shift for line in placed]).astype(np.float32)


def _centre_of_mass(image: Float[np.ndarray, "side side"]) -> Float[np.ndarray, "2"]:
    """The mean place (x, y) of the ink, where the picture's first pixel reaches from 0 to 1."""
    at = np.arange(SIDE) + 0.5
    return np.array([image.sum(axis=0) @ at, image.sum(axis=1) @ at]) / image.sum()


def _ink(lines: Sequence[Float[np.ndarray, "_points 2"]]) -> Float[np.ndarray, "side side"]:
    """How much of each pixel the pen covers: its edge is a ramp one pixel wide around the pen's radius."""
    at = np.arange(SIDE) + 0.5
    pixels = np.stack(np.meshgrid(at, at), axis=-1)
    distance = np.full((SIDE, SIDE), np.inf)
    for line in lines:
        for start, end in zip(line[: max(len(line) - 1, 1)], line[1:] if len(line) > 1 else line, strict=True):
            distance = np.minimum(distance, _distance(pixels, start, end))
    return np.clip(PEN + 0.5 - distance, 0, 1)


def _distance(
    pixels: Float[np.ndarray, "side side 2"], start: Float[np.ndarray, "2"], end: Float[np.ndarray, "2"]
) -> Float[np.ndarray, "side side"]:
    """From each pixel's centre to the nearest point of a segment."""
    way = end - start
    share = np.clip((pixels - start) @ way / max(float(way @ way), 1e-12), 0, 1)
    return np.linalg.norm(pixels - start - share[..., None] * way, axis=-1)
