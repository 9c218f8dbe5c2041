"""The Gumbel-softmax as PyTorch computes it, gradients by autograd, for the front end and for Python."""

import torch
from torch.distributions import Gumbel
from torch.nn import functional

from vae_lib.widgets.draws import uniform_draws

COUNT = 50
SETTINGS = [((0.5, 0.0, -0.5), 0.5), ((3.0, -3.0, 0.0), 0.05), ((-1.2, 0.3, 2.0), 3.0), ((0.0, 0.0, 0.0), 0.0)]


def gumbel(count, seed):
    uniform = torch.tensor(uniform_draws(3 * count, seed), dtype=torch.float64).reshape(count, 3)
    standard = Gumbel(torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64), validate_args=False)
    return standard.icdf(uniform)


def simplex_case(logits, temperature, seed, count=COUNT):
    """The draws and, by autograd, what each says of the gradient of P(class 1) in its logit."""
    noise = gumbel(count, seed)
    # A copy of the logits for each draw, so that autograd gives each draw's own gradient.
    each = torch.tensor(logits, dtype=torch.float64).repeat(count, 1).requires_grad_()
    scores = each + noise
    winners = scores.argmax(dim=-1)
    if temperature:
        points = (scores / temperature).softmax(dim=-1)
        slopes = torch.autograd.grad(points[:, 0].sum(), each)[0][:, 0]
    else:
        points, slopes = functional.one_hot(winners, 3).double(), torch.zeros(count, dtype=torch.float64)
    alone = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    probabilities = alone.softmax(dim=-1)
    (exact,) = torch.autograd.grad(probabilities[0], alone, retain_graph=True)
    return {
        "logits": logits,
        "temperature": temperature,
        "seed": seed,
        "probabilities": probabilities.tolist(),
        "points": points.tolist(),
        "winners": winners.tolist(),
        "mean": points.mean(dim=0).tolist(),
        "slopes": slopes.tolist(),
        "gradient": {"exact": exact[0].item(), "mean": slopes.mean().item(), "deviation": slopes.std().item()},
    }


def reference():
    """Cases of several logits and temperatures, and some noise by itself."""
    cases = [simplex_case(logits, temperature, seed) for seed, (logits, temperature) in enumerate(SETTINGS)]
    return {"noise": gumbel(5, 123456).tolist(), "count": COUNT, "cases": cases}
