"""The two networks of a generative adversarial network. Their losses are left to `objectives`."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.models.calling import not_as_a_whole
from vae_lib.models.networks import dense


class Generator(nn.Module):
    """A VAE's decoder without the VAE: a code in, a picture out, with no encoder and no likelihood.

    `hidden` is ordered as in the `VAE` whose decoder this is, from the pixels down to the code.
    """

    def __init__(self, latent: int = 20, hidden: tuple[int, ...] = (400,), pixels: int = 784):
        super().__init__()
        self.latent = latent
        self.decoder = dense(latent, *reversed(hidden), pixels)
        for layer in self.decoder[::2]:
            # PyTorch's own start shrinks differences between codes at each layer: all codes would begin, and then
            # move, as one. A VAE's reconstruction pulls them apart; nothing in a GAN's objective does.
            nn.init.normal_(layer.weight, std=1.6 / layer.in_features**0.5)
            nn.init.zeros_(layer.bias)

    def decode(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch pixels"]:
        """The logits of the picture's grey levels."""
        return self.decoder(z)

    def forward(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch pixels"]:
        """The picture x̃ = g(z) itself, in [0, 1]."""
        return self.decode(z).sigmoid()


class Discriminator(nn.Module):
    """A dense classifier of data against samples: T(x), the log odds that x is data.

    While it learns it sees x through Gaussian noise of deviation `noise`, so that data and samples overlap.
    Source: Goodfellow et al. (2014), section 3; for leaky ReLUs, Radford et al. (2016); for the noise, Arjovsky and
    Bottou (2017), section 3.
    """

    def __init__(
        self, hidden: tuple[int, ...] = (400,), pixels: int = 784, *, dropout: float = 0.3, noise: float = 0.3
    ):
        super().__init__()
        self.noise = noise
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((pixels, *hidden)):
            layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.2), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden[-1], 1))

    def forward(self, x: Float[Tensor, "batch pixels"]) -> Float[Tensor, " batch"]:
        """The log odds that each x is data and not a sample."""
        if self.training and self.noise:
            x = x + self.noise * torch.randn_like(x)
        return self.layers(x).squeeze(-1)


class GAN(nn.Module):
    """A generator and the discriminator that it is trained against; `latent` is the size of the generator's codes.

    Source: Goodfellow et al. (2014). Used in: learned_discrepancy.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module, latent: int):
        super().__init__()
        self.generator, self.discriminator, self.latent = generator, discriminator, latent

    def generate(self, count: int) -> Float[Tensor, "..."]:
        """`count` samples x̃ = g(z) with z drawn from the prior N(0, I)."""
        weight = next(self.generator.parameters())
        return self.generator(torch.randn(count, self.latent, dtype=weight.dtype, device=weight.device))


GAN.forward = not_as_a_whole("generate(count)", "discriminator(x)", objective="discriminator_bound(model, x)")
