"""Small copies of the digits, packed for a page to train on. It knows no data set: pictures and labels are given.

The payload is one byte for each label and then, four bits at a time, the pictures row by row: a grey level from 1 to
15, or a zero and how many more zeros follow it, at most 15. Three quarters of the pixels are paper.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Integer, UInt8
from torch import Tensor

from vae_lib.widgets.constants import constants_beside

FORMAT = 1
CONSTANTS = constants_beside(__file__)
SIDE, LEVELS, CLASSES = CONSTANTS["side"], CONSTANTS["levels"], CONSTANTS["classes"]
RUN = 16


class SmallDigits(NamedTuple):
    """Digits of 14 × 14 pixels to train on and digits held out, in turns by class; grey levels from 0 to 15."""

    training: UInt8[np.ndarray, "n 14 14"]
    training_labels: UInt8[np.ndarray, " n"]
    held_out: UInt8[np.ndarray, "m 14 14"]
    held_out_labels: UInt8[np.ndarray, " m"]


def small_digits(
    training: UInt8[Tensor, "n 28 28"],
    training_labels: Integer[Tensor, " n"],
    held_out: UInt8[Tensor, "m 28 28"],
    held_out_labels: Integer[Tensor, " m"],
    *,
    training_per_class: int = CONSTANTS["trainingPerClass"],
    held_out_per_class: int = CONSTANTS["heldOutPerClass"],
) -> SmallDigits:
    """The first digits of each class, each pixel the mean of four, rounded to 16 grey levels.

    Raises ValueError where a class has fewer digits than that.
    """
    parts = []
    for name, images, labels, each in (
        ("training", training, training_labels, training_per_class),
        ("held_out", held_out, held_out_labels, held_out_per_class),
    ):
        chosen = _in_turns(labels.numpy(), each, name)
        parts += [_pooled(images.numpy()[chosen]), labels.numpy()[chosen].astype(np.uint8)]
    return SmallDigits(*parts)


def grey_levels(levels: UInt8[np.ndarray, "n 14 14"]) -> UInt8[Tensor, "n 14 14"]:
    """The digits as bytes from 0 to 255, as `training.train` takes them: level 15 is 255."""
    return torch.from_numpy(levels * np.uint8(255 // LEVELS))


def pack_digits(digits: SmallDigits) -> tuple[dict, bytes]:
    """The header and the buffer of the digits' payload."""
    header = {
        "format": FORMAT,
        "side": SIDE,
        "levels": LEVELS,
        "classes": CLASSES,
        "training": len(digits.training),
        "heldOut": len(digits.held_out),
    }
    labels = digits.training_labels.tobytes() + digits.held_out_labels.tobytes()
    halves = _with_runs(np.concatenate([digits.training.ravel(), digits.held_out.ravel()]))
    if len(halves) % 2:
        halves = np.append(halves, np.uint8(0))
    return header, labels + (halves[::2] << 4 | halves[1::2]).astype(np.uint8).tobytes()


def _in_turns(labels: Integer[np.ndarray, " n"], each: int, name: str) -> Integer[np.ndarray, " chosen"]:
    """The places of the first `each` digits of every class: a 0, a 1, …, a 9, the next 0, and so on."""
    places = []
    for digit in range(CLASSES):
        found = np.flatnonzero(labels == digit)[:each]
        if len(found) < each:
            raise ValueError(f"expected {each} {name} digits of each class, got {len(found)} of class {digit}")
        places.append(found)
    return np.stack(places, axis=1).ravel()


def _pooled(images: UInt8[np.ndarray, "n 28 28"]) -> UInt8[np.ndarray, "n 14 14"]:
    """The means of 2 × 2 pixels in whole sixteenths of white, exact: a half is rounded up, on every machine."""
    sums = images.reshape(-1, SIDE, 2, SIDE, 2).sum(axis=(2, 4), dtype=np.int64)
    return ((2 * sums * LEVELS + 4 * 255) // (2 * 4 * 255)).astype(np.uint8)


def _with_runs(levels: UInt8[np.ndarray, " n"]) -> UInt8[np.ndarray, " halves"]:
    """The grey levels with each run of zeros as a zero and how many more there are, `RUN` of them at most at a time."""
    ink = levels > 0
    starts = np.flatnonzero(~ink & np.concatenate([[True], ink[:-1]]))
    ends = np.flatnonzero(~ink & np.concatenate([ink[1:], [True]])) + 1
    written, at = [], 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        written.append(levels[at:start])
        full, rest = divmod(end - start, RUN)
        counts = [RUN] * full + [rest] * (rest > 0)
        written.append(np.array([half for count in counts for half in (0, count - 1)], np.uint8))
        at = end
    return np.concatenate([*written, levels[at:]])
