"""What a chapter asks of its reader's hands, and what it folds away so that the rest can be read."""

import ast
import re

import pytest
from chapters import SOLUTION, Chapter, headings, tags, where
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

GUESS = "Guess, then run"
FOLDED = {"hide-input", "remove-input", "remove-cell"}
COMPARES = re.compile(r"\bassert\b|\bassert_close\(")


def guessing_faults(chapter):
    """Say what is wrong with the one place where a chapter's reader guesses, runs, and is answered."""
    guesses = [label for title, label in chapter.exercises() if title == GUESS]
    label = f"guess-{chapter.name.replace('_', '-')}"
    if guesses != [label]:
        return [f"expected one exercise {GUESS!r} with the label {label}, got {guesses}"]
    found = []
    body = re.split(r"^## +Summary", chapter.prose, flags=re.MULTILINE | re.IGNORECASE)[0]
    if label not in body or not any(re.match("summary", text, re.IGNORECASE) for _, text in headings(chapter.prose)):
        found.append("it stands after the summary, where nobody is still guessing")
    if ":class: dropdown" not in dict(SOLUTION.findall(chapter.prose)).get(label, ""):
        found.append("its answer is not folded")
    if label not in chapter.in_solutions():
        found.append("its answer has no cell that runs")
    return found


def test_reader_guesses_runs_and_is_answered_once(lesson):
    assert guessing_faults(lesson) == []


def in_the_open(chapter):
    """The code cells whose code a reader sees without opening anything."""
    folded = {cell.id for cells in chapter.in_solutions().values() for cell in cells}
    return [cell for cell in chapter.code if not FOLDED & tags(cell) and cell.id not in folded]


def plotting(chapter):
    return [cell for cell in in_the_open(chapter) if cell.source.rstrip().endswith("plt.show()")]


def trees(chapter):
    transform = TransformerManager().transform_cell
    return {cell.id: ast.parse(transform(cell.source)) for cell in chapter.code}


def proving(chapter):
    """The cells that only hold what the chapter has written against the library's own, by a name they share."""
    parsed = trees(chapter)
    nodes = [node for tree in parsed.values() for node in ast.walk(tree)]
    ours = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    rooms, renamed = set(), set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "vae_lib":
            rooms |= {alias.asname or alias.name for alias in node.names if node.module == "vae_lib"}
            renamed |= {alias.asname for alias in node.names if alias.asname and alias.name in ours}
    return [
        cell
        for cell in in_the_open(chapter)
        if COMPARES.search(cell.source) and _uses(parsed[cell.id], ours, rooms, renamed)
    ]


def _uses(tree, ours, rooms, renamed):
    """Whether code uses the library's twin of what the chapter defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in rooms and node.attr in ours:
                return True
        elif isinstance(node, ast.Name) and node.id in renamed:
            return True
    return False


def test_plotting_is_folded(chapter):
    assert where(plotting(chapter)) == ""


def test_proofs_that_shown_code_is_the_librarys_are_folded(chapter):
    assert where(proving(chapter)) == ""


def made_up(*cells):
    return Chapter.of(new_notebook(cells=list(cells)), "made_up")


def asked(title=GUESS, label="guess-made-up", folded="\n:class: dropdown"):
    return [
        new_markdown_cell(
            f"```{{exercise-start}} {title}\n:label: {label}\n```\n\nTry.\n\n```{{exercise-end}}\n```\n\n"
            f"```{{solution-start}} {label}{folded}\n```"
        ),
        new_code_cell("print(1)"),
        new_markdown_cell("```{solution-end}\n```"),
    ]


class TestFaults:
    SUMMARY = new_markdown_cell("## Summary\n\nThree sentences.")

    def test_one_guess_in_the_body_with_an_answer_that_runs(self):
        assert guessing_faults(made_up(*asked(), self.SUMMARY)) == []

    def test_no_guess_two_guesses_and_another_chapters_label(self):
        for cells in ([], asked() + asked(), asked(label="guess-other"), asked(title="Guess")):
            assert len(guessing_faults(made_up(*cells, self.SUMMARY))) == 1

    def test_guess_after_the_summary_or_with_an_answer_in_the_open_or_without_code(self):
        assert len(guessing_faults(made_up(self.SUMMARY, *asked()))) == 1
        assert len(guessing_faults(made_up(*asked(folded=""), self.SUMMARY))) == 1
        first, _, last = asked()
        assert len(guessing_faults(made_up(first, last, self.SUMMARY))) == 1

    @pytest.mark.parametrize(("tag", "count"), [("hide-input", 0), ("remove-input", 0), ("hide-output", 1)])
    def test_plots_in_the_open(self, tag, count):
        plot = new_code_cell("ax.plot(x)\nplt.show()", metadata={"tags": [tag]})
        assert len(plotting(made_up(plot, new_code_cell("plt.show()\nprint(1)")))) == count

    def test_plots_in_a_solution_are_folded_already(self):
        first, _, last = asked()
        assert plotting(made_up(first, new_code_cell("plt.show()"), last)) == []

    @pytest.mark.parametrize(
        ("source", "count"),
        [
            ("from vae_lib import objectives\nassert elbo(m) == objectives.elbo(m)", 1),
            ("from vae_lib.objectives import elbo as theirs\nassert elbo(m) == theirs(m)", 1),
            ("from vae_lib import objectives\nobjectives.elbo(m)", 0),
            ("from vae_lib import objectives\nassert objectives.iwae(m) > 0", 0),
        ],
    )
    def test_proofs_in_the_open(self, source, count):
        defined = new_code_cell("def elbo(m):\n    return 1")
        assert len(proving(made_up(defined, new_code_cell(source)))) == count
