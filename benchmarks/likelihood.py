"""Measures the importance-weighted likelihood of 10,000 digits with 5,000 samples each: time, memory, and growth.

Part of it is measured and the whole extrapolated, once growth in both directions has proved linear.
"""

import resource
import sys

import torch

from benchmarks import plots
from benchmarks.digits import test_digits
from benchmarks.measuring import alternating, cores, ratios, row, timed
from vae_lib.data import binarize_threshold
from vae_lib.evaluation import log_likelihood
from vae_lib.evaluation.likelihood import ROWS
from vae_lib.models import VAE

IMAGES, SAMPLES = 10_000, 5_000
PART = 100  # images, with all samples
TARGET = 3.6 * 60  # seconds for all of it
ROUNDS = 7
GROWTH_IMAGES, GROWTH_SAMPLES = (100, 200, 400, 800), (500, 1000, 2000, 4000)
FEW_IMAGES, FEW_SAMPLES = 100, 500


def measure() -> dict:
    """Seconds for all, from a part; peak memory; the exponent of the growth in images and in samples."""
    torch.set_num_threads(cores())
    torch.manual_seed(0)
    model, images = VAE(latent=20), binarize_threshold(test_digits())

    def seconds(count: int, samples: int) -> float:
        return timed(lambda: log_likelihood(model, images[:count], num_samples=samples))

    seconds(FEW_IMAGES, FEW_SAMPLES)
    before = _peak_mebibytes()
    contestants = {"all": lambda: seconds(PART, SAMPLES), "products": _products(PART * SAMPLES)}
    parts = {name: [part * IMAGES / PART for part in each] for name, each in alternating(contestants, ROUNDS).items()}
    more = _peak_mebibytes() - before
    by_images = {n: min(seconds(n, FEW_SAMPLES) for _ in range(ROUNDS)) for n in GROWTH_IMAGES}
    by_samples = {k: min(seconds(FEW_IMAGES, k) for _ in range(ROUNDS)) for k in GROWTH_SAMPLES}
    title = f"{IMAGES:,} digits, k = {SAMPLES:,}"
    exponents = plots.exponent(by_images), plots.exponent(by_samples)
    note = f"{IMAGES // PART} times {PART} digits, which is fair if the exponents below are 1"
    rows = [
        row(f"{title}, {cores()} threads", parts["all"], "s", target=TARGET, note=note),
        row(
            "the decoder's matrix products alone, in turns with it", parts["products"], "s", note=_products_note(parts)
        ),
        row("all over the products", ratios(parts["all"], parts["products"]), ""),
        row(f"memory, more than for {FEW_IMAGES} digits and k = {FEW_SAMPLES}", [more], "MiB"),
        row("exponent of the growth in images", [exponents[0]], "", note="1 is linear"),
        row("exponent of the growth in k", [exponents[1]], "", note="1 is linear"),
    ]
    curves = {
        f"images, k = {FEW_SAMPLES}": by_images,
        f"samples k, {FEW_IMAGES} images": by_samples,
    }
    plot = plots.growth("likelihood", curves, "seconds", "Seconds of the importance-weighted likelihood")
    return {"rows": rows, "data": curves, "plots": [plot]}


def _products(rows: int):
    """A function that takes the products which decode so many codes, a block at a time, and nothing else."""
    places = [(torch.randn(ROWS, inputs), torch.randn(outputs, inputs)) for inputs, outputs in ((20, 400), (400, 784))]
    outs = [torch.empty(len(x), len(weight)) for x, weight in places]

    def run() -> None:
        for _ in range(-(-rows // ROWS)):
            for (x, weight), out in zip(places, outs, strict=True):
                torch.mm(x, weight.t(), out=out)

    return run


def _products_note(parts: dict[str, list[float]]) -> str:
    gflop = 2 * IMAGES * SAMPLES * (20 * 400 + 400 * 784) / 1e9
    return f"{gflop:,.0f} GFLOP at {gflop / min(parts['products']):.0f} GFLOP/s at best"


def _peak_mebibytes() -> float:
    """The peak memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
