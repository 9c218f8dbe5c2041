"""The built pages by name, in the order of _toc.yml. It knows nothing of what they hold."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
ENTRIES = [entry for part in TOC["parts"] for entry in part["chapters"]]
ENTRIES += [section for entry in ENTRIES for section in entry.get("sections", [])]
FIRST = TOC["root"]
# The pages that we write.
WRITTEN = [FIRST, *(entry["file"] for entry in ENTRIES)]
# Those that Sphinx makes too.
DOCUMENTS = [*WRITTEN, "genindex", "search"]
