"""The laboratory's experiments: what each sets, and the sentence that says what to look for. It knows no run.

`presets.json` says it for both languages; names are written as the page writes them (`learningRate`).
"""

import json
from pathlib import Path
from typing import Any

from vae_lib.widgets.laboratory.settings import check_settings

PRESETS = json.loads((Path(__file__).parent / "presets.json").read_text(encoding="utf-8"))


def settings_of(preset: str, changes: dict[str, Any]) -> dict[str, Any]:
    """All settings of a preset with some of them changed."""
    return check_settings(PRESETS[preset]["settings"] | changes)
