"""What a screen reader says on every page: names where the theme gives none, and none that contradict the text shown.

Knows nothing of the book's contents.
"""

import re
from pathlib import Path

SPOKEN = [
    # A label that replaces the visible text: who speaks to the machine says what is written.
    (r'(<button class="[^"]*search-button-field[^"]*"[^>]*?)\s+aria-label="[^"]*"', r"\1"),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    # The names of three icons, of which one is shown, inside a button that has its own.
    (r'(<i class="theme-switch[^>]*?)\s+title="[^"]*"', r"\1"),
    # A list in which not all are items.
    (r'<div(?=[^>]*citation-list)([^>]*?) role="list"', r"<div\1"),
    # The arrow that opens a part of the contents has no text.
    (r'<summary>(?=<span class="toctree-toggle")', '<summary aria-label="Pages of this part">'),
]
# The parameters of a signature, one a line, which Sphinx writes as a list of definitions without terms.
PARAMETERS = re.compile(r"<dl>\s*((?:<dd>(?:(?!</?d[dl]>).)*</dd>\s*)+)</dl>", re.DOTALL)


def name_parts(app, exception):
    """Mend the finished pages."""
    if exception is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            for pattern, better in SPOKEN:
                page = re.sub(pattern, better, page)
            path.write_text(PARAMETERS.sub(_lines, page), encoding="utf-8")


def _lines(found):
    return found[1].replace("<dd>", '<span class="sig-line">').replace("</dd>", "</span>")


def setup(app):
    """Connect to Sphinx."""
    app.connect("build-finished", name_parts, priority=400)  # before the pages lose their quotation marks
    return {"parallel_read_safe": True, "parallel_write_safe": True}
