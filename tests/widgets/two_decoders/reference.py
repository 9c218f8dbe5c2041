"""Two untrained decoders, and for the tests under Node a payload that PyTorch wrote, read as one half of a pair."""

import torch

from tests.widgets.kit.reference import payload_fixture as reference
from vae_lib.models import VAE, Generator

__all__ = ["pair", "reference"]


def pair():
    torch.manual_seed(0)
    return VAE(latent=2, hidden=(30, 20)), Generator(latent=2, hidden=(25,))
