"""A small family of models with cards, and what PyTorch says of it, for the tests of the figure that shows one."""

import base64
from types import SimpleNamespace

import torch

from vae_lib.models import VAE
from vae_lib.widgets import BetaFamily

BETAS = (0.5, 1.0, 4.0)
RATES = (6.4, 4.5, 1.5)
DISTORTIONS = (10.0, 11.0, 20.0)
SIDE = 5
LABELS = torch.tensor([3, 0, 7, 0, 3, 7, 7], dtype=torch.uint8)
PICKED = [1, 0, 2]  # the first of each class, in the order of the classes


def small_family():
    """Untrained models of two latents, by name, as `checkpoints.load_family` gives trained ones."""
    return {f"a_family_{beta:g}": _member(k, beta) for k, beta in enumerate(BETAS)}


def _member(k, beta):
    torch.manual_seed(k)
    model = VAE(latent=2, hidden=(6,), pixels=SIDE**2).eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.copy_((3 * parameter).half())
    model.card = SimpleNamespace(
        recipe={"options": {"beta": beta}},
        metrics={"test kl": RATES[k], "test reconstruction": DISTORTIONS[k]},
        held_out_codes=torch.randn(len(LABELS), 2).half().float(),
        held_out_labels=LABELS,
    )
    return model


def strip(model, z):
    """The pictures of z side by side, by PyTorch."""
    return torch.cat(list(model.decode(z).sigmoid().view(-1, SIDE, SIDE)), dim=1)


def reference():
    """For each member its codes and pictures; and lines of equal β·rate + distortion between the sides of a chart."""
    family = small_family()
    header, buffer = BetaFamily(family).payload()
    members = [
        {
            "codes": model.card.held_out_codes.flatten().tolist(),
            "picked": model.card.held_out_codes[PICKED].flatten().tolist(),
            "strip": strip(model, model.card.held_out_codes[PICKED]).flatten().tolist(),
        }
        for model in family.values()
    ]
    return {
        "header": header,
        "buffer": base64.b64encode(buffer).decode(),
        "members": members,
        "labels": LABELS.tolist(),
        "picked": PICKED,
    }
