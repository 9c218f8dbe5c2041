"""The loop for players who take turns, each with an objective of its own. It knows nothing of models or bounds.

The players share a model and its data: on every batch each moves its own part's weights and no others.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from vae_lib._checks import explained
from vae_lib.training.batches import ROOM, batches_of, resident, scaled, steps_of, trainable
from vae_lib.training.loop import (
    History,
    Objective,
    Record,
    first_trainable,
    in_training,
    learning,
    schedule_of,
    shown,
    sow,
)


def train_in_turn(
    model: nn.Module,
    data: UInt8[Tensor, "examples *size"] | Float[Tensor, "examples *size"],
    turns: Sequence[tuple[nn.Module, Objective]],
    *,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int = 128,
    learning_rate: float = 2e-4,
    schedule: str = "constant",
    seed: int | None = None,
    progress: bool = True,
) -> list[History]:
    """Let the players raise an objective each, in turn on every batch: one history for each of them.

    A turn is a player, which is a part of the model, and the objective of (model, x) that this part's weights raise
    while all others stand still. The players share the data and nothing else: what one raises another may lower, so
    no number tells how far the training has come. Data, options and errors are those of `train`; Adam forgets its
    direction sooner (β₁ = 0.5), since an opponent's moves turn it.
    Source: Goodfellow et al. (2014), algorithm 1; for β₁, Radford et al. (2016). Used in: learned_discrepancy.
    """
    data, _ = trainable(data, None)
    total, steps_per_epoch = steps_of(epochs, steps, batch_size, len(data))
    weight = first_trainable(model)
    (rows,) = resident(data, None, weight.device)
    players = [_Player(*turn, learning_rate, schedule, total, steps_per_epoch, weight.device) for turn in turns]
    sow(seed)
    batches = batches_of(len(data), batch_size, total, weight.device)
    courses = [player.record.so_far for player in players]
    with in_training(
        model,
        lambda: [course() for course in courses],
        lambda: f"in one of {total} steps; .history has each player's course",
    ):
        for index in shown(batches, total, progress):
            with learning():
                x = scaled(rows.index_select(0, index), weight.dtype)
            for player in players:
                player.move(model, x)
        return [player.record.finish() for player in players]


class _Player:
    """One player's weights, objective and optimiser."""

    def __init__(self, part, objective, learning_rate, schedule, total, steps_per_epoch, device):
        self.weights = [weight for weight in part.parameters() if weight.requires_grad]
        self.objective = objective
        self.optimizer = torch.optim.Adam(self.weights, lr=learning_rate, betas=(0.5, 0.999), fused=True)
        self.rate = schedule_of(schedule, self.optimizer, learning_rate, total)
        self.record = Record(total, steps_per_epoch, device)

    def move(self, model: nn.Module, x: Tensor) -> None:
        """One step up this player's objective, which leaves all other weights and their gradients alone."""
        with explained(x, ROOM), learning():
            bound = self.objective(model, x)
            self.record.add(bound, len(x))
            self.optimizer.zero_grad()
            (-bound.value.mean()).backward(inputs=self.weights)
            self.optimizer.step()
        self.rate.step()
