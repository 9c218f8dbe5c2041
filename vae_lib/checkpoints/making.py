"""Making a checkpoint from its recipe, and checking a card's figures. It knows files, and no network by name."""

import hashlib
import json
import os
import platform
import time
from pathlib import Path

import torch
from safetensors.torch import save as bytes_of
from torch import Tensor, nn

from vae_lib import checkpoints
from vae_lib.checkpoints.recipes import OBJECTIVES, RECIPES
from vae_lib.data import Mnist, pixels
from vae_lib.evaluation import mean_elbo
from vae_lib.training import best_device, train

CODES = 1500
SAMPLES = 10
# Fresh noise and another processor's kernels move a mean over thousands of digits far less than this.
TOLERANCE = 0.1


def make(name: str, mnist: Mnist, *, folder: Path = checkpoints.FOLDER) -> str:
    """Train the checkpoint by its recipe, write its two files, and return a line about it.

    Raises CheckpointError for a name without a recipe, and when the full digits are not at hand: a card states figures
    on the 10,000 test digits.
    """
    if name not in RECIPES:
        raise checkpoints.CheckpointError(f"there is no recipe named {name!r}; there are: {', '.join(sorted(RECIPES))}")
    require_full(mnist)
    recipe = RECIPES[name]
    torch.manual_seed(recipe.training["seed"])
    device = best_device()
    model = checkpoints.MODELS[recipe.model](**recipe.arguments).to(device)
    start = time.perf_counter()
    history = train(model, mnist.train.images, OBJECTIVES[recipe.objective], **recipe.training)
    seconds = time.perf_counter() - start
    model = model.cpu().half().float()  # what is measured is what ships
    z = "z = mu" if recipe.objective == "reconstruction" else f"{SAMPLES} samples of z per digit"
    card = {
        "model": recipe.model,
        "arguments": recipe.arguments,
        "recipe": {
            "command": f"python -m vae_lib.checkpoints train {name}",
            "objective": recipe.objective,
            **recipe.training,
            "seconds": round(seconds),
        },
        "data": {
            "trained on": "the 55,000 training digits of MNIST, grey levels divided by 255",
            "metrics": f"grey cross entropy (no likelihood), mean over the split, {z}",
        },
        "metrics": _metrics(
            model, recipe.objective, {"test": mnist.test.images, "validation": mnist.validation.images}
        ),
        "curve": [round(-value, 2) for value in history.epochs().tolist()],
        "made_with": made_with(device),
    }
    size = write_pair(name, _tensors(model, mnist), card, folder)
    return f"{name}: {seconds:.0f} s, {size / 1e6:.2f} MB, {card['metrics']}"


def verify(name: str, mnist: Mnist, *, folder: Path = checkpoints.FOLDER) -> list[str]:
    """What does not hold on a checkpoint's card: the figures of every split that `mnist` can give.

    The offline subset is the validation split of the full digits, so that split can always be checked.
    """
    model = checkpoints.load(name, folder=folder)
    if mnist.full:
        splits = {"test": mnist.test.images, "validation": mnist.validation.images}
    else:
        splits = {"validation": torch.cat([part.images for part in (mnist.train, mnist.validation, mnist.test)])}
    problems = []
    for key, came in _metrics(model, model.card.recipe["objective"], splits).items():
        expected = model.card.metrics.get(key)
        if expected is None or not abs(came - expected) <= TOLERANCE:
            problems.append(f"{name}: the card says {key} = {expected}, recomputed {came:.3f}")
    return problems


def _metrics(model: nn.Module, objective: str, splits: dict[str, Tensor]) -> dict[str, float]:
    """Minus the objective, and its parts, in nats per image, for each split."""
    metrics = {}
    for split, images in splits.items():
        parts = mean_elbo(model, images, objective=OBJECTIVES[objective], samples=SAMPLES)
        metrics[f"{split} loss"] = round(-parts.value.item(), 3)
        metrics[f"{split} reconstruction"] = round(-parts.reconstruction.item(), 3)
        if "kl" in parts._fields:
            metrics[f"{split} kl"] = round(parts.kl.item(), 3)
    return metrics


def _tensors(model: nn.Module, mnist: Mnist) -> dict[str, Tensor]:
    """The weights in float16, and where the first test digits lie in the latent space."""
    digits = mnist.test.images[:CODES]
    with torch.no_grad():
        codes, _ = model.encode(pixels(digits))
    held_out = {"codes": codes.half(), "labels": mnist.test.labels[:CODES].to(torch.uint8)}
    weights = {key: tensor.half() for key, tensor in model.state_dict().items()}
    return weights | {checkpoints.HELD_OUT + key: tensor.contiguous() for key, tensor in held_out.items()}


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
    _write(folder / f"{name}.json", (json.dumps(card, indent=2) + "\n").encode())
    return len(content)


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
