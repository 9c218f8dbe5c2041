"""What a recipe says: a model, an objective and a training budget, with nothing left to chance.

Recipes train on the 55,000 training digits; validation and test digits stay unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from vae_lib import objectives
from vae_lib.checkpoints import Card


def _with_options(objective: Callable) -> Callable:
    return lambda **options: partial(objective, **options)


# Each is called with the recipe's options and returns a function of (model, x) for `training.train`; anew for every
# training, so that an objective may count its steps. `families.FAMILIES` says what is measured of its models.
OBJECTIVES: dict[str, Callable[..., Callable]] = {
    "elbo": _with_options(objectives.elbo),
    "beta_elbo": _with_options(objectives.beta_elbo),
    "importance_weighted_bound": _with_options(objectives.importance_weighted_bound),
    "reconstruction": _with_options(objectives.reconstruction),
    "conditional_elbo": _with_options(objectives.conditional_elbo),
    "told_nothing": _with_options(objectives.told_nothing),
    "label_log_prob": _with_options(objectives.label_log_prob),
}
# These are functions of (model, x, label).
LABELLED = {"conditional_elbo", "told_nothing", "label_log_prob"}


@dataclass(frozen=True)
class Recipe:
    """One checkpoint's model class and arguments, its objective and that one's options, and those of `training.train`.

    `protocol` is one of `vae_lib.data.PROTOCOLS`. `start` names the checkpoint whose weights the training begins with.
    The codes of the first `codes` test digits ship beside the weights, which are stored in so many `bits`. With `twin`
    the same network is also trained without being told any label, for comparison on the card. With `half` it sees the
    first of the training digits' `halves` only, so that the second can be held against what it draws.
    """

    model: str
    arguments: dict[str, Any]
    objective: str
    training: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    protocol: str = "G"
    start: str | None = None
    codes: int = 1500
    bits: int = 16
    twin: bool = False
    half: bool = False

    def on_card(self) -> dict[str, Any]:
        """What a card says of the recipe, without what is left at its default."""
        told = {key: getattr(self, key) for key, default in DEFAULTS.items() if getattr(self, key) != default}
        return {"objective": self.objective, **told, **self.training}


DEFAULTS = {"options": {}, "protocol": "G", "start": None, "codes": 1500, "bits": 16, "twin": False, "half": False}


def recipe_of(card: Card) -> Recipe:
    """The recipe that a checkpoint's card records."""
    told = {key: card.recipe.get(key, default) for key, default in DEFAULTS.items()}
    beside = {"command", "seconds", "before rounding", "objective", *DEFAULTS}
    training = {key: value for key, value in card.recipe.items() if key not in beside}
    return Recipe(card.model, card.arguments, card.recipe["objective"], training, **told)


@dataclass(frozen=True)
class RecordingRecipe:
    """One recording's model class and arguments, the weights β of its trainings, and the steps that are kept.

    Every training starts from the same weights and ends with the last of `frames`; `training` are the other options of
    `training.train`. The recording keeps the bubbles of the first `per_class` test digits of each class.
    """

    model: str
    arguments: dict[str, Any]
    betas: tuple[float, ...]
    frames: tuple[int, ...]
    per_class: int
    training: dict[str, Any] = field(default_factory=dict)
