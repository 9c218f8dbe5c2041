"""What SciPy and PyTorch say of a normal density pushed through a curve, for the tests of its figure under Node."""

import numpy as np
import torch
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator
from torch.distributions import Normal

CURVES = {
    "a line": [(-2.4, -1.8), (-0.8, -0.6), (0.8, 0.6), (2.4, 1.8)],
    "a split": [(-2.4, -2.0), (-0.2, -1.2), (0.2, 1.2), (2.4, 2.0)],
    "a fold": [(-2.4, 2.2), (-0.4, -1.5), (0.8, 0.2), (2.4, 2.2)],
    "three folds": [(-3.0, -2.5), (-0.7, 1.3), (0.1, -1.9), (1.0, 3.1)],
    "falling": [(-3.2, 3.2), (-3.1, 0.4), (2.0, -0.1), (3.2, -3.2)],
    "flat in the middle": [(-2.4, -1.8), (-0.8, 0.5), (0.8, 0.5), (2.4, 1.8)],
    "flat at the ends": [(-2.4, -1.0), (-0.8, -1.0), (0.8, 1.0), (2.4, 1.0)],
}
PLACES = [-6.0, -3.0, -1.7, -0.8, -0.3, 0.0, 0.31, 0.8, 1.1, 2.4, 2.9, 5.0]
EDGES = [-40.0, -3.0, -2.0, -1.0, -0.25, 0.25, 1.0, 2.0, 3.0, 40.0]


def spline(points):
    """The curve as SciPy has it: PCHIP's slopes at the inner points, the outer chords' at the ends and beyond."""
    z, x = np.array(points).T
    slopes = PchipInterpolator(z, x).derivative()(z)
    slopes[0], slopes[-1] = (x[1] - x[0]) / (z[1] - z[0]), (x[-1] - x[-2]) / (z[-1] - z[-2])
    inner = CubicHermiteSpline(z, x, slopes)

    def value(at):
        at = np.asarray(at, float)
        beyond = x[0] + slopes[0] * (at - z[0]), x[-1] + slopes[-1] * (at - z[-1])
        return np.where(at < z[0], beyond[0], np.where(at > z[-1], beyond[1], inner(at)))

    def slope(at):
        at = np.asarray(at, float)
        return np.where(at < z[0], slopes[0], np.where(at > z[-1], slopes[-1], inner.derivative()(at)))

    return value, slope


def masses(value, edges=EDGES, count=4_000_001):
    """The probability between the edges, from nothing but a fine grid of z and their normal probability."""
    cuts = torch.linspace(-8, 8, count, dtype=torch.float64)
    weights = Normal(torch.zeros((), dtype=torch.float64), 1.0).cdf(cuts).diff().numpy()
    middles = (cuts[1:] + cuts[:-1]).numpy() / 2
    return np.histogram(value(middles), edges, weights=weights)[0]


def reference():
    """One entry for each curve: its values and slopes, and how much probability it brings between some edges."""
    standard = Normal(torch.zeros((), dtype=torch.float64), 1.0)
    curves = []
    for name, points in CURVES.items():
        value, slope = spline(points)
        curve = {"name": name, "points": points, "values": value(PLACES).tolist(), "slopes": slope(PLACES).tolist()}
        curves.append(curve | {"masses": masses(value).tolist()})
    return {
        "places": PLACES,
        "edges": EDGES,
        "curves": curves,
        "sixteenths": standard.icdf(torch.arange(1, 16, dtype=torch.float64) / 16).tolist(),
        "density": standard.log_prob(torch.tensor(PLACES, dtype=torch.float64)).exp().tolist(),
    }
