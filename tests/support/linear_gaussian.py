"""Defines a latent variable model with known evidence and posterior, to test bounds and estimates against."""

import torch
from torch.distributions import MultivariateNormal, kl_divergence

from vae_lib.distributions import normal_log_prob


class LinearGaussian:
    """z ~ N(0, I), x | z ~ N(Wz, I) with orthogonal columns of W: evidence and (diagonal) posterior are exact.

    `shift` and `widen` move q away from the posterior: its mean by so much, its variances by such a factor.
    """

    def __init__(self, weight, *, shift=0.0, widen=1.0):
        self.weight, self.shift, self.widen = weight, shift, widen
        self.variance = 1 / (1 + (weight**2).sum(dim=0))

    def encode(self, x):
        mu = x @ self.weight * self.variance + self.shift
        return mu, (self.widen * self.variance).log().expand_as(mu).contiguous()

    def decode(self, z):
        return z @ self.weight.T

    def log_evidence(self, x):
        covariance = torch.eye(len(self.weight), dtype=x.dtype) + self.weight @ self.weight.T
        return MultivariateNormal(torch.zeros_like(x[0]), covariance).log_prob(x)

    def posterior(self, x):
        precision = torch.eye(self.weight.shape[1], dtype=x.dtype) + self.weight.T @ self.weight
        return MultivariateNormal(torch.linalg.solve(precision, self.weight.T @ x.T).T, precision_matrix=precision)

    def gap(self, x):
        """KL(q ‖ posterior), by torch.distributions."""
        mu, log_var = self.encode(x)
        return kl_divergence(MultivariateNormal(mu, torch.diag_embed(log_var.exp())), self.posterior(x))


def unit_normal_log_prob(x, mu):
    return normal_log_prob(x, mu, torch.zeros(1, 1, dtype=x.dtype))


WEIGHTS = {
    "one dimension": torch.ones(1, 1, dtype=torch.float64),
    "five pixels, three latents": torch.tensor(
        [[1.0, 1, 0], [1, -1, 0], [0, 0, 0.5], [2, 0, 0], [0, 2, 0]], dtype=torch.float64
    ),
}
