"""Making a checkpoint from its recipe, and checking a card's figures.

It knows no network by name: `families` says how each is trained and measured.
"""

import hashlib
import json
import platform
import time
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save as bytes_of
from torch import Tensor, nn

from recipes.families import FAMILIES, SLOW_SAMPLES, Family
from recipes.recipe import Recipe, recipe_of
from recipes.rounding import to_ship
from recipes.shipped import RECIPES
from vae_lib import checkpoints
from vae_lib._writing import whole
from vae_lib.checkpoints.rounding import from_shipped
from vae_lib.data import PROTOCOLS, Mnist, Split, halves
from vae_lib.training import best_device

# Fresh noise and another processor's kernels move a mean over thousands of digits by far less than this.
TOLERANCE = 0.1
# Three digits in 5,000: another processor's rounding may push these few across a decision boundary.
TOLERANCE_SHARE = 0.0006


def make(name: str, mnist: Mnist, *, folder: Path = checkpoints.FOLDER) -> str:
    """Train the checkpoint by its recipe, write its two files, and return a line about it.

    Raises CheckpointError for a name without a recipe, and when the full digits are not at hand, since a card states
    figures on the 10,000 test digits.
    """
    if name not in RECIPES:
        raise checkpoints.CheckpointError(f"there is no recipe named {name!r}; there are: {', '.join(sorted(RECIPES))}")
    require_full(mnist)
    recipe = RECIPES[name]
    family = FAMILIES[recipe.objective]
    device = best_device()
    model = _begin(recipe, folder).to(device)
    start = time.perf_counter()
    digits = replace(mnist, train=halves(mnist.train)[0]) if recipe.half else mnist
    curve = family.fit(model, digits, recipe)
    seconds = time.perf_counter() - start
    weights, before = _round(model.cpu(), family, recipe, mnist)
    card = {
        "model": recipe.model,
        "arguments": recipe.arguments,
        "recipe": {
            "command": command_for(name),
            **recipe.on_card(),
            "seconds": round(seconds),
            **before,
        },
        "data": {
            "trained on": f"{_amount(recipe)} training digits of MNIST, {PROTOCOLS[recipe.protocol].description}",
            "metrics": family.says(recipe),
        },
        "metrics": family.measure(model, recipe, _both(mnist)),
        "slow_metrics": {},
        "curve": curve,
        **({"twin": _twin(recipe, mnist, folder)} if recipe.twin else {}),
        "made_with": made_with(device),
    }
    kept = family.keep(model, recipe, mnist)
    held_out = {checkpoints.HELD_OUT + key: tensor.contiguous() for key, tensor in kept.items()}
    size = write_pair(name, weights | held_out, card, folder)
    return f"{name}: {seconds:.0f} s, {size / 1e6:.2f} MB, {card['metrics']}"


def measure_slowly(name: str, mnist: Mnist, *, samples: int = SLOW_SAMPLES, folder: Path = checkpoints.FOLDER) -> str:
    """Measure the figures that take minutes, write them on the checkpoint's card, and return a line about them.

    Likelihoods are estimated from `samples` importance samples, a number that the card records.

    Raises CheckpointError when the full digits are not at hand, and as `checkpoints.load` does.
    """
    require_full(mnist)
    model = checkpoints.load(name, folder=folder)
    recipe = recipe_of(model.card)
    card, _ = checkpoints.read_pair(name, folder)
    card["slow_metrics"] = FAMILIES[recipe.objective].measure_slowly(model, recipe, _both(mnist), samples)
    _write(folder / f"{name}.json", _as_bytes(card))
    return f"{name}: {card['slow_metrics'] or 'no figure of its family takes minutes'}"


def verify(
    name: str,
    mnist: Mnist,
    *,
    folder: Path = checkpoints.FOLDER,
    slow: bool = False,
    only: tuple[str, ...] = ("test", "validation"),
) -> list[str]:
    """What does not hold on a checkpoint's card, a line for each figure; `only` names the splits to check.

    The offline subset is the validation split of the full digits, so that split can always be checked, and the test
    split only with the full digits. `slow` also checks the figures that take minutes.

    Raises CheckpointError as `checkpoints.load` does.
    """
    model = checkpoints.load(name, folder=folder)
    splits = _both(mnist) if mnist.full else {"validation": _together(mnist)}
    splits = {split: digits for split, digits in splits.items() if split in only}
    recipe = recipe_of(model.card)
    family = FAMILIES[recipe.objective]
    checks = [(model.card.metrics, family.measure(model, recipe, splits))]
    if slow:
        said = model.card.slow_metrics
        checks.append((said, family.measure_slowly(model, recipe, splits, said.get("samples", SLOW_SAMPLES))))
    problems = []
    for key, came, expected in (
        (key, came, said.get(key)) for said, figures in checks for key, came in figures.items()
    ):
        tolerance = TOLERANCE_SHARE if key.endswith("accuracy") else TOLERANCE
        if expected is None or not abs(came - expected) <= tolerance:
            problems.append(f"{name}: the card says {key} = {expected}, recomputed {came:.3f}")
    return problems


def _begin(recipe: Recipe, folder: Path) -> nn.Module:
    """The model before training: initialised from the recipe's seed, or with the weights of another checkpoint."""
    torch.manual_seed(recipe.training["seed"])
    model = checkpoints.MODELS[recipe.model](**recipe.arguments)
    if recipe.start is not None:
        begun = checkpoints.load(recipe.start, folder=folder).state_dict()
        # A generator begins as the decoder of a VAE and has no use for the encoder.
        model.load_state_dict({key: begun[key] for key in model.state_dict()})
    return model


def _amount(recipe: Recipe) -> str:
    """How a card counts the digits that the model saw."""
    return "27,500, the first half, of the" if recipe.half else "the 55,000"


def _twin(recipe: Recipe, mnist: Mnist, folder: Path) -> dict[str, float]:
    """The figures of the same network when it is told nothing: the price of not knowing the label."""
    untold = replace(recipe, objective="told_nothing")
    family = FAMILIES[untold.objective]
    model = _begin(untold, folder).to(best_device())
    family.fit(model, mnist, untold)
    return family.measure(model.cpu(), untold, _both(mnist))


def _round(model: nn.Module, family: Family, recipe: Recipe, mnist: Mnist) -> tuple[dict[str, Tensor], dict]:
    """The weights as they ship; the model is left with these, so that what is measured is what ships.

    Where they are rounded to fewer than 16 bits, the card also states the test figures from before the rounding.
    """
    figures = family.measure(model, recipe, {"test": mnist.test}) if recipe.bits < 16 else {}
    weights = to_ship(model.state_dict(), recipe.bits)
    model.load_state_dict(from_shipped(weights))
    return weights, {"before rounding": figures} if figures else {}


def _both(mnist: Mnist) -> dict[str, Split]:
    """The held-out splits of the full digits."""
    return {"test": mnist.test, "validation": mnist.validation}


def _together(mnist: Mnist) -> Split:
    """All digits of the subset as one split."""
    parts = (mnist.train, mnist.validation, mnist.test)
    return Split(torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts]))


def require_full(mnist: Mnist) -> None:
    """Raise CheckpointError for fewer digits than the recipes ask for."""
    if not mnist.full:
        raise checkpoints.CheckpointError(
            f"a checkpoint is made from the full digits, but {mnist.name} came; set VAE_LIB_DATA to their folder"
        )


def command_for(name: str) -> str:
    """The command that makes a checkpoint or a recording anew, as its card states it."""
    return f"python -m recipes train {name}"


def made_with(device: torch.device) -> dict[str, str]:
    """What a card says of the machine that the model was trained on."""
    return {
        "torch": torch.__version__,
        "device": device.type,
        "processor": platform.processor() or platform.machine(),
    }


def write_pair(name: str, tensors: dict[str, Tensor], card: dict, folder: Path) -> int:
    """Write the tensors and the card that vouches for them, each whole or not at all; return the tensors' bytes."""
    content = bytes_of(tensors)
    card = {**card, "sha256": hashlib.sha256(content).hexdigest()}
    _write(folder / f"{name}.safetensors", content)
    _write(folder / f"{name}.json", _as_bytes(card))
    return len(content)


def _as_bytes(card: dict) -> bytes:
    return (json.dumps(card, indent=2) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    with whole(path) as (beside,):
        beside.write_bytes(content)
