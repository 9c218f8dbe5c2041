"""What the library asks of a reader's data, and what it says when memory runs out. It knows nothing of models.

It is called where data come in: `pixels`, the training loops, the evaluation. The formulas themselves (`distributions`,
`objectives.elbo`, a model's `encode`) check nothing, since chapters show every line of them.
"""

import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from jaxtyping import Integer
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

# CUDA has an exception of its own for this, MPS and the CPU only words.
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
# One class for each example.
Labels = Integer[Tensor, " examples"] | Integer[np.ndarray, " examples"] | Sequence[int]
# Before torch 2.6 an export is not told apart from a compilation.
_exporting = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)


def expect_bytes(images: Any) -> None:
    """Raises ValueError for images that are not bytes, or have no axis of examples."""
    if not isinstance(images, Tensor):
        raise ValueError(
            f"expected images as a tensor of bytes, 0 to 255 (torch.uint8), got {type(images).__name__}; "
            + _as_a_tensor(images)
        )
    if images.dtype != torch.uint8:
        # Values already in [0, 1] would be divided by 255 once more: black images, and no error.
        raise ValueError(f"expected images as bytes, 0 to 255 (torch.uint8), got {images.dtype}; give them unscaled")
    if images.ndim < 2:
        raise ValueError(
            f"expected images of shape [examples, …], got shape {tuple(images.shape)}; image[None] is one example"
        )


def _as_a_tensor(came: Any) -> str:
    """What to do with something that is no tensor."""
    if isinstance(came, str | bytes | os.PathLike):
        return "a path is not read here: load_mnist() reads the digits, and what it gives has .train.images"
    if isinstance(came, Dataset | DataLoader):
        return "batches are made here: give all examples as one tensor, such as dataset.tensors[0] of a TensorDataset"
    if hasattr(came, "to_numpy"):
        return "torch.as_tensor(table.to_numpy()) makes a tensor of a table"
    if hasattr(came, "train"):
        return "one split of the data is meant, such as data.train.images"
    if hasattr(came, "images"):
        return "the pictures of the split are meant, its .images"
    return "torch.as_tensor makes a tensor of an array, and torch.stack one of a list of tensors"


def expect_grey_levels(images: Any) -> None:
    """Raises ValueError for images that are not bytes, and for ink of 1 where it should be 255."""
    expect_bytes(images)
    if images.numel() and images.max() == 1:
        raise ValueError(
            "expected grey levels from 0 to 255, got bytes of at most 1, which is black on black; multiply them by 255"
        )


def expect_trainable(data: Any) -> None:
    """Raises ValueError for data that are neither grey levels as bytes nor finite floats, one row for each example.

    Floats may be anything, pixels in [0, 1] or points of a plane, but not grey levels that were not divided by 255.
    """
    if not isinstance(data, Tensor) or data.dtype == torch.uint8:
        expect_grey_levels(data)
        return
    if not data.is_floating_point():
        raise ValueError(
            f"expected images as bytes, 0 to 255 (torch.uint8), or data as floats, pixels in [0, 1]; got {data.dtype}"
        )
    if data.ndim < 2:
        raise ValueError(f"expected data of shape [examples, …], got shape {tuple(data.shape)}")
    good = data.isfinite().flatten(1).all(dim=1)
    if not good.all():
        raise ValueError(
            f"expected finite points, got NaN or infinity in {int((~good).sum()):,} of {len(data):,} rows; "
            "data[data.isfinite().all(dim=1)] leaves them out"
        )
    # A batch of such numbers has a loss like any other, only hundreds of times as large.
    if data.numel() and 127 < data.max() <= 255 and data.min() >= 0 and bool((data == data.round()).all()):
        raise ValueError(
            f"expected pixels in [0, 1], got {data.dtype} in whole numbers up to {data.max():.0f}, which are grey "
            "levels; divide them by 255, or give them as bytes, data.to(torch.uint8)"
        )


def as_labels(labels: Any) -> Tensor:
    """Labels as a tensor, of an array, a table's column or a list. Raises ValueError unless they are whole numbers."""
    if isinstance(labels, Tensor):
        return labels
    try:
        tensor = torch.tensor(np.asarray(labels), device="cpu")  # a copy, since a table's column cannot be written to
    except (TypeError, ValueError, RuntimeError):
        tensor = None
    if tensor is None or tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool:
        came = f"{type(labels).__name__} of {np.asarray(labels, dtype=object).ravel()[:3].tolist()} …"
        raise ValueError(f"expected labels as whole numbers, one class for each example; got {came}")
    return tensor.to(torch.int64)


def expect_precision(weight: Tensor) -> None:
    """Raises ValueError for weights or an autocast in half precision, and for weights that can take no gradient."""
    kind = weight.device.type
    half = weight.dtype == torch.float16
    if half or (torch.is_autocast_enabled(kind) and torch.get_autocast_dtype(kind) == torch.float16):
        where = "a model with weights in torch.float16" if half else "autocast to torch.float16"
        raise ValueError(
            f"expected to train in float32, float64 or bfloat16; got {where}, where sums above 65,504 are infinite "
            "and gradients below 6e-8 are zero. "
            + ("model.float() or model.bfloat16() cures it" if half else "autocast with dtype=torch.bfloat16 works")
        )
    if weight.is_inference():
        raise ValueError(
            "expected weights that can be trained; these were made under torch.inference_mode(), which takes gradients "
            "from them for ever. Make the model outside it"
        )


def expect_classes(label: Any, rows: int | torch.SymInt | Tensor, classes: int) -> None:
    """Raises ValueError for labels that are not integers, not one for each row, or outside 0 … `classes` − 1.

    `rows` is not a plain integer while a model is exported or traced.
    """
    if not isinstance(label, Tensor):
        raise ValueError(
            f"expected labels as a tensor of integers, one class for each row; got {type(label).__name__}; "
            "torch.as_tensor makes a tensor of a list or an array"
        )
    if label.is_floating_point() or label.is_complex() or label.dtype == torch.bool:
        raise ValueError(f"expected labels as integers, one class for each row; got {label.dtype}")
    if label.shape != (rows,):
        raise ValueError(
            f"expected labels of shape ({rows},), one class for each row; got {tuple(label.shape)}. "
            "For one class everywhere give torch.full((rows,), digit)."
        )
    # An export has no values to look at yet; PyTorch's `one_hot` refuses a wrong label when the exported graph runs.
    if rows and not _exporting() and not (label.min() >= 0 and label.max() < classes):
        raise ValueError(f"expected labels from 0 to {classes - 1}, got {label.min().item()} to {label.max().item()}")


def expect_finite(values: Tensor, name: str, *, infinite: bool = False) -> None:
    """Raises ArithmeticError where a row of values holds NaN or, unless that is allowed, infinity."""
    bad = values.isnan() if infinite else ~values.isfinite()
    rows = int(bad.flatten(1).any(dim=1).sum()) if bad.ndim > 1 else int(bad.sum())
    if rows:
        kind = "NaN" if infinite else "NaN or infinite"
        raise ArithmeticError(
            f"expected a number for every image, but '{name}' is {kind} for {rows:,} of {len(values):,}. Look at the "
            "model's weights, all(p.isfinite().all() for p in model.parameters()), and for the log of a probability "
            "that underflowed to 0 or an exp that overflowed"
        )


def forget(error: BaseException) -> None:
    """Empty the frames of an error: a notebook keeps the error, and with its frames memory that the next try needs."""
    traceback.clear_frames(error.__traceback__)


@contextmanager
def explained(x: Tensor, remedy: str, *, copies: int = 1) -> Iterator[None]:
    """While a model works on `copies` of x, add to a RuntimeError what x was; out of memory becomes a MemoryError."""
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and not any(each in str(error) for each in OUT_OF_MEMORY):
            error.add_note(
                f"The model was given x of shape {tuple(x.shape)} on {x.device}, one row for each image. If that is "
                f"not its size, make it for {x.shape[1:].numel()} pixels or give it images of the size it takes. A "
                "network that takes pictures and not rows begins with nn.Unflatten(1, (channels, height, width)), and "
                "a decoder of that kind ends with nn.Flatten()."
            )
            raise
        forget(error)
        came = ". ".join(str(error).split(". ")[:2]).removesuffix(".")
        raise MemoryError(
            f"{x.device} ran out of memory: expected room for {copies * len(x):,} rows of {x.shape[1:].numel():,} "
            f"numbers and all that the model makes of them; came: {came}. {remedy}"
        ) from error
