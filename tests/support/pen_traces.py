"""Recovers the pen strokes that may have drawn a digit: thins its ink to lines, and follows them."""

import numpy as np
import torch

FINER = 3  # Lines are found among thirds of a pixel: whole ones would make them jagged.


def strokes_of(image):
    """Lists of points (x, y) from 0 to 1 along the ink of a square picture with grey levels 0 to 1."""
    fine = torch.nn.functional.interpolate(image[None, None].float(), scale_factor=FINER, mode="bicubic")[0, 0]
    line = thinned(np.pad(fine.numpy() > 0.4, 1))[1:-1, 1:-1]
    side = line.shape[0]
    return [[((x + 0.5) / side, (y + 0.5) / side) for y, x in smooth(walk)] for walk in walks(line)]


def thinned(ink):
    """The ink worn down to lines of one pixel. Source: Zhang and Suen (1984)."""
    ink, worn = ink.astype(np.uint8), True
    while worn:
        worn = False
        for turn in (0, 1):
            around = [np.roll(ink, shift, (0, 1)) for shift in
                      ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))]  # fmt: skip
            north, _, east, _, south, _, west, _ = around
            neighbours = sum(around)
            edges = sum((a == 0) & (b == 1) for a, b in zip(around, [*around[1:], around[0]], strict=True))
            open_side = (north & east & south, east & south & west) if turn == 0 else (
                north & east & west, north & south & west)  # fmt: skip
            gone = (ink == 1) & (neighbours >= 2) & (neighbours <= 6) & (edges == 1)
            gone &= (open_side[0] == 0) & (open_side[1] == 0)
            ink[gone] = 0
            worn |= bool(gone.any())
    return ink.astype(bool)


def walks(line):
    """Paths along the lines from pixel to neighbouring pixel, each used once, from free ends if there are any."""
    left = {tuple(each) for each in np.argwhere(line)}
    everything = frozenset(left)
    while left:
        here = min(left, key=lambda at: (len(beside(at, left)), at))
        joint = beside(here, everything - left)
        path = [*joint[:1], here]
        left.remove(here)
        while following := beside(here, left):
            here = following[0]
            path.append(here)
            left.remove(here)
        last = [each for each in beside(here, everything - left) if each not in path[-3:]]
        yield [*path, *last[:1]]


def beside(at, pixels):
    """Those of the pixels that touch this one, the ones that share an edge with it first."""
    steps = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)]
    return [each for each in ((at[0] + dy, at[1] + dx) for dy, dx in steps) if each in pixels]


def smooth(path):
    """The path with each inner point at the mean of five."""
    points = np.array(path, float)
    padded = np.concatenate([points[:1]] * 2 + [points] + [points[-1:]] * 2)
    return sum(padded[k : k + len(points)] for k in range(5)) / 5
