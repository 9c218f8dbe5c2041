"""Making a recording from its recipe, and checking one against its recipe."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from recipes.making import command_for, made_with, require_full, write_pair
from recipes.recipe import RecordingRecipe
from recipes.shipped import RECORDINGS
from vae_lib import checkpoints, objectives
from vae_lib.checkpoints import recordings
from vae_lib.data import Mnist, pixels
from vae_lib.evaluation import mean_elbo
from vae_lib.training import Bound, best_device, train

# The frames that `verify` trains anew: enough steps to move the bubbles far from where they began, few enough to wait
# for.
RETRAINED = (0, 5, 20)
# In so few steps another processor's kernels move a code by far less; half precision rounds it by up to 0.004.
TOLERANCE = 0.02
# The same for a mean over the test digits, relative to one plus its size.
CURVE_TOLERANCE = 0.01


def make(name: str, mnist: Mnist, *, folder: Path = recordings.FOLDER) -> str:
    """Train by the recipe once for each β, write the recording's two files, and return a line about it.

    Raises CheckpointError for a name without a recipe, and when the full digits are not at hand.
    """
    if name not in RECORDINGS:
        there = ", ".join(sorted(RECORDINGS))
        raise checkpoints.CheckpointError(f"there is no recipe named {name!r}; there are: {there}")
    require_full(mnist)
    recipe = RECORDINGS[name]
    start = time.perf_counter()
    tensors = _watched(recipe, mnist, recipe.frames)
    seconds = time.perf_counter() - start
    card = {
        "model": recipe.model,
        "arguments": recipe.arguments,
        "recipe": {
            "command": command_for(name),
            "objective": "beta_elbo",
            "betas": recipe.betas,
            "frames": recipe.frames,
            "per_class": recipe.per_class,
            **recipe.training,
            "seconds": round(seconds),
        },
        "data": {
            "trained on": "the 55,000 training digits of MNIST, grey levels divided by 255",
            "metrics": "grey cross entropy (no likelihood), mean over the 10,000 test digits, one sample of z for each",
            "digits": f"the first {recipe.per_class} test digits of each class",
        },
        "metrics": _metrics(recipe.betas, tensors),
        "made_with": made_with(best_device()),
    }
    size = write_pair(name, tensors, card, folder)
    return f"{name}: {seconds:.0f} s, {size / 1e6:.2f} MB, {card['metrics']}"


def verify(name: str, mnist: Mnist, *, folder: Path = recordings.FOLDER) -> list[str]:
    """What does not hold of a recording: its card's figures, its digits, and its first steps when trained anew.

    Digits and steps can only be checked with the full digits.

    Raises CheckpointError as `recordings.load` does.
    """
    recording = recordings.load(name, folder=folder)
    came = _metrics(recording.betas, {f"curves.{key}": curve for key, curve in recording.curves.items()})
    problems = [
        f"{name}: the card says {key} = {recording.metrics.get(key)}, the recording {value}"
        for key, value in came.items()
        if recording.metrics.get(key) != value
    ]
    if mnist.full:
        problems += _retrained_otherwise(recording, mnist)
    return problems


def _retrained_otherwise(recording: recordings.Recording, mnist: Mnist) -> list[str]:
    """What differs from the recording when its first steps are trained anew."""
    expected = {"mu": recording.mu, "log_var": recording.log_var, "images": recording.images, **recording.curves}
    came = _watched(RECORDINGS[recording.name], mnist, RETRAINED)
    at = [recording.steps.index(step) for step in RETRAINED]
    problems = []
    for key, then in expected.items():
        now = came[f"curves.{key}" if key in recording.curves else key].float()
        then = then.float() if key == "images" else then[:, at]
        bound = CURVE_TOLERANCE * (1 + then.abs()) if key in recording.curves else TOLERANCE * (1 + then.abs())
        if now.shape != then.shape or not ((now - then).abs() <= bound).all():
            furthest = (now - then).abs().max().item() if now.shape == then.shape else float("nan")
            problems.append(f"{recording.name}: {key} trained anew for {RETRAINED[-1]} steps differs by {furthest:.3g}")
    return problems


def _watched(recipe: RecordingRecipe, mnist: Mnist, frames: Sequence[int]) -> dict[str, Tensor]:
    """The recording's tensors: one training for each β, observed at the given steps."""
    digits = torch.cat([(mnist.test.labels == label).nonzero()[: recipe.per_class, 0] for label in range(10)])
    images = mnist.test.images[digits]
    trainings = [_watch(recipe, beta, mnist, images, frames) for beta in recipe.betas]
    stacked = {key: torch.stack([each[key] for each in trainings]) for key in trainings[0]}
    codes = {key: stacked.pop(key).half() for key in ("mu", "log_var")}
    return codes | stacked | {"images": images.contiguous(), "labels": mnist.test.labels[digits].to(torch.uint8)}


def _watch(
    recipe: RecordingRecipe, beta: float, mnist: Mnist, images: Tensor, frames: Sequence[int]
) -> dict[str, Tensor]:
    """What is observed of one training, frame by frame."""
    torch.manual_seed(recipe.training["seed"])
    model = checkpoints.MODELS[recipe.model](**recipe.arguments).to(best_device())
    objective = partial(objectives.beta_elbo, beta=beta)
    seen: list[dict[str, Tensor]] = []
    watched = _Watched(objective, frames, lambda: seen.append(_look(model, objective, images, mnist.test.images)))
    # A check that takes seconds needs no progress bar.
    progress = max(frames) == max(recipe.frames)
    train(model, mnist.train.images, watched, steps=max(frames), progress=progress, **recipe.training)
    watched.look_if_due()
    return {key: torch.stack([each[key] for each in seen]) for key in seen[0]}


class _Watched:
    """An objective that calls `look` before chosen steps, so that the training loop need not know it is watched."""

    def __init__(self, objective: Callable, frames: Sequence[int], look: Callable[[], None]):
        self.objective, self.frames, self.look, self.step = objective, frozenset(frames), look, 0

    def __call__(self, model: nn.Module, x: Tensor) -> Bound:
        self.look_if_due()
        self.step += 1
        return self.objective(model, x)

    def look_if_due(self) -> None:
        """Look if a frame is due after the steps taken so far."""
        if self.step in self.frames:
            self.look()


@torch.no_grad()
def _look(model: nn.Module, objective: Callable, digits: Tensor, test: Tensor) -> dict[str, Tensor]:
    """The bubbles of the chosen digits, and means over all test digits."""
    device = next(model.parameters()).device
    mu, log_var = (each.cpu() for each in model.encode(pixels(digits).to(device)))
    all_mu, all_log_var = (each.cpu() for each in model.encode(pixels(test).to(device)))
    # `mean_elbo` leaves the training's random numbers as they were.
    parts = mean_elbo(model, test, objective=objective)
    curves = {
        "reconstruction": -parts.reconstruction.float(),
        "kl": parts.kl.float(),
        "sigma": (0.5 * all_log_var.mean()).exp(),
        "spread": all_mu.var(dim=0).mean().sqrt(),
    }
    return {"mu": mu, "log_var": log_var} | {f"curves.{key}": curve for key, curve in curves.items()}


def _metrics(betas: Sequence[float], tensors: dict[str, Tensor]) -> dict[str, float]:
    """The last value of each curve, by β."""
    return {
        f"beta {beta:g}: test {key}": round(tensors[f"curves.{key}"][k, -1].item(), 4)
        for k, beta in enumerate(betas)
        for key in recordings.CURVES
    }
