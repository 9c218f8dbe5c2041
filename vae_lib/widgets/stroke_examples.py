"""Ten digits as strokes of a pen, written for this book: what a reader without a pen can load. It knows no picture."""

import numpy as np

Strokes = list[list[tuple[float, float]]]

# Points (x, y) on a sheet from 0 to 1, y downwards, through which a smooth line runs.
_THROUGH: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = (
    (((0.56, 0.16), (0.40, 0.20), (0.29, 0.40), (0.30, 0.66), (0.43, 0.84), (0.60, 0.80), (0.71, 0.60), (0.70, 0.34),
      (0.56, 0.16)),),
    (((0.57, 0.15), (0.53, 0.38), (0.48, 0.62), (0.43, 0.86)),),
    (((0.30, 0.33), (0.38, 0.19), (0.55, 0.16), (0.66, 0.28), (0.60, 0.46), (0.46, 0.64), (0.30, 0.81)),
     ((0.30, 0.81), (0.45, 0.80), (0.60, 0.82), (0.75, 0.80))),
    (((0.31, 0.22), (0.46, 0.15), (0.62, 0.21), (0.64, 0.36), (0.54, 0.45), (0.42, 0.48)),
     ((0.42, 0.48), (0.58, 0.51), (0.69, 0.64), (0.60, 0.80), (0.44, 0.85), (0.28, 0.78))),
    (((0.36, 0.17), (0.30, 0.34), (0.27, 0.53)), ((0.27, 0.53), (0.48, 0.55), (0.72, 0.52)),
     ((0.65, 0.19), (0.62, 0.50), (0.56, 0.85))),
    (((0.70, 0.17), (0.55, 0.18), (0.41, 0.19)), ((0.41, 0.19), (0.38, 0.31), (0.35, 0.45)),
     ((0.35, 0.45), (0.50, 0.41), (0.65, 0.50), (0.67, 0.67), (0.54, 0.81), (0.40, 0.84), (0.27, 0.78))),
    (((0.63, 0.15), (0.47, 0.27), (0.35, 0.48), (0.33, 0.69), (0.44, 0.84), (0.60, 0.82), (0.67, 0.67), (0.57, 0.55),
      (0.43, 0.59), (0.34, 0.70)),),
    (((0.27, 0.20), (0.48, 0.19), (0.71, 0.18)), ((0.71, 0.18), (0.60, 0.41), (0.51, 0.62), (0.44, 0.86))),
    (((0.66, 0.22), (0.51, 0.15), (0.36, 0.25), (0.42, 0.41), (0.57, 0.52), (0.67, 0.68), (0.56, 0.84), (0.39, 0.82),
      (0.32, 0.68), (0.44, 0.52), (0.60, 0.38), (0.66, 0.22)),),
    (((0.66, 0.30), (0.53, 0.17), (0.37, 0.24), (0.34, 0.41), (0.46, 0.51), (0.61, 0.43), (0.67, 0.29)),
     ((0.67, 0.29), (0.65, 0.52), (0.58, 0.86))),
)  # fmt: skip
FINENESS = 6  # Points from one of these to the next.


def example_strokes(digit: int) -> Strokes:
    """The strokes of a digit from 0 to 9, points to three decimals. Raises ValueError for another."""
    if digit not in range(len(_THROUGH)):
        raise ValueError(f"expected a digit from 0 to 9, got {digit!r}")
    return [_smooth(np.array(points)) for points in _THROUGH[digit]]


def _smooth(points: np.ndarray) -> list[tuple[float, float]]:
    """A line through the points: Catmull and Rom's cubic between each two."""
    around = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    share = np.arange(FINENESS)[:, None] / FINENESS
    line = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        line.append(b + share / 2 * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a))))
    return [(float(x), float(y)) for x, y in np.round(np.concatenate([*line, points[-1:]]), 3)]
