"""The form in which weights ship: float16, or rounded to eight bits where that is too large. It knows no file.

A rounded weight is a whole number from −127 to 127 times a scale that it shares with its row. The card of a checkpoint
says what it reached before it was rounded.
"""

import torch
from torch import Tensor

BITS = (8, 16)
LARGEST = 127
SCALES = ".scales"


def to_ship(weights: dict[str, Tensor], bits: int) -> dict[str, Tensor]:
    """The weights in float16; in 8 bits, all that have rows as int8, beside them the rows' scales in float16.

    Raises ValueError for another number of bits than 8 and 16.
    """
    if bits not in BITS:
        raise ValueError(f"expected weights to ship in one of {BITS} bits, got {bits}")
    shipped = {}
    for key, weight in weights.items():
        if bits == 8 and weight.is_floating_point() and weight.dim() > 1:
            within_row = tuple(range(1, weight.dim()))
            scales = (weight.abs().amax(dim=within_row, keepdim=True) / LARGEST).half()
            # A row of zeros has no scale.
            steps = torch.where(scales > 0, scales.float(), 1.0)
            shipped[key] = (weight / steps).round().clamp(-LARGEST, LARGEST).to(torch.int8)
            shipped[key + SCALES] = scales
        else:
            shipped[key] = weight.half() if weight.is_floating_point() else weight
    return shipped


def from_shipped(shipped: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights that `to_ship` gave, in float32."""
    return {
        key: tensor.float() * shipped[key + SCALES].float() if key + SCALES in shipped else tensor.float()
        for key, tensor in shipped.items()
        if not key.endswith(SCALES)
    }
