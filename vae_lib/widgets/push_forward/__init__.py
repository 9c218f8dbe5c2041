"""A curve g through four points, to be dragged, and what it makes of a standard normal z: the density of x = g(z).

It knows one density, N(0, 1), curves in one dimension, and no model.
"""

import itertools
from typing import Any

import numpy as np
import traitlets
from jaxtyping import Float

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.draws import fixed_draws
from vae_lib.widgets.figure import InteractiveFigure

CONSTANTS = constants_beside(__file__)
EXTENT = tuple(CONSTANTS["extent"])  # Of z, then of x.
GAP = CONSTANTS["gap"]  # Between two neighbouring points, along z.
SAMPLES = CONSTANTS["samples"]
BINS = CONSTANTS["bins"]
LINE = tuple(map(tuple, CONSTANTS["shapes"]["Line"]))

Points = tuple[tuple[float, float], ...]
Values = Float[np.ndarray, " n"]


class CurvePoints(traitlets.TraitType):
    """Four points (z, x) in the order of z; tuples, so that no one changes a part of them unseen."""

    info_text = f"four points (z, x) from {EXTENT[0]:g} to {EXTENT[1]:g}, each z {GAP:g} or more above the one before"

    def validate(self, obj: Any, value: Any) -> Points:
        """The value as pairs of floats. Raises TypeError for what holds no numbers, ValueError for a wrong order."""
        try:
            points = tuple((float(z), float(x)) for z, x in value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"expected {self.name} to be {self.info_text}; got {value!r}") from error
        low, high, *_ = EXTENT
        inside = all(low <= each <= high for point in points for each in point)
        # A little less than the gap: two decimals of it are not exact.
        apart = all(z1 - z0 > 0.999 * GAP for (z0, _), (z1, _) in itertools.pairwise(points))
        if len(points) != 4 or not (inside and apart):
            raise ValueError(f"expected {self.name} to be {self.info_text}; got {value!r}")
        return points


class PushForward(InteractiveFigure):
    """Drag the points of a curve g and see N(0, 1) become the density of x = g(z), by formula and by samples.

    `points` are the four points (z, x) of g, `chosen` says which of them, 0 to 3, the figure explains, `seed` draws
    other samples. All can be read, set and observed; a value that makes no curve raises TypeError, ValueError or
    traitlets.TraitError. Shown in: what_is_a_generative_model.
    """

    figure = "push-forward"

    points = CurvePoints(LINE, help="The points (z, x) of g.").tag(sync=True)
    chosen = traitlets.Int(1, min=0, max=3, help="The point that is explained.").tag(sync=True)
    seed = traitlets.Int(1, min=0, help="Which samples.").tag(sync=True)

    def __repr__(self) -> str:
        points = ", ".join(f"({z:.2f}, {x:.2f})" for z, x in self.points)
        return f"PushForward({points})"

    def curve(self, z: Values) -> tuple[Values, Values]:
        """The value and the slope of g at each z.

        Source: Fritsch and Butland (1984), the monotone cubic between points; beyond the last ones a straight line.
        """
        at, x = np.array(self.points).T
        slopes = _slopes(at, x)
        k = np.clip(np.searchsorted(at, z, side="right") - 1, 0, len(at) - 2)
        width, rise = np.diff(at)[k], (np.diff(x) / np.diff(at))[k]
        t = (z - at[k]) / width
        bend = (1 - t) * (slopes[k] - rise) - t * (slopes[k + 1] - rise)
        value = x[k] + width * t * (rise + (1 - t) * bend)
        slope = rise + (1 - 2 * t) * bend - t * (1 - t) * (slopes[k] + slopes[k + 1] - 2 * rise)
        for end, beyond in ((0, z < at[0]), (-1, z >= at[-1])):
            value = np.where(beyond, x[end] + slopes[end] * (z - at[end]), value)
            slope = np.where(beyond, slopes[end], slope)
        return value, slope

    def samples(self) -> tuple[Values, Values]:
        """The draws of z that the figure shows, and where g takes them."""
        z = fixed_draws(SAMPLES // 2, self.seed).reshape(-1)
        return z, self.curve(z)[0]

    def state(self) -> dict[str, Any]:
        """All that can be set."""
        return {"points": [list(point) for point in self.points], "chosen": self.chosen, "seed": self.seed}

    def alt_text(self) -> str:
        """The still picture in words."""
        _, x = self.samples()
        shares = np.histogram(x, [-np.inf, -1, 1, np.inf])[0] / len(x)
        low, middle, high = (f"{share:.0%}" for share in shares)
        points = ", ".join(f"({z:g}, {x:g})" for z, x in self.points)
        return (
            f"The curve x = g(z) through the points {points}; below it the density of z, N(0, 1), beside it that of x, "
            f"each with a histogram of {SAMPLES:,} samples under its formula. Of the samples x {low} lie below −1, "
            f"{middle} between −1 and 1, {high} above 1."
        )

    def still(self) -> bytes:
        """The curve and both densities, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.push_forward.still import draw_push

        z = np.linspace(-5, 5, 400_001)
        curve = z, self.curve(z)[0]
        return draw_push(self.points, curve, self.samples(), chosen=self.chosen, extent=EXTENT, bins=BINS)


def _slopes(z: Values, x: Values) -> Values:
    """The slope of g at each point: a harmonic mean of the rises on both sides, 0 where it turns or is flat."""
    width = np.diff(z)
    rise = np.diff(x) / width
    left, right = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same_way = rise[:-1] * rise[1:] > 0
    before, after = np.where(same_way, rise[:-1], 1.0), np.where(same_way, rise[1:], 1.0)
    inner = np.where(same_way, (left + right) / (left / before + right / after), 0.0)
    return np.concatenate([rise[:1], inner, rise[-1:]])
