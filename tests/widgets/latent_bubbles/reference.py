"""A small recording, and what PyTorch says of its bubbles, for the tests of the figure in Python and under Node."""

import base64
from types import SimpleNamespace

import torch
from torch.distributions import Normal, kl_divergence

from vae_lib.widgets.latent_bubbles import CURVES, LatentBubbles

BETAS, STEPS, DIGITS = (0.0, 0.5, 4.0), (0, 1, 3, 10), 7
PLACES = [[0.0, 0.0], [3.0, -1.0], [-40.0, 2.5]]
HALVES = [0.5, 2.0, 1000.0]


def small_recording():
    """Bubbles that a random walk moves; log variances from those of specks to those of giants."""
    torch.manual_seed(6)
    shape = (len(BETAS), len(STEPS), DIGITS, 2)
    mu = (3 * torch.randn(shape)).cumsum(dim=1).half().float()
    log_var = torch.empty(shape).uniform_(-16, 2).half().float()
    curves = {key: torch.rand(shape[:2]) * 100 + 0.1 for key in CURVES}
    images = torch.randint(0, 256, (DIGITS, 28, 28), dtype=torch.uint8)
    labels = (torch.arange(DIGITS) % 10).to(torch.uint8)
    parts = {"mu": mu, "log_var": log_var, "labels": labels, "images": images, "curves": curves}
    return SimpleNamespace(name="a_recording", betas=BETAS, steps=STEPS, **parts)


def reference():
    """The packed recording, and for each frame its bubbles, their divergences, neighbours and paths."""
    recording = small_recording()
    header, buffer = LatentBubbles(recording).payload()
    return {
        "header": header,
        "buffer": base64.b64encode(buffer).decode(),
        "places": PLACES,
        "halves": HALVES,
        "labels": recording.labels.tolist(),
        "images": recording.images.flatten().tolist(),
        "curves": {key: curve.tolist() for key, curve in recording.curves.items()},
        "frames": [
            [_frame(recording, beta, step) for step in range(len(STEPS))] for beta in range(len(BETAS))
        ],
        "furthest": recording.mu.abs().amax(dim=(1, 2, 3)).tolist(),
    }  # fmt: skip


def _frame(recording, beta, step):
    mu, sigma = recording.mu[beta, step].double(), (0.5 * recording.log_var[beta, step].double()).exp()
    standard = Normal(torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64))
    return {
        "mu": mu.flatten().tolist(),
        "sigma": sigma.flatten().tolist(),
        "kl": kl_divergence(Normal(mu, sigma), standard).sum(dim=-1).tolist(),
        "nearest": [int((mu - torch.tensor(place)).norm(dim=-1).argmin()) for place in PLACES],
        "outside": [int((mu.abs() > half).any(dim=-1).sum()) for half in HALVES],
        "path": recording.mu[beta, : step + 1, DIGITS - 1].tolist(),
    }
