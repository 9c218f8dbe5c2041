"""The KL divergence of two Gaussians, to be dragged: where it comes from along z, and how it lies over (μ, log σ²).

It knows one pair, q = N(μ, σ²) and p = N(0, 1), and no model.
"""

import math
from typing import Any

import torch
import traitlets
from torch.distributions import Normal, kl_divergence

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.figure import InteractiveFigure

EXTENT = tuple(constants_beside(__file__)["extent"])  # The plane of μ and log σ²: left, right, bottom, top.


class KLDivergence(InteractiveFigure):
    """Drag q = N(μ, σ²) against p = N(0, 1) and see both divergences as signed areas.

    Read and set `mu` in [−2.75, 2.75] and `log_var`, the log of q's variance, in [−4, 1.5]; a value beyond raises
    traitlets.TraitError. Shown in: kl_divergence, why_standard_normal.
    """

    figure = "kl-divergence"

    mu = traitlets.Float(0.0, min=EXTENT[0], max=EXTENT[1], help="The mean of q.").tag(sync=True)
    log_var = traitlets.Float(0.0, min=EXTENT[2], max=EXTENT[3], help="The log variance of q.").tag(sync=True)

    def __repr__(self) -> str:
        return f"KLDivergence(mu={self.mu:.2f}, log_var={self.log_var:.2f})"

    @property
    def sigma(self) -> float:
        """The standard deviation of q."""
        return math.exp(0.5 * self.log_var)

    @property
    def nats(self) -> tuple[float, float]:
        """KL(q ‖ p) and KL(p ‖ q), in nats."""
        with torch.device("cpu"):
            q, p = Normal(self.mu, self.sigma), Normal(0.0, 1.0)
        return kl_divergence(q, p).item(), kl_divergence(p, q).item()

    def state(self) -> dict[str, Any]:
        """The two numbers that make q."""
        return {"mu": self.mu, "log_var": self.log_var}

    def alt_text(self) -> str:
        """The still picture in words."""
        forward, reverse = self.nats
        return (
            "The plane of mean and log variance with lines of equal divergence around p = N(0, 1) and an arrow down "
            f"the slope from q = N({self.mu:.2f}, {self.sigma:.2f}²); beside it both densities and the integrands, "
            f"filled above their axis and hatched below it, of KL(q ‖ p) = {forward:.2f} and "
            f"KL(p ‖ q) = {reverse:.2f} nats."
        )

    def still(self) -> bytes:
        """The plane, the densities and both integrands, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.kl_divergence.still import draw_kl

        return draw_kl(self.mu, self.log_var, nats=self.nats, extent=EXTENT)

    @traitlets.validate("mu", "log_var")
    def _finite(self, proposal: Any) -> float:
        """NaN passes every comparison, so bounds alone would let it in."""
        if math.isnan(proposal.value):
            raise traitlets.TraitError(f"expected {proposal.trait.name} to be a number, got NaN")
        return proposal.value
