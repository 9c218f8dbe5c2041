"""How each shipped checkpoint is made: a model, an objective and a training budget, nothing left to chance.

A recipe knows no file. It trains on the 55,000 training digits; validation and test digits stay unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from vae_lib import objectives


def _with_options(objective: Callable) -> Callable:
    return lambda **options: partial(objective, **options)


# Each is called with the recipe's options and gives a function of (model, x) for `training.train`; anew for every
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
    """One checkpoint's model class and arguments, objective and its options, and options of `training.train`.

    `protocol` is one of `vae_lib.data.PROTOCOLS`. `start` names the checkpoint whose weights the training begins with.
    The codes of the first `codes` test digits ship beside the weights, which are rounded to so many `bits`.
    With `twin` the same network is trained once more and told nothing, for the card to compare.
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

    def on_card(self) -> dict[str, Any]:
        """What a card says of the recipe; what is at its default goes without saying."""
        told = {key: getattr(self, key) for key, default in DEFAULTS.items() if getattr(self, key) != default}
        return {"objective": self.objective, **told, **self.training}


DEFAULTS = {"options": {}, "protocol": "G", "start": None, "codes": 1500, "bits": 16, "twin": False}


def recipe_of(card: Any) -> Recipe:
    """The recipe that a `checkpoints.Card` tells of."""
    told = {key: card.recipe.get(key, default) for key, default in DEFAULTS.items()}
    beside = {"command", "seconds", "before rounding", "objective", *DEFAULTS}
    training = {key: value for key, value in card.recipe.items() if key not in beside}
    return Recipe(card.model, card.arguments, card.recipe["objective"], training, **told)


@dataclass(frozen=True)
class RecordingRecipe:
    """One recording's model class and arguments, the weights β of its trainings, and the steps that are kept.

    Every training starts from the same weights and takes the last of `frames` as its budget; `training` are the other
    options of `training.train`. Kept are the bubbles of the first `per_class` test digits of each class.
    """

    model: str
    arguments: dict[str, Any]
    betas: tuple[float, ...]
    frames: tuple[int, ...]
    per_class: int
    training: dict[str, Any] = field(default_factory=dict)


# A decade on either side of a VAE, whose weight is 1.
BETAS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

RECIPES = {
    "digit_classifier": Recipe(
        model="Classifier",
        arguments={"channels": (16, 32), "hidden": 32},
        objective="label_log_prob",
        training={"epochs": 8, "batch_size": 256, "learning_rate": 5e-3, "schedule": "one-cycle", "seed": 0},
    ),
    "cvae_2d": Recipe(
        model="DenseCVAE",
        arguments={"latent": 2, "hidden": (256, 128)},
        objective="conditional_elbo",
        training={"epochs": 40, "batch_size": 256, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
        twin=True,
    ),
    # A quarter of the source's channels: an epoch of all of them takes minutes, and its weights ten megabytes.
    "cvae_conv": Recipe(
        model="CVAE",
        arguments={"latent": 8, "channels": 16},
        objective="conditional_elbo",
        training={"epochs": 15, "batch_size": 128, "learning_rate": 2e-3, "schedule": "one-cycle", "seed": 0},
        bits=8,
        twin=True,
    ),
    "autoencoder_2d": Recipe(
        model="Autoencoder",
        arguments={"latent": 2, "hidden": (400, 200, 100)},
        objective="reconstruction",
        # Longer training spreads its codes over ever larger distances, and the map becomes unreadable.
        training={"epochs": 10, "batch_size": 256, "learning_rate": 1e-3, "schedule": "one-cycle", "seed": 0},
    ),
    "vae_2d": Recipe(
        model="VAE",
        arguments={"latent": 2, "hidden": (400, 200, 100)},
        objective="elbo",
        training={"epochs": 100, "batch_size": 256, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    ),
    # From new weights a GAN of this decoder drops half of the digits: this one begins as a VAE's.
    "gan_2d": Recipe(
        model="Generator",
        arguments={"latent": 2, "hidden": (400, 200, 100)},
        objective="non_saturating",
        options={"discriminator": {"hidden": (256,)}},
        start="vae_2d",
        # Trained longer or faster it loses its nines again.
        training={"steps": 1000, "batch_size": 64, "learning_rate": 1e-4, "schedule": "constant", "seed": 0},
    ),
    "gan_20": Recipe(
        model="Generator",
        arguments={"latent": 20, "hidden": (400,)},
        objective="non_saturating",
        options={"discriminator": {"hidden": (256,)}},
        training={"steps": 10_000, "batch_size": 64, "learning_rate": 3e-4, "schedule": "constant", "seed": 0},
    ),
    # Most published numbers for a dense VAE are of this size; D, so that its likelihood is one.
    "vae_20": Recipe(
        model="VAE",
        arguments={"latent": 20, "hidden": (400,)},
        objective="elbo",
        protocol="D",
        training={"epochs": 30, "batch_size": 128, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    ),
    # The net and the data of table 1 of Burda et al. (2016), whose trainings take 3,280 epochs.
    "reference_vae": Recipe(
        model="TanhVAE",
        arguments={"latent": 50, "hidden": (200, 200)},
        objective="elbo",
        protocol="D",
        training={"epochs": 150, "batch_size": 128, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    ),
    # Decoding 50 samples takes about 20 times as long as one: on a budget it begins where `reference_vae` ends, as
    # in the second experiment of table 2 of Burda et al. (2016).
    "reference_iwae": Recipe(
        model="TanhVAE",
        arguments={"latent": 50, "hidden": (200, 200)},
        objective="importance_weighted_bound",
        options={"num_samples": 50},
        protocol="D",
        start="reference_vae",
        training={"epochs": 4, "batch_size": 64, "learning_rate": 5e-4, "schedule": "one-cycle", "seed": 0},
    ),
}
# Seven of them ship, so each is small: its first layer is narrow.
RECIPES |= {
    f"beta_2d_{beta:g}": Recipe(
        model="VAE",
        arguments={"latent": 2, "hidden": (32, 100, 100)},
        objective="beta_elbo",
        options={"beta": beta},
        protocol="D",
        training={"epochs": 40, "batch_size": 256, "learning_rate": 3e-3, "schedule": "one-cycle", "seed": 0},
    )
    for beta in BETAS
}

# Ten steps in a decade: the bubbles move by the same factor from one to the next.
DECADE = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)

RECORDINGS = {
    "bubbles_2d": RecordingRecipe(
        model="VAE",
        arguments={"latent": 2, "hidden": (400,)},
        betas=(0.0, 0.1, 1.0, 10.0, 100.0),
        frames=(0, 1, 2, 3, 4, 5, 6, 8, *(power * step for power in (1, 10, 100) for step in DECADE), 10_000),
        per_class=8,
        training={"batch_size": 128, "learning_rate": 1e-3, "schedule": "constant", "seed": 0},
    ),
}
