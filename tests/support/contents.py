"""Lists the built pages by name, in the order of _toc.yml, and parses them. It depends on no page's content."""

from functools import cache
from pathlib import Path

import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [chapter for part in TOC["parts"] for chapter in part["chapters"]]
ENTRIES = [entry for chapter in CHAPTERS for entry in (chapter, *chapter.get("sections", []))]
FIRST = TOC["root"]
# The pages written by us.
WRITTEN = [FIRST, *(entry["file"] for entry in ENTRIES)]
# These, and those that Sphinx adds.
DOCUMENTS = [*WRITTEN, "genindex", "search"]


@cache
def parsed(document):
    """Return the elements of a built page, the same for all who ask: change nothing in them."""
    return BeautifulSoup((SITE / f"{document}.html").read_text(encoding="utf-8"), "html.parser")
