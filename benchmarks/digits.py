"""Loads the digits that the benchmarks train and test on: the published 60,000 and 10,000. It needs no model."""

from functools import cache

import torch
from jaxtyping import UInt8
from torch import Tensor

from vae_lib.data import Mnist, load_mnist


@cache
def _mnist() -> Mnist:
    """All digits; raises SystemExit if there are fewer, since an epoch of fewer digits cannot be compared."""
    mnist = load_mnist()
    if not mnist.full:
        raise SystemExit(
            "The benchmarks need all 70,000 digits: set VAE_LIB_DATA to a folder with the four MNIST files."
        )
    return mnist


@cache
def all_for_training() -> UInt8[Tensor, "60000 28 28"]:
    """The 60,000 digits of the published training files, the book's validation digits among them."""
    return torch.cat([_mnist().train.images, _mnist().validation.images])


def test_digits() -> UInt8[Tensor, "10000 28 28"]:
    """The 10,000 digits of the published test files."""
    return _mnist().test.images
