"""Networks that turn tensors into the parameters of distributions, one family per file.

A model knows its shapes and nothing else: no loss, no data set, no optimiser. `encode` gives the mean and log variance
of q(z|x), `decode` the parameters of p(x|z); both of a conditional model take the label as well. A classifier, a
generator and a discriminator are called; any other model, called, says what to call instead. `VAE`, `Autoencoder`,
`CVAE`, `DenseCVAE` and `ConvVAE` are made for pictures of any size by `image=(channels, height, width)`, and their
`likelihood` is "bernoulli", "normal" or "logistic".

`torch.export`, `torch.jit.trace` and `nn.DataParallel` call a module. They are meant to work for a module of your own
whose `forward` returns `model.encode(…)` or `model.decode(…)`, and then for any number of rows. They are not meant to
work for a whole model: none of the three knows its methods, which is what an objective calls.
"""

from vae_lib.models.autoencoder import Autoencoder
from vae_lib.models.categorical import CategoricalVAE
from vae_lib.models.classifier import Classifier
from vae_lib.models.convolutional import ConvVAE
from vae_lib.models.cvae import CVAE, DenseCVAE
from vae_lib.models.gan import GAN, Discriminator, Generator
from vae_lib.models.sequence import SequenceVAE
from vae_lib.models.vae import VAE, TanhVAE
from vae_lib.models.vector_quantized import VectorQuantizedAutoencoder

__all__ = [
    "CVAE",
    "GAN",
    "VAE",
    "Autoencoder",
    "CategoricalVAE",
    "Classifier",
    "ConvVAE",
    "DenseCVAE",
    "Discriminator",
    "Generator",
    "SequenceVAE",
    "TanhVAE",
    "VectorQuantizedAutoencoder",
]
