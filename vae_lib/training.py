"""One training loop for every chapter. It knows no model and no bound: it raises whatever objective it is given.

An objective is a function of (model, x) that returns named parts of shape `[batch]`, in nats, and their `value`, as
`objectives.elbo` does. The digits stay on the device as bytes, which is what makes the loop fast.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from tqdm.auto import tqdm

SCHEDULES = ("constant", "one-cycle")
# Looking at a loss waits for the device. A GPU is asked only this often; a CPU has nothing to wait for.
STEPS_BETWEEN_LOOKS = {"cpu": 1}
STEPS_BETWEEN_LOOKS_ELSEWHERE = 100


@runtime_checkable
class Bound(Protocol):
    """What an objective returns: a NamedTuple of parts with a `value`, each of shape `[batch]`."""

    _fields: tuple[str, ...]
    value: Tensor


Objective = Callable[[nn.Module, Tensor], Bound]


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
        return self.terms[term][: whole * self.steps_per_epoch].view(whole, -1).mean(dim=1)


class NonFiniteLossError(ArithmeticError):
    """The objective, or a part of it, became NaN or infinite; `step`, `term` and `history` say when and which."""

    def __init__(self, step: int, term: str, value: float, history: History):
        self.step, self.term, self.history = step, term, history
        super().__init__(
            f"training stopped at step {step}: expected finite terms, but '{term}' is {value}. "
            "Look for the log of a probability that underflowed to 0 (use logits), a variance that overflowed (emit "
            "log variances), or too high a learning rate; the returned history up to this step is in .history."
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
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    schedule: str = "constant",
    seed: int | None = None,
    progress: bool = True,
) -> History:
    """Raise the mean of `objective(model, x).value` by Adam, on the device where the model is.

    The budget is given in `epochs` or in `steps`, one of them. Every epoch visits all images in a new order, less a
    last incomplete batch. `schedule` is "constant" or "one-cycle" (up to `learning_rate` and down to zero). `seed`
    fixes the order of the images and the noise. Raises NonFiniteLossError at the first loss that is not finite, and
    ValueError for a budget or schedule it cannot follow. Source: Kingma and Welling (2014), algorithm 1.
    """
    steps_per_epoch = len(images) // batch_size
    total = _budget(epochs, steps, steps_per_epoch, batch_size, len(images))
    device = next(model.parameters()).device
    if seed is not None:
        torch.manual_seed(seed)
    images = images.flatten(1).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
    rate = _schedule(schedule, optimizer, learning_rate, total)
    record = _Record(total, steps_per_epoch, device)
    model.train()
    for index in tqdm(_batches(len(images), batch_size, total, device), total=total, unit="step", disable=not progress):
        x = images.index_select(0, index).float().div_(255)  # (batch, pixels), in [0, 1]
        bound = objective(model, x)
        loss = -bound.value.mean()
        record.add(bound)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rate.step()
    model.eval()
    return record.finish()


def _budget(epochs: int | None, steps: int | None, steps_per_epoch: int, batch_size: int, examples: int) -> int:
    """How many steps to take."""
    if (epochs is None) == (steps is None):
        raise ValueError(f"give the budget as epochs or as steps, one of them; got epochs={epochs}, steps={steps}")
    if steps_per_epoch == 0:
        raise ValueError(f"a batch of {batch_size} needs as many images, got {examples}; choose a smaller batch_size")
    total = steps if steps is not None else epochs * steps_per_epoch
    if total < 1:
        raise ValueError(f"expected a budget of at least one step, got epochs={epochs}, steps={steps}")
    return total


def _schedule(name: str, optimizer: torch.optim.Optimizer, peak: float, total: int):
    """The learning rate's course."""
    if name == "one-cycle":
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=total + 1)
    if name == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    raise ValueError(f"expected schedule to be one of {SCHEDULES}, got {name!r}")


def _batches(examples: int, batch_size: int, total: int, device: torch.device) -> Iterator[Tensor]:
    """Indices of `total` batches; each pass over the examples is shuffled anew."""
    taken = 0
    while True:
        order = torch.randperm(examples, device=device)
        for start in range(0, examples - batch_size + 1, batch_size):
            if taken == total:
                return
            taken += 1
            yield order[start : start + batch_size]


class _Record:
    """Keeps every step's terms on the device and looks at them now and then."""

    def __init__(self, total: int, steps_per_epoch: int, device: torch.device):
        self.total, self.steps_per_epoch, self.device = total, steps_per_epoch, device
        self.every = STEPS_BETWEEN_LOOKS.get(device.type, STEPS_BETWEEN_LOOKS_ELSEWHERE)
        self.names: tuple[str, ...] = ()
        self.taken = self.looked = 0

    def add(self, bound: Bound) -> None:
        """Keep the batch means of the bound's parts and of its value."""
        if not self.names:
            # The parts come first: when one of them breaks, it is named and not the value that it breaks.
            self.names = (*bound._fields, "value")
            self.table = torch.empty(self.total, len(self.names), device=self.device)
        means = [getattr(bound, name).detach().mean() for name in self.names]
        self.table[self.taken] = torch.stack(means)
        self.taken += 1
        if self.taken % self.every == 0:
            self.look()

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
        columns = self.table[:steps].cpu().unbind(dim=1)
        return History(dict(zip(self.names, columns, strict=True)), self.steps_per_epoch)

    def finish(self) -> History:
        """Look at what is left, and return all of it."""
        self.look()
        return self.history(self.taken)
