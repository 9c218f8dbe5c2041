"""Reads the chapters' notebooks, and the views of them that tests share. It asks nothing of them."""

import re

import nbformat
from contents import ROOT, TOC
from reading_time import is_interactive

BOOK = ROOT / "book"
CHAPTERS = sorted(BOOK.glob("*.ipynb"))
PAGES = sorted([*CHAPTERS, *BOOK.glob("*.md")])
# A reference page may be a notebook, so that what it says is what came. It is looked up and not worked through: cells,
# outputs and pictures are held to the same form, and no exercises, summary, references or length are asked of it.
REFERENCE = {
    entry["file"].rpartition("/")[2]
    for part in TOC["parts"]
    if part["caption"] == "Reference"
    for entry in part["chapters"]
}
LESSONS = [path for path in CHAPTERS if path.stem not in REFERENCE]
CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
EXERCISE = re.compile(r"\{exercise(?:-start)?\} *([^\n]*)\n((?::[\w-]+:[^\n]*\n)*)")
SOLUTION = re.compile(r"\{solution(?:-start)?\} *(\S+)\n((?::[\w-]+:[^\n]*\n)*)")
LABEL = re.compile(r"^:(?:label|name): *(\S+)$", re.MULTILINE)


class Chapter:
    """One notebook, and the views of it that the tests share."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        self.text = path.read_text(encoding="utf-8")
        self.read(nbformat.reads(self.text, as_version=4))

    def read(self, notebook):
        self.notebook = notebook
        self.cells = self.notebook.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.prose = "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")
        self.outputs = [output for cell in self.code for output in cell.get("outputs", [])]

    @classmethod
    def of(cls, notebook, name):
        """A made-up chapter, for tests of tests."""
        chapter = cls.__new__(cls)
        chapter.path, chapter.name, chapter.text = None, name, nbformat.writes(notebook)
        chapter.read(notebook)
        return chapter

    def figures(self):
        """Cells with a still picture: an interactive figure's alt text lies in its element."""
        return [cell for cell in self.code if pictures(cell) and not is_interactive(cell)]

    def exercises(self):
        """The title and the label of each exercise; None where it has no label."""
        found = [(title.strip(), LABEL.search(options)) for title, options in EXERCISE.findall(self.prose)]
        return [(title, label and label[1]) for title, label in found]

    def in_solutions(self):
        """The code cells that stand in a folded solution, by the label of their exercise."""
        inside, cells = None, {}
        for cell in self.cells:
            if cell.cell_type == "code":
                if inside:
                    cells.setdefault(inside, []).append(cell)
                continue
            for begins, ends in re.findall(r"\{solution-start\} *(\S+)|(\{solution-end\})", cell.source):
                inside = None if ends else begins
        return cells


def pictures(cell):
    return [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


def where(cells):
    return "; ".join(f"{cell.id} ({cell.source.partition(chr(10))[0][:60]})" for cell in cells)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def headings(prose):
    fenced = re.sub(r"^(`{3,}|~{3,}).*?^\1`*$", "", prose, flags=re.DOTALL | re.MULTILINE)
    return [(len(level), text) for level, text in re.findall(r"^(#{1,6}) +(.+)$", fenced, flags=re.MULTILINE)]
