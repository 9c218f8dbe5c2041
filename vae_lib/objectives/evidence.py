"""The evidence lower bound on log p(x), with or without a weight on its KL, and the reconstruction alone.

It knows nothing of optimisers, and of a network only its `encode` and `decode`.
"""

from typing import NamedTuple, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from vae_lib.distributions import bernoulli_log_prob, kl_standard_normal, reparameterize
from vae_lib.objectives.likelihoods import by_the_models_likelihood


@runtime_checkable
class LatentVariableModel(Protocol):
    """What an objective asks of a model."""

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the log variance of q(z|x)."""
        ...

    def decode(self, z: Tensor) -> Tensor:
        """The parameters of p(x|z)."""
        ...


class Elbo(NamedTuple):
    """The parts of the evidence lower bound, in nats: one number for each example, or their mean as a scalar."""

    reconstruction: Float[Tensor, "*batch"]
    kl: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The bound itself: reconstruction − KL."""
        return self.reconstruction - self.kl


class BetaElbo(NamedTuple):
    """The parts of the bound with a weighted KL, in nats: one number for each example, or their mean as a scalar."""

    reconstruction: Float[Tensor, "*batch"]
    kl: Float[Tensor, "*batch"]
    weighted_kl: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: reconstruction − β KL, a bound on log p(x) for β ≥ 1."""
        return self.reconstruction - self.weighted_kl


class Reconstruction(NamedTuple):
    """An autoencoder's objective, in nats: one number for each example, or their mean as a scalar."""

    reconstruction: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: the reconstruction and nothing else."""
        return self.reconstruction


def elbo(model: LatentVariableModel, x: Float[Tensor, "batch pixels"], *, log_likelihood=bernoulli_log_prob) -> Elbo:
    """The evidence lower bound E_q[log p(x|z)] − KL(q(z|x) ‖ N(0, I)), by one sample of z for each x, in nats.

    `log_likelihood(x, decoded)` is log p(x|z) for what `model.decode` gives; by default `model.log_likelihood`, or
    Bernoulli pixels where the model has none.
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


def reconstruction(
    model: LatentVariableModel, x: Float[Tensor, "batch pixels"], *, log_likelihood=bernoulli_log_prob
) -> Reconstruction:
    """log p(x | z = μ(x)), in nats: what an autoencoder maximises, with no noise and no prior.

    Shown in: autoencoder.
    """
    mu, _ = model.encode(x)
    return Reconstruction(log_likelihood(x, model.decode(mu)))


elbo = by_the_models_likelihood(elbo)
beta_elbo = by_the_models_likelihood(beta_elbo)
reconstruction = by_the_models_likelihood(reconstruction)
