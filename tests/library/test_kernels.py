"""A chapter in a kernel that its reader has used: run twice, from the wrong end, and started in another folder."""

import re
from pathlib import Path

import nbformat
import pytest
from execute import ENVIRONMENT, normalise
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
# In a few seconds the one computes and draws, and the other trains, fails on purpose and changes its surroundings.
CHAPTER, TROUBLED = "kl_divergence", "when_something_goes_wrong"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    # Installed, as for a reader whose notebook lies anywhere.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def cells(chapter=CHAPTER):
    notebook = nbformat.read(ROOT / "book" / f"{chapter}.ipynb", as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(code, folder=ROOT / "book"):
    """Run the cells in one kernel that is started in the folder."""
    for k, cell in enumerate(code):
        cell.id = f"cell-{k}"
    notebook = nbformat.v4.new_notebook(cells=code)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    return normalise(notebook).cells  # no progress bars


def words(cell):
    """What the cell prints and shows in words, where the chapter promises it: not of a cell that nbval ignores."""
    if "nbval-ignore-output" in cell.metadata.get("tags", []):
        return ""
    return "".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)


@pytest.mark.parametrize("chapter", [CHAPTER, TROUBLED])
def test_a_chapter_run_twice_in_one_kernel_says_the_same_twice(chapter):
    came = run(cells(chapter) + cells(chapter))
    first, second = came[: len(came) // 2], came[len(came) // 2 :]
    assert [words(cell) for cell in first] == [words(cell) for cell in second]
    assert any(words(cell) for cell in first)


def test_a_cell_run_before_those_above_it_names_what_is_missing_and_breaks_nothing():
    last = cells()[-1]
    last.metadata["tags"] = ["raises-exception"]
    came = run([last, *cells()])
    error = came[0].outputs[-1]
    assert error.ename == "NameError"
    assert re.fullmatch(r"name '\w+' is not defined", error.evalue)
    assert any(words(cell) for cell in came[1:])


@pytest.mark.parametrize("where", ["the root of the book", "an empty folder"])
def test_a_kernel_in_another_folder_runs_the_chapter(where, tmp_path, monkeypatch):
    if where == "the root of the book":
        monkeypatch.delenv("PYTHONPATH")
    came = run(cells(), ROOT if where == "the root of the book" else tmp_path)
    assert any(words(cell) for cell in came)
    assert list(tmp_path.iterdir()) == [], "a chapter leaves nothing behind"
