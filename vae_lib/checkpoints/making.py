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
from vae_lib.checkpoints.recipes import LABELLED, OBJECTIVES, RECIPES
from vae_lib.data import Mnist, Split, pixels
from vae_lib.evaluation import mean_elbo
from vae_lib.training import best_device, train

CODES = 1500
SAMPLES = 10
# Fresh noise and another processor's kernels move a mean over thousands of digits far less than this.
TOLERANCE = 0.1
# Three of 5,000 digits that another processor's rounding may push over a border.
TOLERANCE_SHARE = 0.0006
GREY = f"grey cross entropy (no likelihood), {SAMPLES} samples of z per digit"
MEASURED = {
    "elbo": GREY,
    "reconstruction": "grey cross entropy (no likelihood), z = mu",
    "conditional_elbo": f"{GREY}, encoder and decoder told its label",
    "label_log_prob": "cross entropy of the label, and the share of digits it reads right",
}


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
    labels = mnist.train.labels if recipe.objective in LABELLED else None
    history = train(model, mnist.train.images, OBJECTIVES[recipe.objective], labels=labels, **recipe.training)
    seconds = time.perf_counter() - start
    model = model.cpu().half().float()  # what is measured is what ships
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
            "metrics": f"mean over the split: {MEASURED[recipe.objective]}",
        },
        "metrics": _metrics(model, recipe.objective, {"test": mnist.test, "validation": mnist.validation}),
        "curve": [round(-value, 2) for value in history.epochs().tolist()],
        "made_with": made_with(device),
    }
    size = write_pair(name, _tensors(model, recipe.objective, mnist), card, folder)
    return f"{name}: {seconds:.0f} s, {size / 1e6:.2f} MB, {card['metrics']}"


def verify(name: str, mnist: Mnist, *, folder: Path = checkpoints.FOLDER) -> list[str]:
    """What does not hold on a checkpoint's card: the figures of every split that `mnist` can give.

    The offline subset is the validation split of the full digits, so that split can always be checked.
    """
    model = checkpoints.load(name, folder=folder)
    if mnist.full:
        splits = {"test": mnist.test, "validation": mnist.validation}
    else:
        parts = (mnist.train, mnist.validation, mnist.test)
        images, labels = (torch.cat([getattr(part, name) for part in parts]) for name in ("images", "labels"))
        splits = {"validation": Split(images, labels)}
    problems = []
    for key, came in _metrics(model, model.card.recipe["objective"], splits).items():
        expected = model.card.metrics.get(key)
        tolerance = TOLERANCE_SHARE if key.endswith("accuracy") else TOLERANCE
        if expected is None or not abs(came - expected) <= tolerance:
            problems.append(f"{name}: the card says {key} = {expected}, recomputed {came:.3f}")
    return problems


def _metrics(model: nn.Module, objective: str, splits: dict[str, Split]) -> dict[str, float]:
    """Minus the objective, and its parts, in nats per image, for each split; of a classifier also its accuracy."""
    metrics = {}
    for split, digits in splits.items():
        labels = digits.labels if objective in LABELLED else None
        samples = 1 if objective == "label_log_prob" else SAMPLES
        parts = mean_elbo(model, digits.images, labels=labels, objective=OBJECTIVES[objective], samples=samples)
        metrics[f"{split} loss"] = round(-parts.value.item(), 3)
        if "reconstruction" in parts._fields:
            metrics[f"{split} reconstruction"] = round(-parts.reconstruction.item(), 3)
        if "kl" in parts._fields:
            metrics[f"{split} kl"] = round(parts.kl.item(), 3)
        if objective == "label_log_prob":
            metrics[f"{split} accuracy"] = round(_accuracy(model, digits), 4)
    return metrics


@torch.no_grad()
def _accuracy(classifier: nn.Module, digits: Split) -> float:
    """The share of digits that a classifier reads as what they are."""
    read = torch.cat([classifier(pixels(part)).argmax(dim=-1) for part in digits.images.split(1000)])
    return (read == digits.labels).double().mean().item()


def _tensors(model: nn.Module, objective: str, mnist: Mnist) -> dict[str, Tensor]:
    """The weights in float16, and where the first test digits lie in the latent space of a model that has one."""
    images, labels = mnist.test.images[:CODES], mnist.test.labels[:CODES]
    held_out = {"labels": labels.to(torch.uint8)}
    if hasattr(model, "encode"):
        with torch.no_grad():
            codes, _ = model.encode(pixels(images), *([labels] if objective in LABELLED else []))
        held_out["codes"] = codes.half()
    if objective == "conditional_elbo":
        held_out["terms"] = _terms(model, images, labels).half()
    weights = {key: tensor.half() for key, tensor in model.state_dict().items()}
    return weights | {checkpoints.HELD_OUT + key: tensor.contiguous() for key, tensor in held_out.items()}


@torch.no_grad()
def _terms(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Each digit's reconstruction error and KL under its own label, in nats, over samples that are always the same."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = [OBJECTIVES["conditional_elbo"](model, pixels(images), labels) for _ in range(SAMPLES)]
    error = -torch.stack([part.reconstruction for part in parts]).mean(dim=0)
    return torch.stack([error, parts[0].kl], dim=-1)


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
