"""Writes a still picture small. It knows no figure of the book."""

from io import BytesIO

from matplotlib.figure import Figure
from PIL import Image


def small_png(figure: Figure, *, colours: int = 255) -> bytes:
    """The figure as a PNG of few colours, a third of its size otherwise, and without a version or a date in it."""
    drawn, small = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png")
    with Image.open(drawn) as image:
        few = image.convert("RGB").quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(small, format="png", optimize=True)
    return small.getvalue()
