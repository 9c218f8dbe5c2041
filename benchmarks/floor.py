"""Measures what an epoch costs whatever the loop: its matrix products at full speed, and Adam's memory traffic."""

import time
from typing import NamedTuple

import torch

LAYERS = ((784, 400), (400, 20), (400, 20), (20, 400), (400, 784))  # inputs and outputs of the model's linear layers
PARAMETERS = sum(inputs * outputs + outputs for inputs, outputs in LAYERS)
# Adam reads the gradient, the parameter and two moments and writes the last three, in float32.
ADAM_BYTES = 7 * 4 * PARAMETERS


class Floor(NamedTuple):
    """The least seconds an epoch can take, and the measured speeds that imply it."""

    products: float
    adam: float
    gflop: float
    gflops_a_second: float
    gbytes_a_second: float

    @property
    def seconds(self) -> float:
        """The products and Adam's traffic, one after the other."""
        return self.products + self.adam


def flop_per_step(batch_size: int) -> int:
    """Multiplications and additions of a step's matrix products: forward, weights' gradient, inputs' gradient."""
    forward = sum(2 * batch_size * inputs * outputs for inputs, outputs in LAYERS)
    first = 2 * batch_size * LAYERS[0][0] * LAYERS[0][1]  # the pixels need no gradient
    return 3 * forward - first


def measured(batch_size: int, steps_per_epoch: int, *, repeats: int = 60) -> Floor:
    """The floor of an epoch on this machine, with as many threads as torch uses now."""
    products = _fastest(_products(batch_size), repeats) * steps_per_epoch
    streams = [torch.zeros(PARAMETERS) for _ in range(3)]
    seconds = _fastest(lambda: torch.add(streams[0], streams[1], out=streams[2]), repeats)
    bandwidth = 3 * 4 * PARAMETERS / seconds  # two read, one written
    gflop = flop_per_step(batch_size) * steps_per_epoch / 1e9
    return Floor(products, ADAM_BYTES / bandwidth * steps_per_epoch, gflop, gflop / products, bandwidth / 1e9)


def _products(batch_size: int):
    """A function that takes exactly the products of one step."""
    places = []
    for number, (inputs, outputs) in enumerate(LAYERS):
        x, weight = torch.randn(batch_size, inputs), torch.randn(outputs, inputs)
        places.append((number, x, weight, torch.randn(outputs), torch.randn(batch_size, outputs)))

    def run() -> None:
        for number, x, weight, bias, gradient in places:
            torch.addmm(bias, x, weight.t())
            gradient.t() @ x
            if number:
                gradient @ weight

    return run


def _fastest(run, repeats: int) -> float:
    """The least of many times: a floor is what remains when nothing interferes."""
    times = []
    with torch.no_grad():
        for _ in range(repeats):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
    return min(times)
