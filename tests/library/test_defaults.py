"""The whole library, function by function, where tensors go to another device and have another precision by default.

A notebook sets both at its top, and everything below must do what it does without. The device is `meta`, whose tensors
hold no numbers: whatever lands there by accident cannot come back. A function that is not called here is named with
the reason.
"""

import inspect

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from tiny import random_images, small_vae
from torch import nn

from vae_lib import checkpoints, data, distributions, evaluation, figures, models, objectives, training, widgets
from vae_lib.checkpoints import recordings

ROOMS = (data, distributions, models, objectives, training, evaluation, checkpoints)
SAID = {"progress": False, "seed": 0, "batch_size": 16, "steps": 3}


class Inputs:
    """What the calls are given, made before the defaults change, on the CPU and in float32 as a reader's data are."""

    def __init__(self):
        generator = torch.Generator().manual_seed(0)

        def normal(*shape):
            return torch.randn(*shape, generator=generator)

        self.mu, self.log_var, self.x_logits = normal(8, 2), normal(8, 2), normal(8, 12)
        self.x = (normal(8, 12) > 0).float()
        self.label = torch.arange(8) % 10
        self.images, self.labels = random_images(), torch.arange(64) % 10
        self.ink = (self.images > 127).to(torch.uint8) * 255
        self.logits = normal(8, 3, 4)
        self.one_hot = torch.eye(4)[torch.randint(4, (8, 3), generator=generator)]
        self.words = torch.randint(0, 5, (8, 6), generator=generator)
        self.letters = torch.randint(0, 5, (8, 6), generator=generator).float() / 4
        self.codes, self.digits = normal(30, 2), torch.rand(4, 784, generator=generator)
        self.vae, self.decoder = small_vae(), models.VAE(latent=2, hidden=(8,), pixels=16).decoder
        self.cvae = models.DenseCVAE(latent=2, hidden=(8,), pixels=12)
        self.categorical = models.CategoricalVAE(latent=3, classes=4, hidden=(8,), pixels=12)
        self.quantized = models.VectorQuantizedAutoencoder(pixels=12)
        self.gan = models.GAN(latent=2, hidden=(8,), pixels=12)
        self.sequence = models.SequenceVAE()
        self.classifier = models.Classifier(hidden=(8,), pixels=12)
