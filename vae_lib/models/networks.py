"""The stacks of layers that the model families share."""

from itertools import pairwise

from torch import nn


def dense(*sizes: int, activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """Linear layers from each size to the next with an activation after each but the last.

    Raises ValueError for fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"dense layers need an input and an output size, got sizes {sizes}")
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), activation()]
    return nn.Sequential(*layers[:-1])
