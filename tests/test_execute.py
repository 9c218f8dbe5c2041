"""The script that runs the chapters: whole or not at all, the same bytes every time, nothing of the machine left."""

import execute
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

FIGURE = """\
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([0, 1])
plt.show()"""
BARS = """\
import sys
from tqdm import tqdm
for _ in tqdm(range(3), disable=False):
    pass"""
WIDGET = "import ipywidgets\nipywidgets.IntSlider()"


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of these cells' sources and return its path."""

    def write(*sources):
        cells = [new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(sources)]
        path = tmp_path / "notebook.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell("# Title", id="title"), *cells]), path)
        return path

    return write


def test_second_run_writes_the_same_bytes(notebook):
    path = notebook("print('one')\nprint('two')", FIGURE, BARS, WIDGET, "1 + 1")
    execute.execute(path)
    first = path.read_bytes()
    execute.execute(path)
    assert path.read_bytes() == first


def test_result_holds_outputs_and_nothing_of_the_machine(notebook):
    path = notebook("print('one')\nprint('two')", FIGURE, BARS, WIDGET)
    execute.execute(path)
    result = nbformat.read(path, as_version=4)
    printed, figure, bars, widget = [cell.outputs for cell in result.cells if cell.cell_type == "code"]
    assert [output.text for output in printed] == ["one\ntwo\n"]
    assert "image/png" in figure[0].data
    assert bars == []
    assert set(widget[0].data) == {"text/plain"}
    assert result.metadata == execute.METADATA
    assert [cell.id for cell in result.cells] == ["title", "cell-0", "cell-1", "cell-2", "cell-3"]
    assert [cell.execution_count for cell in result.cells[1:]] == [1, 2, 3, 4]
    assert all("execution" not in cell.metadata for cell in result.cells)


def test_failing_cell_leaves_the_file_as_it_was(notebook):
    path = notebook("print('kept')", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute.execute(path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_bootstrap_cell_is_written_from_the_configuration(notebook):
    path = notebook("print('one')")
    stored = nbformat.read(path, as_version=4)
    stored.cells[1].id = "bootstrap"
    nbformat.write(stored, path)
    execute.execute(path)
    assert nbformat.read(path, as_version=4).cells[1].source == execute.bootstrap()


def test_text_beside_a_progress_bar_is_kept():
    bar = "100%|##########| 3/3 [00:00<00:00, 120.00it/s]\n"
    mixed = new_output("stream", name="stderr", text=bar + "a warning\n")
    cell = new_code_cell("train()", outputs=[mixed, new_output("stream", name="stderr", text="\r" + bar)])
    result = execute.normalise(new_notebook(cells=[cell]))
    assert [output.text for output in result.cells[0].outputs] == [bar + "a warning\n"]


def test_cell_of_an_interactive_figure_carries_its_words():
    shown = new_output("display_data", {"image/png": "AA=="}, metadata={"image/png": {"alt": "a point on a plane"}})
    cell = new_code_cell("Figure()", outputs=[shown])
    result = execute.normalise(new_notebook(cells=[cell]))
    assert result.cells[0].metadata["mystnb"]["image"]["alt"] == "a point on a plane"
