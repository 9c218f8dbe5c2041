"""Making a checkpoint from its recipe, and checking a card's figures. It knows files, and no network by name."""

import hashlib
import json
import os
import platform
import time
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save as bytes_of
from torch import Tensor, nn

from recipes.families import FAMILIES, SLOW_SAMPLES, Family
from recipes.shipped import RECIPES, Recipe, recipe_of
from vae_lib import checkpoints
from vae_lib.checkpoints.rounding import from_shipped, to_ship
from vae_lib.data import PROTOCOLS, Mnist, Split
from vae_lib.training import best_device

# Fresh noise and another processor's kernels move a mean over thousands of digits far less than this.
TOLERANCE = 0.1
# Three of 5,000 digits that another processor's rounding may push over a border.
TOLERANCE_SHARE = 0.0006


def make(name: str, mnist: Mnist, *, folder: Path = checkpoints.FOLDER) -> str:
    """Train the checkpoint by its recipe, write its two files, and return a line about it.

    Raises CheckpointError for a name without a recipe, and when the full digits are not at hand: a card states figures
    on the 10,000 test digits.
    """
    if name not in RECIPES:
        raise checkpoints.CheckpointError(f"there is no recipe named {name!r}; there are: {', '.join(sorted(RECIPES))}")
    require_full(mnist)
    recipe = RECIPES[name]
    family = FAMILIES[recipe.objective]
    device = best_device()
    model = _begin(recipe, folder).to(device)
    start = time.perf_counter()
    curve = family.fit(model, mnist, recipe)
    seconds = time.perf_counter() - start
    weights, before = _round(model.cpu(), family, recipe, mnist)
    card = {
        "model": recipe.model,
        "arguments": recipe.arguments,
        "recipe": {
            "command": f"python -m recipes train {name}",
            **recipe.on_card(),
            "seconds": round(seconds),
            **before,
        },
        "data": {
            "trained on": f"the 55,000 training digits of MNIST, {PROTOCOLS[recipe.protocol].description}",
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

    Likelihoods are estimated by so many `samples`, and the card says how many.

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
    """What does not hold on a checkpoint's card: the figures of every split that `mnist` can give, or of some `only`.

    The offline subset is the validation split of the full digits, so that split can always be checked. The figures
    that take minutes are checked where `slow` asks for them.
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
    """The model before its training: new, by the recipe's seed, or with the weights of another checkpoint."""
    torch.manual_seed(recipe.training["seed"])
    model = checkpoints.MODELS[recipe.model](**recipe.arguments)
    if recipe.start is not None:
        begun = checkpoints.load(recipe.start, folder=folder).state_dict()
        # A generator begins as the decoder of a VAE and leaves its encoder behind.
        model.load_state_dict({key: begun[key] for key in model.state_dict()})
    return model


def _twin(recipe: Recipe, mnist: Mnist, folder: Path) -> dict[str, float]:
    """What the same network reaches that is told nothing: the price of not knowing."""
    untold = replace(recipe, objective="told_nothing")
    family = FAMILIES[untold.objective]
    model = _begin(untold, folder).to(best_device())
    family.fit(model, mnist, untold)
    return family.measure(model.cpu(), untold, _both(mnist))


def _round(model: nn.Module, family: Family, recipe: Recipe, mnist: Mnist) -> tuple[dict[str, Tensor], dict]:
    """The weights as they ship, which the model has from then on: what is measured is what ships.

    Where they are rounded, the card also says what those measured that training left.
    """
    figures = family.measure(model, recipe, {"test": mnist.test}) if recipe.bits < 16 else {}
    weights = to_ship(model.state_dict(), recipe.bits)
    model.load_state_dict(from_shipped(weights))
    return weights, {"before rounding": figures} if figures else {}


def _both(mnist: Mnist) -> dict[str, Split]:
    """The held-out splits of the full digits."""
    return {"test": mnist.test, "validation": mnist.validation}


def _together(mnist: Mnist) -> Split:
    """All digits of the subset."""
    parts = (mnist.train, mnist.validation, mnist.test)
    return Split(torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts]))


def require_full(mnist: Mnist) -> None:
    """Raises CheckpointError for fewer digits than a recipe is for."""
    if not mnist.full:
        raise checkpoints.CheckpointError(
            f"a checkpoint is made from the full digits, but {mnist.name} came; set VAE_LIB_DATA to their folder"
        )


def made_with(device: torch.device) -> dict[str, str]:
    """What a card says of the machine that trained."""
    return {
        "torch": torch.__version__,
        "device": device.type,
        "processor": platform.processor() or platform.machine(),
    }


def write_pair(name: str, tensors: dict[str, Tensor], card: dict, folder: Path) -> int:
    """Write the tensors and the card that vouches for them, each whole or not at all; the tensors' size in bytes."""
    content = bytes_of(tensors)
    card = {**card, "sha256": hashlib.sha256(content).hexdigest()}
    _write(folder / f"{name}.safetensors", content)
    _write(folder / f"{name}.json", _as_bytes(card))
    return len(content)


def _as_bytes(card: dict) -> bytes:
    return (json.dumps(card, indent=2) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
