"""The noise of one coordinate between two pulls, to be dragged: the reconstruction's towards 0, the KL's towards 1.

It knows a linear decoder with a Gaussian likelihood, and no trained model.
"""

import math
from typing import Any, NamedTuple

import traitlets

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.figure import InteractiveFigure

CONSTANTS = constants_beside(__file__)
WEIGHTS, VARIANCES = CONSTANTS["weight"], CONSTANTS["variance"]
SIGMAS = tuple(CONSTANTS["sigma"])  # What the picture reaches over.


class Pulls(NamedTuple):
    """Where gradient descent is pulled along log σ by each term, in nats per unit; negative makes σ smaller."""

    reconstruction: float
    kl: float


class NoiseBalance(InteractiveFigure):
    """Drag σ over the cost of noise, and see reconstruction and KL pull at it.

    `weight` is the norm ‖w‖ of a linear decoder's column, from 0 to 5, `variance` the s² of its Gaussian likelihood,
    from 0.05 to 4, `sigma` the noise, from 0.02 to 4, and `kl` says whether the KL to N(0, 1) counts. A value beyond
    raises traitlets.TraitError. Shown in: what_holds_the_noise.
    """

    figure = "noise-balance"

    weight = traitlets.Float(2.0, min=WEIGHTS[0], max=WEIGHTS[1], help="The norm of the decoder's column.").tag(
        sync=True
    )
    variance = traitlets.Float(
        1.0, min=VARIANCES[0], max=VARIANCES[1], help="The variance of the decoder's likelihood."
    ).tag(sync=True)
    # A little beyond the picture's ends, whose logarithms the front end rounds.
    sigma = traitlets.Float(1.0, min=0.999 * SIGMAS[0], max=1.001 * SIGMAS[1], help="The noise.").tag(sync=True)
    kl = traitlets.Bool(True, help="Whether the KL counts.").tag(sync=True)

    def __repr__(self) -> str:
        decoder = f"weight={self.weight:.2f}, variance={self.variance:.2f}"
        return f"NoiseBalance({decoder}, sigma={self.sigma:.3f}, kl={self.kl})"

    @property
    def pulls(self) -> Pulls:
        """The pull of each term at the present σ."""
        square = self.sigma**2
        return Pulls(-square * self.weight**2 / self.variance, 1 - square if self.kl else 0.0)

    @property
    def rest(self) -> float | None:
        """The σ at which nothing pulls: 0 where no KL holds it, None where any will do."""
        if self.kl:
            return 1 / math.sqrt(1 + self.weight**2 / self.variance)
        return 0.0 if self.weight else None

    def state(self) -> dict[str, Any]:
        """The four values that make the picture."""
        return {"weight": self.weight, "variance": self.variance, "sigma": self.sigma, "kl": self.kl}

    def alt_text(self) -> str:
        """The still picture in words."""
        reconstruction, kl = self.pulls
        up_or_down = "up" if kl > 0 else "down"
        rest = "any sigma will do" if self.rest is None else f"they balance at {self.rest:.3f}"
        held = f"the KL pulls {up_or_down} with {abs(kl):.2f}" if self.kl else "there is no KL"
        return (
            f"The cost of noise against sigma for a column of norm {self.weight:.2f} and s² = {self.variance:.2f}. "
            f"At sigma = {self.sigma:.3f} the reconstruction pulls down with {abs(reconstruction):.2f} nats per unit "
            f"of log sigma and {held}; {rest}."
        )

    def still(self) -> bytes:
        """The curve of costs, the point on it and its two pulls, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.noise_balance.still import draw_noise

        balance = {"weight": self.weight, "variance": self.variance, "kl": self.kl}
        return draw_noise(**balance, sigma=self.sigma, pulls=self.pulls, rest=self.rest, span=SIGMAS)

    @traitlets.validate("weight", "variance", "sigma")
    def _finite(self, proposal: Any) -> float:
        """NaN passes every comparison, so bounds alone would let it in."""
        if math.isnan(proposal.value):
            raise traitlets.TraitError(f"expected {proposal.trait.name} to be a number, got NaN")
        return proposal.value
