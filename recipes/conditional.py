"""What the card of a conditional VAE states and what ships beside its weights.

Its twin is the same network, told 0 for every digit: an ordinary VAE of the same size, for comparison.
"""

import torch
from torch import Tensor, nn

from recipes.judging import JUDGE, SAMPLES, by_class
from recipes.recipe import Recipe
from vae_lib import checkpoints
from vae_lib.data import Mnist, Split, pixels
from vae_lib.evaluation import mean_elbo
from vae_lib.objectives import conditional_elbo

PER_CLASS = 1000
# A convolutional network takes seconds to decode one sample of z per digit.
SAMPLES_OF = {"CVAE": 3}


def _samples(recipe: Recipe) -> int:
    return SAMPLES_OF.get(recipe.model, SAMPLES)


def _as_told(recipe: Recipe, labels: Tensor) -> Tensor:
    """The labels that a model of this recipe is told: zeros for a twin, which is told nothing."""
    return torch.zeros_like(labels) if recipe.objective == "told_nothing" else labels


def measure_conditional(model: nn.Module, recipe: Recipe, splits: dict[str, Split]) -> dict[str, float]:
    """Minus the bound and its parts; for a model that is told the digit, also how often it draws what it is told."""
    figures = {}
    for name, split in splits.items():
        ordered = by_class(split)
        told = _as_told(recipe, ordered.labels)
        parts = mean_elbo(model, ordered.images, labels=told, objective=conditional_elbo, samples=_samples(recipe))
        named = {"loss": -parts.value, "reconstruction": -parts.reconstruction, "kl": parts.kl}
        figures |= {f"{name} {key}": round(value.item(), 3) for key, value in named.items()}
    if recipe.objective == "told_nothing":
        return figures
    return figures | {"percent read as asked": round(100 * _obeyed(model, recipe.arguments["latent"]), 2)}


@torch.no_grad()
def _obeyed(model: nn.Module, latent: int) -> float:
    """The share of samples from the prior, of a fixed seed, in which the classifier reads the digit asked for."""
    judge, generator, right = checkpoints.load(JUDGE), torch.Generator().manual_seed(0), 0
    for digit in range(model.classes):
        asked = torch.full((PER_CLASS,), digit)
        pictures = model.decode(torch.randn(PER_CLASS, latent, generator=generator), asked).sigmoid()
        right += (judge(pictures).argmax(dim=-1) == asked).sum().item()
    return right / (PER_CLASS * model.classes)


def says_conditional(recipe: Recipe) -> str:
    """What the figures mean."""
    return (
        f"mean over the split: grey cross entropy (no likelihood), {_samples(recipe)} samples of z per digit, encoder "
        f"and decoder told its label, or 0 for every digit in the twin; and of {PER_CLASS:,} samples from the prior "
        f"for each digit, the share that {JUDGE} reads as that digit"
    )


@torch.no_grad()
def keep_conditional(model: nn.Module, recipe: Recipe, mnist: Mnist) -> dict[str, Tensor]:
    """Codes and labels, and what each digit costs under its own label, over samples from a fixed seed."""
    x, labels = pixels(mnist.test.images[: recipe.codes]), mnist.test.labels[: recipe.codes]
    codes, _ = model.encode(x, labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = [conditional_elbo(model, x, labels) for _ in range(SAMPLES)]
    error = -torch.stack([part.reconstruction for part in parts]).mean(dim=0)
    terms = torch.stack([error, parts[0].kl], dim=-1)
    return {"codes": codes.half(), "labels": labels.to(torch.uint8), "terms": terms.half()}
