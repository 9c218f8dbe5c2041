"""The colours of `palette.json`, which the front ends read too, for pictures on a white card. It knows no picture."""

import json
from pathlib import Path

PALETTE = json.loads((Path(__file__).parent / "palette.json").read_text(encoding="utf-8"))
LIGHT = PALETTE["light"]
INK, MUTED, LINE, FOCUS = LIGHT["ink"], LIGHT["muted"], LIGHT["line"], LIGHT["focus"]
BLUE, VERMILION, ORANGE, AMBER = LIGHT["blue"], LIGHT["vermilion"], LIGHT["orange"], LIGHT["amber"]
WINE, MAGENTA, HILL = LIGHT["wine"], LIGHT["magenta"], LIGHT["hill"]
TRACES, CLASS_COLOURS = tuple(LIGHT["traces"]), tuple(LIGHT["classes"])
