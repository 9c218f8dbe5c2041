"""The data of a training: on the device once and for all, and in batches, in a new order each epoch.

It knows nothing of models or objectives. Bytes stay bytes until a batch of them is scaled, which makes the loop fast.
"""

from collections.abc import Iterator
from numbers import Real
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from vae_lib._checks import as_labels, expect_trainable, explained

ROOM = "Give a smaller batch_size or a smaller model, or train on the CPU; the weights so far are kept."


def steps_of(epochs: Any, steps: Any, batch_size: Any, examples: int) -> tuple[int, int]:
    """How many steps to take, and how many make an epoch. Raises ValueError for a budget that says neither."""
    if (epochs is None) == (steps is None):
        raise ValueError(f"give the budget as either epochs or steps; got epochs={epochs}, steps={steps}")
    for name, value in {"epochs": epochs, "steps": steps, "batch_size": batch_size}.items():
        if not isinstance(value, Real | None):
            raise ValueError(f"expected {name} to be a whole number, got {type(value).__name__} {value!r}")
    if not 1 <= batch_size <= examples:
        raise ValueError(f"expected a batch_size from 1 to the number of examples, {examples}; got {batch_size}")
    total = steps if steps is not None else epochs * (examples // batch_size)
    if total < 1 or total != int(total):
        raise ValueError(f"expected a budget of one step or more, in whole steps; got epochs={epochs}, steps={steps}")
    return int(total), examples // batch_size


def trainable(data: Any, labels: Any) -> tuple[Tensor, Tensor | None]:
    """The data, and the labels as a tensor, where they are such as one can train on.

    Raises ValueError for data that are neither bytes nor floats, one row for each example, and for labels that are not
    one for each of them.
    """
    expect_trainable(data)
    if labels is None:
        return data, None
    labels = as_labels(labels)
    if labels.shape != data.shape[:1]:
        raise ValueError(f"expected one label for each of the {len(data)} examples, got shape {tuple(labels.shape)}")
    return data, labels


def resident(data: Tensor, labels: Tensor | None, device: torch.device) -> list[Tensor]:
    """The data as rows on the device, bytes or floats, and their labels where they are given."""
    rows = data.flatten(1)
    with explained(rows, ROOM):
        return [each.to(device) for each in (rows, labels) if each is not None]


def batches_of(examples: int, batch_size: int, total: int, device: torch.device) -> Iterator[Tensor]:
    """Indices of `total` batches; each pass over the examples is shuffled anew."""
    steps_per_epoch = examples // batch_size
    for step in range(total):
        start = step % steps_per_epoch * batch_size
        if start == 0:
            order = torch.randperm(examples, device=device)
        yield order[start : start + batch_size]


def scaled(rows: Tensor, dtype: torch.dtype) -> Float[Tensor, "batch pixels"]:
    """A batch in that precision: bytes as grey levels in [0, 1], floats as they are."""
    return rows.to(dtype) if rows.is_floating_point() else rows.to(dtype).div_(255)
