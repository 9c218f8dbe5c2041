"""The numbers that a figure's Python and its front end share: a `constants.json` in its folder, which both read."""

import json
from pathlib import Path
from typing import Any

# Half the side of a plane that shows the prior's three circles.
REACH = json.loads((Path(__file__).parent / "kit" / "plane.json").read_text(encoding="utf-8"))["reach"]


def constants_beside(file: str) -> dict[str, Any]:
    """What the `constants.json` beside the module `file` says."""
    return json.loads((Path(file).parent / "constants.json").read_text(encoding="utf-8"))
