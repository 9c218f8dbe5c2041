"""Two gradients of E[h(μ + σ ⊙ ε)], for draws ε that stay fixed while μ and σ are dragged.

It knows three functions h whose gradient is known exactly, and no model.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import traitlets
from jaxtyping import Float

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.draws import fixed_draws
from vae_lib.widgets.figure import InteractiveFigure
from vae_lib.widgets.traits import Pair

CONSTANTS = constants_beside(__file__)
EXTENT = CONSTANTS["extent"]
DRAWS = CONSTANTS["draws"]  # How many draws ε.
WAVE = CONSTANTS["wave"]  # How many radians of the wave one unit of z is long.
INTEGRANDS = ("bowl", "wave", "cliff")
Pairs = Float[np.ndarray, "draws 2"]


class Clouds(NamedTuple):
    """The samples, the two gradients that each of them gives, and the exact gradient."""

    z: Pairs
    pathwise: Pairs
    score: Pairs
    exact: Float[np.ndarray, "2"]


class GradientClouds(InteractiveFigure):
    """Drag μ and σ under 200 fixed draws ε and see the pathwise and the score-function gradients of E[h(z)].

    `integrand` is h: "bowl", ½‖z‖²; "wave", sin 3z₁ sin 3z₂; or "cliff", 1 where z₁ > 0 and else 0. `parameter` says in
    what the gradient is taken, "mu" or "sigma"; `baseline` subtracts from h the mean of the other draws; `seed` draws
    other ε. All of them can be read and set; a value that makes no sense raises TypeError, ValueError or
    traitlets.TraitError. Shown in: two_gradients.
    """

    figure = "gradient-clouds"

    mu = Pair((1.0, -0.5), *EXTENT[:2], help="The mean of q.").tag(sync=True)
    sigma = Pair((0.5, 0.5), *CONSTANTS["sigma"], help="The standard deviation of q in both dimensions.").tag(sync=True)
    integrand = traitlets.Enum(INTEGRANDS, "bowl", help="The function h.").tag(sync=True)
    parameter = traitlets.Enum(("mu", "sigma"), "mu", help="In what the gradient is taken.").tag(sync=True)
    baseline = traitlets.Bool(False, help="Whether the score function subtracts a baseline.").tag(sync=True)
    seed = traitlets.Int(1, min=0, help="Which draws ε.").tag(sync=True)

    def __repr__(self) -> str:
        mu, sigma = (f"({pair[0]:.2f}, {pair[1]:.2f})" for pair in (self.mu, self.sigma))
        return f"GradientClouds({self.integrand}, mu={mu}, sigma={sigma})"

    def clouds(self) -> Clouds:
        """What the figure shows, as arrays."""
        epsilon, sigma = fixed_draws(DRAWS, self.seed), np.array(self.sigma)
        z = np.array(self.mu) + sigma * epsilon
        f, slope = _value(self.integrand, z), _gradient(self.integrand, z)
        weight = f - (f.sum() - f) / (DRAWS - 1) if self.baseline else f
        in_mean = self.parameter == "mu"
        score = weight[:, None] * (epsilon if in_mean else epsilon**2 - 1) / sigma
        return Clouds(z, slope if in_mean else slope * epsilon, score, self._exact())

    def _exact(self) -> Float[np.ndarray, "2"]:
        """The exact gradient of E[h(z)]."""
        mu, sigma = np.array(self.mu), np.array(self.sigma)
        in_mean = self.parameter == "mu"
        if self.integrand == "bowl":
            return mu if in_mean else sigma
        if self.integrand == "cliff":
            m, s = mu[0], sigma[0]
            density = math.exp(-0.5 * (m / s) ** 2) / (s * math.sqrt(2 * math.pi))
            return np.array([density if in_mean else -m / s * density, 0.0])
        left = np.exp(-0.5 * (WAVE * sigma) ** 2)
        mean = left * np.sin(WAVE * mu)
        slope = left * WAVE * np.cos(WAVE * mu) if in_mean else -(WAVE**2) * sigma * mean
        return slope * mean[::-1]

    def followed(self) -> list[int]:
        """The draws that are drawn in colour: those nearest to three places that lie well apart."""
        epsilon = fixed_draws(DRAWS, self.seed)
        return [int(((epsilon - place) ** 2).sum(axis=1).argmin()) for place in CONSTANTS["followed"]]

    def state(self) -> dict[str, Any]:
        """All that can be set."""
        pairs = {"mu": list(self.mu), "sigma": list(self.sigma)}
        return pairs | {name: getattr(self, name) for name in ("integrand", "parameter", "baseline", "seed")}

    def alt_text(self) -> str:
        """The still picture in words."""
        clouds = self.clouds()
        pathwise, score = (cloud.var(axis=0).sum() for cloud in (clouds.pathwise, clouds.score))
        said = (
            f"the score function's variance is {score / pathwise:.1f} times the pathwise one's"
            if pathwise
            else ("every pathwise gradient is 0")
        )
        return (
            f"200 samples z around μ = ({self.mu[0]:.1f}, {self.mu[1]:.1f}) over the level bands of a "
            f"{self.integrand}, and the clouds of their pathwise and score-function gradients at one scale, with the "
            f"exact gradient; {said}."
        )

    def still(self) -> bytes:
        """The samples and both clouds, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.gradient_clouds.still import draw_clouds

        side = np.linspace(*EXTENT[:2], 121)
        grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
        hills = _value(self.integrand, grid).reshape(121, 121)
        where = {"mu": self.mu, "sigma": self.sigma, "followed": self.followed()}
        return draw_clouds(self.clouds(), hills, **where, parameter=self.parameter)


def _value(integrand: str, z: Pairs) -> Float[np.ndarray, " draws"]:
    if integrand == "bowl":
        return 0.5 * (z**2).sum(axis=1)
    if integrand == "wave":
        return np.sin(WAVE * z).prod(axis=1)
    return (z[:, 0] > 0).astype(float)


def _gradient(integrand: str, z: Pairs) -> Pairs:
    if integrand == "bowl":
        return z
    if integrand == "wave":
        return WAVE * np.cos(WAVE * z) * np.sin(WAVE * z[:, ::-1])
    return np.zeros_like(z)
