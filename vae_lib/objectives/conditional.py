"""Objectives that are given labels: a lower bound on log p(x|y), and log p(y|x) for a classifier.

They know nothing of optimisers, and of a network only its `encode` and `decode`, or that a classifier is called.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Integer
from torch import Tensor
from torch.nn.functional import cross_entropy

from vae_lib._checks import expect_classes
from vae_lib.distributions import bernoulli_log_prob, kl_standard_normal, reparameterize
from vae_lib.objectives.evidence import Elbo
from vae_lib.objectives.likelihoods import by_the_models_likelihood


@runtime_checkable
class ConditionalModel(Protocol):
    """What a conditional objective asks of a model: the same, told the label."""

    def encode(self, x: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the log variance of q(z|x, y)."""
        ...

    def decode(self, z: Tensor, label: Tensor) -> Tensor:
        """The parameters of p(x|z, y)."""
        ...


class LabelFit(NamedTuple):
    """A classifier's objective, in nats: one number for each example, or their mean as a scalar."""

    log_prob: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: the log probability of the label and nothing else."""
        return self.log_prob


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

    It compares a network that is told the label with one of the same size that is not.
    Shown in: what_a_label_is_worth.
    """
    return conditional_elbo(model, x, torch.zeros_like(label))


def label_log_prob(
    model: Callable[[Tensor], Tensor], x: Float[Tensor, "batch pixels"], label: Integer[Tensor, " batch"]
) -> LabelFit:
    """log p(y|x) of a classifier that gives a logit for each class, in nats; minus the usual cross entropy.

    Raises ValueError for a label that is not a class.
    """
    logits = model(x)
    # On a GPU a label out of range would not be an error but the end of the session.
    expect_classes(label, *logits.shape)
    return LabelFit(-cross_entropy(logits, label, reduction="none"))


conditional_elbo = by_the_models_likelihood(conditional_elbo)
