"""A Gaussian fitted to two humps in both directions of KL, to be dragged: the humps, and where the descent starts.

It knows one-dimensional mixtures of two Gaussians of one width, and no model.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import traitlets
from jaxtyping import Float

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.figure import InteractiveFigure

CONSTANTS = constants_beside(__file__)
EXTENT = tuple(CONSTANTS["extent"])  # The plane of the start, μ and log σ².
BOUNDS = CONSTANTS["bounds"]  # Of the target.
REACH, INTERVALS = CONSTANTS["reach"], CONSTANTS["intervals"]  # Standard deviations on either side, and their steps.
LONGEST_STEP, MOST_STEPS = CONSTANTS["longest_step"], CONSTANTS["most_steps"]  # Of a descent.

NODES = np.linspace(-REACH, REACH, INTERVALS + 1)
MASSES = np.exp(-0.5 * NODES**2) / math.sqrt(2 * math.pi) * (2 * REACH / INTERVALS)
Plane = Float[np.ndarray, "2"]


class Fit(NamedTuple):
    """A Gaussian by its mean and log variance, and both its prices: KL(p ‖ q) and KL(q ‖ p), in nats."""

    mu: float
    log_var: float
    forward: float
    reverse: float


class TwoDirections(InteractiveFigure):
    """Drag the humps of a target p and see the Gaussians q that KL(p ‖ q) and KL(q ‖ p) choose.

    `left` in [−3.5, 0] and `right` in [0, 3.5] are the humps' centres, `weight` in [0.05, 0.95] the left one's
    probability, `width` in [0.3, 1.5] their deviation; `mu` in [−4, 4] and `log_var` in [−3, 3] are where the descent
    to the reverse fit starts. A value beyond raises traitlets.TraitError. Shown in: two_directions_of_kl.
    """

    figure = "two-directions"

    left = traitlets.Float(-2.0, min=BOUNDS["left"][0], max=BOUNDS["left"][1], help="Left centre.").tag(sync=True)
    right = traitlets.Float(2.0, min=BOUNDS["right"][0], max=BOUNDS["right"][1], help="Right centre.").tag(sync=True)
    weight = traitlets.Float(0.6, min=BOUNDS["weight"][0], max=BOUNDS["weight"][1], help="Of the left.").tag(sync=True)
    width = traitlets.Float(0.5, min=BOUNDS["width"][0], max=BOUNDS["width"][1], help="Of both humps.").tag(sync=True)
    mu = traitlets.Float(0.0, min=EXTENT[0], max=EXTENT[1], help="The start's mean.").tag(sync=True)
    log_var = traitlets.Float(0.0, min=EXTENT[2], max=EXTENT[3], help="The start's log variance.").tag(sync=True)

    def __repr__(self) -> str:
        return f"TwoDirections({', '.join(f'{name}={value:.2f}' for name, value in self.state().items())})"

    @property
    def forward(self) -> Fit:
        """The fit that is best by KL(p ‖ q): the target's mean and variance."""
        mean = self.weight * self.left + (1 - self.weight) * self.right
        between = self.weight * (1 - self.weight) * (self.right - self.left) ** 2
        return self._priced(mean, math.log(self.width**2 + between))

    @property
    def reverse(self) -> Fit:
        """The fit that a descent on KL(q ‖ p) from the present start finds."""
        return self._priced(*self._path()[-1])

    def log_target(self, x: Float[np.ndarray, "*points"]) -> Float[np.ndarray, "*points"]:
        """The logarithm of the target's density."""
        first, second = (-0.5 * ((x - centre) / self.width) ** 2 for centre in (self.left, self.right))
        logs = np.logaddexp(math.log(self.weight) + first, math.log1p(-self.weight) + second)
        return logs - math.log(self.width) - 0.5 * math.log(2 * math.pi)

    def state(self) -> dict[str, Any]:
        """The six numbers that make the picture."""
        return {name: getattr(self, name) for name in (*BOUNDS, "mu", "log_var")}

    def alt_text(self) -> str:
        """The still picture in words."""
        forward, reverse = (
            f"mean {fit.mu:.2f} and deviation {math.exp(fit.log_var / 2):.2f}" for fit in (self.forward, self.reverse)
        )
        return (
            f"A target of two humps at {self.left:.2f} and {self.right:.2f}, the left one with probability "
            f"{self.weight:.2f}; the forward fit, {forward}, covers it with KL(p ‖ q) = {self.forward.forward:.2f} "
            f"nats. Beside it the path of a descent on KL(q ‖ p), which ends at {reverse}, "
            f"{self.reverse.reverse:.2f} nats."
        )

    def still(self) -> bytes:
        """The plane with the path and the densities with both fits, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.two_directions.still import draw_directions

        return draw_directions(self.log_target, self.forward, self.reverse, np.array(self._path()), extent=EXTENT)

    def _priced(self, mu: float, log_var: float) -> Fit:
        x = np.concatenate([self.left + self.width * NODES, self.right + self.width * NODES])
        masses = np.concatenate([self.weight * MASSES, (1 - self.weight) * MASSES])
        log_q = -0.5 * ((x - mu) ** 2 * math.exp(-log_var) + log_var + math.log(2 * math.pi))
        forward = float(masses @ (self.log_target(x) - log_q))
        return Fit(float(mu), float(log_var), forward, self._slopes(np.array([mu, log_var]))[0])

    def _slopes(self, q: Plane) -> tuple[float, Plane]:
        """KL(q ‖ p) and its gradient."""
        x = q[0] + math.exp(q[1] / 2) * NODES
        half = 0.5 * math.exp(q[1] / 2) * NODES
        value = -0.5 * (math.log(2 * math.pi) + 1 + q[1]) - MASSES @ self.log_target(x)
        odds = math.log(self.weight) - math.log1p(-self.weight)
        odds = odds + (self.left - self.right) * (x - (self.left + self.right) / 2) / self.width**2
        share = 0.5 * (1 + np.tanh(odds / 2))
        slope = (share * self.left + (1 - share) * self.right - x) / self.width**2
        return float(value), np.array([-MASSES @ slope, -0.5 - MASSES @ (half * slope)])

    def _path(self) -> list[Plane]:
        """The points down the slope, as reversePath in arithmetic.mjs finds them, until it all but vanishes."""
        path, rate = [np.array([self.mu, self.log_var])], 0.1
        value, gradient = self._slopes(path[0])
        for _ in range(2 * MOST_STEPS):
            size = float(np.hypot(*gradient))
            if size < 1e-7:
                break
            length = min(rate, LONGEST_STEP / size)
            there = path[-1] - length * gradient
            value_there, gradient_there = self._slopes(there)
            if value_there > value:
                rate = length / 3
                continue
            rate, value, gradient = 1.5 * length, value_there, gradient_there
            path.append(there)
        return path

    @traitlets.validate(*BOUNDS, "mu", "log_var")
    def _finite(self, proposal: Any) -> float:
        """NaN passes every comparison, so bounds alone would let it in."""
        if math.isnan(proposal.value):
            raise traitlets.TraitError(f"expected {proposal.trait.name} to be a number, got NaN")
        return proposal.value
