"""What PyTorch says of the Gaussians that the KL figure shows, for its tests under Node."""

import torch
from torch.distributions import Normal, kl_divergence

# The corners of the figure's plane, its middle, and places between.
POINTS = [(0.0, 0.0), (1.2, -1.5), (-0.8, 1.0), (0.0, -4.0), (2.75, -4.0), (-2.75, 1.5), (2.75, 1.5), (1e-3, -1e-3)]
PLACES = [-8.0, -1.0, 0.0, 0.37, 2.5, 8.0]


def reference():
    """One entry for each point: both divergences, their gradients, densities, log ratios and signed areas."""
    return {"places": PLACES, "cases": [_case(*point) for point in POINTS]}


def _case(mu, log_var):
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (mu, log_var)]
    q = Normal(leaves[0], torch.exp(0.5 * leaves[1]))
    p = Normal(torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64))
    places = torch.tensor(PLACES, dtype=torch.float64)
    case = {"mu": mu, "logVar": log_var, "density": q.log_prob(places).exp().tolist()}
    case["logRatio"] = (q.log_prob(places) - p.log_prob(places)).tolist()
    for name, first, second in (("forward", q, p), ("reverse", p, q)):
        kl = kl_divergence(first, second)
        gradient = torch.stack(torch.autograd.grad(kl, leaves, retain_graph=True)).tolist()
        case[name] = {"kl": kl.item(), "gradient": gradient, **_areas(first, second)}
    return case


def _areas(first, second):
    """The areas above and below the axis of first · log(first/second), by the trapezoidal rule."""
    reach = 12 * first.stddev.item()
    z = torch.linspace(first.mean.item() - reach, first.mean.item() + reach, 400_001, dtype=torch.float64)
    with torch.no_grad():
        log_first, log_second = first.log_prob(z), second.log_prob(z)
    heights = log_first.exp() * (log_first - log_second)
    above, below = (torch.trapezoid(part.clamp(min=0), z).item() for part in (heights, -heights))
    return {"above": above, "below": below}
