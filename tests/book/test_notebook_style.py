"""The conventions for chapters that a machine can check: form, outputs, figures, and the parts every chapter has."""

import itertools
import json
import math
import re
import tempfile
from pathlib import Path

import execute
import nbformat
import pytest
from chapters import BOOK, CHAPTERS, CITE, PAGES, SOLUTION, Chapter, headings, pictures, tags, where
from contents import ROOT, WRITTEN
from course import START, parts
from reading_time import count_words, element_of

TAGS = {
    "hide-input",
    "hide-output",
    "remove-cell",
    "remove-input",
    "remove-output",
    "raises-exception",
    "nbval-ignore-output",
    "nbval-skip",
}
MAX_LINES = 25
USUAL_LINES = 15
# A station of the evening is short; even so it asks, shows, lets the reader try, says where it fails, and sums up.
CELLS = range(12, 61)
WORDS = range(600, 3_501)
ALT_LENGTH = 20
EXERCISES = 3
# The chapter before all others is read in one sitting, with nothing known.
FIRST = {name for name in parts()[START] if (BOOK / f"{name}.ipynb").exists()}
FIRST_WORDS, FIRST_LINES, FIRST_EXERCISES = 1_200, 60, 2
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:home|root|tmp|Users|work|mnt|opt|usr|var|private|content)/|\b[A-Z]:\\")


class TestToc:
    def test_pages_of_the_contents_exist(self):
        missing = [page for page in WRITTEN if not any((ROOT / f"{page}{end}").is_file() for end in (".md", ".ipynb"))]
        assert not missing, f"_toc.yml lists pages that do not exist: {missing}"

    def test_chapters_are_in_the_contents(self):
        lost = {f"book/{path.stem}" for path in PAGES} - set(WRITTEN)
        assert not lost, f"no reader finds these pages, since _toc.yml does not list them: {sorted(lost)}"


class TestForm:
    def test_notebook_is_valid(self, chapter):
        nbformat.validate(chapter.notebook)

    def test_notebook_is_as_make_chapters_writes_it(self, chapter):
        """No widget state, no time, no version, counts from 1: else the file changes with whoever runs it."""
        normalised = execute.normalise(nbformat.reads(chapter.text, as_version=4))
        assert chapter.text == nbformat.writes(normalised) + "\n", "run `make chapters`"

    def test_metadata_hold_nothing_of_the_machine(self, chapter):
        assert dict(chapter.notebook.metadata) == execute.METADATA
        assert (chapter.notebook.nbformat, chapter.notebook.nbformat_minor) == (4, 5)

    def test_first_code_cell_finds_the_library(self, chapter):
        assert chapter.code[0].id == "bootstrap"
        assert chapter.code[0].source == execute.bootstrap(), "run `make chapters`"

    def test_no_cell_is_empty(self, chapter):
        assert not where(cell for cell in chapter.cells if not cell.source.strip())

    def test_code_cells_are_short(self, chapter):
        assert not where(cell for cell in chapter.code if len(cell.source.splitlines()) > MAX_LINES)
        long = [cell for cell in chapter.code if len(cell.source.splitlines()) > USUAL_LINES]
        # A short chapter has few cells, and may yet have two networks to show.
        allowed = max(2, math.floor(len(chapter.code) / 10))
        assert len(long) <= allowed, f"{len(long)} cells over {USUAL_LINES} lines, {allowed} allowed: {where(long)}"

    def test_tags_are_known(self, chapter):
        assert not where(cell for cell in chapter.cells if tags(cell) - TAGS)

    def test_length_suits_one_sitting(self, lesson):
        words = count_words(lesson.prose)
        assert len(lesson.cells) in CELLS
        assert words in WORDS, f"{words} words"

    @pytest.mark.parametrize("name", sorted(FIRST))
    def test_first_chapter_is_the_shortest_way_to_a_machine_that_runs(self, name):
        chapter = Chapter(BOOK / f"{name}.ipynb")
        sources = [cell.source for cell in chapter.code if cell.id != "bootstrap"]
        lines = [line for source in sources for line in source.splitlines() if line.strip()]
        assert count_words(chapter.prose) <= FIRST_WORDS
        assert len(lines) <= FIRST_LINES


class TestOutputs:
    def test_outputs_are_stored(self, chapter):
        """nbval does not compare a cell without an execution count: a cleared notebook would pass unseen."""
        assert not where(cell for cell in chapter.code if cell.execution_count is None)
        assert chapter.outputs

    def test_no_widget_view_is_stored(self, chapter):
        """A stored view shows "model not found" until its cell is run."""
        assert "application/vnd.jupyter.widget-view+json" not in chapter.text
        assert "widgets" not in chapter.notebook.metadata

    def test_nothing_is_stored_from_stderr(self, chapter):
        """Warnings, progress bars, and the line which says that these are not the full digits."""
        stored = [output.text for output in chapter.outputs if output.get("name") == "stderr"]
        assert not stored

    def test_no_cell_failed_unmeant(self, chapter):
        failed = [cell for cell in chapter.code if any(output.output_type == "error" for output in cell.outputs)]
        assert not where(cell for cell in failed if "raises-exception" not in tags(cell))

    def test_text_and_outputs_name_no_place_of_a_machine(self, chapter):
        here = "|".join(re.escape(str(place)) for place in (ROOT, Path.home(), tempfile.gettempdir()))
        anywhere = re.compile(f"{MACHINE_PATH.pattern}|(?:{here})/|{ADDRESS.pattern}")
        for cell in chapter.cells:
            data = [{**output.get("data", {}), "image/png": ""} for output in cell.get("outputs", [])]
            streams = [output.get("text", "") for output in cell.get("outputs", [])]
            found = anywhere.search("\n".join([cell.source, *streams, json.dumps(data, ensure_ascii=False)]))
            assert not found, f"{where([cell])}: {found[0]}"

    def test_cell_that_loads_the_digits_is_not_compared(self, chapter):
        """It may print a progress bar, or the line which says that these are not the full digits."""
        loading = [cell for cell in chapter.code if "load_mnist()" in cell.source]
        assert not where(cell for cell in loading if "nbval-ignore-output" not in tags(cell))


class TestFigures:
    def test_figures_have_alt_text(self, chapter):
        bare = [
            cell
            for cell in chapter.figures()
            if len(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")) < ALT_LENGTH
        ]
        assert not where(bare)

    def test_figures_have_a_caption_and_a_name(self, chapter):
        settings = [(cell, cell.metadata.get("mystnb", {}).get("figure", {})) for cell in chapter.figures()]
        assert not where(cell for cell, figure in settings if len(figure.get("caption", "")) < ALT_LENGTH)
        assert not where(cell for cell, figure in settings if not figure.get("name", "").startswith("fig-"))

    def test_names_of_figures_are_unique_in_the_book(self):
        names = [
            cell.metadata["mystnb"]["figure"]["name"]
            for path in CHAPTERS
            for cell in Chapter(path).code
            if cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        ]
        assert len(names) == len(set(names))

    def test_a_cell_shows_one_figure(self, chapter):
        """Alt text and caption belong to the cell: two pictures would share them."""
        assert not where(cell for cell in chapter.code if len(pictures(cell)) > 1)

    def test_settings_of_a_figure_have_a_figure(self, chapter):
        """Else a caption waits for a picture that is never drawn."""
        assert not where(cell for cell in chapter.code if cell.metadata.get("mystnb") and not pictures(cell))

    def test_interactive_figures_have_alt_text_and_a_still_picture(self, chapter):
        for cell in chapter.code:
            for output in filter(element_of, cell.outputs):
                alt = re.search(r"data-alt=([\"'])(.*?)\1", element_of(output), flags=re.DOTALL)
                assert alt, where([cell])
                assert len(alt[2]) >= ALT_LENGTH, where([cell])
                assert "image/png" in output.data, where([cell])

    def test_pictures_in_the_text_have_alt_text(self, chapter):
        assert [alt for alt in re.findall(r"!\[([^\]]*)\]\(", chapter.prose) if len(alt) < ALT_LENGTH] == []
        directives = re.findall(r"\{(?:figure|image)\}[^\n]*\n((?::[\w-]+:[^\n]*\n)*)", chapter.prose)
        assert [options for options in directives if not re.search(rf"^:alt: .{{{ALT_LENGTH},}}$", options, re.M)] == []


class TestParts:
    def test_title_comes_first_and_no_heading_level_is_skipped(self, chapter):
        """A screen reader's user finds the way by headings."""
        levels = [level for level, _ in headings(chapter.prose)]
        assert chapter.cells[0].source.startswith("# ")
        assert levels.count(1) == 1
        assert [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1] == []

    def test_exercises_have_folded_solutions(self, lesson):
        labels = [label for _, label in lesson.exercises()]
        solutions = dict(SOLUTION.findall(lesson.prose))
        assert None not in labels, "an exercise has no :label:, so no solution can belong to it"
        assert len(labels) >= (FIRST_EXERCISES if lesson.name in FIRST else EXERCISES)
        assert sorted(labels) == sorted(solutions)
        assert [label for label, options in solutions.items() if ":class: dropdown" not in options] == []

    def test_chapter_sums_up(self, lesson):
        assert any(re.match("summary", text, re.I) for _, text in headings(lesson.prose))

    def test_chapter_ends_with_references(self, lesson):
        last = re.split(r"^## +", lesson.prose, flags=re.MULTILINE)[-1]
        assert re.match("references|further reading", last, re.I)
        assert CITE.search(last) or "{bibliography}" in last
        assert lesson.cells[-1].cell_type == "markdown"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_works_cited_are_in_the_bibliography(path):
    prose = Chapter(path).prose if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    cited = {key.strip() for keys in CITE.findall(prose) for key in keys.split(",")}
    bibliography = BOOK / "references.bib"
    known = (
        re.findall(r"^@\w+\{([^,\s]+)", bibliography.read_text(encoding="utf-8"), re.M) if bibliography.exists() else []
    )
    assert cited - set(known) == set()


def test_bibliography_has_each_work_once():
    keys = re.findall(r"^@\w+\{([^,\s]+)", (BOOK / "references.bib").read_text(encoding="utf-8"), re.M)
    assert sorted(keys) == sorted(set(keys))
