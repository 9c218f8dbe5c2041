"""The variational autoencoder's two networks. The loss is left to `objectives.elbo`."""

from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.models.calling import not_as_a_whole
from vae_lib.models.likelihoods import takes_images
from vae_lib.models.networks import dense


class VAE(nn.Module):
    """A dense VAE: q(z|x) = N(μ(x), diag σ²(x)), prior N(0, I), independent Bernoulli pixels.

    Instead of `pixels` it takes `image=(channels, height, width)`, and `likelihood="normal"` or "logistic" for other
    pixels than Bernoulli's.
    Source: Kingma and Welling (2014), appendix C. Shown in: variational_autoencoder.
    """

    def __init__(self, latent: int = 20, hidden: tuple[int, ...] = (400,), pixels: int = 784):
        super().__init__()
        self.encoder = nn.Sequential(dense(pixels, *hidden), nn.ReLU())
        self.to_mu = nn.Linear(hidden[-1], latent)
        self.to_log_var = nn.Linear(hidden[-1], latent)
        self.decoder = dense(latent, *reversed(hidden), pixels)

    def encode(
        self, x: Float[Tensor, "batch pixels"]
    ) -> tuple[Float[Tensor, "batch latent"], Float[Tensor, "batch latent"]]:
        """The mean and the log variance of q(z|x)."""
        h = self.encoder(x)
        return self.to_mu(h), self.to_log_var(h)

    def decode(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch pixels"]:
        """The logits of the Bernoulli pixels of p(x|z), or of its mean picture under another likelihood."""
        return self.decoder(z)


VAE.forward = not_as_a_whole("encode(x)", "decode(z)", objective="elbo(model, x)")
takes_images(VAE)


class TanhVAE(VAE):
    """The VAE of the published likelihoods: two layers of 200 on each side, tanh between them, 50 latents.

    Source: Burda et al. (2016), section 5, with one stochastic layer.
    """

    def __init__(self, latent: int = 50, hidden: tuple[int, ...] = (200, 200), pixels: int = 784):
        super().__init__(latent, hidden, pixels)
        self.encoder = nn.Sequential(dense(pixels, *hidden, activation=nn.Tanh), nn.Tanh())
        self.decoder = dense(latent, *reversed(hidden), pixels, activation=nn.Tanh)


takes_images(TanhVAE)
