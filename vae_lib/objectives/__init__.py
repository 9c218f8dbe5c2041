"""Lower bounds on log p(x), as functions of a model and a batch.

Every part has shape `[batch]` and unit nats, and larger is better: the minus sign and the mean over the batch are
written where a loss is made of them. Nothing here knows an optimiser, or a network beyond its `encode` and `decode`.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Integer
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid

from vae_lib._checks import expect_classes
from vae_lib.distributions import bernoulli_log_prob, kl_standard_normal, normal_log_prob, reparameterize


@runtime_checkable
class LatentVariableModel(Protocol):
    """What an objective asks of a model."""

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the log variance of q(z|x)."""
        ...

    def decode(self, z: Tensor) -> Tensor:
        """The parameters of p(x|z)."""
        ...


@runtime_checkable
class ConditionalModel(Protocol):
    """What a conditional objective asks of a model: the same, told the label."""

    def encode(self, x: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the log variance of q(z|x, y)."""
        ...

    def decode(self, z: Tensor, label: Tensor) -> Tensor:
        """The parameters of p(x|z, y)."""
        ...


class Elbo(NamedTuple):
    """The evidence lower bound by its parts, in nats: one number for each example, or their mean of no dimension."""

    reconstruction: Float[Tensor, "*batch"]
    kl: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The bound itself: reconstruction − KL."""
        return self.reconstruction - self.kl


class BetaElbo(NamedTuple):
    """The bound with a weight on its KL, by its parts, in nats: one number for each example, or their mean."""

    reconstruction: Float[Tensor, "*batch"]
    kl: Float[Tensor, "*batch"]
    weighted_kl: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: reconstruction − β KL, a bound on log p(x) for β ≥ 1."""
        return self.reconstruction - self.weighted_kl


class ImportanceWeightedBound(NamedTuple):
    """The bound by several samples of z: for each example in nats, and how many of the samples carry its weight."""

    bound: Float[Tensor, "*batch"]
    effective_samples: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The bound itself."""
        return self.bound


class LabelFit(NamedTuple):
    """A classifier's objective, in nats: one number for each example, or their mean of no dimension."""

    log_prob: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: the log probability of the label and nothing beside it."""
        return self.log_prob


class Reconstruction(NamedTuple):
    """An autoencoder's objective, in nats: one number for each example, or their mean of no dimension."""

    reconstruction: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: the reconstruction and nothing beside it."""
        return self.reconstruction


def elbo(model: LatentVariableModel, x: Float[Tensor, "batch pixels"], *, log_likelihood=bernoulli_log_prob) -> Elbo:
    """The evidence lower bound E_q[log p(x|z)] − KL(q(z|x) ‖ N(0, I)), by one sample of z for each x, in nats.

    `log_likelihood(x, decoded)` is log p(x|z) for what `model.decode` gives.
    Source: Kingma and Welling (2014), equation 10. Shown in: variational_autoencoder.
    """
    mu, log_var = model.encode(x)
    z = reparameterize(mu, log_var)
    reconstruction = log_likelihood(x, model.decode(z))
    return Elbo(reconstruction, kl_standard_normal(mu, log_var))


def beta_elbo(
    model: LatentVariableModel,
    x: Float[Tensor, "batch pixels"],
    *,
    beta: float,
    log_likelihood=bernoulli_log_prob,
) -> BetaElbo:
    """E_q[log p(x|z)] − β KL(q(z|x) ‖ N(0, I)), by one sample of z for each x, in nats; β = 1 makes it the ELBO.

    Source: Higgins et al. (2017), equation 4. Shown in: tug_of_war.
    """
    mu, log_var = model.encode(x)
    reconstruction = log_likelihood(x, model.decode(reparameterize(mu, log_var)))
    kl = kl_standard_normal(mu, log_var)
    return BetaElbo(reconstruction, kl, beta * kl)


def log_importance_weights(
    model: LatentVariableModel,
    x: Float[Tensor, "batch pixels"],
    *,
    num_samples: int,
    log_likelihood=bernoulli_log_prob,
) -> Float[Tensor, "samples batch"]:
    """log p(x|z) + log p(z) − log q(z|x) for samples z ~ q(z|x) of each x, in nats; their weights' mean is p(x).

    Source: Burda et al. (2016), equation 7. Shown in: how_good_is_it.
    """
    mu, log_var = (each.repeat(num_samples, 1) for each in model.encode(x))
    z = reparameterize(mu, log_var)
    # A view where x is one row, which saves a copy of it for every sample.
    repeated = x.expand(num_samples, *x.shape).flatten(0, 1)
    zero = torch.zeros_like(mu[:1])
    log_w = log_likelihood(repeated, model.decode(z)) + normal_log_prob(z, zero, zero)
    return (log_w - normal_log_prob(z, mu, log_var)).view(num_samples, len(x))


def importance_weighted_bound(
    model: LatentVariableModel,
    x: Float[Tensor, "batch pixels"],
    *,
    num_samples: int,
    log_likelihood=bernoulli_log_prob,
) -> ImportanceWeightedBound:
    """log of the mean of `num_samples` importance weights p(x, z) / q(z|x), in nats; their mean lies below log p(x).

    With one sample it is the ELBO by a sample of all its terms. The effective samples are 1 / Σ w², from 1 to
    `num_samples`, of the normalised weights w. Raises ValueError for fewer than one sample.
    Source: Burda et al. (2016), equation 8. Shown in: how_good_is_it.
    """
    if num_samples < 1:
        raise ValueError(f"expected num_samples of 1 or more, got {num_samples}")
    log_w = log_importance_weights(model, x, num_samples=num_samples, log_likelihood=log_likelihood)
    bound = torch.logsumexp(log_w, dim=0) - math.log(num_samples)
    effective = 1 / torch.softmax(log_w.detach(), dim=0).square().sum(dim=0)
    return ImportanceWeightedBound(bound, effective)


def reconstruction(
    model: LatentVariableModel, x: Float[Tensor, "batch pixels"], *, log_likelihood=bernoulli_log_prob
) -> Reconstruction:
    """log p(x | z = μ(x)), in nats: what an autoencoder maximises, with no noise and no prior.

    Shown in: autoencoder.
    """
    mu, _ = model.encode(x)
    return Reconstruction(log_likelihood(x, model.decode(mu)))


def conditional_elbo(
    model: ConditionalModel,
    x: Float[Tensor, "batch pixels"],
    label: Integer[Tensor, " batch"],
    *,
    log_likelihood=bernoulli_log_prob,
) -> Elbo:
    """A lower bound on log p(x|y): E_q[log p(x|z, y)] − KL(q(z|x, y) ‖ N(0, I)), by one sample of z, in nats.

    Source: Kingma et al. (2014), equation 6, without its term log p(y). Shown in: conditional_vae.
    """
    mu, log_var = model.encode(x, label)
    z = reparameterize(mu, log_var)
    reconstruction = log_likelihood(x, model.decode(z, label))
    return Elbo(reconstruction, kl_standard_normal(mu, log_var))


def told_nothing(model: ConditionalModel, x: Float[Tensor, "batch pixels"], label: Integer[Tensor, " batch"]) -> Elbo:
    """The bound of a conditional model that is told the class 0 for every x: a bound on log p(x), in nats.

    So a network that is told something can be compared with one of the same size. Shown in: conditional_vae.
    """
    return conditional_elbo(model, x, torch.zeros_like(label))


def label_log_prob(
    model: Callable[[Tensor], Tensor], x: Float[Tensor, "batch pixels"], label: Integer[Tensor, " batch"]
) -> LabelFit:
    """log p(y|x) of a classifier that gives a logit for each class, in nats; minus the usual cross entropy.

    Raises ValueError for labels that are none.
    """
    logits = model(x)
    # On a GPU a label out of range would not be an error but the end of the session.
    expect_classes(label, *logits.shape)
    return LabelFit(-cross_entropy(logits, label, reduction="none"))


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
        """The value of the game, V = log D(x) + log(1 − D(x̃)): the discriminator raises it."""
        return self.on_data + self.on_generated


class Deception(NamedTuple):
    """What a generator raises, in nats: one number for each sample."""

    deception: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: the deception and nothing beside it."""
        return self.deception


def discriminator_bound(model: AdversarialModel, x: Float[Tensor, "batch pixels"]) -> Discrimination:
    """log D(x) + log(1 − D(x̃)) for each x and one sample x̃ beside it, in nats; no gradient reaches the generator.

    Its mean is a lower bound on 2 JS(p_data ‖ p_g) − log 4, tight for D = p_data / (p_data + p_g).
    Source: Goodfellow et al. (2014), equation 1 and theorem 1. Shown in: learned_discrepancy.
    """
    with torch.no_grad():
        x_generated = model.generate(len(x))
    on_data, on_generated = model.discriminator(x), model.discriminator(x_generated)
    return Discrimination(logsigmoid(on_data), logsigmoid(-on_generated))


def saturating(model: AdversarialModel, x: Float[Tensor, "batch pixels"]) -> Deception:
    """−log(1 − D(x̃)), in nats: minus the discriminator's value, what the generator of a zero-sum game raises.

    It is flat where the discriminator is sure of itself. Of x only the number of examples counts.
    Source: Goodfellow et al. (2014), equation 1. Shown in: learned_discrepancy.
    """
    return Deception(-logsigmoid(-model.discriminator(model.generate(len(x)))))


def non_saturating(model: AdversarialModel, x: Float[Tensor, "batch pixels"]) -> Deception:
    """log D(x̃), in nats: what a generator raises in practice. Of x only the number of examples counts.

    Source: Goodfellow et al. (2014), section 3. Shown in: learned_discrepancy.
    """
    return Deception(logsigmoid(model.discriminator(model.generate(len(x)))))
