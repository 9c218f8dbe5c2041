"""Trained weights, a reader's or those that ship with the library, each with a card that says what they reach.

A checkpoint is a pair of files: `NAME.safetensors` (the weights, in float16 or in eight bits, and the codes of some
held-out digits) and `NAME.json`, the card. Loading never runs code from a file. It knows no training: in the book's
repository, the package `recipes` makes the pairs and recomputes the figures on their cards. `save_file` and `load_file`
do the same for a reader's own model, whose weights stay as they are.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Integer
from safetensors import SafetensorError
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor, nn

from vae_lib import models
from vae_lib._writing import write_whole
from vae_lib.checkpoints.rounding import from_shipped

FOLDER = Path(__file__).parent
MODELS = {name: getattr(models, name) for name in models.__all__}
HELD_OUT = "held_out."


class CheckpointError(ValueError):
    """A checkpoint that is missing, damaged or foreign; the message names the file and the remedy."""


@dataclass(frozen=True)
class Card:
    """Where a checkpoint's weights come from and what they reach on held-out digits.

    `data` says what `metrics` mean, most often nats per image; `slow_metrics` take minutes to recompute. `twin` holds
    the metrics of the same network, trained by the same recipe but told nothing; its weights do not ship. `held_out`
    holds tensors that ship beside the weights.
    """

    name: str
    model: str
    arguments: dict[str, Any]
    recipe: dict[str, Any]
    data: dict[str, str]
    metrics: dict[str, float | int | None]
    curve: list[float]
    made_with: dict[str, str]
    sha256: str
    held_out: dict[str, Tensor]
    slow_metrics: dict[str, float | int] = field(default_factory=dict)
    twin: dict[str, float] = field(default_factory=dict)

    @property
    def held_out_codes(self) -> Float[Tensor, "digits latent"] | None:
        """The means μ of the first test digits, or None for a model without codes."""
        return self.held_out.get("codes")

    @property
    def held_out_labels(self) -> Integer[Tensor, " digits"] | None:
        """The labels of these digits."""
        return self.held_out.get("labels")

    @property
    def held_out_terms(self) -> Float[Tensor, "digits 2"] | None:
        """The reconstruction errors and KLs of these digits in nats, or None for a model that is told no labels."""
        return self.held_out.get("terms")


def names() -> list[str]:
    """The names of the checkpoints that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str, *, folder: Path = FOLDER) -> nn.Module:
    """The trained model of that name in float32 on the CPU, in evaluation mode and frozen, its card in `.card`.

    Raises CheckpointError for an unknown name, and for a file that is missing, altered or not a checkpoint.
    """
    card, tensors = read_pair(name, Path(folder))
    held_out = {key.removeprefix(HELD_OUT): tensors.pop(key) for key in list(tensors) if key.startswith(HELD_OUT)}
    try:
        # Wherever new tensors go by default, and in whatever precision.
        with torch.device("cpu"):
            model = MODELS[card["model"]](**_as_arguments(card["arguments"])).float()
        model.load_state_dict(from_shipped(tensors))
        held_out = {key: each.float() if each.is_floating_point() else each for key, each in held_out.items()}
        missing = {"codes", "labels"} - set(held_out) if hasattr(model, "encode") else set()
        if missing:
            raise KeyError(*sorted(missing))
        model.card = Card(name=name, held_out=held_out, **card)
    except (LookupError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"expected {name}.json and {name}.safetensors in {folder} to describe one model of vae_lib; came "
            f"{type(error).__name__}: {error}. {remedy(name)}"
        ) from error
    return model.eval().requires_grad_(False)


def save_file(
    model: nn.Module,
    path: str | Path,
    *,
    arguments: dict[str, Any],
    data: dict[str, str],
    metrics: dict[str, float | int | None],
    recipe: dict[str, Any] | None = None,
    curve: Sequence[float] = (),
    held_out: dict[str, Tensor] | None = None,
) -> Path:
    """Write a model of this library to PATH, a .safetensors file, with its card beside it as .json; gives back PATH.

    `arguments` are those the model was made with, `held_out` tensors to keep beside the weights ("codes", "labels"),
    and the rest stands on the card. Both files are written whole or not at all. Raises CheckpointError for a model that
    could not be loaded again, and OSError where PATH cannot be written.
    """
    path, kind = Path(path).expanduser(), type(model).__name__
    if MODELS.get(kind) is not type(model) or path.suffix != ".safetensors":
        raise CheckpointError(
            f"expected a model of vae_lib.models and a name that ends in .safetensors; got {kind} and {path.name}. "
            "Of a class of your own save model.state_dict()"
        )
    weights = {key: tensor.detach().cpu().contiguous() for key, tensor in model.state_dict().items()}
    kept = {HELD_OUT + key: tensor.detach().cpu().contiguous() for key, tensor in (held_out or {}).items()}
    content = tensors_to_bytes(weights | kept)
    card = {
        **{"model": kind, "arguments": arguments, "recipe": recipe or {}, "data": data, "metrics": metrics},
        **{"curve": list(curve), "made_with": {"torch": torch.__version__}},
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    write_whole({path: content, path.with_suffix(".json"): (json.dumps(card, indent=2) + "\n").encode()})
    return path


def load_file(path: str | Path) -> nn.Module:
    """The model that `save_file` wrote to PATH, on the CPU, in evaluation mode and frozen, its card in `.card`.

    Raises CheckpointError for a file that is missing, altered or not one of these.
    """
    path = Path(path).expanduser()
    try:
        card, tensors = read_pair(path.stem, path.parent)
        held_out = {key.removeprefix(HELD_OUT): tensors.pop(key) for key in list(tensors) if key.startswith(HELD_OUT)}
        with torch.device("cpu"):
            model = MODELS[card["model"]](**_as_arguments(card["arguments"])).to(next(iter(tensors.values())).dtype)
        model.load_state_dict(tensors)
        # Without a name: a page has no weights of that name to offer, as it has of those that ship.
        model.card = Card(name="", held_out=held_out, **card)
    except (LookupError, TypeError, AttributeError, ValueError, RuntimeError, StopIteration) as error:
        came = str(error).replace(f" {remedy(path.stem)}", "")
        raise CheckpointError(
            f"expected {path} and its card {path.with_suffix('.json').name} as save_file writes them; came "
            f"{type(error).__name__}: {came} Keep the two files together, or save the model anew"
        ) from error
    return model.eval().requires_grad_(False)


def load_family(stem: str, *, folder: Path = FOLDER) -> dict[str, nn.Module]:
    """The trained models named `stem`, an underscore and what tells them apart, by name, each as `load` gives it.

    Raises CheckpointError where there is none, and as `load` does.
    """
    family = sorted(path.stem for path in Path(folder).glob(f"{stem}_*.json"))
    if not family:
        raise CheckpointError(f"there is no family of checkpoints named {stem!r} in {folder}")
    return {name: load(name, folder=folder) for name in family}


def read_pair(name: str, folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The card and the tensors of a checkpoint or a recording, checked against each other.

    Raises CheckpointError for an unknown name, and for files that are missing, damaged or foreign.
    """
    weights = folder / f"{name}.safetensors"
    if name not in (path.stem for path in folder.glob("*.json")):
        shipped = ", ".join(sorted(path.stem for path in folder.glob("*.json"))) or "none"
        raise CheckpointError(f"there is no checkpoint named {name!r} in {folder}; there are: {shipped}")
    try:
        card = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        content = weights.read_bytes()
    except (OSError, ValueError) as error:
        raise CheckpointError(f"cannot read the checkpoint {name!r} in {folder}: {error}. {remedy(name)}") from error
    if not isinstance(card, dict) or "sha256" not in card:
        raise CheckpointError(
            f"{folder / f'{name}.json'} is no card: expected an object with a field 'sha256', came "
            f"{type(card).__name__} {str(card)[:80]}. {remedy(name)}"
        )
    came = hashlib.sha256(content).hexdigest()
    if came != card["sha256"]:
        raise CheckpointError(
            f"{weights} is damaged or foreign: expected the SHA-256 of its card, {card['sha256']}; "
            f"came {len(content):,} bytes with {came}. {remedy(name)}"
        )
    try:
        with torch.device("cpu"):
            return card, tensors_from_bytes(content)
    except SafetensorError as error:
        raise CheckpointError(f"{weights}: expected a safetensors file, came {error}. {remedy(name)}") from error


def _as_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with tuples for lists, since JSON has no tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}


def remedy(name: str) -> str:
    """What to do about a checkpoint that cannot be used."""
    return f"Reinstall vae_lib, or, in its repository, run: python -m recipes train {name}"
