"""What a conditional VAE makes of one picture: the posterior and the ELBO under each label, as the front end has them.

It knows no strokes and no figure.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.widgets.conditional import count_labels
from vae_lib.widgets.packing import evaluating

# As in arithmetic.mjs: the mean over these four equals that over N(0, I) up to the third degree.
POINTS = 2**0.5 * torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])


class Reading(NamedTuple):
    """q(z|x, y) and the parts of the ELBO, for a picture read under each label; nats."""

    mu: Float[Tensor, "classes 2"]
    log_var: Float[Tensor, "classes 2"]
    reconstruction: Float[Tensor, " classes"]
    kl: Float[Tensor, " classes"]

    @property
    def value(self) -> Float[Tensor, " classes"]:
        """The ELBO under each label."""
        return self.reconstruction - self.kl


def read_picture(model: nn.Module, image: Float[np.ndarray, "side side"]) -> Reading:
    """The picture read under every label, E over q by the mean over four points, as the front end computes it."""
    parameter, labels = next(model.parameters()), count_labels(model)
    x = torch.as_tensor(image, dtype=parameter.dtype, device=parameter.device).reshape(1, -1).expand(labels, -1)
    label = torch.arange(labels, device=parameter.device)
    with evaluating(model):
        mu, log_var = model.encode(x, label)
        terms = expected_terms(model, x, label, mu, log_var)
    return Reading(*(each.float().cpu() for each in (mu, log_var, *terms)))


def expected_terms(
    model: nn.Module,
    x: Float[Tensor, "batch pixels"],
    label: Any,
    mu: Float[Tensor, "batch 2"],
    log_var: Float[Tensor, "batch 2"],
) -> tuple[Float[Tensor, " batch"], Float[Tensor, " batch"]]:
    """E log p(x|z, y) over q by four points, and KL(q ‖ N(0, I)), in nats."""
    reconstruction = torch.zeros_like(mu[:, 0])
    for epsilon in POINTS.to(mu):
        x_logits = model.decode(mu + torch.exp(0.5 * log_var) * epsilon, label)
        reconstruction += (x * x_logits - nn.functional.softplus(x_logits)).sum(-1) / len(POINTS)
    return reconstruction, 0.5 * (mu**2 + log_var.expm1() - log_var).sum(-1)
