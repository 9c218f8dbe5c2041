"""Pictures in named splits, and the rule that divides them. It knows no file and no data set by name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from vae_lib.data.files import DataError

SHARES = (0.8, 0.1, 0.1)
NAMES = ("train", "validation", "test")


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Pictures as bytes, 0 to 255, with their classes, 0, 1, 2 …, or None where they have none.

    `files` says which picture came from which file, where each has a file of its own.
    """

    images: UInt8[Tensor, "n *size"]
    labels: Int64[Tensor, " n"] | None
    files: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"Split({len(self):,} images of {size_in_words(self.images.shape[1:])})"


@dataclass(frozen=True, eq=False)
class Pictures:
    """Three splits of the same kind of picture, a name that says which pictures those are, and their classes' names."""

    train: Split
    validation: Split
    test: Split
    name: str
    classes: tuple[str, ...] = ()

    @property
    def image(self) -> tuple[int, int, int]:
        """The shape of one picture, (channels, height, width), as the models take it."""
        size = tuple(self.train.images.shape[1:])
        return size if len(size) == 3 else (1, *size)


class Labels(NamedTuple):
    """The class of each example, counted from 0, and the names of the classes."""

    numbers: np.ndarray
    classes: tuple[str, ...]


def as_array(values: Any) -> np.ndarray:
    """A NumPy array of anything array-like; tensors may be on any device and carry gradients."""
    return np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values)


def size_in_words(size: tuple[int, ...] | torch.Size) -> str:
    """A picture's size for a reader: 28 × 28, or 3 × 32 × 32 with the channels first."""
    return " × ".join(map(str, size))


def labels_of(values: Any, examples: int, classes: tuple[str, ...] = ()) -> Labels | None:
    """The classes of labels that may be any whole numbers or words; None for None.

    Where `classes` has a name for every number they stay as they are; otherwise they are counted anew from 0, in order.
    Raises DataError for labels that are not one for each example, are fractions, or have no name in `classes`.
    """
    if values is None:
        if classes:
            raise DataError(f"expected labels for the classes {', '.join(classes)}; got none. Give labels=…")
        return None
    array = as_array(values)
    if array.shape != (examples,):
        raise DataError(f"expected one label for each of the {examples:,} images; got shape {array.shape}")
    if array.dtype.kind not in "iubU":
        raise DataError(f"expected labels as whole numbers or words; got {array.dtype}. labels.astype(int) makes them")
    if not classes:
        values, numbers = np.unique(array, return_inverse=True)
        return Labels(numbers.reshape(-1).astype(np.int64), tuple(map(str, values)))
    if array.dtype.kind == "U":
        raise DataError("expected labels as numbers where classes names them; got words. Leave out classes=…")
    if examples and not (array.min() >= 0 and array.max() < len(classes)):
        raise DataError(
            f"expected labels from 0 to {len(classes) - 1}, one for each of the {len(classes)} classes named; "
            f"got {array.min()} to {array.max()}"
        )
    return Labels(array.astype(np.int64), tuple(classes))


def divide(labels: np.ndarray | None, examples: int, shares: Sequence[float], seed: int) -> list[np.ndarray]:
    """Indices for each share, drawn by a generator with this seed, every class in the same proportions up to rounding.

    Each split is in random order, so that its first pictures are a fair sample. The first part has a picture of every
    class, if it has room. Raises DataError for shares that are no shares, and for too few examples to give each its
    part.
    """
    parts = np.array(shares, float)
    if not np.isfinite(parts).all() or (parts < 0).any() or not math.isclose(parts.sum(), 1):
        raise DataError(f"expected shares as numbers of 0 or more that add up to 1, such as {SHARES}; got {shares}")
    ends = np.round(np.cumsum(parts) * examples).astype(int)
    sizes = np.diff(ends, prepend=0)
    if (sizes[parts > 0] < 1).any():
        least = math.ceil(1 / parts[parts > 0].min())
        raise DataError(
            f"expected enough images for the shares {shares}, about {least:,}; got {examples:,}. Add images, or give "
            "other shares: (1/3, 1/3, 1/3) needs 3, and a share of 0 leaves a split empty"
        )
    generator = np.random.default_rng(seed)
    order = generator.permutation(examples)
    if labels is not None:
        order = order[np.argsort(_places(labels[order], generator), kind="stable")]
    return [generator.permutation(part) for part in np.split(order, ends[:-1])]


def _places(labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A place in [0, 1] for each example; those of a class lie evenly, and any cut takes its share of each class."""
    places = np.empty(len(labels))
    for each in np.unique(labels):
        members = np.flatnonzero(labels == each)
        places[members] = (np.arange(len(members)) + generator.random()) / len(members)
        # The first of a class stands before every cut: a class that is never trained on cannot be learned.
        places[members[0]] = 0.0
    return places


def expect_three(shares: Any) -> None:
    """Raises DataError for shares that are not three, one for each split."""
    if not isinstance(shares, tuple | list) or len(shares) != len(NAMES):
        raise DataError(f"expected three shares, of {', '.join(NAMES)}, such as {SHARES}; got {shares!r}")


def shares_in_words(shares: Sequence[float], seed: int) -> str:
    """How the splits were made, for a name."""
    return f"split {' / '.join(f'{share:.3g}' for share in shares)} with seed {seed}"
