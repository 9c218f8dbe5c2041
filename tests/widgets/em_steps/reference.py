"""What PyTorch and NumPy say of a mixture of Gaussians and its EM, for the tests of its figure under Node."""

import base64

import numpy as np
import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from vae_lib.widgets import EMSteps
from vae_lib.widgets.em_steps.arithmetic import start_of


def mixture(weights, means, covariances):
    """The mixture as PyTorch's own distribution; a covariance is its xx, xy and yy."""
    full = torch.tensor([[[xx, xy], [xy, yy]] for xx, xy, yy in np.asarray(covariances)], dtype=torch.float64)
    components = MultivariateNormal(torch.tensor(np.asarray(means)), full)
    return MixtureSameFamily(Categorical(torch.tensor(np.asarray(weights))), components)


def posterior(theta, points):
    """Who answers for each point."""
    model, x = mixture(*theta), torch.tensor(points)
    joint = model.component_distribution.log_prob(x[:, None]) + model.mixture_distribution.logits
    return joint.softmax(dim=1).numpy()


def levels(theta, q, points):
    """log p(x), and the bound as log p(x) less the divergence of q from the posterior; means over the points."""
    evidence = mixture(*theta).log_prob(torch.tensor(points)).mean().item()
    divergence = torch.distributions.kl_divergence(
        Categorical(torch.tensor(q)), Categorical(torch.tensor(posterior(theta, points)))
    )
    return evidence, evidence - divergence.mean().item()


def fitted(q, points):
    """NumPy's weighted means and covariances."""
    means = [np.average(points, axis=0, weights=share) for share in q.T]
    full = [np.cov(points.T, aweights=share, bias=True) for share in q.T]
    return q.mean(axis=0), np.array(means), np.array([[c[0, 0], c[0, 1], c[1, 1]] for c in full])


def reference():
    """A run of twelve rounds from one start, half-step by half-step, on points of the reader's own."""
    torch.manual_seed(7)
    figure = EMSteps(torch.randn(60, 2).double() * torch.tensor([3.0, 0.7]) + torch.tensor([10.0, 0.0]), start=2)
    points, (theta, q), steps = figure.xy, start_of(figure.xy, 2), []
    start = {"theta": [each.tolist() for each in theta], "levels": levels(theta, q, points)}
    for _ in range(12):
        q = posterior(theta, points)
        steps.append({"kind": "E", "q": q.tolist(), "levels": levels(theta, q, points)})
        theta = fitted(q, points)
        steps.append({"kind": "M", "theta": [each.tolist() for each in theta], "levels": levels(theta, q, points)})
    bytes_ = base64.b64decode(figure.points)
    return {
        "bytes": list(bytes_),
        "extent": list(figure.extent),
        "points": points.tolist(),
        "start": start,
        "steps": steps,
    }
