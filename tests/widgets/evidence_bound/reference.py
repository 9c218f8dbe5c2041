"""What PyTorch says of the ELBO over a folded line, for the tests of its figure in Python and under Node."""

import itertools

import torch
from torch.distributions import Normal, kl_divergence

STATES = [*itertools.product((-3.0, -1.37, 0.0, 0.9, 2.5), (0.15, 0.6, 2.0), (-0.5, 1.0, 2.5))]
LINE = torch.linspace(-10, 10, 40_001, dtype=torch.float64)


def bound_parts(mu, sigma, x):
    """The five numbers of the figure and the ELBO's slopes by μ and log σ; the gap by an integral of its own."""
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (mu, sigma)]
    x = torch.tensor(x, dtype=torch.float64)
    q, prior = Normal(*leaves), Normal(torch.zeros_like(x), torch.ones_like(x))
    joint = prior.log_prob(LINE) + Normal(LINE**2 + LINE / 2, 0.5).log_prob(x)
    evidence = torch.trapezoid(joint.exp(), LINE).log()
    # Along epsilon, since the widest q reaches beyond the line.
    epsilon = torch.linspace(-10, 10, 20_001, dtype=torch.float64)
    weights = prior.log_prob(epsilon).exp()
    z = leaves[0] + leaves[1] * epsilon
    reconstruction = torch.trapezoid(weights * Normal(z**2 + z / 2, 0.5).log_prob(x), epsilon)
    log_posterior = prior.log_prob(z) + Normal(z**2 + z / 2, 0.5).log_prob(x) - evidence
    gap = torch.trapezoid(weights * (q.log_prob(z) - log_posterior), epsilon)
    kl = kl_divergence(q, prior)
    for_mu, for_sigma = torch.autograd.grad(reconstruction - kl, leaves)
    parts = {"evidence": evidence, "reconstruction": reconstruction, "kl": kl, "bound": reconstruction - kl, "gap": gap}
    numbers = {name: part.item() for name, part in parts.items()}
    return {**numbers, "slopes": [for_mu.item(), sigma * for_sigma.item()]}


def reference():
    """One entry for each state."""
    return [{"mu": mu, "sigma": sigma, "x": x, **bound_parts(mu, sigma, x)} for mu, sigma, x in STATES]
