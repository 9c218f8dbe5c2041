"""Says how many minutes a chapter takes: from the words, displayed formulas, open code and figures of its body.

It does not know where a chapter stands, nor who reads it. The body is what stands before the exercises at the end. Of
"Guess, then run" the task belongs to it and the folded answer does not.
"""

import math
import re
from typing import NamedTuple

# Two hundred words a minute is slow for prose, as it should be where sentences carry mathematics. Twenty seconds are
# enough to take in a line of algebra, not to derive it; two seconds are a glance at a line of code.
WORDS_A_MINUTE = 200
SECONDS = {"formulas": 20, "lines": 2, "figures": 60}
FOLDED = {"hide-input", "remove-input", "remove-cell"}
BOOTSTRAP = "bootstrap"
AFTER_THE_BODY = re.compile(r"^## +(?:Exercises|References|Further reading)\b", re.MULTILINE | re.IGNORECASE)
# What is generated is not read again, or a chapter's length would depend on its own line.
LINE = re.compile(r"^\*(?:Start here|One evening|In depth)\b.* · .*\*$", re.MULTILINE)
SOLUTIONS = (
    re.compile(r"^`{3,}\{solution-start\}.*?^`{3,}\{solution-end\}\n`{3,}", re.DOTALL | re.MULTILINE),
    re.compile(r"^(`{3,})\{solution\}.*?^\1`*$", re.DOTALL | re.MULTILINE),
)
DISPLAYED = re.compile(
    r"\$\$.*?\$\$|^(`{3,})\{math\}.*?^\1$|\\begin\{(align|equation|gather)", re.DOTALL | re.MULTILINE
)
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
CELL = "\n\n\x00{}\x00\n\n"
PLACE = re.compile("\x00(\\d+)\x00")


class Body(NamedTuple):
    """What a reader of a chapter's body meets: the numbers of words, displayed formulas, open lines, figures."""

    words: int
    formulas: int
    lines: int
    figures: int

    @property
    def minutes(self) -> int:
        """The time it takes, in whole minutes, at least one."""
        seconds = sum(each * getattr(self, name) for name, each in SECONDS.items())
        return max(1, math.ceil(self.words / WORDS_A_MINUTE + seconds / 60))


def body_of(notebook) -> Body:
    """Count what the body of `notebook` holds; the answers to exercises and what is folded do not count."""
    prose, cells = body_parts(notebook)
    open_cells = [cell for cell in cells if cell.id != BOOTSTRAP and not FOLDED & set(cell.metadata.get("tags", []))]
    return Body(
        words=count_words(prose),
        formulas=len(DISPLAYED.findall(prose)),
        lines=sum(bool(line.strip()) for cell in open_cells for line in cell.source.splitlines()),
        figures=sum(is_interactive(cell) for cell in cells),
    )


def body_parts(notebook):
    """Return the prose of the body of `notebook`, and its code cells that stand in no solution."""
    text = "".join(
        cell.source + "\n\n" if cell.cell_type == "markdown" else CELL.format(number)
        for number, cell in enumerate(notebook.cells)
    )
    if end := AFTER_THE_BODY.search(text):
        text = text[: end.start()]
    for solution in SOLUTIONS:
        text = solution.sub("", text)
    return PLACE.sub("", LINE.sub("", text)), [notebook.cells[int(number)] for number in PLACE.findall(text)]


def count_words(prose) -> int:
    """Count the words of `prose`, without formulas, links' addresses and the lines of directives."""
    return len(WORD.findall(without_code(prose)))


def without_code(prose):
    """The words of a page: no formulas, directive lines, roles' targets, links' addresses or tables' rules."""
    for pattern in (r"\$\$.*?\$\$", r"```\{math\}.*?```", r"\$[^$\n]+\$", r"^:[\w-]+:.*$", r"^[`:]{3,}.*$"):
        prose = re.sub(pattern, " ", prose, flags=re.DOTALL | re.MULTILINE if "math" in pattern else re.MULTILINE)
    return re.sub(r"\{[\w:-]+\}`[^`]*`|\]\([^)]*\)|<[^>]+>", " ", prose)


def is_interactive(cell):
    """Say whether `cell` shows a figure that a hand can move."""
    return any(element_of(output) for output in cell.get("outputs", []))


def element_of(output):
    """Return the element of an interactive figure that `output` stores, whatever type it is stored as, or nothing."""
    texts = [text for text in output.get("data", {}).values() if isinstance(text, str)]
    return next((text for text in texts if 'class="vae-figure"' in text), "")
