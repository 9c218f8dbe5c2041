"""The script that runs the chapters: whole or not at all, the same bytes every time, nothing of the machine left."""

import subprocess
import sys

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


def test_notebooks_run_at_once_and_one_that_fails_stops_no_other(notebook, tmp_path):
    """The first and the second wait for each other; the third fails, and the last is none."""
    meets = "import pathlib, time\npathlib.Path({mine!r}).touch()\nwhile not pathlib.Path({other!r}).exists():\n"
    meets += "    time.sleep(0.05)"
    pair = [str(tmp_path / "first"), str(tmp_path / "second")]
    sources = [meets.format(mine=mine, other=other) for mine, other in (pair, pair[::-1])]
    paths = []
    for k, source in enumerate([*sources, "1 / 0"]):
        paths.append(notebook(source, "print('done')").rename(tmp_path / f"{k}.ipynb"))
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{", encoding="utf-8")
    before = paths[2].read_bytes()
    run = subprocess.run(
        [sys.executable, execute.__file__, "--jobs", "2", *paths, broken], capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 1
    assert sorted(line.partition(":")[0] for line in run.stdout.splitlines()) == [str(path) for path in paths[:2]]
    assert f"{paths[2]}: failed, the file is left as it was" in run.stderr
    assert "ZeroDivisionError" in run.stderr
    assert f"{broken}: failed, the file is left as it was" in run.stderr
    assert paths[2].read_bytes() == before
    outputs = [nbformat.read(path, as_version=4).cells[-1].outputs for path in paths[:2]]
    assert [each[0].text for each in outputs] == ["done\n", "done\n"]
