"""log p(x) by importance sampling, with its error. It knows nothing of protocols, except that pixels are binary."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn.functional import softplus

from vae_lib import distributions
from vae_lib._checks import expect_bytes, expect_finite, explained
from vae_lib.evaluation.measuring import evaluating, noise_from, scaled
from vae_lib.objectives import log_importance_weights

# This many decoded rows fit in a processor's cache; larger blocks are no faster and cost memory.
ROWS = 500
REMEDY = "Free memory there, lower vae_lib.evaluation.likelihood.ROWS, or move the model to the CPU."


class LogLikelihood(NamedTuple):
    """log p(x) estimated for each image, in nats, float64 on the CPU."""

    per_image: Float[Tensor, " examples"]

    @property
    def value(self) -> float:
        """The mean over the images, in nats; the published NLL is minus this."""
        return self.per_image.mean().item()

    @property
    def standard_error(self) -> float:
        """The standard error of that mean over images of this kind; the bias of too few samples is not in it."""
        return self.per_image.std().item() / math.sqrt(len(self.per_image))


@torch.no_grad()
def importance_sampled(
    model: nn.Module,
    images: UInt8[Tensor, "examples *size"],
    *,
    num_samples: int = 5000,
    log_likelihood=None,
    seed: int = 0,
) -> LogLikelihood:
    """log p(x) of each image by the importance-weighted bound with `num_samples`, which lies below it on average.

    Blocks of bounded memory, the noise from `seed`, the model in evaluation mode; its mode and the random state outside
    are left as they were. `log_likelihood(x, decoded)` is log p(x|z), by default `model.log_likelihood` or Bernoulli's.
    Raises ValueError for images that are not bytes, for fewer than two images or fewer than one sample, and for grey
    images under Bernoulli pixels; ArithmeticError for an estimate that is NaN, and MemoryError where the device has no
    room for a block.
    Source: Burda et al. (2016), section 5; Rezende et al. (2014), appendix E. Used in: how_good_is_it.
    """
    expect_bytes(images)
    if len(images) < 2 or num_samples < 1:
        raise ValueError(
            f"expected two images or more, for a standard error, and one sample or more; "
            f"got {len(images)} images, {num_samples} samples"
        )
    if log_likelihood is None:
        log_likelihood = getattr(model, "log_likelihood", distributions.bernoulli_log_prob)
    if log_likelihood is distributions.bernoulli_log_prob:
        _expect_binary(images)
        log_likelihood = _bernoulli_log_prob
    weight = next(model.parameters())
    per_image = []
    with evaluating(model), noise_from(seed, weight.device):
        for x in scaled(images, weight, max(1, ROWS // num_samples)):
            log_sum = torch.full((len(x),), -torch.inf, dtype=weight.dtype, device=weight.device)
            for start in range(0, num_samples, ROWS):
                now = min(ROWS, num_samples - start)
                with explained(x, REMEDY, copies=now):
                    log_w = log_importance_weights(model, x, num_samples=now, log_likelihood=log_likelihood)
                log_sum = torch.logaddexp(log_sum, torch.logsumexp(log_w, dim=0))
            # MPS has no float64.
            per_image.append(log_sum.cpu().double() - math.log(num_samples))
    estimates = torch.cat(per_image)
    expect_finite(estimates, "log p(x)", infinite=True)
    return LogLikelihood(estimates)


def _bernoulli_log_prob(
    x: Float[Tensor, "batch pixels"], x_logits: Float[Tensor, "batch pixels"]
) -> Float[Tensor, " batch"]:
    """What `bernoulli_log_prob` gives, in a quarter of its time: no product of rows is stored."""
    return torch.linalg.vecdot(x, x_logits) - softplus(x_logits).sum(dim=-1)


def _expect_binary(images: Tensor) -> None:
    grey = ((images != 0) & (images != 255)).flatten(1).any(dim=1).sum().item()
    if grey:
        raise ValueError(
            f"expected pixels of 0 or 255, since Bernoulli pixels give grey ones no likelihood; {grey:,} of "
            f"{len(images):,} images have grey ones. Binarize them, as vae_lib.data.held_out does"
        )
