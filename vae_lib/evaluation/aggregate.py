"""What the codes of many images look like together: active units, and the two parts of the mean KL.

The aggregate posterior q(z) is the mean of q(z|x) over images.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from vae_lib._checks import expect_finite, expect_grey_levels, explained
from vae_lib.distributions import kl_standard_normal, normal_log_prob, reparameterize
from vae_lib.evaluation.measuring import evaluating, noise_from, scaled

ACTIVE = 0.01
CHUNK = 1000
BLOCK = 100  # rows, each with a density for every image: 8 MB for 10,000 images, which an allocator keeps


class KlSplit(NamedTuple):
    """The mean KL(q(z|x) ‖ p(z)) in nats and the two parts that add up to it, with the error of their estimates."""

    kl: float
    information: float
    marginal_kl: float
    standard_error: float


@torch.no_grad()
def active_units(model: nn.Module, images: UInt8[Tensor, "examples *size"], *, threshold: float = ACTIVE) -> int:
    """How many latents tell images apart: those whose mean μ has a variance over the images above `threshold`.

    Raises ValueError for images that are not bytes, and for fewer than two; ArithmeticError for a μ not finite.
    Source: Burda et al. (2016), section 5. Used in: posterior_collapse, how_good_is_it.
    """
    mu, _ = _codes(model, images)
    return int((mu.var(dim=0) > threshold).sum())


@torch.no_grad()
def kl_split(model: nn.Module, images: UInt8[Tensor, "examples *size"], *, samples: int = 1, seed: int = 0) -> KlSplit:
    """Mean KL(q(z|x) ‖ p(z)) = I_q(x; z) + KL(q(z) ‖ p(z)), where q(z) is the mixture of q(z|x) over these images.

    The mean KL is exact; the parts are estimated by `samples` of z for each image, and `standard_error` is theirs. The
    information is at most log of the number of images: with few images it only says how many there are. Time grows with
    the square of their number. Raises ValueError for images that are not bytes, and for fewer than two; ArithmeticError
    for a code that is not finite, or has no noise.
    Source: Hoffman and Johnson (2016), section 2. Used in: aggregate_posterior.
    """
    mu, log_var = _codes(model, images)
    # Nor an autoencoder's −∞: codes without noise tell every image from every other, and have no density.
    expect_finite(log_var, "log_var")
    with noise_from(seed, mu.device):
        draws = [_information(reparameterize(mu, log_var), mu, log_var) for _ in range(samples)]
    information = torch.stack(draws).mean(dim=0)
    kl = kl_standard_normal(mu, log_var).mean().item()
    error = information.std().item() / math.sqrt(len(information))
    return KlSplit(kl, information.mean().item(), kl - information.mean().item(), error)


def _codes(model: nn.Module, images: Tensor) -> tuple[Float[Tensor, "n latent"], Float[Tensor, "n latent"]]:
    """Mean and log variance of every q(z|x), in float64 on the CPU: MPS has none, and small variances need it."""
    expect_grey_levels(images)
    if len(images) < 2:
        raise ValueError(f"expected two images or more, got {len(images)}")
    weight = next(model.parameters())
    with evaluating(model):
        codes = [_encoded(model, x) for x in scaled(images, weight, CHUNK)]
    mu, log_var = (torch.cat(parts).cpu().double() for parts in zip(*codes, strict=True))
    expect_finite(mu, "mu")
    return mu, log_var


def _encoded(model: nn.Module, x: Tensor) -> tuple[Tensor, Tensor]:
    with explained(x, "Free memory there, lower vae_lib.evaluation.aggregate.CHUNK, or move the model to the CPU."):
        return model.encode(x)


def _information(
    z: Float[Tensor, "n latent"], mu: Float[Tensor, "n latent"], log_var: Float[Tensor, "n latent"]
) -> Float[Tensor, " n"]:
    """log q(z|x) − log q(z) for one z of each q(z|x), where q(z) is their mixture."""
    log_mixture = []
    for part in z.split(BLOCK):
        log_mixture.append(torch.logsumexp(_log_densities(part, mu, log_var), dim=1) - math.log(len(mu)))
    return normal_log_prob(z, mu, log_var) - torch.cat(log_mixture)


def _log_densities(
    z: Float[Tensor, "m latent"], mu: Float[Tensor, "n latent"], log_var: Float[Tensor, "n latent"]
) -> Float[Tensor, "m n"]:
    """log N(z; μ, diag σ²) of every z under every Gaussian, without a tensor of shape [m, n, latent]."""
    precision = torch.exp(-log_var)
    squared = z**2 @ precision.T - 2 * z @ (mu * precision).T + (mu**2 * precision).sum(dim=-1)
    return -0.5 * (squared + (log_var + math.log(2 * math.pi)).sum(dim=-1))
