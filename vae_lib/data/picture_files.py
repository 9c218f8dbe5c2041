"""One PNG or JPEG file as bytes: upright, on a background, grey or RGB, fitted to a size. It knows no folder or split.

Phones store a picture as the sensor lay and say in EXIF how it was held; a PNG may be transparent, have a palette or 16
bits. All of that is made plain here, and what cannot be is an error that says what it is.
"""

import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageColor, ImageOps, UnidentifiedImageError

from vae_lib.data.files import DataError

FORMATS = ("PNG", "JPEG")
FITS = ("crop", "pad", "stretch")
GREY_MODES = {"1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I"}
ORIENTATION, TURNED = 0x0112, (5, 6, 7, 8)  # EXIF's tag, and its values that swap width and height
LARGEST = 65535  # of 16 bits
DAMAGE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)  # what Pillow raises
ASPECT = 0.01  # how far two ratios of width to height may lie apart and still be called the same


class Header(NamedTuple):
    """What a file says of its picture before the pixels are read: (height, width) once upright, and whether grey."""

    size: tuple[int, int]
    grey: bool


class Look(NamedTuple):
    """What every picture is made: its size (height, width), RGB or grey, and how it is fitted to the size, on what."""

    size: tuple[int, int]
    colour: bool
    fit: str | None
    background: tuple[int, int, int]


def named_colour(background: str | tuple[int, int, int]) -> tuple[int, int, int]:
    """The red, green and blue of a colour's name, or of #rrggbb. Raises DataError for what is no colour."""
    try:
        return ImageColor.getrgb(background)[:3] if isinstance(background, str) else _rgb(background)
    except (ValueError, TypeError) as error:
        raise DataError(
            f'expected background as a colour, such as "white", "#f0f0f0" or (255, 255, 255); got {background!r}'
        ) from error


def read_header(path: Path) -> Header:
    """The size and the kind of a picture. Raises DataError for what is no still PNG or JPEG."""
    with _opened(path) as image:
        try:
            # In a PNG it may stand behind the pixels, which are then read to get there.
            turned = image.getexif().get(ORIENTATION) in TURNED
        except DAMAGE as error:
            raise DataError(f"damaged ({error})") from error
        size = image.size if turned else image.size[::-1]
        return Header(size, image.mode in GREY_MODES or (image.mode == "P" and _grey_palette(image)))


def read_picture(path: Path, look: Look) -> UInt8[np.ndarray, "*channels height width"]:
    """The picture as bytes. Raises DataError for a file that is damaged, or whose shape is not that of the size."""
    with _opened(path) as image:
        try:
            # Turned first: what is wide and what is high is asked of the upright picture.
            plain = on_background(ImageOps.exif_transpose(image), look.background)
        except DAMAGE as error:
            raise DataError(f"damaged ({error})") from error
    return as_array(_fitted(plain, look), colour=look.colour)


def on_background(image: Image.Image, background: tuple[int, int, int]) -> Image.Image:
    """The picture in grey ("L") or RGB, what is transparent in it laid over the background."""
    if image.mode in {"I", "I;16", "I;16B", "I;16L"}:
        return _from_16_bits(image)
    if image.mode in {"1", "L"} and "transparency" not in image.info:
        return image.convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    over = Image.new("RGBA", clear.size, (*background, 255))
    return Image.alpha_composite(over, clear).convert("RGB")


def as_array(image: Image.Image, *, colour: bool) -> UInt8[np.ndarray, "*channels height width"]:
    """A picture in grey or RGB as bytes, [height, width] or [3, height, width]."""
    if colour:
        return np.moveaxis(np.asarray(image.convert("RGB")), 2, 0)
    return np.asarray(image.convert("L"))


def same_shape(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a picture of one (height, width) becomes one of the other without cutting, padding or stretching.

    Rounding to whole pixels is no difference: 33 × 100 shrinks to 11 × 33.
    """
    (height, width), (rows, columns) = size, other
    ideal = height * columns / width
    return abs(ideal - rows) <= max(0.5, ASPECT * rows)


def _fitted(image: Image.Image, look: Look) -> Image.Image:
    """The picture at its size, cut at the middle, padded with the background, or stretched."""
    rows, columns = look.size
    if image.size == (columns, rows):
        return image
    resampling = Image.Resampling.LANCZOS
    if look.fit == "stretch" or same_shape(image.size[::-1], look.size):
        return image.resize((columns, rows), resampling)
    if look.fit == "crop":
        return ImageOps.fit(image, (columns, rows), resampling)
    if look.fit == "pad":
        grey = round(np.dot(look.background, (0.299, 0.587, 0.114)))
        return ImageOps.pad(image, (columns, rows), resampling, color=grey if image.mode == "L" else look.background)
    raise DataError(f"{image.height} × {image.width}, which is not the shape of {rows} × {columns}")


def _opened(path: Path) -> Image.Image:
    """The file opened as a still PNG or JPEG."""
    try:
        with warnings.catch_warnings():
            # A picture of over 89 million pixels may be a trap, or a scan: it is read, one at a time.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise DataError("neither PNG nor JPEG" if path.stat().st_size else "empty") from error
    except DAMAGE as error:
        raise DataError(f"cannot be opened ({error})") from error
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        image.close()
        raise DataError(f"an animation of {image.n_frames} pictures")
    return image


def _from_16_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 bits with the nearest of 256 levels."""
    levels = np.asarray(image).astype(np.int64)
    if levels.size and not (levels.min() >= 0 and levels.max() <= LARGEST):
        raise ValueError(f"levels from {levels.min()} to {levels.max()} where 0 to {LARGEST} were expected")
    return Image.fromarray(((levels * 255 + LARGEST // 2) // LARGEST).astype(np.uint8))


def _grey_palette(image: Image.Image) -> bool:
    """Whether every colour of a palette is a grey."""
    colours = np.array(image.getpalette("RGB") or [0, 0, 0]).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _rgb(background: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = (int(each) for each in background)
    if not all(0 <= each <= 255 for each in (red, green, blue)):
        raise ValueError("colours go from 0 to 255")
    return red, green, blue
