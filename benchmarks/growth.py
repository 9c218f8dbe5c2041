"""Measures how an epoch's time grows with the number of digits and the latent size, and falls with the batch size."""

import torch

from benchmarks import plots
from benchmarks.digits import all_for_training
from benchmarks.measuring import row, timed
from vae_lib.models import VAE
from vae_lib.objectives import elbo
from vae_lib.training import train

ROUNDS = 3
DIGITS = (3_750, 7_500, 15_000, 30_000, 60_000)
LATENTS = (2, 8, 32, 128, 512)
BATCHES = (16, 32, 64, 128, 256, 512, 1024)
SOME = 15_000  # digits, where they are not what grows


def measure() -> dict:
    """The fastest of a few epochs at each size; each round covers all sizes, so that a slow minute affects all."""
    torch.set_num_threads(1)  # as in the chapters: two that wait for each other would hide the growth
    curves = {
        "digits": _curve(DIGITS, lambda n: _epoch(n, 20, 128)),
        "latent size": _curve(LATENTS, lambda d: _epoch(SOME, d, 128)),
        "batch size": _curve(BATCHES, lambda b: _epoch(SOME, 20, b)),
    }
    digits, latents, batches = curves.values()
    rows = [
        row("exponent of an epoch's growth in digits", [plots.exponent(digits)], "", note="1 is linear"),
        row(f"epoch, {LATENTS[-1]} latents over {LATENTS[0]}", [latents[LATENTS[-1]] / latents[LATENTS[0]]], ""),
        row("epoch, batch of 16 over batch of 128", [batches[16] / batches[128]], ""),
        row("epoch, batch of 1,024 over batch of 128", [batches[1024] / batches[128]], ""),
    ]
    return {"rows": rows, "data": curves, "plots": [plots.growth("growth", curves, "s an epoch", "Seconds an epoch")]}


def _curve(sizes, epoch) -> dict[int, float]:
    """The least seconds at each size."""
    rounds = [{size: epoch(size) for size in sizes} for _ in range(ROUNDS)]
    return {size: min(each[size] for each in rounds) for size in sizes}


def _epoch(digits: int, latent: int, batch_size: int) -> float:
    """Seconds of one epoch of a fresh model."""
    model, images = VAE(latent=latent), all_for_training()[:digits]
    return timed(lambda: train(model, images, elbo, epochs=1, batch_size=batch_size, progress=False))
