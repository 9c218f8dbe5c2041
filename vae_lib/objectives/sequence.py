"""The bound for rows of words.

Words are numbers here, and a 0 ends a row. It knows nothing of optimisers, and of a network only its `encode` and
`decode`.
"""

from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int64
from torch import Tensor

from vae_lib.distributions import kl_standard_normal, reparameterize, words_log_prob
from vae_lib.objectives.evidence import BetaElbo


@runtime_checkable
class SequenceModel(Protocol):
    """What `sequence_elbo` asks of a model."""

    def encode(self, words: Tensor) -> tuple[Tensor, Tensor]:
        """The mean and the log variance of q(z|x)."""
        ...

    def decode(self, z: Tensor, words: Tensor, *, word_dropout: float) -> Tensor:
        """The logits of each word given z and the words before it, of which a share is withheld."""
        ...


def words_of(x: Float[Tensor, "batch positions"]) -> Int64[Tensor, "batch positions"]:
    """The numbers of the words, 0 to 255, in rows of bytes that were divided by 255 like grey levels.

    Shown in: sequence_vae.
    """
    return (255 * x).round().long()


def sequence_elbo(
    model: SequenceModel, x: Float[Tensor, "batch positions"], *, beta: float = 1.0, word_dropout: float = 0.0
) -> BetaElbo:
    """E_q[log p(x|z)] − β KL(q(z|x) ‖ N(0, I)) of rows of words, by one sample of z for each row, in nats.

    `model` is one like `models.SequenceVAE`, `x` rows of word numbers as `words_of` reads them. `word_dropout` is the
    share of preceding words that the decoder is not shown; with any, the value is that of a model that sees less.
    Source: Bowman et al. (2016), section 3. Shown in: sequence_vae.
    """
    words = words_of(x)
    mu, log_var = model.encode(words)
    z = reparameterize(mu, log_var)
    logits = model.decode(z, words, word_dropout=word_dropout)
    kl = kl_standard_normal(mu, log_var)
    return BetaElbo(words_log_prob(words, logits), kl, beta * kl)
