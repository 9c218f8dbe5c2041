"""The bound on log p(x) by several samples of z, each with its importance weight.

It knows nothing of optimisers, and of a network only its `encode` and `decode`.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from vae_lib.distributions import bernoulli_log_prob, normal_log_prob, reparameterize
from vae_lib.objectives.evidence import LatentVariableModel
from vae_lib.objectives.likelihoods import by_the_models_likelihood


class ImportanceWeightedBound(NamedTuple):
    """The bound from several samples of z, in nats for each example, and how many of the samples carry its weight."""

    bound: Float[Tensor, "*batch"]
    effective_samples: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The bound itself."""
        return self.bound


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

    With one sample it is the ELBO, each of its terms estimated from that sample. The effective samples are 1 / Σ w²,
    from 1 to `num_samples`, of the normalised weights w. Raises ValueError for fewer than one sample.
    Source: Burda et al. (2016), equation 8. Shown in: how_good_is_it.
    """
    if num_samples < 1:
        raise ValueError(f"expected num_samples of 1 or more, got {num_samples}")
    log_w = log_importance_weights(model, x, num_samples=num_samples, log_likelihood=log_likelihood)
    bound = torch.logsumexp(log_w, dim=0) - math.log(num_samples)
    effective = 1 / torch.softmax(log_w.detach(), dim=0).square().sum(dim=0)
    return ImportanceWeightedBound(bound, effective)


log_importance_weights = by_the_models_likelihood(log_importance_weights)
importance_weighted_bound = by_the_models_likelihood(importance_weighted_bound)
