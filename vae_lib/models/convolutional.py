"""A small convolutional VAE with residual blocks, for pictures of any size. The loss is left to `objectives.elbo`."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.models.calling import not_as_a_whole
from vae_lib.models.likelihoods import add_likelihood, expect_image, with_likelihood

SMALLEST = 4  # pixels a side: halved twice, one is left


class ConvVAE(nn.Module):
    """A convolutional VAE: q(z|x) = N(μ(x), diag σ²(x)), prior N(0, I), rows of pixels in and out.

    Encoder: a convolution, then twice a residual block and a halving, a block, μ and log σ². The decoder mirrors it,
    with nearest neighbours for the doublings. `channels` is the width at full size, twice that below. `likelihood` is
    "logistic" for bytes of any kind, "normal" for a density, "bernoulli" for ink or no ink.
    Raises ValueError for an image of fewer than 4 pixels a side. Source: He et al. (2016) for the blocks.
    """

    def __init__(
        self,
        latent: int = 20,
        channels: int = 32,
        image: Sequence[int] = (3, 32, 32),
        likelihood: str = "logistic",
    ):
        super().__init__()
        colours, height, width = expect_image(image)
        if min(height, width) < SMALLEST:
            raise ValueError(f"expected images of {SMALLEST} pixels a side or more, got image={tuple(image)}")
        half = (-(-height // 2), -(-width // 2))
        quarter = (-(-half[0] // 2), -(-half[1] // 2))
        wide = 2 * channels
        flat = wide * quarter[0] * quarter[1]
        self.encoder = nn.Sequential(
            nn.Unflatten(1, (colours, height, width)),
            nn.Conv2d(colours, channels, 3, padding=1),
            *(ResidualBlock(channels), nn.Conv2d(channels, wide, 3, stride=2, padding=1)),
            *(ResidualBlock(wide), nn.Conv2d(wide, wide, 3, stride=2, padding=1)),
            *(ResidualBlock(wide), nn.SiLU(), nn.Flatten()),
        )
        self.to_mu = nn.Linear(flat, latent)
        self.to_log_var = nn.Linear(flat, latent)
        self.decoder = nn.Sequential(
            *(nn.Linear(latent, flat), nn.Unflatten(1, (wide, *quarter)), ResidualBlock(wide)),
            *(nn.Upsample(half), nn.Conv2d(wide, wide, 3, padding=1), ResidualBlock(wide)),
            *(nn.Upsample((height, width)), nn.Conv2d(wide, channels, 3, padding=1), ResidualBlock(channels)),
            *(nn.SiLU(), nn.Conv2d(channels, colours, 3, padding=1), nn.Flatten()),
        )
        add_likelihood(self, likelihood, (colours, height, width))

    def encode(
        self, x: Float[Tensor, "batch pixels"]
    ) -> tuple[Float[Tensor, "batch latent"], Float[Tensor, "batch latent"]]:
        """The mean and the log variance of q(z|x)."""
        h = self.encoder(x)
        return self.to_mu(h), self.to_log_var(h)

    def decode(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch pixels"]:
        """The logits of the mean picture of p(x|z)."""
        return self.decoder(z)


ConvVAE.forward = not_as_a_whole("encode(x)", "decode(z)", objective="elbo(model, x)")
with_likelihood(ConvVAE)


class ResidualBlock(nn.Module):
    """x + two 3 × 3 convolutions of x, which begins as x itself: its last convolution starts at zero.

    Source: He et al. (2016), figure 4e, without normalisation; Zhang et al. (2019) for the start.
    """

    def __init__(self, channels: int):
        super().__init__()
        last = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1), nn.SiLU(), last)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch channels height width"]:
        """The picture with what the convolutions add to it."""
        return x + self.layers(x)
