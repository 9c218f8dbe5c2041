"""How a generator that ships is trained, and what its card states.

A generator has no likelihood and no code for a digit, so its figures say what a classifier reads in its samples.
"""

import math

import torch
from torch import nn

from recipes.judging import JUDGE
from recipes.recipe import Recipe
from vae_lib import checkpoints
from vae_lib.data import Mnist
from vae_lib.models import GAN, Discriminator
from vae_lib.objectives import discriminator_bound, non_saturating
from vae_lib.training import train_in_turn

SAMPLES = 10_000


def fit_generator(model: nn.Module, mnist: Mnist, recipe: Recipe) -> list[float]:
    """Train against a discriminator built from the recipe's options; the curve is its bound on 2 JS for each epoch."""
    discriminator = Discriminator(**recipe.options["discriminator"]).to(next(model.parameters()).device)
    gan = GAN(model, discriminator, model.latent)
    turns = [(gan.discriminator, discriminator_bound), (gan.generator, non_saturating)]
    bound, _ = train_in_turn(gan, mnist.train.images, turns, **recipe.training)
    return [round(value + math.log(4), 3) for value in bound.epochs().tolist()]


@torch.no_grad()
def measure_generator(model: nn.Module, recipe: Recipe, splits: dict) -> dict[str, float]:
    """What the classifier reads in 10,000 samples from a fixed seed, and how sure it is on average, in percent."""
    z = torch.randn(SAMPLES, model.latent, generator=torch.Generator().manual_seed(0))
    share = checkpoints.load(JUDGE)(model(z)).softmax(dim=-1)
    counts = share.argmax(dim=-1).bincount(minlength=share.shape[-1])
    figures = {f"percent read as {digit}": round(100 * n / SAMPLES, 2) for digit, n in enumerate(counts.tolist())}
    return figures | {"percent sure": round(100 * share.max(dim=-1).values.mean().item(), 2)}


def says_generator(recipe: Recipe) -> str:
    """What the figures mean."""
    return f"what {JUDGE} reads in {SAMPLES:,} samples, and its mean probability for that; no likelihood"
