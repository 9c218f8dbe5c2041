"""The form in which weights ship: float16, or eight bits where float16 is too large.

A weight in eight bits is a whole number from −127 to 127 times a scale that it shares with its row.
`vae_lib.checkpoints.rounding` turns it back, and the card of a checkpoint states the figures from before the rounding.
"""

import torch
from torch import Tensor

from vae_lib.checkpoints.rounding import SCALES

BITS = (8, 16)
LARGEST = 127


def to_ship(weights: dict[str, Tensor], bits: int) -> dict[str, Tensor]:
    """The weights in float16; in 8 bits, those that have rows as int8 with the scales of the rows beside them.

    Raises ValueError for a number of bits other than 8 and 16.
    """
    if bits not in BITS:
        raise ValueError(f"expected weights to ship in {' or '.join(map(str, BITS))} bits, got {bits}")
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
