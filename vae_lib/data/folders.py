"""A folder of PNG and JPEG files as splits of bytes: subfolders are classes, and no file is dropped without a word.

Room for all pictures is taken once, at their final size; each file is decoded into its place there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from tqdm.auto import tqdm

from vae_lib.data.files import DataError
from vae_lib.data.picture_files import FITS, Header, Look, named_colour, read_header, read_picture, same_shape
from vae_lib.data.splits import (
    SHARES,
    Pictures,
    Split,
    divide,
    expect_three,
    labels_of,
    shares_in_words,
    size_in_words,
)

SUFFIXES = {".png", ".jpg", ".jpeg", ".jpe", ".jfif"}
# Kinds of picture that Pillow may not know, and that are not to be passed over as notes are.
FOREIGN = {".heic", ".heif", ".avif", ".svg", ".raw", ".dng", ".cr2", ".nef", ".jxl", ".psd"}
NAMED = 10  # so many files are named in an error; the rest are counted


class Found(NamedTuple):
    """A picture's file, and its class: the subfolder it lies in, or nothing."""

    path: Path
    label: str


def load_images(
    folder: str | Path,
    *,
    size: int | Sequence[int] | None = None,
    colour: bool | None = None,
    fit: str | None = None,
    background: str | tuple[int, int, int] = "white",
    shares: Sequence[float] = SHARES,
    seed: int = 0,
    progress: bool = True,
) -> Pictures:
    """The PNG and JPEG files of a folder, as train, validation and test splits of bytes.

    Each subfolder is a class of its name, with all the pictures below it; without subfolders there are no labels.
    `size` is the side of a square or (height, width); without it all pictures must have one size already. `colour` says
    whether they become RGB, [n, 3, height, width], or grey, [n, height, width]; without it they become RGB if any file
    is. A picture of another shape than `size` is fitted as `fit` says: "crop" cuts at the middle, "pad" adds
    background, "stretch" distorts. Pictures are turned as EXIF says, transparent ones laid over `background`, 16 bits
    rounded to 8. Hidden files and files that are no pictures by their names are passed over. The splits are drawn with
    `seed`, every class in the same `shares`, and `.name` says so; a split's `.files` are the paths below the folder.
    Raises DataError, which names the files, for any picture that cannot be read, and for pictures that do not fit.
    """
    expect_three(shares)
    folder = Path(str(folder).strip()).expanduser()
    found, sides, fill = _pictures_in(folder), _size(size), named_colour(background)
    if fit is not None and fit not in FITS:
        raise DataError(f"expected fit as one of {', '.join(FITS)}; got {fit!r}")
    headers = _headers(folder, found, progress)
    look = Look(_common_size(folder, found, headers, sides, fit), _in_colour(headers, colour), fit, fill)
    told = labels_of([each.label for each in found], len(found)) if found[0].label else None
    indices = divide(None if told is None else told.numbers, len(found), shares, seed)
    arrays = _decoded(folder, found, look, indices, progress)
    names = [each.path.relative_to(folder).as_posix() for each in found]
    train, validation, test = (
        Split(
            torch.from_numpy(array),
            None if told is None else torch.from_numpy(told.numbers[index]),
            tuple(names[k] for k in index),
        )
        for array, index in zip(arrays, indices, strict=True)
    )
    kind = f"{len(found):,} images of {size_in_words(arrays[0].shape[1:])}"
    fitted = f", {fit}" if fit else ""
    name = f"{folder.resolve().name} ({kind}{fitted}, {shares_in_words(shares, seed)})"
    return Pictures(train, validation, test, name, () if told is None else told.classes)


def _pictures_in(folder: Path) -> list[Found]:
    """Every picture of the folder, in an order that is the same on every machine."""
    if not folder.is_dir():
        came = "is a file" if folder.exists() else "does not exist"
        raise DataError(f"expected a folder of PNG or JPEG pictures; {folder} {came}")
    try:
        # In the order a person would number: 2.png before 10.png.
        paths = sorted((path for path in folder.rglob("*") if _shown(path, folder)), key=_numbered)
    except OSError as error:
        raise DataError(f"cannot look through {folder} ({error}). Let this user read it") from error
    Image.init()
    foreign = [path for path in paths if path.suffix.lower() in (Image.EXTENSION.keys() | FOREIGN) - SUFFIXES]
    if foreign:
        _refuse(folder, [(path, f"{path.suffix} file") for path in foreign], "Save them as PNG or JPEG, or move them")
    found = [Found(path, _class_of(path, folder)) for path in paths if path.suffix.lower() in SUFFIXES]
    if not found:
        raise DataError(f"expected PNG or JPEG pictures in {folder} or its subfolders; there are none")
    beside = [(each.path, "in no subfolder") for each in found if not each.label]
    if beside and len(beside) < len(found):
        _refuse(folder, beside, "Subfolders are classes: move these into one, or all pictures out of the subfolders")
    return found


def _shown(path: Path, folder: Path) -> bool:
    """Whether it is a file that is not hidden, nor in a hidden folder or a leftover of an archive."""
    parts = path.relative_to(folder).parts
    return path.is_file() and not any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _class_of(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    return parts[0] if len(parts) > 1 else ""


def _numbered(path: Path) -> list[tuple[bool, int, str]]:
    parts = re.split(r"(\d+)", path.as_posix())
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _size(size: int | Sequence[int] | None) -> tuple[int, int] | None:
    """The height and the width that `size` asks for."""
    if size is None:
        return None
    sides = (size, size) if isinstance(size, int) else tuple(size)
    if len(sides) != 2 or not all(isinstance(side, int) and side >= 1 for side in sides):
        raise DataError(f"expected size as the side of a square or (height, width), in pixels; got {size!r}")
    return sides[0], sides[1]


def _headers(folder: Path, found: list[Found], progress: bool) -> list[Header]:
    """What each file says of itself; one error for all that cannot say it."""
    headers, faults = [], []
    for each in _shown_progress(found, "looking", progress):
        try:
            headers.append(read_header(each.path))
        except (DataError, OSError) as error:
            faults.append((each.path, str(error)))
    if faults:
        _refuse(folder, faults, "Mend them, or move them out of the folder")
    return headers


def _common_size(
    folder: Path, found: list[Found], headers: list[Header], sides: tuple[int, int] | None, fit: str | None
) -> tuple[int, int]:
    """The size all pictures become. Raises DataError where that needs a choice that nobody made."""
    sizes = Counter(header.size for header in headers)
    if sides is None:
        (common, _), *others = sizes.most_common()
        if others:
            few = ", ".join(f"{size_in_words(each)} ({count:,})" for each, count in sizes.most_common(4))
            raise DataError(
                f"expected pictures of one size in {folder}, since no size is given; there are {len(sizes)}: {few}"
                f"{' …' if len(sizes) > 4 else ''}. Give one: size=32, or size=(height, width)"
            )
        return common
    if fit is None:
        wrong = [
            (each.path, size_in_words(header.size))
            for each, header in zip(found, headers, strict=True)
            if not same_shape(header.size, sides)
        ]
        if wrong:
            choice = 'fit="crop" (cuts at the middle), "pad" (adds background) or "stretch" (distorts)'
            _refuse(folder, wrong, f"They have not the shape of {size_in_words(sides)}; choose {choice}")
    return sides


def _in_colour(headers: list[Header], colour: bool | None) -> bool:
    return not all(header.grey for header in headers) if colour is None else bool(colour)


def _decoded(
    folder: Path, found: list[Found], look: Look, indices: list[np.ndarray], progress: bool
) -> list[np.ndarray]:
    """The pictures of each split, each file decoded into its place; one error for all that are damaged."""
    shape = (3, *look.size) if look.colour else look.size
    arrays = [np.empty((len(index), *shape), np.uint8) for index in indices]
    places = [(array, at, found[k].path) for array, index in zip(arrays, indices, strict=True)
              for at, k in enumerate(index)]  # fmt: skip
    faults = []
    for array, at, path in _shown_progress(places, "reading", progress):
        try:
            array[at] = read_picture(path, look)
        except (DataError, OSError) as error:
            faults.append((path, str(error)))
    if faults:
        _refuse(folder, sorted(faults), "Mend them, or move them out of the folder")
    return arrays


def _shown_progress(items: list, verb: str, progress: bool) -> Iterable:
    return tqdm(items, desc=verb, unit="file", leave=False, **({} if progress else {"disable": True}))


def _refuse(folder: Path, faults: list[tuple[Path, str]], remedy: str) -> None:
    """Raise DataError that names the files, the first few of them, and counts the rest."""
    listed = "; ".join(f"{path.relative_to(folder).as_posix()}: {fault}" for path, fault in faults[:NAMED])
    more = f"; and {len(faults) - NAMED:,} more" if len(faults) > NAMED else ""
    raise DataError(f"{len(faults):,} of the files in {folder} cannot be taken: {listed}{more}. {remedy}.")
