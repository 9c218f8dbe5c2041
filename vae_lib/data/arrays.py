"""Arrays, tensors and torch data sets as splits of bytes. It knows no files."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm.auto import tqdm

from vae_lib.data.files import DataError
from vae_lib.data.picture_files import on_background
from vae_lib.data.splits import (
    SHARES,
    Labels,
    Pictures,
    Split,
    as_array,
    divide,
    expect_three,
    labels_of,
    shares_in_words,
    size_in_words,
)

CHANNELS = (1, 3)
SHAPES = "[n, height, width], [n, channels, height, width] or [n, height, width, channels], with 1 or 3 channels"


def load_arrays(
    images: Any,
    labels: Any = None,
    *,
    classes: Sequence[str] = (),
    channels_last: bool | None = None,
    name: str = "arrays",
    shares: Sequence[float] = SHARES,
    seed: int = 0,
) -> Pictures:
    """Images that are in memory, an array or a tensor, as train, validation and test splits of bytes.

    They are bytes from 0 to 255 or floats in [0, 1], which are rounded to bytes, of shape [n, height, width],
    [n, channels, height, width] or [n, height, width, channels]. Where the shape leaves open which axis the channels
    are, `channels_last` says it. `labels`, whole numbers or words, one for each image, are counted from 0 in order, and
    `classes` names them if they are counted already. The splits are drawn with `seed`, every class in the same
    `shares`, and `name` says so. Raises DataError for what is not of these kinds.
    """
    pictures = as_bytes(images, channels_last)
    told = labels_of(labels, len(pictures), tuple(classes))
    return in_splits(pictures, told, name=name, shares=shares, seed=seed)


def load_dataset(
    dataset: Any,
    *,
    classes: Sequence[str] | None = None,
    name: str | None = None,
    shares: Sequence[float] = SHARES,
    seed: int = 0,
    progress: bool = True,
) -> Pictures:
    """A torch `Dataset` with a length, of images or of (image, label) pairs, as train, validation and test splits.

    An image is a PIL image, an array or a tensor, in the forms that `load_arrays` takes, all of one size. The names of
    the classes are `classes`, or the data set's own `.classes`. Each item is read once, with a bar of progress.
    Raises DataError for items that are not of these kinds.
    """
    if not (hasattr(dataset, "__len__") and hasattr(dataset, "__getitem__")):
        raise DataError(
            f"expected a data set with a length and items, got {type(dataset).__name__}. Of an iterable one, give "
            "load_arrays the images in one tensor: torch.stack(list(dataset))"
        )
    pictures, labels = _read_items(dataset, progress)
    own = [str(each) for each in getattr(dataset, "classes", ())] if labels is not None else []
    told = labels_of(labels, len(pictures), tuple(own if classes is None else classes))
    return in_splits(pictures, told, name=name or type(dataset).__name__, shares=shares, seed=seed)


def as_bytes(images: Any, channels_last: bool | None = None) -> np.ndarray:
    """Images as bytes of shape [n, height, width] or [n, channels, height, width]; raises DataError for other kinds."""
    array = as_array(images)
    if array.ndim not in (3, 4) or not array.size:
        raise DataError(
            f"expected images of shape {SHAPES}, one or more; got shape {array.shape}. Rows of pixels get their shape "
            "back by images.reshape(-1, height, width)"
        )
    if array.ndim == 4:
        array = _channels_first(array, channels_last)
    return _levels(array)


def in_splits(images: np.ndarray, told: Labels | None, *, name: str, shares: Sequence[float], seed: int) -> Pictures:
    """Images and their labels in the three splits that the seed draws."""
    expect_three(shares)
    indices = divide(None if told is None else told.numbers, len(images), shares, seed)
    train, validation, test = (Split(*_taken(images, told, index)) for index in indices)
    kind = f"{len(images):,} images of {size_in_words(images.shape[1:])}"
    full_name = f"{name} ({kind}, {shares_in_words(shares, seed)})"
    return Pictures(train, validation, test, full_name, () if told is None else told.classes)


def _taken(images: np.ndarray, told: Labels | None, index: np.ndarray) -> tuple[Tensor, Tensor | None]:
    labels = None if told is None else torch.from_numpy(told.numbers[index])
    return torch.from_numpy(images[index]), labels


def _channels_first(array: np.ndarray, channels_last: bool | None) -> np.ndarray:
    """The images with the channels before the rows; a single channel is left out."""
    first, last = array.shape[1] in CHANNELS, array.shape[3] in CHANNELS
    if channels_last is None:
        if first == last:
            which = "either axis could hold the channels; say channels_last=True or False" if first else (
                "no axis holds 1 or 3 channels; of four, leave out transparency with images[..., :3]"
            )  # fmt: skip
            raise DataError(f"expected images of shape {SHAPES}; got {array.shape}, where {which}")
        channels_last = last
    elif not (last if channels_last else first):
        raise DataError(f"expected 1 or 3 channels with channels_last={channels_last}; got shape {array.shape}")
    if channels_last:
        array = np.moveaxis(array, 3, 1)
    return array[:, 0] if array.shape[1] == 1 else array


def _levels(array: np.ndarray) -> np.ndarray:
    """Bytes as they are, floats in [0, 1] and truth values as the nearest of 256 levels."""
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype.kind not in "iuf":
        raise DataError(f"expected images as bytes from 0 to 255 or as floats in [0, 1]; got {array.dtype}")
    low, high = array.min(), array.max()
    # NaN fails every comparison.
    if array.dtype.kind == "f":
        if not (low >= 0 and high <= 1):
            raise DataError(
                f"expected floats in [0, 1], got {low:.4g} to {high:.4g}; scale them, (images - low) / (high - low), "
                "or give bytes from 0 to 255"
            )
        return np.rint(array * np.float32(255)).astype(np.uint8)
    if not (low >= 0 and high <= 255):
        raise DataError(f"expected bytes from 0 to 255, got {array.dtype} from {low} to {high}; scale them to 255")
    if array.size and 0 < high < 32:
        raise DataError(
            f"expected levels from 0 to 255, got whole numbers of at most {high}, which are nearly black; "
            f"images / {high} are floats in [0, 1]"
        )
    return array.astype(np.uint8)


def _read_items(dataset: Any, progress: bool) -> tuple[np.ndarray, list | None]:
    """All images of a data set in one array of bytes, and their labels where it has some."""
    count = len(dataset)
    if count < 1:
        raise DataError(f"expected a data set with images, got {type(dataset).__name__} without any")
    pictures, labels = None, []
    for index in tqdm(range(count), desc="images", leave=False, **({} if progress else {"disable": True})):
        item = dataset[index]
        image, *label = item if isinstance(item, tuple | list) else (item,)
        picture = _item_bytes(image, index)
        if pictures is None:
            pictures = np.empty((count, *picture.shape), np.uint8)
        if picture.shape != pictures.shape[1:]:
            raise DataError(
                f"expected images of one size, {size_in_words(pictures.shape[1:])} like item 0; item {index} has "
                f"{size_in_words(picture.shape)}. Resize them in the data set"
            )
        pictures[index] = picture
        labels += [_item_label(each, index) for each in label[:1]]
    if labels and len(labels) != count:
        raise DataError(f"expected a label with every item or with none; {len(labels):,} of {count:,} have one")
    return pictures, labels or None


def _item_bytes(image: Any, index: int) -> np.ndarray:
    """One item's image as bytes; a PIL image is made grey or RGB first, transparent parts on white."""
    if isinstance(image, Image.Image):
        image = np.asarray(on_background(image, (255, 255, 255)))
    array = as_array(image)
    try:
        # A dark picture of bytes is no mistake of scale: only the whole set could be one.
        if array.dtype == np.uint8 and array.ndim in (2, 3):
            return array if array.ndim == 2 else _channels_first(array[None], None)[0]
        return as_bytes(array[None])[0]
    except DataError as error:
        raise DataError(f"item {index}: {error}") from error


def _item_label(label: Any, index: int) -> int | str:
    try:
        return label if isinstance(label, str) else int(label)
    except (TypeError, ValueError) as error:
        raise DataError(f"item {index}: expected a label as a whole number or a word; got {label!r}") from error
