"""The ELBO with a KL that is annealed, or free up to a point, so that the code comes into use.

It knows nothing of optimisers, and of a network only its `encode` and `decode`.
"""

from collections.abc import Callable
from itertools import count

import torch
from jaxtyping import Float
from torch import Tensor

from vae_lib.distributions import bernoulli_log_prob, kl_standard_normal, reparameterize
from vae_lib.objectives.evidence import BetaElbo, LatentVariableModel, beta_elbo
from vae_lib.objectives.likelihoods import by_the_models_likelihood, making_such_objectives


def free_bits_elbo(
    model: LatentVariableModel,
    x: Float[Tensor, "batch pixels"],
    *,
    free: float,
    log_likelihood=bernoulli_log_prob,
) -> BetaElbo:
    """The ELBO, in nats, where each latent is charged its KL or `free` nats, whichever is more on the batch's average.

    Up to `free` nats a latent may say what it likes at one price, and no gradient makes it say less.
    Source: Kingma et al. (2016), appendix C.8. Shown in: posterior_collapse.
    """
    mu, log_var = model.encode(x)
    reconstruction = log_likelihood(x, model.decode(reparameterize(mu, log_var)))
    kls = kl_standard_normal(mu.reshape(-1, 1), log_var.reshape(-1, 1)).view_as(mu)
    charged = torch.where(kls.mean(dim=0) > free, kls, free)
    return BetaElbo(reconstruction, kls.sum(dim=-1), charged.sum(dim=-1))


def warm_up(steps: int, *, beta: float = 1.0) -> Callable[..., BetaElbo]:
    """An objective for one training: the β-ELBO, in nats, whose weight climbs from 0 to `beta` over its first calls.

    It counts its calls and reaches `beta` after `steps` of them, so that each training needs a new one. Like the
    others it is called with a model and x, and may be given a `log_likelihood`. Raises ValueError for fewer than one
    step.
    Source: Bowman et al. (2016), section 3.1; Sønderby et al. (2016), section 2.3. Shown in: posterior_collapse.
    """
    if steps < 1:
        raise ValueError(f"expected a warm-up of 1 step or more, got {steps}")
    calls = count()

    def warming_elbo(
        model: LatentVariableModel, x: Float[Tensor, "batch pixels"], *, log_likelihood=bernoulli_log_prob
    ) -> BetaElbo:
        weight = beta * min(1.0, next(calls) / steps)
        return beta_elbo(model, x, beta=weight, log_likelihood=log_likelihood)

    return warming_elbo


free_bits_elbo = by_the_models_likelihood(free_bits_elbo)
warm_up = making_such_objectives(warm_up)
