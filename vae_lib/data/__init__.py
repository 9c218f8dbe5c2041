"""The outside world as tensors: the MNIST digits, every file checked, in the book's splits and under its protocols.

It knows files, mirrors and SHA-256, and nothing of models. Digits stay uint8 until `pixels` scales a batch to [0, 1].
"""

from vae_lib.data.binarization import (
    PROTOCOLS,
    Protocol,
    binarize_dynamic,
    binarize_fixed,
    binarize_threshold,
    held_out,
)
from vae_lib.data.files import SHA256, DataError, cache_folder
from vae_lib.data.mnist import Mnist, Split, halves, load_mnist, pixels

__all__ = [
    "PROTOCOLS",
    "SHA256",
    "DataError",
    "Mnist",
    "Protocol",
    "Split",
    "binarize_dynamic",
    "binarize_fixed",
    "binarize_threshold",
    "cache_folder",
    "halves",
    "held_out",
    "load_mnist",
    "pixels",
]
