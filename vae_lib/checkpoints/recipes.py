"""How each shipped checkpoint is made: a model, an objective and a training budget, nothing left to chance.

A recipe knows no file. It trains on the 55,000 training digits; validation and test digits stay unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vae_lib import objectives

OBJECTIVES: dict[str, Callable] = {"elbo": objectives.elbo, "reconstruction": objectives.reconstruction}


@dataclass(frozen=True)
class Recipe:
    """One checkpoint's model class and arguments, objective, and options of `training.train`."""

    model: str
    arguments: dict[str, Any]
    objective: str
    training: dict[str, Any] = field(default_factory=dict)


RECIPES = {
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
