"""EM for a mixture of Gaussians in the plane, as the front end does it in arithmetic.mjs. It draws nothing.

Levels are in nats, a mean over the points. Source: Dempster, Laird and Rubin (1977); Bishop (2006), section 9.2.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from vae_lib.widgets.constants import constants_beside

CONSTANTS = constants_beside(__file__)
COMPONENTS = CONSTANTS["components"]
LEAST_WEIGHT = CONSTANTS["least_weight"]  # Of a component that answers for nothing: its logarithm stays a number.
LEAST_SHARE = CONSTANTS["least_share"]  # Points: a component that answers for less stays where it is.
LEAST_VARIANCE = CONSTANTS["least_variance"]  # As a share of the points' own.
Points = Float[np.ndarray, "n 2"]
Shares = Float[np.ndarray, "n components"]


class Theta(NamedTuple):
    """The mixture's parameters; a covariance is its xx, xy and yy."""

    weights: Float[np.ndarray, " components"]
    means: Float[np.ndarray, "components 2"]
    covariances: Float[np.ndarray, "components 3"]


def start_of(points: Points, start: int) -> tuple[Theta, Shares]:
    """Where a run begins: three of the points as means, wide round Gaussians, and an even q."""
    means = points[(COMPONENTS * start + np.arange(COMPONENTS)) % len(points)]
    variance = points.var(axis=0).mean() / 2
    covariances = np.tile([variance, 0.0, variance], (COMPONENTS, 1))
    even = np.full(COMPONENTS, 1 / COMPONENTS)
    return Theta(even, means, covariances), np.tile(even, (len(points), 1))


def log_joint(theta: Theta, points: Points) -> Shares:
    """log p(x, k) for each point and component."""
    xx, xy, yy = theta.covariances.T
    dx, dy = np.moveaxis(points[:, None] - theta.means, -1, 0)
    det = xx * yy - xy * xy
    distance = (yy * dx**2 - 2 * xy * dx * dy + xx * dy**2) / det
    return np.log(theta.weights) - np.log(2 * np.pi) - 0.5 * (np.log(det) + distance)


def responsibilities(theta: Theta, points: Points) -> Shares:
    """The exact posterior of each point's component."""
    joint = log_joint(theta, points)
    return np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])


def refitted(q: Shares, points: Points, theta: Theta) -> Theta:
    """The parameters with the highest bound for this q, with guards that never lower the bound."""
    share = q.sum(axis=0)
    stays = share < LEAST_SHARE
    mean = np.where(stays, 0.0, q / np.where(stays, 1.0, share))
    means = np.where(stays[:, None], theta.means, mean.T @ points)
    dx, dy = np.moveaxis(points[:, None] - means, -1, 0)
    spread = np.stack([(mean * part).sum(axis=0) for part in (dx * dx, dx * dy, dy * dy)], axis=1)
    shorter = (spread[:, 0] + spread[:, 2]) / 2 - np.hypot((spread[:, 0] - spread[:, 2]) / 2, spread[:, 1])
    shrunk = shorter < LEAST_VARIANCE * points.var(axis=0).mean()
    covariances = np.where(shrunk[:, None], theta.covariances, spread)
    return Theta(np.maximum(share / len(points), LEAST_WEIGHT), means, covariances)


def levels_of(theta: Theta, q: Shares, points: Points) -> tuple[float, float]:
    """log p(x) and the bound that q makes of it, which lies below it by KL(q ‖ posterior)."""
    joint = log_joint(theta, points)
    inside = np.where(q > 0, q * (joint - np.log(np.where(q > 0, q, 1.0))), 0.0)
    return float(np.logaddexp.reduce(joint, axis=1).mean()), float(inside.sum(axis=1).mean())
