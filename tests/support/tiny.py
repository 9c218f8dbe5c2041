"""Provides a tiny VAE, images, an objective, a quick training run, and noise in place of all the digits."""

from typing import NamedTuple

import torch
from torch import Tensor

from vae_lib.data import Mnist, Split
from vae_lib.models import VAE
from vae_lib.objectives import elbo
from vae_lib.training import train


class Fit(NamedTuple):
    """A bound of two parts, as a reader's own objective might return it."""

    fit: Tensor
    cost: Tensor

    @property
    def value(self):
        return self.fit - self.cost


def small_vae(seed=0):
    torch.manual_seed(seed)
    return VAE(latent=2, hidden=(8,), pixels=12)


def random_images(n=64):
    return torch.randint(0, 256, (n, 3, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def quietly(model, objective=elbo, *, images=None, **options):
    images = random_images() if images is None else images
    return train(model, images, objective, **{"batch_size": 16, "seed": 0, "progress": False} | options)


def noise_mnist():
    """As many noise images as the full set has digits, so that checkpoints can be made without a network."""
    generator = torch.Generator().manual_seed(0)

    def split(n):
        images = torch.randint(0, 256, (n, 28, 28), dtype=torch.uint8, generator=generator)
        return Split(images, torch.arange(n) % 10)

    return Mnist(train=split(55_000), validation=split(5_000), test=split(10_000), name="noise")
