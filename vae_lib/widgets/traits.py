"""The kinds of values that figures share: points, planes, pairs. They check what is set, and know no figure."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import traitlets

from vae_lib.widgets.constants import REACH

# What numpy makes an array of; what is in it is checked where it is used, with a message of its own.
Array = np.ndarray | torch.Tensor | Sequence


class PlanePoint(traitlets.TraitType):
    """Two finite floats; a tuple, so that no one changes half of it unseen."""

    info_text = "two finite numbers (z1, z2)"
    default_value = (0.0, 0.0)

    def validate(self, obj: Any, value: Any) -> tuple[float, float]:
        """The value as two floats. Raises TypeError for what holds no numbers, ValueError for other than two finite."""
        try:
            point = tuple(float(each) for each in value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"expected {self.name} to be {self.info_text}, got {value!r}") from error
        if len(point) != 2 or not all(map(math.isfinite, point)):
            raise ValueError(f"expected {self.name} to be {self.info_text}, got {value!r}")
        return point


class PlaneExtent(traitlets.TraitType):
    """What a plane shows: (left, right, bottom, top)."""

    info_text = "(left, right, bottom, top), left < right, bottom < top, neither side over three times the other"
    default_value = (-REACH, REACH, -REACH, REACH)

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        """The value as four floats. Raises TypeError for what holds no numbers, ValueError for what spans no plane."""
        try:
            extent = tuple(float(each) for each in value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"expected {self.name} to be {self.info_text}, got {value!r}") from error
        if len(extent) == 4 and all(map(math.isfinite, extent)):
            width, height = extent[1] - extent[0], extent[3] - extent[2]
            if width > 0 and height > 0 and 1 / 3 <= width / height <= 3:
                return extent
        raise ValueError(f"expected {self.name} to be {self.info_text}, got {value!r}")


class Pair(traitlets.TraitType):
    """Two floats in a range; a tuple, so that no one changes half of it unseen."""

    def __init__(self, default: tuple[float, float], low: float, high: float, **kwargs: Any):
        self.low, self.high = low, high
        self.info_text = f"two numbers from {low:g} to {high:g}"
        super().__init__(default, **kwargs)

    def validate(self, obj: Any, value: Any) -> tuple[float, float]:
        """The value as two floats. Raises TypeError for what holds no numbers, ValueError for numbers out of range."""
        try:
            pair = tuple(float(each) for each in value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"expected {self.name} to be {self.info_text}, got {value!r}") from error
        if len(pair) != 2 or not all(self.low <= each <= self.high for each in pair):
            raise ValueError(f"expected {self.name} to be {self.info_text}, got {value!r}")
        return pair
