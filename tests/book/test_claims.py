"""What a chapter says loudly, and what it rests on: each such sentence is listed with the cell that bears it."""

import re
from types import SimpleNamespace

import course
import pytest
from chapters import BOOK, LABEL, LESSONS, PAGES, Chapter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FEWEST_SEEDS = 3
SEEDS, REFERS = re.compile(r"(\d+) seeds"), re.compile(r"(proof|cited) \(([\w.:-]+)\)")
WORKS = set(re.findall(r"^@\w+\{([^,\s]+)", (BOOK / "references.bib").read_text(encoding="utf-8"), re.MULTILINE))


def faults(claim, chapter, labels):
    """Say what is wrong with a row of the list of claims."""
    found = []
    if set(claim) != {"says", "cell", "rests_on"}:
        return [f"expected says, cell and rests_on, got {sorted(claim)}"]
    if claim["says"] not in chapter.prose:
        found.append(f"the chapter does not say {claim['says']!r}")
    cells = {cell.id: cell for cell in chapter.cells}
    cell, ground = cells.get(claim["cell"]), claim["rests_on"]
    if cell is None:
        found.append(f"there is no cell {claim['cell']!r}")
    seeds, refers = SEEDS.fullmatch(ground), REFERS.fullmatch(ground)
    if refers:
        known = labels if refers[1] == "proof" else WORKS
        found += [] if refers[2] in known else [f"there is no {refers[1]} {refers[2]!r}"]
    elif cell is not None and cell.cell_type != "code":
        found.append(f"what is measured is measured in code, and {claim['cell']!r} is text")
    if seeds and int(seeds[1]) < FEWEST_SEEDS:
        found.append(f"{ground} are too few: {FEWEST_SEEDS}, or say 'one run'")
    if not (seeds or refers or ground in {"exact", "one run"}):
        found.append(f"{ground!r} is no ground: N seeds, exact, one run, proof (label), cited (key)")
    return found


@pytest.fixture(scope="module")
def labels():
    """What proofs can be referred to by, in the whole book."""
    texts = [Chapter(path).prose if path.suffix == ".ipynb" else path.read_text(encoding="utf-8") for path in PAGES]
    return {label for text in texts for label in LABEL.findall(text)}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_claim_stands_in_its_chapter_and_rests_on_something(path, labels):
    chapter, claims = Chapter(path), course.about(path.stem)["claims"]
    assert claims, "a chapter that claims nothing has nothing to say"
    assert [fault for claim in claims for fault in faults(claim, chapter, labels)] == []


class TestFaults:
    CHAPTER = SimpleNamespace(
        prose="The wide net always wins. It is so.",
        cells=new_notebook(cells=[new_code_cell("1", id="run"), new_markdown_cell("It is so.", id="text")]).cells,
    )
    RIGHT = {"says": "The wide net always wins.", "cell": "run", "rests_on": "3 seeds"}  # noqa: RUF012

    def faults(self, **changed):
        return faults(self.RIGHT | changed, self.CHAPTER, {"thm-x"})

    @pytest.mark.parametrize(
        "ground", ["3 seeds", "12 seeds", "exact", "one run", "proof (thm-x)", "cited (kingma2014auto)"]
    )
    def test_grounds_that_hold(self, ground):
        assert self.faults(rests_on=ground) == []

    @pytest.mark.parametrize(
        "ground",
        ["2 seeds", "seeds", "3 seeds or so", "proof", "proof (thm-y)", "cited (nobody2000nothing)", "obvious"],
    )
    def test_grounds_that_do_not(self, ground):
        assert len(self.faults(rests_on=ground)) == 1

    def test_quotation_that_is_not_in_the_chapter(self):
        assert len(self.faults(says="The wide net wins.")) == 1

    def test_cell_that_is_not_there_or_measures_nothing(self):
        assert len(self.faults(cell="gone")) == 1
        assert len(self.faults(cell="text")) == 1
        assert self.faults(cell="text", rests_on="proof (thm-x)") == []

    def test_row_that_lacks_a_part(self):
        assert len(faults({"says": "It is so.", "cell": "run"}, self.CHAPTER, set())) == 1
