"""What a model says when it is called as a whole: each family names what to call instead.

What should calling a VAE give: the codes or the pictures, from the mean of q(z|x) or from a sample? Published code does
each of these, or returns everything as a tuple; here nothing is guessed.
"""

from collections.abc import Callable
from typing import NoReturn

from torch import nn


def not_as_a_whole(*parts: str, objective: str) -> Callable[..., NoReturn]:
    """A `forward` that raises NotImplementedError and names what to call: the model's methods, and an objective.

    Classes get it below their definition: chapters show some of these whole, and it is no part of the mathematics.
    """

    def forward(self: nn.Module, *args, **kwargs) -> NoReturn:
        """Say what to call instead."""
        methods = " or ".join(f"model.{part}" for part in parts)
        raise NotImplementedError(
            f"{type(self).__name__} is not called as a whole: call {methods}, or an objective of it, "
            f"vae_lib.objectives.{objective}"
        )

    return forward
