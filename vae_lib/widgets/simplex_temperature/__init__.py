"""Relaxed draws among three classes on their triangle, for noise that stays fixed while the temperature is turned.

It knows the Gumbel-softmax and no model.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import traitlets
from jaxtyping import Float, Int

from vae_lib.widgets.constants import constants_beside
from vae_lib.widgets.draws import uniform_draws
from vae_lib.widgets.figure import InteractiveFigure

CONSTANTS = constants_beside(__file__)
BOUND = CONSTANTS["bound"]  # Of a logit, on either side of 0.
HOTTEST = CONSTANTS["hottest"]
DRAWS = CONSTANTS["draws"]
Shares = Float[np.ndarray, "3"]


class Logits(traitlets.TraitType):
    """Three logits within the bound; a tuple, so that no one changes a part of it unseen."""

    info_text = f"three numbers from {-BOUND:g} to {BOUND:g}"

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        """The value as three floats. Raises TypeError for what holds no numbers, ValueError for numbers too large."""
        try:
            logits = tuple(float(each) for each in value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"expected {self.name} to be {self.info_text}, got {value!r}") from error
        if len(logits) != 3 or not all(abs(each) <= BOUND for each in logits):
            raise ValueError(f"expected {self.name} to be {self.info_text}, got {value!r}")
        return logits


class Draws(NamedTuple):
    """The classes' probabilities, the relaxed draws, the class that each wins for, and each draw's slope.

    The slope is that of the first class's share in the first class's logit; their mean estimates the gradient of
    P(class 1), which is `exact`.
    """

    probabilities: Shares
    points: Float[np.ndarray, "draws 3"]
    winners: Int[np.ndarray, " draws"]
    slopes: Float[np.ndarray, " draws"]
    exact: float

    @property
    def won(self) -> list[int]:
        """How many draws win for each class."""
        return np.bincount(self.winners, minlength=3).tolist()


class SimplexTemperature(InteractiveFigure):
    """Turn the temperature of 300 Gumbel-softmax draws among three classes and see them go from a corner to the middle.

    `logits` are three numbers in [−3, 3], `temperature` a number in [0, 3], where 0 stands for the limit of one-hot
    draws; `seed` draws other noise. All can be read and set; what makes no sense raises TypeError, ValueError or
    traitlets.TraitError. Shown in: discrete_latents.
    """

    figure = "simplex-temperature"

    logits = Logits((0.5, 0.0, -0.5), help="The logits of the three classes.").tag(sync=True)
    temperature = traitlets.Float(0.5, min=0.0, max=HOTTEST, help="0 for exact draws.").tag(sync=True)
    seed = traitlets.Int(1, min=0, help="Which noise.").tag(sync=True)

    def __repr__(self) -> str:
        logits = ", ".join(f"{each:.2f}" for each in self.logits)
        return f"SimplexTemperature(temperature={self.temperature:.2f}, logits=({logits}))"

    def draws(self) -> Draws:
        """What the figure shows, as arrays."""
        logits = np.array(self.logits)
        probabilities = _softmax(logits)
        scores = logits - np.log(-np.log(np.array(uniform_draws(3 * DRAWS, self.seed)).reshape(DRAWS, 3)))
        winners = scores.argmax(axis=1)
        exact = float(probabilities[0] * (1 - probabilities[0]))
        if self.temperature == 0:
            return Draws(probabilities, np.eye(3)[winners], winners, np.zeros(DRAWS), exact)
        points = _softmax(scores / self.temperature)
        slopes = points[:, 0] * (1 - points[:, 0]) / self.temperature
        return Draws(probabilities, points, winners, slopes, exact)

    def state(self) -> dict[str, Any]:
        """All that can be set."""
        return {"logits": list(self.logits), "temperature": self.temperature, "seed": self.seed}

    def alt_text(self) -> str:
        """The still picture in words."""
        draws = self.draws()
        first, second, third = draws.won
        return (
            f"A triangle with the three classes at its corners and {DRAWS} relaxed draws at temperature "
            f"{self.temperature:.2f}; {first}, {second} and {third} of them win for classes 1, 2 and 3. The gradient "
            f"of P(class 1) in its logit is {draws.exact:.2f}, the draws' mean {draws.slopes.mean():.2f} with a "
            f"deviation of {draws.slopes.std(ddof=1):.2f} for one draw."
        )

    def still(self) -> bytes:
        """The triangle at this temperature between a colder and a hotter one, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.simplex_temperature.still import draw_simplices

        settings = {"logits": self.logits, "seed": self.seed}
        temperatures = sorted({0.0, self.temperature, HOTTEST})
        shown = {each: SimplexTemperature(**settings, temperature=each).draws() for each in temperatures}
        return draw_simplices(shown)

    @traitlets.validate("temperature")
    def _finite(self, proposal: Any) -> float:
        """NaN passes every comparison, so bounds alone would let it in."""
        if math.isnan(proposal.value):
            raise traitlets.TraitError("expected temperature to be a number, got NaN")
        return proposal.value


def _softmax(logits: Float[np.ndarray, "*draws 3"]) -> Float[np.ndarray, "*draws 3"]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
