"""A tiny VAE, images for it, an objective of one's own, a quick training, and as many images of noise as the digits."""

from typing import NamedTuple

import torch
from torch import Tensor

from vae_lib.data import Mnist, Split
from vae_lib.models import VAE
from vae_lib.objectives import elbo
from vae_lib.training import train


class Fit(NamedTuple):
    """A bound of two parts, as an objective of one's own would return it."""

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
    """As many images as the full set has, of noise: a checkpoint can be made of them without a network."""
    generator = torch.Generator().manual_seed(0)

    def split(n):
        images = torch.randint(0, 256, (n, 28, 28), dtype=torch.uint8, generator=generator)
        return Split(images, torch.arange(n) % 10)

    return Mnist(train=split(55_000), validation=split(5_000), test=split(10_000), name="noise")
