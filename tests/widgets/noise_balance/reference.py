"""What PyTorch says of the noise between reconstruction and KL, for the tests of its figure under Node."""

import itertools

import torch
from torch.distributions import Normal, kl_divergence

BALANCES = [(2.0, 1.0), (0.0, 1.0), (5.0, 0.05), (0.3, 4.0), (1.0, 0.5)]
LOG_SIGMAS = [-3.9, -1.0, -0.2, 0.0, 0.7, 1.38]
TIMES = [0.01, 0.3, 2.0]
# Hermite nodes integrate a quadratic under the standard normal exactly.
NODES = torch.tensor([-(3.0**0.5), 0.0, 3.0**0.5], dtype=torch.float64)
WEIGHTS = torch.tensor([1 / 6, 2 / 3, 1 / 6], dtype=torch.float64)


def costs(weight, variance, kl, log_sigma):
    """The expected negative log-likelihood beyond the noiseless one, and the KL, of a column of that norm."""
    sigma = log_sigma.exp()
    x, decoded = torch.zeros(3, dtype=torch.float64), weight * sigma * NODES
    likelihood = Normal(decoded, variance**0.5).log_prob(x) - Normal(x, variance**0.5).log_prob(x)
    prior = Normal(torch.zeros_like(sigma), torch.ones_like(sigma))
    divergence = kl_divergence(Normal(torch.zeros_like(sigma), sigma), prior)
    return -(WEIGHTS * likelihood).sum(), divergence if kl else 0 * divergence


def pulls(weight, variance, kl, log_sigma):
    """Minus the derivative of both costs by log σ."""
    leaf = torch.tensor(log_sigma, dtype=torch.float64, requires_grad=True)
    parts = costs(weight, variance, kl, leaf)
    return [-torch.autograd.grad(part, leaf, retain_graph=True)[0].item() for part in parts]


def rest(weight, variance):
    """Where the pulls balance with the KL on, by bisection."""
    low, high = -6.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(pulls(weight, variance, True, middle)) > 0 else (low, middle)
    return (low + high) / 2


def flow(weight, variance, kl, log_sigma, time, steps=400):
    """Gradient flow on log σ by Runge and Kutta's fourth order, in steps that grow as the pull dies away."""
    edges = torch.linspace(0, 1, steps + 1, dtype=torch.float64) ** 3 * time
    for step in edges.diff().tolist():
        k1 = sum(pulls(weight, variance, kl, log_sigma))
        k2 = sum(pulls(weight, variance, kl, log_sigma + step / 2 * k1))
        k3 = sum(pulls(weight, variance, kl, log_sigma + step / 2 * k2))
        k4 = sum(pulls(weight, variance, kl, log_sigma + step * k3))
        log_sigma += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return log_sigma


def reference():
    """One entry for each decoder, with and without the KL: costs and pulls; and gradient flow from some places."""
    cases = []
    for (weight, variance), kl in itertools.product(BALANCES, (True, False)):
        places = []
        for log_sigma in LOG_SIGMAS:
            both = [part.item() for part in costs(weight, variance, kl, torch.tensor(log_sigma, dtype=torch.float64))]
            places.append({"logSigma": log_sigma, "costs": both, "pulls": pulls(weight, variance, kl, log_sigma)})
        case = {"balance": {"weight": weight, "variance": variance, "kl": kl}, "places": places}
        cases.append(case | ({"rest": rest(weight, variance)} if kl else {}))
    flows = []
    for balance, log_sigma, time in itertools.product([(2.0, 1.0, True), (1.0, 0.5, False)], (-1.0, 0.7), TIMES):
        flows.append({"balance": balance, "from": log_sigma, "time": time, "to": flow(*balance, log_sigma, time)})
    return {"cases": cases, "flows": flows}
