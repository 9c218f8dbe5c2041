"""An autoencoder whose code is a row of entries of a learned codebook.

It has no prior; the loss is left to `objectives.quantized_reconstruction`.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from vae_lib.models.calling import not_as_a_whole
from vae_lib.models.networks import dense


class Quantized(NamedTuple):
    """The nearest entry of the codebook for each vector: its number, and the entry itself."""

    index: Int64[Tensor, "batch latent"]
    entry: Float[Tensor, "batch latent size"]


class VectorQuantizedAutoencoder(nn.Module):
    """A dense autoencoder with `latent` vectors of `size` numbers, each replaced by its nearest of `entries`.

    Source: van den Oord et al. (2017), section 3. Used in: discrete_latents.
    """

    def __init__(
        self,
        latent: int = 20,
        entries: int = 64,
        size: int = 4,
        hidden: tuple[int, ...] = (400,),
        pixels: int = 784,
    ):
        super().__init__()
        self.latent, self.size = latent, size
        self.encoder = dense(pixels, *hidden, latent * size)
        self.decoder = dense(latent * size, *reversed(hidden), pixels)
        self.codebook = nn.Parameter(torch.empty(entries, size).uniform_(-1 / entries, 1 / entries))

    def encode(self, x: Float[Tensor, "batch pixels"]) -> Float[Tensor, "batch latent size"]:
        """The vectors of each x, before they are quantized."""
        return self.encoder(x).unflatten(1, (self.latent, self.size))

    def quantize(self, vectors: Float[Tensor, "batch latent size"]) -> Quantized:
        """The nearest entry of each vector."""
        index = torch.cdist(vectors, self.codebook[None]).argmin(dim=-1)
        return Quantized(index, self.codebook[index])

    def decode(self, vectors: Float[Tensor, "batch latent size"]) -> Float[Tensor, "batch pixels"]:
        """The logits of the Bernoulli pixels."""
        return self.decoder(vectors.flatten(1))


VectorQuantizedAutoencoder.forward = not_as_a_whole(
    "encode(x)", "quantize(vectors)", "decode(vectors)", objective="quantized_reconstruction(model, x)"
)
