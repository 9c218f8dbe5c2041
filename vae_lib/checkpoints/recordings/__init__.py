"""Recorded trainings: where the bubbles q(z|x) of some held-out digits lay at chosen steps, for several β.

Like a checkpoint, a recording is a pair of files, `NAME.safetensors` and its card `NAME.json`, but it holds no weights.
It knows no training: in the book's repository, `python -m recipes train NAME` writes the pair.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxtyping import Float, UInt8
from torch import Tensor

from vae_lib import checkpoints

FOLDER = Path(__file__).parent
CURVES = ("reconstruction", "kl", "sigma", "spread")


@dataclass(frozen=True)
class Recording:
    """The bubbles N(μ, diag σ²) of held-out digits, by β, training step and digit, with where all this comes from.

    `curves` holds means over all test digits: `reconstruction` and `kl` in nats as in `metrics`, both better when
    smaller; `sigma` is the geometric mean of σ over digits and latents, `spread` the root mean square distance of μ
    from its mean, per latent.
    """

    name: str
    model: str
    arguments: dict[str, Any]
    recipe: dict[str, Any]
    data: dict[str, str]
    metrics: dict[str, float]
    made_with: dict[str, str]
    sha256: str
    betas: tuple[float, ...]
    steps: tuple[int, ...]
    mu: Float[Tensor, "betas steps digits latent"]
    log_var: Float[Tensor, "betas steps digits latent"]
    labels: UInt8[Tensor, " digits"]
    images: UInt8[Tensor, "digits 28 28"]
    curves: dict[str, Float[Tensor, "betas steps"]]


def names() -> list[str]:
    """The names of the recordings that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str, *, folder: Path = FOLDER) -> Recording:
    """The recording of that name in float32 on the CPU.

    Raises CheckpointError for an unknown name, and for a file that is missing, altered or not a recording.
    """
    card, tensors = checkpoints.read_pair(name, Path(folder))
    try:
        _check_shapes(card, tensors)
        return Recording(
            name=name,
            betas=tuple(card["recipe"]["betas"]),
            steps=tuple(card["recipe"]["frames"]),
            mu=tensors["mu"].float(),
            log_var=tensors["log_var"].float(),
            labels=tensors["labels"],
            images=tensors["images"],
            curves={key: tensors[f"curves.{key}"] for key in CURVES},
            **card,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise checkpoints.CheckpointError(
            f"expected {name}.json and {name}.safetensors in {folder} to describe one recording; came "
            f"{type(error).__name__}: {error}. {checkpoints.remedy(name)}"
        ) from error


def _check_shapes(card: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    """Raise ValueError for a tensor of another shape than the card's recipe makes, KeyError for one that is missing."""
    recipe, digits = card["recipe"], 10 * card["recipe"]["per_class"]
    frames = (len(recipe["betas"]), len(recipe["frames"]))
    bubbles = (*frames, digits, card["arguments"]["latent"])
    expected = {"mu": bubbles, "log_var": bubbles, "labels": (digits,), "images": (digits, 28, 28)}
    expected |= {f"curves.{key}": frames for key in CURVES}
    for key, shape in expected.items():
        if tuple(tensors[key].shape) != shape:
            raise ValueError(f"{key} of shape {tuple(tensors[key].shape)} where the recipe makes {shape}")
