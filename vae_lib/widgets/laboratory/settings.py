"""The laboratory's settings: which there are and what each may be, as its page has them. It knows no run.

`constants.json` says it for both languages; names are written as the page writes them (`learningRate`).
"""

import json
import math
from typing import Any

from vae_lib.widgets.laboratory.digits import CLASSES, CONSTANTS

DEFAULTS = CONSTANTS["defaults"]


def check_settings(given: dict[str, Any]) -> dict[str, Any]:
    """All settings: those that are given, and the defaults of all others. Raises ValueError for a name or a value."""
    return DEFAULTS | {name: check_setting(name, value) for name, value in given.items()}


def check_setting(name: str, value: Any) -> Any:
    """The value, as the page would hold it. Raises ValueError, with the words of the page, for one it may not have."""
    if name not in DEFAULTS:
        raise ValueError(f"expected a setting among {', '.join(DEFAULTS)}, got {_told(name)}")
    good, what = _judged(name, value)
    if not good:
        raise ValueError(f"expected {name} to be {what}, got {_told(value)}")
    return sorted(value) if name == "digits" else value


def _judged(name: str, value: Any) -> tuple[bool, str]:
    """Whether the value is good, and what a good one is."""
    if name in CONSTANTS["switches"]:
        return isinstance(value, bool), "true or false"
    if name in CONSTANTS["choices"]:
        values = CONSTANTS["choices"][name]["values"]
        return value in values, f"one of {', '.join(values)}"
    if name == "digits":
        good = isinstance(value, list | tuple) and all(_whole(each) and 0 <= each < CLASSES for each in value)
        what = f"different digits from 0 to {CLASSES - 1}, at least one"
        return good and 0 < len(set(value)) == len(value), what
    least, most, whole = (CONSTANTS["ranges"][name][key] for key in ("least", "most", "whole"))
    good = _number(value) and least <= value <= most and (not whole or _whole(value))
    return good, f"a {'whole ' if whole else ''}number from {_told(least)} to {_told(most)}"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return _number(value) and math.isfinite(value) and value == int(value)


def _told(value: Any) -> str:
    """A value as the page writes it in a sentence."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        # JavaScript writes 0.00001 where Python writes 1e-05.
        return f"{value:.12f}".rstrip("0") if 1e-6 <= abs(value) < 1 else str(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except TypeError:
        return repr(value)
