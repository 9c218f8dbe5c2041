"""What a model says that is called as a whole. It knows no family: each says what to call instead.

Which of its distributions would the call of a VAE give, and by the mean of the code or by a sample? Published code
does one or the other, or returns all of it as a tuple; here nothing is guessed.
"""

from collections.abc import Callable
from typing import NoReturn

from torch import nn


def not_as_a_whole(*parts: str, objective: str) -> Callable[..., NoReturn]:
    """A `forward` that raises NotImplementedError and names what to call: the model's methods, and an objective.

    It is given to a class below its definition where a chapter shows that whole.
    """

    def forward(self: nn.Module, *args, **kwargs) -> NoReturn:
        methods = " or ".join(f"model.{part}" for part in parts)
        raise NotImplementedError(
            f"{type(self).__name__} is not called as a whole: call {methods}, or an objective of it, "
            f"vae_lib.objectives.{objective}"
        )

    return forward
