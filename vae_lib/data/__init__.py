"""The outside world as tensors: the MNIST digits, every file checked, and a reader's own pictures, in named splits.

It knows files, mirrors and SHA-256, and nothing of models. Pictures stay uint8 until `pixels` scales a batch to [0, 1].
`load_mnist` gives the digits under the book's protocols; `load_images` a folder of PNG or JPEG, `load_idx` files in
MNIST's format, `load_arrays` and `load_dataset` what is in memory already.
"""

from vae_lib.data.arrays import load_arrays, load_dataset
from vae_lib.data.binarization import (
    PROTOCOLS,
    Protocol,
    binarize_dynamic,
    binarize_fixed,
    binarize_threshold,
    held_out,
)
from vae_lib.data.files import SHA256, DataError, cache_folder
from vae_lib.data.folders import load_images
from vae_lib.data.idx import load_idx
from vae_lib.data.mnist import Mnist, halves, load_mnist, pixels
from vae_lib.data.splits import Pictures, Split

__all__ = [
    "PROTOCOLS",
    "SHA256",
    "DataError",
    "Mnist",
    "Pictures",
    "Protocol",
    "Split",
    "binarize_dynamic",
    "binarize_fixed",
    "binarize_threshold",
    "cache_folder",
    "halves",
    "held_out",
    "load_arrays",
    "load_dataset",
    "load_idx",
    "load_images",
    "load_mnist",
    "pixels",
]
