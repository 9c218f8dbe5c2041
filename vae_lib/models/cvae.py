"""Conditional VAEs: encoder and decoder are told the digit. The loss is left to `objectives.conditional_elbo`."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Integer
from torch import Tensor, nn
from torch.nn.functional import one_hot, pad

from vae_lib._checks import expect_classes
from vae_lib.models.calling import not_as_a_whole
from vae_lib.models.likelihoods import add_likelihood, expect_image, takes_images, with_likelihood
from vae_lib.models.networks import dense

SLOPE = 0.3


def one_hot_label(
    label: Integer[Tensor, " batch"], classes: int, beside: Float[Tensor, "batch features"]
) -> Float[Tensor, "batch classes"]:
    """Each label as a row with a single 1, in the precision and on the device of the rows it stands `beside`.

    Raises ValueError for labels that are not integers, have another shape, or lie outside 0 … `classes` − 1.
    """
    # Its shape, since `len` would fix the number of rows in what is exported.
    expect_classes(label, beside.shape[0], classes)
    return one_hot(label.to(beside.device, torch.int64), classes).to(beside.dtype)


class DenseCVAE(nn.Module):
    """A dense VAE whose encoder and decoder are told the label: q(z|x, y), p(x|z, y), and the prior N(0, I).

    Instead of `pixels` it takes `image=(channels, height, width)`, and a `likelihood` as `VAE` does.
    Source: Kingma et al. (2014), section 2.1 (model M2), with labels given. Shown in: conditional_vae.
    """

    def __init__(self, latent: int = 2, hidden: tuple[int, ...] = (400,), pixels: int = 784, classes: int = 10):
        super().__init__()
        self.classes = classes
        self.encoder = nn.Sequential(dense(pixels + classes, *hidden), nn.ReLU())
        self.to_mu = nn.Linear(hidden[-1], latent)
        self.to_log_var = nn.Linear(hidden[-1], latent)
        self.decoder = dense(latent + classes, *reversed(hidden), pixels)

    def encode(
        self, x: Float[Tensor, "batch pixels"], label: Integer[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch latent"], Float[Tensor, "batch latent"]]:
        """The mean and the log variance of q(z|x, y). Raises ValueError for a label that is not a class."""
        h = self.encoder(torch.cat([x, one_hot_label(label, self.classes, x)], dim=-1))
        return self.to_mu(h), self.to_log_var(h)

    def decode(
        self, z: Float[Tensor, "batch latent"], label: Integer[Tensor, " batch"]
    ) -> Float[Tensor, "batch pixels"]:
        """The logits of the Bernoulli pixels of p(x|z, y). Raises ValueError for a label that is not a class."""
        y = one_hot_label(label, self.classes, z)
        return self.decoder(torch.cat([z, y], dim=-1))


class CVAE(nn.Module):
    """A convolutional VAE that is told the label after its convolutions, for 28 × 28 pixels or another `image`.

    Encoder: three convolutions (28 → 14 → 7 → 7), 3136 → 784, label, 794 → 64 → μ and log σ². Decoder: 24, 49 = 7 × 7,
    three transposed convolutions (7 → 14 → 14 → 14), 12544, label, 128 → 784 → 784 logits. Kernels are 4 × 4, 'same'.
    """

    def __init__(
        self,
        latent: int = 8,
        channels: int = 64,
        dropout: float = 0.2,
        classes: int = 10,
        image: Sequence[int] = (1, 28, 28),
        likelihood: str = "bernoulli",
    ):
        super().__init__()
        self.classes = classes
        colours, height, width = expect_image(image)
        # A quarter of each side, rounded up as the two strides round.
        rows, columns = -(-height // 4), -(-width // 4)
        leaky, drop = nn.LeakyReLU(SLOPE), nn.Dropout(dropout)
        self.encoder = nn.Sequential(
            nn.Unflatten(1, (colours, height, width)),
            *(SameConv2d(colours, channels, stride=2), leaky, drop),
            *(SameConv2d(channels, channels, stride=2), leaky, drop),
            *(SameConv2d(channels, channels, stride=1), leaky, drop),
            nn.Flatten(),
            *(nn.Linear(rows * columns * channels, 784), leaky),
        )
        self.encoder_head = nn.Sequential(nn.Linear(784 + classes, 64), leaky)
        self.to_mu = nn.Linear(64, latent)
        self.to_log_var = nn.Linear(64, latent)
        self.decoder = nn.Sequential(
            *(nn.Linear(latent, 24), leaky),
            *(nn.Linear(24, rows * columns), leaky),
            nn.Unflatten(1, (1, rows, columns)),
            *(SameConvTranspose2d(1, channels, stride=2), nn.ReLU(), drop),
            *(SameConvTranspose2d(channels, channels, stride=1), nn.ReLU(), drop),
            *(SameConvTranspose2d(channels, channels, stride=1), nn.ReLU()),
            nn.Flatten(),
        )
        self.decoder_head = dense(4 * rows * columns * channels + classes, 128, 784, colours * height * width)
        self.apply(_glorot)
        add_likelihood(self, likelihood, (colours, height, width))

    def encode(
        self, x: Float[Tensor, "batch pixels"], label: Integer[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch latent"], Float[Tensor, "batch latent"]]:
        """The mean and the log variance of q(z|x, y). Raises ValueError for a label that is not a class."""
        h = self.encoder(x)
        h = self.encoder_head(torch.cat([h, one_hot_label(label, self.classes, h)], dim=-1))
        return self.to_mu(h), self.to_log_var(h)

    def decode(
        self, z: Float[Tensor, "batch latent"], label: Integer[Tensor, " batch"]
    ) -> Float[Tensor, "batch pixels"]:
        """The logits of the Bernoulli pixels of p(x|z, y). Raises ValueError for a label that is not a class."""
        h = self.decoder(z)
        return self.decoder_head(torch.cat([h, one_hot_label(label, self.classes, h)], dim=-1))


DenseCVAE.forward = CVAE.forward = not_as_a_whole(
    "encode(x, label)", "decode(z, label)", objective="conditional_elbo(model, x, label)"
)
takes_images(DenseCVAE)
with_likelihood(CVAE)


def _glorot(layer: nn.Module) -> None:
    """The source's initial weights; PyTorch's, smaller by √3 where a layer keeps its width, drown z out at first."""
    if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


class SameConv2d(nn.Conv2d):
    """A 4 × 4 convolution whose output has ⌈side / stride⌉ pixels on each side, padded as 'same' padding is defined.

    Where the number of zeros needed is odd, the extra one goes below and to the right.
    """

    def __init__(self, inputs: int, outputs: int, *, stride: int):
        super().__init__(inputs, outputs, kernel_size=4, stride=stride)

    def forward(self, x: Float[Tensor, "batch inputs height width"]) -> Float[Tensor, "batch outputs _height _width"]:
        """The convolution of the padded picture."""
        return super().forward(pad(x, (*self._zeros(x.shape[-1]), *self._zeros(x.shape[-2]))))

    def _zeros(self, side: int | Tensor) -> tuple[int | Tensor, int | Tensor]:
        """How many zeros go before and after a side of so many pixels, which is a tensor while it is traced."""
        stride = self.stride[0]
        zeros = max(0, (-(-side // stride) - 1) * stride + 4 - side)
        return zeros // 2, zeros - zeros // 2


class SameConvTranspose2d(nn.ConvTranspose2d):
    """The transpose of `SameConv2d`: a 4 × 4 transposed convolution whose output has side · stride pixels on a side."""

    def __init__(self, inputs: int, outputs: int, *, stride: int):
        super().__init__(inputs, outputs, kernel_size=4, stride=stride, padding=(4 - stride) // 2)

    def forward(self, x: Float[Tensor, "batch inputs height width"]) -> Float[Tensor, "batch outputs _height _width"]:
        """The transposed convolution, cropped by the zeros that its counterpart adds below and to the right."""
        height, width = (side * self.stride[0] for side in x.shape[-2:])
        return super().forward(x)[..., :height, :width]
