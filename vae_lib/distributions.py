"""Log-densities, KL divergences, and the gradients through a sample, of the distributions a VAE is made of.

Every density and divergence is summed over the dimensions of one example: shape `[batch]`, unit nats. Nothing here
knows about networks, data sets or means over a batch. Gaussians are diagonal and given by their mean and log variance,
choices by their logits, one row of them for each independent choice.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import softplus

from vae_lib._renamed import keyword

LEVELS = 256  # of a pixel that is a byte
# e⁻³⁰ of the range of grey levels is no width at all; its inverse, squared, is still a float32.
NARROWEST = -30.0


def kl_standard_normal(
    mu: Float[Tensor, "batch latent"], log_var: Float[Tensor, "batch latent"]
) -> Float[Tensor, " batch"]:
    """KL(N(μ, diag σ²) ‖ N(0, I)), in nats.

    Source: Kingma and Welling (2014), appendix B. Shown in: kl_divergence.
    """
    # expm1 keeps the digits that 1 + log σ² − σ² loses near the prior, where its terms cancel.
    return 0.5 * (mu**2 + torch.expm1(log_var) - log_var).sum(dim=-1)


def kl_normal(
    mu_q: Float[Tensor, "batch latent"],
    log_var_q: Float[Tensor, "batch latent"],
    mu_p: Float[Tensor, "#batch latent"],
    log_var_p: Float[Tensor, "#batch latent"],
) -> Float[Tensor, " batch"]:
    """KL(N(μ_q, diag σ_q²) ‖ N(μ_p, diag σ_p²)), in nats.

    Source: Doersch (2016), equation 6, for diagonal covariances. Shown in: why_standard_normal.
    """
    difference = log_var_q - log_var_p
    distance = (mu_q - mu_p) ** 2 * torch.exp(-log_var_p)
    return 0.5 * (distance + torch.expm1(difference) - difference).sum(dim=-1)


def reparameterize(
    mu: Float[Tensor, "batch latent"], log_var: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch latent"]:
    """A sample z = μ + σ ⊙ ε with ε ~ N(0, I), through which gradients reach μ and log σ².

    Source: Kingma and Welling (2014), section 2.4. Shown in: noise_in_the_code, reparameterization.
    """
    sigma = torch.exp(0.5 * log_var)
    epsilon = torch.randn_like(sigma)
    return mu + sigma * epsilon


def score_function_surrogate(
    log_prob: Float[Tensor, "*batch"],
    value: Float[Tensor, "*batch"],
    *,
    baseline: Float[Tensor, "*#batch"] | float = 0.0,
) -> Float[Tensor, "*batch"]:
    """The value h(z), with (h(z) − b) ∇ log q(z) added to its gradient: the score-function gradient of E_q[h(z)].

    `log_prob` is log q(z) of a detached sample z, so that no path leads through it. The estimate is unbiased for every
    baseline b that does not depend on its own z; no gradient enters b.
    Source: Williams (1992), theorem 1; Kingma and Welling (2014), section 2.2. Shown in: training_the_encoder.
    """
    weight = (value - baseline).detach()
    return value + weight * (log_prob - log_prob.detach())


class GradientEstimates(NamedTuple):
    """Single-sample gradients of E_q[h(z)] in (μ, log σ²), one row for each draw."""

    pathwise: Float[Tensor, "draws 2*latent"]
    score_function: Float[Tensor, "draws 2*latent"]
    with_baseline: Float[Tensor, "draws 2*latent"]


def gradients_per_draw(
    h: Callable[[Float[Tensor, "draws latent"]], Float[Tensor, " draws"]],
    mu: Float[Tensor, " latent"],
    log_var: Float[Tensor, " latent"],
    draws: int,
) -> GradientEstimates:
    """The gradient that each of `draws` samples of N(μ, diag σ²) gives on its own, by each of three estimators.

    The baseline is the mean of h over the other draws. Raises ValueError for fewer than two.
    Source: Mohamed et al. (2020), sections 4 and 5. Shown in: two_gradients.
    """
    if draws < 2:
        raise ValueError(f"expected 2 or more draws for a baseline, got {draws}")
    mu, log_var = (each.detach().repeat(draws, 1) for each in (mu, log_var))
    parameters = mu.requires_grad_(), log_var.requires_grad_()  # a copy for each draw
    z = reparameterize(mu, log_var)
    value = h(z)
    pathwise = torch.cat(torch.autograd.grad(value.sum(), parameters), dim=1)
    log_q = normal_log_prob(z.detach(), mu, log_var)
    score = torch.cat(torch.autograd.grad(log_q.sum(), parameters), dim=1)
    value = value.detach()[:, None]
    others = (value.sum() - value) / (draws - 1)
    return GradientEstimates(pathwise, value * score, (value - others) * score)


def bernoulli_log_prob(
    x: Float[Tensor, "batch pixels"], x_logits: Float[Tensor, "batch pixels"]
) -> Float[Tensor, " batch"]:
    """log p(x) of independent Bernoulli pixels given by their logits, in nats.

    For x strictly between 0 and 1 this is minus the cross entropy, which is not a log-likelihood.
    Source: Kingma and Welling (2014), appendix C.1. Shown in: variational_autoencoder.
    """
    return (x * x_logits - softplus(x_logits)).sum(dim=-1)


def normal_log_prob(
    x: Float[Tensor, "batch pixels"],
    mu: Float[Tensor, "#batch pixels"],
    log_var: Float[Tensor, "#batch #pixels"],
) -> Float[Tensor, " batch"]:
    """log N(x; μ, diag σ²), in nats; a log variance with one column is shared by all dimensions.

    Source: Kingma and Welling (2014), appendix C.2. Shown in: what_breaks_a_vae.
    """
    squared = (x - mu) ** 2 * torch.exp(-log_var)
    return -0.5 * (squared + log_var + math.log(2 * math.pi)).sum(dim=-1)


def discretized_logistic_log_prob(
    x: Float[Tensor, "batch pixels"],
    mu: Float[Tensor, "#batch pixels"],
    log_scale: Float[Tensor, "#batch #pixels"],
) -> Float[Tensor, " batch"]:
    """log P(x) of bytes divided by 255, each a logistic variable of mean μ and scale s rounded to 256 levels, in nats.

    Level k takes what the variable has between k − ½ and k + ½ (divided by 255), the levels 0 and 255 all that lies
    beyond; so the 256 probabilities of a pixel add up to 1. μ and s count in the unit of x, and log s below −30 acts as
    −30. A log scale with one column is shared by all dimensions.
    Source: Salimans et al. (2017), equation 2; the form without a difference of two sigmoids is ours.
    """
    # What is not finite stays so, and NaN fails every comparison below: neither may become a probability.
    log_scale = torch.where(log_scale.isfinite(), log_scale.clamp(min=NARROWEST), log_scale)
    half = 0.5 / (LEVELS - 1)
    precision = torch.exp(-log_scale)
    above, below = (x - mu + half) * precision, (x - mu - half) * precision
    # sigmoid(a) − sigmoid(b) = sigmoid(a) · sigmoid(−b) · (1 − e^(b − a)), which is exact where the difference is 0.
    level = (x * (LEVELS - 1)).round()
    zero = torch.zeros_like(above)
    first, last = level <= 0, level >= LEVELS - 1
    upper = torch.where(last, zero, -softplus(-above))
    lower = torch.where(first, zero, -softplus(below))
    between = torch.where(first | last, zero, _log_one_minus_exp(log_scale))
    return (upper + lower + between).sum(dim=-1)


def _log_one_minus_exp(log_scale: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """log(1 − e^−δ) for δ = e^(−log s) / 255, the width of a level in units of s."""
    width = torch.exp(-log_scale) / (LEVELS - 1)
    few = width < 0.01
    # Each branch sees only numbers that it can take, since an infinite gradient would pass through a `where`.
    narrow = torch.where(few, width, 0.0)
    wide = torch.where(few, 1.0, width)
    series = -log_scale - math.log(LEVELS - 1) - narrow / 2 + narrow**2 / 24
    return torch.where(few, series, torch.log(-torch.expm1(-wide)))


def bits_per_dimension(log_prob: Float[Tensor, "*batch"], dimensions: int) -> Float[Tensor, "*batch"]:
    """−log₂ of a probability in nats, for each of the numbers it is about: 8 bits is a byte that nothing is known of.

    It compares models of bytes, whose log probabilities are never above 0; a density is no probability.
    Raises ValueError for fewer than one dimension. Source: Theis et al. (2016), section 3.1.
    """
    if dimensions < 1:
        raise ValueError(f"expected the number of dimensions, channels · height · width, got {dimensions}")
    return -log_prob / (dimensions * math.log(2))


def kl_categorical(
    logits_q: Float[Tensor, "batch latent classes"], logits_p: Float[Tensor, "#batch #latent classes"]
) -> Float[Tensor, " batch"]:
    """KL(Cat(softmax of logits_q) ‖ Cat(softmax of logits_p)), summed over the choices of one example, in nats.

    Source: Cover and Thomas (2006), equation 2.26. Shown in: discrete_latents.
    """
    log_q, log_p = logits_q.log_softmax(dim=-1), logits_p.log_softmax(dim=-1)
    return (log_q.exp() * (log_q - log_p)).sum(dim=(-2, -1))


def categorical_log_prob(
    z: Float[Tensor, "batch latent classes"], logits: Float[Tensor, "#batch latent classes"]
) -> Float[Tensor, " batch"]:
    """log P(z) of independent choices given by their logits, each z one-hot, in nats.

    Source: Jang et al. (2017), section 2.
    """
    return (z * logits.log_softmax(dim=-1)).sum(dim=(-2, -1))


def words_log_prob(
    words: Int64[Tensor, "batch positions"], logits: Float[Tensor, "batch positions vocabulary"]
) -> Float[Tensor, " batch"]:
    """log p(words) of rows that end with their first 0, each word given by the logits at its position, in nats.

    What follows the end of a row is ignored. Source: Bowman et al. (2016), section 3.
    Shown in: sequence_vae.
    """
    each = logits.log_softmax(dim=-1).gather(2, words[..., None])[..., 0]
    written = torch.ones_like(words)
    written[:, 1:] = (words[:, :-1] != 0).cumprod(dim=1)
    return (each * written).sum(dim=-1)


def sample_gumbel(like: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Standard Gumbel noise, −log of an exponential draw, with the shape, dtype and device of `like`.

    Source: Jang et al. (2017), section 2. Shown in: discrete_latents.
    """
    return -torch.empty_like(like).exponential_().log()


def straight_through(
    hard: Float[Tensor, "*batch classes"], soft: Float[Tensor, "*batch classes"]
) -> Float[Tensor, "*batch classes"]:
    """The value of `hard` with the gradient of `soft`.

    Source: Bengio et al. (2013); Jang et al. (2017), section 2.2. Shown in: discrete_latents.
    """
    return hard.detach() + (soft - soft.detach())


def gumbel_softmax(
    logits: Float[Tensor, "*batch classes"], temperature: float, *, hard: bool = False
) -> Float[Tensor, "*batch classes"]:
    """A relaxed draw from Cat(softmax of logits): a point of the simplex through which gradients reach the logits.

    With `hard` it is one-hot, an exact draw at every temperature, and carries the relaxed point's gradient.
    Source: Jang et al. (2017), equation 2; Maddison et al. (2017), section 3. Shown in: discrete_latents.
    """
    soft = ((logits + sample_gumbel(logits)) / temperature).softmax(dim=-1)
    if not hard:
        return soft
    winner = soft.argmax(dim=-1, keepdim=True)
    one_hot = torch.zeros_like(soft).scatter_(-1, winner, 1.0)
    return straight_through(one_hot, soft)


# Below their definitions, which a chapter shows whole: f is the encoder now, and nothing else.
score_function_surrogate = keyword(f="value")(score_function_surrogate)
gradients_per_draw = keyword(f="h")(gradients_per_draw)
