"""How each shipped checkpoint is made: a model, an objective and a training budget, nothing left to chance.

A recipe knows no file. It trains on the 55,000 training digits; validation and test digits stay unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vae_lib import objectives

OBJECTIVES: dict[str, Callable] = {
    "elbo": objectives.elbo,
    "reconstruction": objectives.reconstruction,
    "conditional_elbo": objectives.conditional_elbo,
    "label_log_prob": objectives.label_log_prob,
}
# These are functions of (model, x, label).
LABELLED = {"conditional_elbo", "label_log_prob"}


@dataclass(frozen=True)
class Recipe:
    """One checkpoint's model class and arguments, objective, and options of `training.train`."""

    model: str
    arguments: dict[str, Any]
    objective: str
    training: dict[str, Any] = field(default_factory=dict)


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
