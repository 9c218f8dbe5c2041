"""Objectives of codes that are choices: among classes, or among the entries of a codebook.

They know nothing of optimisers, and of a network only the methods that `CategoricalModel` and `QuantizingModel` name.
"""

from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from vae_lib.distributions import bernoulli_log_prob, gumbel_softmax, kl_categorical, straight_through


@runtime_checkable
class CategoricalModel(Protocol):
    """What `categorical_elbo` asks of a model."""

    def encode(self, x: Tensor) -> Tensor:
        """The logits of the choices of q(z|x), one row of them for each choice."""
        ...

    def decode(self, z: Tensor) -> Tensor:
        """The parameters of p(x|z), for one-hot or relaxed choices."""
        ...


@runtime_checkable
class QuantizingModel(Protocol):
    """What `quantized_reconstruction` asks of a model."""

    def encode(self, x: Tensor) -> Tensor:
        """The vectors of each x, before they are quantized."""
        ...

    def quantize(self, vectors: Tensor) -> Any:
        """The nearest entry of the codebook for each vector, as `entry`."""
        ...

    def decode(self, vectors: Tensor) -> Tensor:
        """The parameters of p(x|entries)."""
        ...


class CategoricalElbo(NamedTuple):
    """The parts of the bound for a code of choices, in nats: one number for each example, or their mean as a scalar.

    The reconstruction is that of one draw; the KL is exact, between the choices and equally likely ones.
    """

    reconstruction: Float[Tensor, "*batch"]
    kl: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: reconstruction − KL, which estimates a bound on log p(x) where the draw was one-hot."""
        return self.reconstruction - self.kl


class Quantization(NamedTuple):
    """The parts of the objective for a code from a codebook: one number for each example, or their mean as a scalar.

    The reconstruction is in nats, the other two are squared distances between vectors and their entries.
    """

    reconstruction: Float[Tensor, "*batch"]
    codebook: Float[Tensor, "*batch"]
    commitment: Float[Tensor, "*batch"]

    @property
    def value(self) -> Float[Tensor, "*batch"]:
        """The objective: reconstruction − codebook − commitment; no bound on log p(x), as the code has no prior yet."""
        return self.reconstruction - self.codebook - self.commitment


def categorical_elbo(
    model: CategoricalModel,
    x: Float[Tensor, "batch pixels"],
    *,
    temperature: float,
    hard: bool = False,
    log_likelihood=bernoulli_log_prob,
) -> CategoricalElbo:
    """The bound for a code of choices and a uniform prior, by one draw of the Gumbel-softmax for each x, in nats.

    With `hard` the draw is one-hot and the value an unbiased estimate of the bound, its gradient a biased one. Without,
    the decoder sees relaxed choices that a digit never has, and the value is no bound on log p(x). `model` is one like
    `models.CategoricalVAE`.
    Source: Jang et al. (2017), sections 2.2 and 3; Maddison et al. (2017), section 3. Shown in: discrete_latents.
    """
    logits = model.encode(x)
    z = gumbel_softmax(logits, temperature, hard=hard)
    kl = kl_categorical(logits, torch.zeros_like(logits))
    return CategoricalElbo(log_likelihood(x, model.decode(z)), kl)


def quantized_reconstruction(
    model: QuantizingModel,
    x: Float[Tensor, "batch pixels"],
    *,
    commitment: float = 0.25,
    log_likelihood=bernoulli_log_prob,
) -> Quantization:
    """log p(x | entries) by a codebook's nearest entries, with what holds entries and vectors together.

    `model` is one like `models.VectorQuantizedAutoencoder`. The gradient of the reconstruction passes straight through
    the choice of the entry.
    Source: van den Oord et al. (2017), equation 3. Shown in: discrete_latents.
    """
    vectors = model.encode(x)
    entry = model.quantize(vectors).entry
    x_logits = model.decode(straight_through(entry, vectors))
    pull = (vectors.detach() - entry).square().sum(dim=(-2, -1))
    stay = (vectors - entry.detach()).square().sum(dim=(-2, -1))
    return Quantization(log_likelihood(x, x_logits), pull, commitment * stay)
