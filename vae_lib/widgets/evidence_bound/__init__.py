"""A Gaussian q over a posterior that is not Gaussian, to be dragged, and the bound it makes on log p(x).

It knows one model of one latent, z ~ N(0, 1) and x ~ N(z² + z/2, 0.25), and no trained one.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import traitlets
from jaxtyping import Float

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.figure import InteractiveFigure

CONSTANTS = constants_beside(__file__)
LIMITS = CONSTANTS["limits"]  # Of what can be set.
VARIANCE = CONSTANTS["variance"]  # The decoder's.
LINE = np.linspace(-8, 8, 3201)  # The z as far as prior and posterior have any probability.

Values = Float[np.ndarray, " n"]


class BoundParts(NamedTuple):
    """log p(x), the two terms of the ELBO, and KL(q ‖ p(z|x)), all in nats."""

    evidence: float
    reconstruction: float
    kl: float
    gap: float

    @property
    def bound(self) -> float:
        """The ELBO: reconstruction − KL."""
        return self.reconstruction - self.kl


class EvidenceBound(InteractiveFigure):
    """Drag q = N(μ, σ²) over the true posterior of a decoder that folds the line, and see the ELBO and its gap.

    Read and set `mu` in [−3, 3], `sigma` in [0.15, 2] and `x`, what was seen, in [−0.5, 2.5]; a value beyond raises
    traitlets.TraitError. Shown in: the_bound, elbo, raising_the_bound.
    """

    figure = "evidence-bound"

    mu = traitlets.Float(0.0, min=LIMITS["mu"][0], max=LIMITS["mu"][1], help="The mean of q.").tag(sync=True)
    sigma = traitlets.Float(1.0, min=LIMITS["sigma"][0], max=LIMITS["sigma"][1], help="Its deviation.").tag(sync=True)
    x = traitlets.Float(1.5, min=LIMITS["x"][0], max=LIMITS["x"][1], help="What was seen.").tag(sync=True)

    def __repr__(self) -> str:
        return f"EvidenceBound(mu={self.mu:.2f}, sigma={self.sigma:.3f}, x={self.x:.2f})"

    @property
    def parts(self) -> BoundParts:
        """The evidence, the ELBO's two terms and its gap, by sums over a fine grid."""
        evidence = math.log(np.exp(_log_joint(LINE, self.x)).sum() * (LINE[1] - LINE[0]))
        epsilon = np.linspace(-9, 9, 601)
        weights = np.exp(_log_normal(epsilon)) * (epsilon[1] - epsilon[0])
        z = self.mu + self.sigma * epsilon
        log_q = _log_normal(epsilon) - math.log(self.sigma)
        reconstruction = (weights * _log_likelihood(z, self.x)).sum().item()
        gap = (weights * (log_q - _log_joint(z, self.x) + evidence)).sum().item()
        kl = 0.5 * (self.mu**2 + self.sigma**2 - 1) - math.log(self.sigma)
        return BoundParts(evidence, reconstruction, kl, gap)

    def state(self) -> dict[str, Any]:
        """The three numbers that make the picture."""
        return {"mu": self.mu, "sigma": self.sigma, "x": self.x}

    def alt_text(self) -> str:
        """The still picture in words."""
        evidence, _, _, gap = self.parts
        return (
            f"The true posterior of z for x = {self.x:.2f}, the prior dashed, and over them "
            f"q = N({self.mu:.2f}, {self.sigma:.2f}²). Beside them two bars as high as each other: "
            f"log p(x) = {evidence:.2f} nats, and the ELBO {self.parts.bound:.2f} with a hatched gap of {gap:.2f}."
        )

    def still(self) -> bytes:
        """The densities and the two bars, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.evidence_bound.still import draw_bound

        z = np.linspace(-3.2, 3.2, 1281)
        parts = self.parts
        posterior = np.exp(_log_joint(z, self.x) - parts.evidence)
        q = np.exp(_log_normal((z - self.mu) / self.sigma)) / self.sigma
        title = f"x = {self.x:.2f}, q = N({self.mu:.2f}, {self.sigma:.2f}²)".replace("-", "−")
        prior = np.exp(_log_normal(z))
        return draw_bound(z, posterior, prior, q, evidence=parts.evidence, bound=parts.bound, title=title)

    @traitlets.validate("mu", "sigma", "x")
    def _finite(self, proposal: Any) -> float:
        """NaN passes every comparison, so bounds alone would let it in."""
        if math.isnan(proposal.value):
            raise traitlets.TraitError(f"expected {proposal.trait.name} to be a number, got NaN")
        return proposal.value


def _log_normal(z: Values) -> Values:
    return -0.5 * (z**2 + math.log(2 * math.pi))


def _log_likelihood(z: Values, x: float) -> Values:
    return -0.5 * ((x - z**2 - z / 2) ** 2 / VARIANCE + math.log(2 * math.pi * VARIANCE))


def _log_joint(z: Values, x: float) -> Values:
    return _log_normal(z) + _log_likelihood(z, x)
