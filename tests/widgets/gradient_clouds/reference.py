"""The clouds of gradients as PyTorch computes them, by autograd and quadrature, for the front end and for Python."""

import math
from itertools import product

import numpy as np
import torch
from torch.distributions import Normal

from vae_lib.widgets.draws import fixed_draws

COUNT = 60
PLACES = [((1.0, -0.5), (0.5, 0.5)), ((-2.7, 0.3), (0.1, 1.5)), ((0.0, 0.0), (1.5, 0.2)), ((0.2, 3.0), (0.3, 0.3))]
INTEGRANDS = {
    "bowl": lambda z: (z**2).sum(dim=-1) / 2,
    "wave": lambda z: torch.sin(3 * z[..., 0]) * torch.sin(3 * z[..., 1]),
    "cliff": lambda z: torch.heaviside(z[..., 0].detach(), torch.zeros(1, dtype=z.dtype)) + 0 * z.sum(dim=-1),
}


def reference():
    """Cases of every function, parameter and baseline, with the draws they were made of."""
    cases = []
    for number, (name, parameter, baseline) in enumerate(product(INTEGRANDS, ("mu", "sigma"), (False, True))):
        for mu, sigma in PLACES:
            setting = {"integrand": name, "parameter": parameter, "baseline": baseline, "mu": mu, "sigma": sigma}
            cases.append({**setting, "seed": number, **clouds(**setting, seed=number)})
    return {"draws": fixed_draws(5, 123456).tolist(), "count": COUNT, "cases": cases}


def clouds(*, integrand, parameter, baseline, mu, sigma, seed, count=COUNT):
    """z, both clouds, the exact gradient, and mean, deviation and summed variance of both clouds."""
    f, at = INTEGRANDS[integrand], {"mu": 0, "sigma": 1}[parameter]
    epsilon = torch.from_numpy(fixed_draws(count, seed))
    # A copy of the parameters for each draw, so that autograd gives each draw's own gradient.
    inputs = [torch.tensor(pair, dtype=torch.float64).repeat(count, 1).requires_grad_() for pair in (mu, sigma)]
    z = inputs[0] + inputs[1] * epsilon
    (pathwise,) = torch.autograd.grad(f(z).sum(), inputs[at])
    values = f(z).detach()
    (score,) = torch.autograd.grad(Normal(*inputs).log_prob(z.detach()).sum(), inputs[at])
    if baseline:
        values = torch.stack([values[i] - values[torch.arange(count) != i].mean() for i in range(count)])
    score = values[:, None] * score
    found = {"z": z.detach(), "pathwise": pathwise, "score": score, "exact": exact(integrand, mu, sigma)[at]}
    for name in ("pathwise", "score"):
        cloud = found[name]
        found[f"{name}Summary"] = {
            "mean": cloud.mean(dim=0),
            "spread": cloud.std(dim=0),
            "variance": cloud.var(dim=0).sum(),
        }
    return _as_lists(found)


def exact(integrand, mu, sigma):
    """The gradient of E[f(z)] in μ and in σ, by quadrature or, for the cliff, from the normal distribution function."""
    mu, sigma = (torch.tensor(pair, dtype=torch.float64, requires_grad=True) for pair in (mu, sigma))
    if integrand == "cliff":
        mean = Normal(0.0, 1.0).cdf(mu[0] / sigma[0]) + 0 * (mu.sum() + sigma.sum())
    else:
        nodes, weights = (torch.from_numpy(each) for each in np.polynomial.hermite_e.hermegauss(60))
        epsilon = torch.cartesian_prod(nodes, nodes)
        weight = torch.cartesian_prod(weights, weights).prod(dim=-1) / (2 * math.pi)
        mean = (weight * INTEGRANDS[integrand](mu + sigma * epsilon)).sum()
    return torch.autograd.grad(mean, (mu, sigma))


def _as_lists(found):
    return {name: _as_lists(value) if isinstance(value, dict) else value.tolist() for name, value in found.items()}
