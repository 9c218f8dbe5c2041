"""How each family of models is trained, and which figures its cards state.

It reads and writes no file: `making` does. Another family is one more `Family` in FAMILIES, under the name of its
objective.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from recipes.adversarial import fit_generator, measure_generator, says_generator
from recipes.conditional import keep_conditional, measure_conditional, says_conditional
from recipes.judging import SAMPLES, by_class
from recipes.recipe import LABELLED, OBJECTIVES, Recipe
from vae_lib import objectives
from vae_lib.data import PROTOCOLS, Mnist, Split, held_out, pixels
from vae_lib.evaluation import active_units, kl_split, log_likelihood, mean_elbo
from vae_lib.training import train

# A likelihood that takes seconds, and one such as papers publish, which takes minutes.
QUICK_SAMPLES, QUICK_DIGITS = 100, 1000
SLOW_SAMPLES = 5000

Figures = dict[str, float | int]
Splits = dict[str, Split]


def _none(*_) -> dict:
    return {}


@dataclass(frozen=True)
class Family:
    """What making and verifying need from a family of models.

    `fit` trains the model on the device it is on and returns its curve, one number per epoch, lower is better.
    `measure` takes seconds and returns rounded figures of the given splits, by name; it may get the validation split
    alone, with its digits in another order. `measure_slowly` returns the figures that take minutes, from the given
    number of samples. `says` puts into words what the figures mean. `keep` returns the tensors that ship beside the
    weights: for a model with an encoder, `codes` and `labels` of the first test digits.
    """

    fit: Callable[[nn.Module, Mnist, Recipe], list[float]]
    measure: Callable[[nn.Module, Recipe, Splits], Figures]
    says: Callable[[Recipe], str]
    keep: Callable[[nn.Module, Recipe, Mnist], dict[str, Tensor]] = _none
    measure_slowly: Callable[[nn.Module, Recipe, Splits, int], Figures] = _none


def fit_objective(model: nn.Module, mnist: Mnist, recipe: Recipe) -> list[float]:
    """Train with `training.train` on the digits under the recipe's protocol."""
    protocol, objective = PROTOCOLS[recipe.protocol], OBJECTIVES[recipe.objective](**recipe.options)
    history = train(
        model,
        protocol.once(mnist.train.images),
        lambda model, x, *label: objective(model, protocol.visit(x), *label),
        labels=mnist.train.labels if recipe.objective in LABELLED else None,
        **recipe.training,
    )
    return [round(-value, 2) for value in history.epochs().tolist()]


def keep_codes(model: nn.Module, recipe: Recipe, mnist: Mnist) -> dict[str, Tensor]:
    """Where the first test digits lie in the latent space, and what they are."""
    with torch.no_grad():
        codes, _ = model.encode(pixels(held_out(mnist.test.images[: recipe.codes], recipe.protocol)))
    return {"codes": codes.half(), "labels": mnist.test.labels[: recipe.codes].to(torch.uint8)}


def images_of(split: Split, recipe: Recipe) -> Tensor:
    """The split's images under the recipe's protocol, class by class."""
    return held_out(by_class(split).images, recipe.protocol)


def _measure(model: nn.Module, recipe: Recipe, splits: Splits) -> Figures:
    """Minus the bound and its parts; where pixels are binary, also the likelihood and the parts of the KL."""
    figures = {}
    objective = objectives.reconstruction if recipe.objective == "reconstruction" else objectives.elbo
    for name, split in splits.items():
        images = images_of(split, recipe)
        parts = mean_elbo(model, images, objective=objective, samples=SAMPLES)
        figures[f"{name} loss"] = round(-parts.value.item(), 3)
        figures[f"{name} reconstruction"] = round(-parts.reconstruction.item(), 3)
        if "kl" in parts._fields:
            figures[f"{name} kl"] = round(parts.kl.item(), 3)
        if PROTOCOLS[recipe.protocol].binary:
            figures |= {f"{name} {key}": value for key, value in _measure_binary(model, images).items()}
    return figures


def _measure_binary(model: nn.Module, images: Tensor) -> Figures:
    some = images[:: max(1, len(images) // QUICK_DIGITS)][:QUICK_DIGITS]
    split = kl_split(model, images)
    return {
        "quick nll": round(-log_likelihood(model, some, num_samples=QUICK_SAMPLES).value, 3),
        "active units": active_units(model, images),
        "information": round(split.information, 3),
        "marginal kl": round(split.marginal_kl, 3),
    }


def _measure_slowly(model: nn.Module, recipe: Recipe, splits: Splits, samples: int) -> Figures:
    if not PROTOCOLS[recipe.protocol].binary or "test" not in splits:
        return {}
    estimate = log_likelihood(model, images_of(splits["test"], recipe), num_samples=samples)
    return {
        "samples": samples,
        "test nll": round(-estimate.value, 3),
        "test nll standard error": round(estimate.standard_error, 3),
    }


def _says(recipe: Recipe) -> str:
    z = "z = mu" if recipe.objective == "reconstruction" else f"{SAMPLES} samples of z per digit"
    if not PROTOCOLS[recipe.protocol].binary:
        return f"grey cross entropy (no likelihood), mean over the split, {z}"
    return (
        f"nats per digit, binarized once; minus the ELBO and its parts, mean over the split, {z}; quick nll by "
        f"{QUICK_SAMPLES} importance samples on {QUICK_DIGITS:,} digits, test nll by more on all; "
        "information and marginal kl are the parts of the kl, for the mixture over the split"
    )


@torch.no_grad()
def _measure_classifier(model: nn.Module, recipe: Recipe, splits: Splits) -> Figures:
    figures = {}
    for name, split in splits.items():
        parts = mean_elbo(model, split.images, labels=split.labels, objective=objectives.label_log_prob)
        read = torch.cat([model(pixels(part)).argmax(dim=-1) for part in split.images.split(1000)])
        figures[f"{name} loss"] = round(-parts.value.item(), 3)
        figures[f"{name} accuracy"] = round((read == split.labels).double().mean().item(), 4)
    return figures


def _keep_labels(model: nn.Module, recipe: Recipe, mnist: Mnist) -> dict[str, Tensor]:
    return {"labels": mnist.test.labels[: recipe.codes].to(torch.uint8)}


def _says_classifier(recipe: Recipe) -> str:
    return "mean over the split: cross entropy of the label, and the share of digits it reads right"


VAE_FAMILY = Family(fit_objective, _measure, _says, keep=keep_codes, measure_slowly=_measure_slowly)
CONDITIONAL_FAMILY = Family(fit_objective, measure_conditional, says_conditional, keep=keep_conditional)
# By the recipe's objective.
FAMILIES = {
    "elbo": VAE_FAMILY,
    "beta_elbo": VAE_FAMILY,
    "importance_weighted_bound": VAE_FAMILY,
    "reconstruction": VAE_FAMILY,
    "conditional_elbo": CONDITIONAL_FAMILY,
    "told_nothing": CONDITIONAL_FAMILY,  # of twins
    "label_log_prob": Family(fit_objective, _measure_classifier, _says_classifier, keep=_keep_labels),
    "non_saturating": Family(fit_generator, measure_generator, says_generator),
}
