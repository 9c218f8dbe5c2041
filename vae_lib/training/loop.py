"""One training loop for every chapter. It knows no model and no bound: it raises whatever objective it is given.

An objective is a function of (model, x), or of (model, x, label) when labels are given, that returns named parts of
shape `[batch]`, in nats, and their `value`, as `objectives.elbo` does. The digits stay on the device as bytes, which
is what makes the loop fast.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor, nn
from tqdm.auto import tqdm

from vae_lib._checks import expect_grey_levels, explained, forget

SCHEDULES = ("constant", "one-cycle")
# Looking at a loss waits for the device. A GPU is asked only this often; a CPU has nothing to wait for.
STEPS_BETWEEN_LOOKS = {"cpu": 1}
STEPS_BETWEEN_LOOKS_ELSEWHERE = 100
ROOM = "Give a smaller batch_size or a smaller model, or train on the CPU; the weights so far are kept."


@runtime_checkable
class Bound(Protocol):
    """What an objective returns: a NamedTuple of parts with a `value`, each of shape `[batch]`."""

    _fields: tuple[str, ...]
    value: Tensor


Objective = Callable[..., Bound]  # of a model, a batch of x, and of their labels where they are given


class History(NamedTuple):
    """The course of a training: for each step, the batch mean of the value and of every part, in nats."""

    terms: dict[str, Float[Tensor, " steps"]]
    steps_per_epoch: int

    @property
    def value(self) -> Float[Tensor, " steps"]:
        """The objective itself."""
        return self.terms["value"]

    def epochs(self, term: str = "value") -> Float[Tensor, " epochs"]:
        """A term's mean over each whole epoch."""
        whole = len(self.terms[term]) // self.steps_per_epoch
        return self.terms[term][: whole * self.steps_per_epoch].view(whole, self.steps_per_epoch).mean(dim=1)


class NonFiniteLossError(ArithmeticError):
    """The objective, or a part of it, became NaN or infinite; `step`, `term` and `history` say when and which."""

    def __init__(self, step: int, term: str, value: float, history: History):
        self.step, self.term, self.history = step, term, history
        super().__init__(
            f"training stopped at step {step}: expected finite terms, but '{term}' is {value}. "
            "Look for the log of a probability that underflowed to 0 (use logits), a variance that overflowed (emit "
            "log variances), or too high a learning rate. The course up to this step is in .history."
        )


def best_device() -> torch.device:
    """The fastest device at hand: CUDA, else MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def train(
    model: nn.Module,
    images: UInt8[Tensor, "examples *size"],
    objective: Objective,
    *,
    labels: Int64[Tensor, " examples"] | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    schedule: str = "constant",
    seed: int | None = None,
    progress: bool = True,
) -> History:
    """Raise the mean of `objective(model, x).value` by Adam, on the device where the model is, in its precision.

    With `labels`, one for each image, it is the mean of `objective(model, x, label).value`. The budget is given in
    `epochs` or in `steps`, one of them. Every epoch visits all images in a new order, less a last incomplete batch.
    `schedule` is "constant" or "one-cycle" (up to `learning_rate` and down to zero). `seed` fixes the order of the
    images and the noise. The model is left in evaluation mode, whatever happens; an interrupt by hand carries the
    course so far in its `.history`, and so does the MemoryError of a device that runs out of memory. Raises
    NonFiniteLossError at the first loss that is not finite and ValueError for images, a model, a budget, a schedule or
    an objective it cannot follow.
    Source: Kingma and Welling (2014), algorithm 1; for one-cycle, Smith and Topin (2019).
    """
    total, steps_per_epoch = steps_of(epochs, steps, batch_size, len(images))
    weight = first_trainable(model)
    data = resident(images, labels, weight.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
    rate = schedule_of(schedule, optimizer, learning_rate, total)
    if seed is not None:
        torch.manual_seed(seed)
    record = Record(total, steps_per_epoch, weight.device)
    batches = batches_of(len(images), batch_size, total, weight.device)
    model.train()
    try:
        # Unless the caller wants silence, the variable TQDM_DISABLE decides: naming `disable` would override it.
        quiet = {} if progress else {"disable": True}
        for index in tqdm(batches, total=total, unit="step", **quiet):
            batch = (each.index_select(0, index) for each in data)
            _climb(model, objective, optimizer, record, weight.dtype, *batch)
            rate.step()
        return record.finish()
    except (KeyboardInterrupt, MemoryError) as stop:
        forget(stop)
        optimizer.zero_grad()
        stop.history = record.history(record.taken)
        stop.add_note(f"training interrupted after {record.taken} of {total} steps; .history has their course")
        raise
    finally:
        model.eval()


def _climb(model, objective, optimizer, record, dtype, images, *label):
    """One step up the objective: a function of its own, so that a step that fails leaves nothing in memory."""
    # A notebook may have switched gradients off since, and then have run its training cell again.
    with explained(images, ROOM), torch.enable_grad():
        x = images.to(dtype).div_(255)  # (batch, pixels), in [0, 1]
        bound = objective(model, x, *label)
        record.add(bound, len(x))
        loss = -bound.value.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def steps_of(epochs: int | None, steps: int | None, batch_size: int, examples: int) -> tuple[int, int]:
    """How many steps to take, and how many make an epoch."""
    if (epochs is None) == (steps is None):
        raise ValueError(f"give the budget as epochs or as steps, one of them; got epochs={epochs}, steps={steps}")
    if not 1 <= batch_size <= examples:
        raise ValueError(f"expected a batch_size from 1 to the number of images, {examples}; got {batch_size}")
    total = steps if steps is not None else epochs * (examples // batch_size)
    if total < 1 or total != int(total):
        raise ValueError(f"expected a budget of one step or more, in whole steps; got epochs={epochs}, steps={steps}")
    return int(total), examples // batch_size


def first_trainable(model: nn.Module) -> Tensor:
    """The parameter whose device and precision the training follows."""
    for parameter in model.parameters():
        if parameter.requires_grad:
            return parameter
    raise ValueError("expected a model with parameters to train, got none; model.requires_grad_() thaws a loaded one")


def resident(images: Any, labels: Tensor | None, device: torch.device) -> list[Tensor]:
    """The images as rows of bytes on the device, and their labels where they are given."""
    expect_grey_levels(images)
    if labels is not None and labels.shape != images.shape[:1]:
        raise ValueError(f"expected one label for each of the {len(images)} images, got shape {tuple(labels.shape)}")
    rows = images.flatten(1)
    with explained(rows, ROOM):
        return [each.to(device) for each in (rows, labels) if each is not None]


def schedule_of(name: str, optimizer: torch.optim.Optimizer, peak: float, total: int):
    """The learning rate's course."""
    if name == "one-cycle":
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=total + 1)
    if name == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    raise ValueError(f"expected schedule to be one of {SCHEDULES}, got {name!r}")


def batches_of(examples: int, batch_size: int, total: int, device: torch.device) -> Iterator[Tensor]:
    """Indices of `total` batches; each pass over the examples is shuffled anew."""
    steps_per_epoch = examples // batch_size
    for step in range(total):
        start = step % steps_per_epoch * batch_size
        if start == 0:
            order = torch.randperm(examples, device=device)
        yield order[start : start + batch_size]


class Record:
    """Keeps every step's terms on the device and looks at them now and then."""

    def __init__(self, total: int, steps_per_epoch: int, device: torch.device):
        self.total, self.steps_per_epoch, self.device = total, steps_per_epoch, device
        self.every = STEPS_BETWEEN_LOOKS.get(device.type, STEPS_BETWEEN_LOOKS_ELSEWHERE)
        self.names: tuple[str, ...] = ()
        self.taken = self.looked = 0

    def add(self, bound: tuple, batch_size: int) -> None:
        """Keep the batch means of the bound's parts and of its value."""
        if not self.names:
            self.open(bound, batch_size)
        means = [getattr(bound, name).detach().mean() for name in self.names]
        self.table[self.taken] = torch.stack(means)
        self.taken += 1
        if self.taken % self.every == 0:
            self.look()

    def open(self, bound: tuple, batch_size: int) -> None:
        """Make room for the terms of every step, which have the form of the first step's."""
        # The parts come first: when one of them breaks, it is named and not the value that it breaks.
        self.names = (*bound._fields, "value")
        for name in self.names:
            shape = tuple(getattr(bound, name).shape)
            if shape != (batch_size,):
                raise ValueError(
                    f"expected the objective's '{name}' to have shape ({batch_size},), one number for each example; "
                    f"got {shape}. Sum over the dimensions of an example; train takes the mean over the batch."
                )
        self.table = torch.empty(self.total, len(self.names), dtype=bound.value.dtype, device=self.device)

    def look(self) -> None:
        """Raise NonFiniteLossError at the first row that is not finite."""
        rows = self.table[self.looked : self.taken]
        finite = rows.isfinite()
        if not finite.all():
            row, column = (~finite).nonzero()[0].tolist()
            step = self.looked + row
            history = self.history(step)
            raise NonFiniteLossError(step + 1, self.names[column], rows[row, column].item(), history)
        self.looked = self.taken

    def history(self, steps: int) -> History:
        """The first `steps` rows, by name."""
        columns = self.table[:steps].cpu().unbind(dim=1) if self.names else ()
        return History(dict(zip(self.names, columns, strict=True)), self.steps_per_epoch)

    def finish(self) -> History:
        """Look at what is left, and return all of it."""
        self.look()
        return self.history(self.taken)
