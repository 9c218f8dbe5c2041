"""A VAE whose code is a row of choices. Temperature and loss are left to `objectives.categorical_elbo`."""

from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.models.calling import not_as_a_whole
from vae_lib.models.networks import dense


class CategoricalVAE(nn.Module):
    """A dense VAE: q(z|x) is `latent` independent choices among `classes`, the prior uniform, the pixels Bernoulli.

    Source: Jang et al. (2017), section 4.2. Used in: discrete_latents.
    """

    def __init__(self, latent: int = 20, classes: int = 10, hidden: tuple[int, ...] = (400,), pixels: int = 784):
        super().__init__()
        self.latent, self.classes = latent, classes
        self.encoder = dense(pixels, *hidden, latent * classes)
        self.decoder = dense(latent * classes, *reversed(hidden), pixels)

    def encode(self, x: Float[Tensor, "batch pixels"]) -> Float[Tensor, "batch latent classes"]:
        """The logits of the choices of q(z|x)."""
        return self.encoder(x).unflatten(1, (self.latent, self.classes))

    def decode(self, z: Float[Tensor, "batch latent classes"]) -> Float[Tensor, "batch pixels"]:
        """The logits of the Bernoulli pixels of p(x|z), for one-hot or relaxed choices."""
        return self.decoder(z.flatten(1))


CategoricalVAE.forward = not_as_a_whole("encode(x)", "decode(z)", objective="categorical_elbo(model, x, temperature=…)")
