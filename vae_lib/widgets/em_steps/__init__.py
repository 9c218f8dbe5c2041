"""EM for a mixture of three Gaussians in the plane, to be stepped through by hand.

It knows the points it is given, and no trained model.
"""

import base64
import math
from typing import Any

import numpy as np
import traitlets

from vae_lib.widgets.draws import fixed_draws
from vae_lib.widgets.em_steps.arithmetic import COMPONENTS, CONSTANTS, Theta, levels_of, start_of
from vae_lib.widgets.figure import InteractiveFigure

STARTS = CONSTANTS["starts"]
ASPECT = 1.2  # Of the plane, width to height.
MARGIN = 0.08  # Around the points, as a share of their reach.
FINEST = CONSTANTS["finest"]  # Twelve bits a coordinate.
FEWEST, MOST = COMPONENTS, 500


class Numbers(traitlets.TraitType):
    """Finite numbers of one shape, kept as nested tuples, so that no one changes half of them unseen."""

    def __init__(self, shape: tuple[int | None, ...], **kwargs: Any):
        self.shape = shape
        super().__init__((), **kwargs)

    def validate(self, obj: Any, value: Any) -> tuple:
        """The value as nested tuples of floats. Raises ValueError for another shape or a number that is not finite."""
        wanted = tuple(len(obj.xy) if each is None else each for each in self.shape)
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            array = np.empty(0)
        if array.shape != wanted or not np.isfinite(array).all():
            raise ValueError(f"expected {self.name} to be finite numbers of shape {wanted}, got {value!r}"[:300])
        return _tuples(array)


class EMSteps(InteractiveFigure):
    """Take the E-steps and M-steps of a mixture of three Gaussians one by one, and see the bound climb.

    `points`, shape `[n, 2]`, are 3 to 500 points, by default 99 of its own; the figure keeps them in 12 bits a
    coordinate, as `xy`. `start` chooses one of five starts. `weights`, `means`, `covariances` (xx, xy, yy of each) and
    `q`, shape `[n, 3]`, can be read and set. Raises ValueError for other points or numbers, traitlets.TraitError for
    another start. Shown in: expectation_maximization.
    """

    figure = "em-steps"

    points = traitlets.Unicode(help="The points, 3 bytes each, in base64.").tag(sync=True)
    extent = Numbers((4,), help="Left, right, bottom and top of the plane.").tag(sync=True)
    start = traitlets.Int(0, min=0, max=STARTS - 1, help="Which start.").tag(sync=True)
    weights = Numbers((COMPONENTS,), help="The components' weights.").tag(sync=True)
    means = Numbers((COMPONENTS, 2), help="The components' means.").tag(sync=True)
    covariances = Numbers((COMPONENTS, 3), help="xx, xy and yy of each component.").tag(sync=True)
    q = Numbers((None, COMPONENTS), help="Who answers for each point.").tag(sync=True)

    def __init__(self, points: Any = None, *, start: int = 0):
        given = _own_points() if points is None else _checked(points)
        extent = _extent_of(given)
        packed = _pack(given, extent)
        self.xy = _unpack(packed, extent)
        theta, q = start_of(self.xy, start)
        values = dict(zip(Theta._fields, map(_tuples, theta), strict=True))
        text = base64.b64encode(packed).decode()
        super().__init__(points=text, extent=_tuples(extent), start=start, q=_tuples(q), **values)

    def __repr__(self) -> str:
        return f"EMSteps({len(self.xy)} points, start={self.start})"

    @property
    def theta(self) -> Theta:
        """The mixture's parameters as arrays."""
        return Theta(*(np.array(getattr(self, name)) for name in Theta._fields))

    @property
    def levels(self) -> tuple[float, float]:
        """log p(x) and the bound, in nats, a mean over the points."""
        return levels_of(self.theta, np.array(self.q), self.xy)

    def state(self) -> dict[str, Any]:
        """The points and the start, from which the front end computes the rest."""
        return {"points": self.points, "extent": list(self.extent), "start": self.start}

    def alt_text(self) -> str:
        """The still picture in words."""
        from vae_lib.widgets.em_steps.still import ROUNDS, climb

        entries = climb(self.xy, self.start, ROUNDS)
        return (
            f"{len(self.xy)} points and three Gaussians as ellipses, first after one E step and then after {ROUNDS} "
            "rounds of EM, each point coloured by who answers for it; below, the bound climbs in steps under "
            f"log p(x), from {entries[1].bound:.2f} to {entries[-1].bound:.2f} nats per point."
        )

    def still(self) -> bytes:
        """The mixture early and late in a run from this start, and the bound's climb, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.em_steps.still import draw_run

        return draw_run(self.xy, self.start, self.extent)

    @traitlets.observe("start")
    def _begin_anew(self, change: Any) -> None:
        """Compute all numbers anew for another start, unless the front end has sent them along."""
        theta, q = start_of(self.xy, change.new)
        fresh = {**theta._asdict(), "q": q}
        with self.hold_sync():
            for name, value in fresh.items():
                if not np.allclose(getattr(self, name), value, rtol=0, atol=1e-9):
                    setattr(self, name, value)


def _tuples(array: np.ndarray) -> tuple:
    """The array as nested tuples of floats."""
    return tuple(map(_tuples, array)) if array.ndim > 1 else tuple(array.tolist())


def _checked(points: Any) -> np.ndarray:
    """The points as an array; tensors may be on any device and carry gradients."""
    xy = np.asarray(points.detach().cpu() if hasattr(points, "detach") else points)
    if xy.ndim != 2 or xy.shape[1] != 2 or not FEWEST <= len(xy) <= MOST:
        raise ValueError(f"expected {FEWEST} to {MOST} points of shape [n, 2], got an array of shape {xy.shape}")
    xy = xy.astype(float)
    if not np.isfinite(xy).all():
        raise ValueError("expected finite points, got one that is infinite or no number")
    if not np.ptp(xy, axis=0).all():
        raise ValueError("expected points that differ in both coordinates, got points on a line along an axis")
    return xy


def _extent_of(xy: np.ndarray) -> np.ndarray:
    """Left, right, bottom and top of a plane with one scale that has room around all points."""
    middle, reach = (xy.max(axis=0) + xy.min(axis=0)) / 2, np.ptp(xy, axis=0) * (1 + 2 * MARGIN) / 2
    height = max(reach[1], reach[0] / ASPECT)
    # Short decimals: they are written into the page, and both sides read the same numbers from there.
    decimals = max(0, 3 - math.floor(math.log10(height)))
    left, bottom = middle - [ASPECT * height, height]
    return np.round([left, left + 2 * ASPECT * height, bottom, bottom + 2 * height], decimals)


def _pack(xy: np.ndarray, extent: np.ndarray) -> bytes:
    """Three bytes a point, twelve bits a coordinate."""
    share = (xy - extent[[0, 2]]) / (extent[[1, 3]] - extent[[0, 2]])
    x, y = np.round(share * FINEST).astype(int).clip(0, FINEST).T
    return np.stack([x >> 4, (x & 15) << 4 | y >> 8, y & 255], axis=1).astype(np.uint8).tobytes()


def _unpack(packed: bytes, extent: np.ndarray) -> np.ndarray:
    """The points that the bytes stand for, as the front end reads them."""
    one, two, three = np.frombuffer(packed, np.uint8).reshape(-1, 3).T.astype(int)
    share = np.stack([one << 4 | two >> 4, (two & 15) << 8 | three], axis=1) / FINEST
    return extent[[0, 2]] + (extent[[1, 3]] - extent[[0, 2]]) * share


def _own_points() -> np.ndarray:
    """99 points of three overlapping groups, the same on every machine; one of the five starts ends lower."""
    draws = fixed_draws(99, 56).reshape(33, COMPONENTS, 2)
    stretch = np.array([[[1.0, 0.5], [0.0, 0.35]], [[0.9, -0.35], [0.0, 0.45]], [[0.45, 0.1], [0.0, 0.9]]])
    centres = np.array([[-1.6, -0.6], [0.3, 1.3], [1.7, -0.7]])
    points = (centres + np.einsum("nki,kij->nkj", draws, stretch)).reshape(-1, 2)
    # In an order of no meaning: the starts are the first points.
    return points[np.argsort(fixed_draws(99, 1056)[:, 0])]
