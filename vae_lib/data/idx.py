"""Pairs of IDX files, the format of MNIST: Fashion-MNIST, KMNIST, EMNIST, in whatever names and folders they come.

It knows no published hash: that the sizes agree with the headers and with each other is what it can check.
"""

import gzip
import math
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from vae_lib.data.arrays import as_bytes, in_splits
from vae_lib.data.files import DataError, idx_header
from vae_lib.data.splits import (
    SHARES,
    Labels,
    Pictures,
    Split,
    divide,
    expect_three,
    labels_of,
    shares_in_words,
    size_in_words,
)

# MNIST's own names, and what unpacking and other sites make of them: emnist-letters-test-images-idx3-ubyte.gz,
# train-images.idx3-ubyte, t10k-labels.idx1-ubyte.
_NAME = re.compile(
    r"^(?:(?P<set>.*?)[-_.])??(?:(?P<part>train|training|t10k|test)[-_.])?(?P<kind>images|labels)[-_.]idx\d[-_.]ubyte"
    r"(?:\.gz)?$",
    re.IGNORECASE,
)
_TEST = {"t10k", "test"}
GZIP = b"\x1f\x8b"
REMEDY = "Download it again, or unpack its archive anew"


class Pair(NamedTuple):
    """A file of images with the file of their labels."""

    images: Path
    labels: Path


def load_idx(
    folder: str | Path,
    *,
    which: str | None = None,
    classes: Sequence[str] = (),
    transposed: bool | None = None,
    shares: Sequence[float] = SHARES,
    seed: int = 0,
) -> Pictures:
    """The IDX files of a folder, images and labels, as train, validation and test splits of bytes.

    Files may be packed by gzip, be named with dots or dashes, and each lie in a folder of its own. With published test
    files these are the test split, and the others are divided by the first two `shares`; without, one pair of files is
    divided by all three; `seed` draws them, every class in the same proportion. Of several data sets, EMNIST's for
    example, `which` names one ("emnist-letters"). EMNIST's pictures lie on their side and are set upright;
    `transposed` decides it for any other set. Classes are counted from 0; `classes` names them, else EMNIST's mapping
    file beside it does, else they are called by their numbers.
    Raises DataError for files that are missing, damaged or do not fit together, and where `which` is needed.
    Source: LeCun et al. (1998) for the format; Cohen et al. (2017) for EMNIST.
    """
    expect_three(shares)
    folder = Path(str(folder).strip()).expanduser()
    chosen, parts = _chosen(folder, which)
    turned = chosen.lower().startswith("emnist") if transposed is None else transposed
    read = {part: _read_pair(pair, turned) for part, pair in parts.items()}
    read, names = (read, tuple(classes)) if classes else _mapped(folder, chosen, read)
    name = chosen or folder.resolve().name
    if len(read) == 1:
        ((images, labels),) = read.values()
        return in_splits(images, labels_of(labels, len(images), names), name=name, shares=shares, seed=seed)
    return _with_test(*read["train"], *read["test"], names, name, shares, seed)


def _with_test(images, labels, test_images, test_labels, classes, name, shares, seed) -> Pictures:
    """The published test pictures as they are, the others divided between train and validation."""
    if images.shape[1:] != test_images.shape[1:]:
        raise DataError(
            f"expected test images of {size_in_words(images.shape[1:])}, like the training images; "
            f"got {size_in_words(test_images.shape[1:])}. The files belong to two data sets: keep them in two folders"
        )
    told = labels_of(np.concatenate([labels, test_labels]), len(images) + len(test_images), classes)
    held_in = shares[0] + shares[1]
    if not held_in > 0:
        raise DataError(f"expected a share of training or validation images above 0; got shares {shares}")
    two = (shares[0] / held_in, shares[1] / held_in)
    own = Labels(told.numbers[: len(images)], told.classes)
    train, validation = (
        Split(torch.from_numpy(images[index]), torch.from_numpy(own.numbers[index]))
        for index in divide(own.numbers, len(images), two, seed)
    )
    test = Split(torch.from_numpy(test_images), torch.from_numpy(told.numbers[len(images) :]))
    kind = f"{len(images):,} + {len(test_images):,} images of {size_in_words(images.shape[1:])}"
    full_name = f"{name} ({kind}, published test split, the rest {shares_in_words(two, seed)})"
    return Pictures(train, validation, test, full_name, told.classes)


def _chosen(folder: Path, which: str | None) -> tuple[str, dict[str, Pair]]:
    """The data set to read, by its name, which is empty for MNIST's own names, and its pairs of files by part."""
    if not folder.is_dir():
        came = "is a file" if folder.exists() else "does not exist"
        raise DataError(f"expected a folder of IDX files; {folder} {came}")
    found = _sets_in(folder)
    sets = {name: each for name, each in found.items() if which is None or name == which}
    if len(sets) != 1:
        there = ", ".join(repr(name) for name in sorted(found)) or "none"
        raise DataError(
            f"expected one IDX data set in {folder}, such as train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz"
            f"{'' if which is None else f', named {which!r}'}; there are: {there}. "
            + ("Give which=…, one of these" if found else "Give the folder that holds such files")
        )
    ((name, files),) = sets.items()
    parts = {}
    for part in ("train", "test"):
        here = {kind: path for (of, kind), path in files.items() if of == part}
        if len(here) == 1:
            (came,) = here.values()
            missing = "labels" if "images" in here else "images"
            raise DataError(f"expected the {missing} that belong to {came}; they are not in {folder}. {REMEDY}")
        if here:
            parts[part] = Pair(here["images"], here["labels"])
    return name, parts


def _sets_in(folder: Path) -> dict[str, dict[tuple[str, str], Path]]:
    """For each data set, the files by part and kind; of a file and its packed twin, the one that reads faster."""
    sets: dict[str, dict[tuple[str, str], Path]] = {}
    # A file in a folder of its own, which has the file's name, lies one level down.
    for path in sorted([*folder.glob("*"), *folder.glob("*/*"), *folder.glob("*/raw/*")], reverse=True):
        match = _NAME.match(path.name)
        if match and path.is_file():
            part = "test" if (match["part"] or "").lower() in _TEST else "train"
            sets.setdefault(match["set"] or "", {})[part, match["kind"].lower()] = path
    return sets


def _read_pair(pair: Pair, transposed: bool) -> tuple[np.ndarray, np.ndarray]:
    """The images upright, and their labels."""
    images, labels = _read_idx(pair.images), _read_idx(pair.labels)
    if images.ndim not in (3, 4) or labels.ndim != 1 or len(images) != len(labels) or not len(images):
        raise DataError(
            f"expected images [n, height, width] in {pair.images} and n labels in {pair.labels}; "
            f"got shapes {images.shape} and {labels.shape}. Files of two data sets may have been mixed"
        )
    if transposed:
        images = np.ascontiguousarray(np.swapaxes(images, 1, 2) if images.ndim == 3 else np.swapaxes(images, -1, -2))
    return as_bytes(images), labels


def _read_idx(path: Path) -> np.ndarray:
    """The array of an IDX file."""
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if content.startswith(GZIP) else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot read {path} ({error}). {REMEDY}") from error
    header = idx_header(content)
    if header is None:
        raise DataError(
            f"{path}: expected an IDX file of bytes, which begins with 00 00 08; it begins with "
            f"{content[:3].hex(' ') or 'nothing'}. {REMEDY}"
        )
    start, shape = header
    expected = start + math.prod(shape)
    if len(content) != expected:
        raise DataError(
            f"{path}: expected {expected:,} bytes by its header, shape {shape}; got {len(content):,}. {REMEDY}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _mapped(
    folder: Path, chosen: str, read: dict[str, tuple[np.ndarray, np.ndarray]]
) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], tuple[str, ...]]:
    """The labels counted from 0, and the characters that EMNIST's mapping file names; as they were without one."""
    paths = [path for where in ("", "*/") for path in folder.glob(f"{where}{chosen}-mapping.txt")] if chosen else []
    if not paths:
        return read, ()
    # A line holds the label and the codes of its character, the capital first; EMNIST's letters are counted from 1.
    pairs = [line.split()[:2] for line in paths[0].read_text(encoding="ascii").splitlines() if line.strip()]
    characters = {int(label): chr(int(code)) for label, code in pairs}
    known = np.array(sorted(characters))
    if not all(np.isin(labels, known).all() for _, labels in read.values()):
        return read, ()
    counted = {part: (images, np.searchsorted(known, labels)) for part, (images, labels) in read.items()}
    return counted, tuple(characters[each] for each in known.tolist())
