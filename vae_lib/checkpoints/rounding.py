"""From the form in which weights ship, float16 or eight bits, back to float32.

A weight in eight bits is a whole number times a scale that it shares with its row; the scales of a tensor lie beside it
under its name and `SCALES`.
"""

from torch import Tensor

SCALES = ".scales"


def from_shipped(shipped: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a checkpoint file in float32."""
    return {
        key: tensor.float() * shipped[key + SCALES].float() if key + SCALES in shipped else tensor.float()
        for key, tensor in shipped.items()
        if not key.endswith(SCALES)
    }
