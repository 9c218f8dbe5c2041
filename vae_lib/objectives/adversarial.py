"""The two sides of an adversarial training: a bound for the discriminator, and what a generator raises.

They know nothing of optimisers, and of the networks only that one generates samples and the other gives log odds.
"""

from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import logsigmoid


@runtime_checkable
class AdversarialModel(Protocol):
    """What the two objectives of an adversarial training ask of a model."""

    discriminator: nn.Module

    def generate(self, count: int) -> Tensor:
        """`count` samples of the generator."""
        ...


class Discrimination(NamedTuple):
    """How well data and samples are told apart, in nats: one number for each pair of an example and a sample."""

    on_data: Float[Tensor, "*batch"]
    on_generated: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The value of the game, V = log sigmoid(T(x)) + log sigmoid(−T(x̃)): the discriminator T raises it."""
        return self.on_data + self.on_generated


class Deception(NamedTuple):
    """What a generator raises, in nats: one number for each sample."""

    deception: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: the deception and nothing else."""
        return self.deception


def discriminator_bound(model: AdversarialModel, x: Float[Tensor, "batch pixels"]) -> Discrimination:
    """log sigmoid(T(x)) + log sigmoid(−T(x̃)) for each x and one sample x̃, in nats; no gradient reaches the generator.

    Its mean is a lower bound on 2 JS(p_data ‖ p_g) − log 4, tight for T = log p_data − log p_g.
    Source: Goodfellow et al. (2014), equation 1 and theorem 1. Shown in: learned_discrepancy.
    """
    with torch.no_grad():
        x_generated = model.generate(len(x))
    on_data, on_generated = model.discriminator(x), model.discriminator(x_generated)
    return Discrimination(logsigmoid(on_data), logsigmoid(-on_generated))


def saturating(model: AdversarialModel, x: Float[Tensor, "batch pixels"]) -> Deception:
    """−log sigmoid(−T(x̃)), in nats: minus the discriminator's value, what the generator of a zero-sum game raises.

    It is flat where the discriminator is sure of itself. Of x only the number of examples counts.
    Source: Goodfellow et al. (2014), equation 1. Shown in: learned_discrepancy.
    """
    return Deception(-logsigmoid(-model.discriminator(model.generate(len(x)))))


def non_saturating(model: AdversarialModel, x: Float[Tensor, "batch pixels"]) -> Deception:
    """log sigmoid(T(x̃)), in nats: what a generator raises in practice. Of x only the number of examples counts.

    Source: Goodfellow et al. (2014), section 3. Shown in: learned_discrepancy.
    """
    return Deception(logsigmoid(model.discriminator(model.generate(len(x)))))
