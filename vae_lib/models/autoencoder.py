"""The classic autoencoder: a point in, a code, a point out. It has no noise and no prior."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.models.calling import not_as_a_whole
from vae_lib.models.likelihoods import takes_images
from vae_lib.models.networks import dense


class Autoencoder(nn.Module):
    """A dense autoencoder, the σ = 0 case of a VAE; `hidden=()` makes it linear.

    Instead of `pixels` it takes `image=(channels, height, width)`, and a `likelihood` as `VAE` does.
    Source: Hinton and Salakhutdinov (2006). Shown in: autoencoder.
    """

    def __init__(self, latent: int = 20, hidden: tuple[int, ...] = (400,), pixels: int = 784):
        super().__init__()
        self.encoder = dense(pixels, *hidden, latent)
        self.decoder = dense(latent, *reversed(hidden), pixels)

    def encode(
        self, x: Float[Tensor, "batch pixels"]
    ) -> tuple[Float[Tensor, "batch latent"], Float[Tensor, "batch latent"]]:
        """The code μ of each x, and log σ² = −∞: an autoencoder's code carries no noise."""
        mu = self.encoder(x)
        return mu, torch.full_like(mu, -torch.inf)

    def decode(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch pixels"]:
        """The logits of the reconstruction."""
        return self.decoder(z)


Autoencoder.forward = not_as_a_whole("encode(x)", "decode(z)", objective="reconstruction(model, x)")
takes_images(Autoencoder)
