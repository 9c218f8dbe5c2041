"""One training loop for every chapter. It knows nothing of models or bounds: it raises whatever objective it is given.

An objective is a function of (model, x), or of (model, x, label) when labels are given, that returns named parts of
shape `[batch]`, in nats, and their `value`, as `objectives.elbo` does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import index
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from tqdm.auto import tqdm

from vae_lib._checks import Labels, expect_precision, explained, forget
from vae_lib._renamed import keyword
from vae_lib.training.batches import ROOM, batches_of, resident, scaled, steps_of, trainable

SCHEDULES = ("constant", "one-cycle")
# Looking at a loss waits for the device. A GPU is asked only this often; a CPU has nothing to wait for.
STEPS_BETWEEN_LOOKS = {"cpu": 1}
STEPS_BETWEEN_LOOKS_ELSEWHERE = 100


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
        self.step, self.term, self.value, self.history = step, term, value, history
        super().__init__(
            f"training stopped at step {step}: expected finite terms, but '{term}' is {value}. "
            "Look for the log of a probability that underflowed to 0 (use logits), a variance that overflowed (emit "
            "log variances), or too high a learning rate. The course up to this step is in .history."
        )

    def __reduce__(self) -> tuple:
        # An exception is copied from its message alone, which is not what this one is made of. Another process that
        # cannot make it anew would wait for it for ever.
        notes = {"__notes__": self.__notes__} if hasattr(self, "__notes__") else {}
        return type(self), (self.step, self.term, self.value, self.history), notes


def expect_named_parts(bound: Any) -> None:
    """Raises ValueError for what an objective returned, unless it is named parts with a `value`."""
    parts = getattr(bound, "_fields", None)
    # The value is asked of the type: to compute it of parts that do not fit would hide which of them it is.
    named = isinstance(parts, tuple) and hasattr(type(bound), "value")
    if named and all(isinstance(getattr(bound, each), Tensor) for each in parts):
        return
    came = f"a tensor of shape {tuple(bound.shape)}" if isinstance(bound, Tensor) else type(bound).__name__
    raise ValueError(
        "expected the objective to return named tensors with a `value`, one number for each example, as "
        f"vae_lib.objectives.elbo does; got {came}. vae_lib.objectives.Reconstruction(values) makes them of one "
        "tensor, and a NamedTuple with a property `value` of several"
    )


def best_device() -> torch.device:
    """The fastest device at hand: CUDA, else MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


@keyword(images="data")
def train(
    model: nn.Module,
    data: UInt8[Tensor, "examples *size"] | Float[Tensor, "examples *size"],
    objective: Objective,
    *,
    labels: Labels | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    schedule: str = "constant",
    seed: int | None = None,
    progress: bool = True,
) -> History:
    """Raise the mean of `objective(model, x).value` by Adam, on the device where the model is, in its precision.

    `data` are bytes, 0 to 255, which become x in [0, 1], or floats, which are x as they are: pixels in [0, 1], or
    points anywhere. With `labels`, one for each example, it is the mean of `objective(model, x, label).value`. The
    budget is given in either `epochs` or `steps`. Every epoch visits all examples in a new order, less a last
    incomplete batch. `schedule` is "constant" or "one-cycle" (up to `learning_rate` and down to zero). `seed` fixes
    that order and the noise. Autocast to bfloat16 is followed; gradients that are switched off are switched on. The
    model is left in evaluation mode, whatever happens; an interrupt by hand carries the course so far in its
    `.history`, and so does the MemoryError of a device that runs out of memory. Raises NonFiniteLossError at the first
    loss that is not finite and ValueError for data, labels, a model, a budget, a schedule, an objective or a precision
    it cannot follow.
    Source: Kingma and Welling (2014), algorithm 1; for one-cycle, Smith and Topin (2019).
    """
    data, labels = trainable(data, labels)
    total, steps_per_epoch = steps_of(epochs, steps, batch_size, len(data))
    weight = first_trainable(model)
    rows = resident(data, labels, weight.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
    rate = schedule_of(schedule, optimizer, learning_rate, total)
    sow(seed)
    record = Record(total, steps_per_epoch, weight.device)
    batches = batches_of(len(data), batch_size, total, weight.device)
    with in_training(model, record.so_far, lambda: f"after {record.taken} of {total} steps; .history has their course"):
        for chosen in shown(batches, total, progress):
            with learning():
                batch = (each.index_select(0, chosen) for each in rows)
                _climb(model, objective, optimizer, record, weight.dtype, *batch)
            rate.step()
        return record.finish()


def _climb(model, objective, optimizer, record, dtype, rows, *label):
    """One step up the objective: a function of its own, so that a step that fails leaves nothing in memory."""
    with explained(rows, ROOM):
        x = scaled(rows, dtype)
        bound = objective(model, x, *label)
        record.add(bound, len(x))
        loss = -bound.value.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def first_trainable(model: nn.Module) -> Tensor:
    """The parameter whose device and precision the training follows. Raises ValueError where nothing can be learned."""
    for parameter in model.parameters():
        if parameter.requires_grad:
            expect_precision(parameter)
            return parameter
    raise ValueError("expected a model with parameters to train, got none; model.requires_grad_() thaws a loaded one")


@contextmanager
def learning() -> Iterator[None]:
    """Gradients for one step, whatever has been switched off around it, and none of an earlier step's weights."""
    # A notebook may have switched gradients off since, and then have run its training cell again.
    with torch.inference_mode(False), torch.enable_grad():
        yield
    # Autocast keeps its copies of the weights until its block ends; the step has changed the weights.
    torch.clear_autocast_cache()


def sow(seed: Any) -> None:
    """Seed every generator, unless there is no seed. Raises ValueError for a seed that is no whole number."""
    if seed is None:
        return
    try:
        torch.manual_seed(index(seed))
    except TypeError:
        raise ValueError(f"expected seed to be a whole number or None, got {type(seed).__name__} {seed!r}") from None


@contextmanager
def in_training(model: nn.Module, course: Callable[[], Any], progress: Callable[[], str]) -> Iterator[None]:
    """The model in training mode, and in evaluation mode afterwards, whatever happens.

    An interrupt by hand and a MemoryError take the `course` so far with them, as `.history`, and a note of it.
    """
    model.train()
    try:
        yield
    except (KeyboardInterrupt, MemoryError) as stop:
        forget(stop)
        model.zero_grad()
        stop.history = course()
        stop.add_note(f"training interrupted {progress()}")
        raise
    finally:
        model.eval()


def shown(batches: Iterator[Tensor], total: int, progress: bool) -> tqdm:
    """The batches, with a bar of how many there have been, unless the caller wants silence."""
    # Otherwise the variable TQDM_DISABLE decides: naming `disable` would override it.
    return tqdm(batches, total=total, unit="step", **({} if progress else {"disable": True}))


def schedule_of(name: str, optimizer: torch.optim.Optimizer, peak: float, total: int):
    """The learning rate's course."""
    if name == "one-cycle":
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=total + 1)
    if name == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    raise ValueError(f"expected schedule to be one of {SCHEDULES}, got {name!r}")


class Record:
    """Keeps every step's terms on the device and looks at them now and then."""

    def __init__(self, total: int, steps_per_epoch: int, device: torch.device):
        self.total, self.steps_per_epoch, self.device = total, steps_per_epoch, device
        self.every = STEPS_BETWEEN_LOOKS.get(device.type, STEPS_BETWEEN_LOOKS_ELSEWHERE)
        self.names: tuple[str, ...] = ()
        self.taken = self.looked = 0

    def add(self, bound: Any, batch_size: int) -> None:
        """Keep the batch means of the bound's parts and of its value."""
        if not self.names:
            self.open(bound, batch_size)
        means = [getattr(bound, name).detach().mean() for name in self.names]
        self.table[self.taken] = torch.stack(means)
        self.taken += 1
        if self.taken % self.every == 0:
            self.look()

    def open(self, bound: Any, batch_size: int) -> None:
        """Make room for the terms of every step, which have the form of the first step's."""
        expect_named_parts(bound)
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

    def so_far(self) -> History:
        """The steps taken so far."""
        return self.history(self.taken)

    def finish(self) -> History:
        """Look at what is left, and return all of it."""
        self.look()
        return self.so_far()
