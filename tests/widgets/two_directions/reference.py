"""What PyTorch says of two humps and a Gaussian, for the tests of their figure under Node."""

import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

TARGETS = [
    {"left": -2.0, "right": 2.0, "weight": 0.6, "width": 0.5},
    {"left": -1.0, "right": 0.5, "weight": 0.3, "width": 0.9},
    {"left": -3.5, "right": 3.5, "weight": 0.05, "width": 1.5},
    {"left": 0.0, "right": 0.0, "weight": 0.5, "width": 1.0},
]
PLACES = [(0.0, 0.0), (-2.1, -1.5), (1.0, 2.0), (3.5, -2.0), (-0.4, 1.4)]
X = torch.linspace(-60, 60, 240_001, dtype=torch.float64)


def mixture(left, right, weight, width):
    parts = Normal(torch.tensor([left, right], dtype=torch.float64), width)
    return MixtureSameFamily(Categorical(torch.tensor([weight, 1 - weight], dtype=torch.float64)), parts)


def divergence(log_a, log_b):
    return torch.trapezoid(log_a.exp() * (log_a - log_b), X)


def log_normal(q):
    return Normal(q[0], torch.exp(0.5 * q[1])).log_prob(X)


def case(target, place):
    """Both divergences, and of the reverse one the gradient and the Hessian by autograd."""
    log_p, q = mixture(**target).log_prob(X), torch.tensor(place, dtype=torch.float64, requires_grad=True)
    reverse = divergence(log_normal(q), log_p)
    (gradient,) = torch.autograd.grad(reverse, q, create_graph=True)
    rows = [torch.autograd.grad(each, q, retain_graph=True)[0] for each in gradient]
    hessian = [rows[0][0].item(), rows[0][1].item(), rows[1][1].item()]
    forward = divergence(log_p, log_normal(q)).item()
    values = {"forward": forward, "reverse": reverse.item()}
    return {"q": place, **values, "gradient": gradient.tolist(), "hessian": hessian}


def reference():
    """For each target its moments, its density at some places, and the divergences at some Gaussians."""
    found = []
    for target in TARGETS:
        p, places = mixture(**target), torch.tensor([-4.0, 0.1, 2.5], dtype=torch.float64)
        log = p.log_prob(places).tolist()
        moments = [p.mean.item(), p.variance.log().item()]
        cases = [case(target, place) for place in PLACES]
        found.append({"target": target, "places": places.tolist(), "log": log, "moments": moments, "cases": cases})
    return found
