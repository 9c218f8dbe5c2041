"""Runs chapters from top to bottom and stores their outputs in one canonical form, the same bytes at every run.

It writes the cell that finds the library, and the line below the title with the minutes and what is needed. It does not
depend on what the chapters teach.
Usage: python book/execute.py --jobs 2 book/autoencoder.ipynb book/elbo.ipynb
       python book/execute.py --lines book/*.ipynb
"""

import argparse
import os
import re
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import course
import nbformat
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

CONFIG = Path(__file__).parent.parent / "_config.yml"
# Kernels inherit these. Progress bars are for people at a keyboard: TQDM_DISABLE silences the plain ones, an endless
# delay those of notebooks, which override it. One thread is safe where cores are shared, and gives the same sums there.
ENVIRONMENT = {"TQDM_DISABLE": "1", "TQDM_DELAY": "1000000", "OMP_NUM_THREADS": "1"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# Sphinx needs the lexer's name to colour code; the version of Python and the like would change with the machine.
METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {
        "name": "python",
        "pygments_lexer": "ipython3",
        "file_extension": ".py",
        "mimetype": "text/x-python",
    },
}
PROGRESS = re.compile(r"^[^|]*\d+%\|[^|]*\|.*\[.*\]\s*$")
BOOTSTRAP = """\
import os
import sys
from importlib.util import find_spec

sys.path.append("..")  # in a clone of the book the library lies beside this folder
if not find_spec("vae_lib"):  # on Colab, or where this notebook lies alone: fetch it
    archive = "{source}"
    source = os.environ.get("VAE_LIB_SOURCE", archive)
    %pip install -q $source"""


def bootstrap():
    """Return the source of the cell, the same in every chapter, that finds or fetches the library."""
    repository = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repository"]
    return BOOTSTRAP.format(source=f"{repository['url']}/archive/{repository['branch']}.zip")


def normalise(notebook):
    """Remove from `notebook` whatever depends on the machine or the moment, or needs a live kernel."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate((cell for cell in code_cells if cell.source.strip()), start=1):
        cell.execution_count = count
    for cell in code_cells:
        cell.metadata.pop("execution", None)
        cell.outputs = [output for output in cell.outputs if _is_worth_keeping(output)]
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET_VIEW, None)
            _describe(cell, output)
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return notebook


def _describe(cell, output):
    """Copy an interactive figure's alt text to `cell`, where other cells keep theirs."""
    alt = output.get("metadata", {}).get("image/png", {}).get("alt")
    if alt:
        cell.metadata.setdefault("mystnb", {}).setdefault("image", {})["alt"] = alt


def _is_worth_keeping(output):
    """Say whether `output` is more than a progress bar."""
    text = output.text if output.output_type == "stream" else output.get("data", {}).get("text/plain", "")
    lines = [line for line in re.split(r"[\r\n]", text) if line.strip()]
    return not lines or not all(PROGRESS.match(line) for line in lines)


def execute(path):
    """Run the notebook at `path`, in its own folder, and replace the file by the normalised result.

    A failing cell raises CellExecutionError, and the file stays as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    _with_bootstrap(notebook)
    client_of(notebook, path.parent).execute()
    _with_line(path, normalise(notebook))
    _write_whole(path, nbformat.writes(notebook) + "\n")


def rewrite_lines(path):
    """Write what is generated in the chapter at `path` anew, and leave the rest as it is."""
    notebook = nbformat.read(path, as_version=4)
    _with_bootstrap(notebook)
    _with_line(path, notebook)
    _write_whole(path, nbformat.writes(notebook) + "\n")


def _with_bootstrap(notebook):
    for cell in notebook.cells:
        if cell.id == "bootstrap":
            cell.source = bootstrap()


def _with_line(path, notebook):
    """A notebook among the reference pages, or outside the contents, has no such line."""
    if path.resolve().parent == course.BOOK and path.stem in course.lessons():
        course.write_line(path.stem, notebook)


def client_of(notebook, folder):
    """Return the client that runs `notebook` in `folder`."""
    return NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )


def in_processes(work, paths, jobs):
    """Call `work` on each path, `jobs` at once; yield each path with its result as it finishes."""
    # A fork would inherit the threads of this process, including PyTorch's.
    spawn = get_context("spawn")
    with ProcessPoolExecutor(jobs, spawn, initializer=_set_environment) as pool:
        runs = {pool.submit(work, path): path for path in paths}
        for run in as_completed(runs):
            yield runs[run], run.result()


def _set_environment():
    os.environ.update(ENVIRONMENT)


def _write_whole(path, text):
    mode = path.stat().st_mode
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        file.write(text)
    os.chmod(file.name, mode)
    os.replace(file.name, path)


def main():
    """Execute every notebook named on the command line; exit with an error if any of them fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="notebook")
    parser.add_argument("--jobs", type=int, default=1, help="how many to run at once, on one core each (default: 1)")
    parser.add_argument(
        "--lines",
        action="store_true",
        help="run nothing: write only the lines below titles and the cells that find the library",
    )
    options = parser.parse_args()
    if options.lines:
        for path in options.notebooks:
            rewrite_lines(path)
        return
    failed = []
    for path, error in in_processes(_what_failed, options.notebooks, options.jobs):
        if error:
            failed.append(path)
            print(f"{path}: failed, the file is left as it was\n{error}", file=sys.stderr, flush=True)
        else:
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB", flush=True)
    sys.exit(1 if failed else 0)


def _what_failed(path):
    """Execute, and return the text of any error: nbclient's exceptions cannot be passed between processes."""
    try:
        execute(path)
    except (CellControlSignal, DeadKernelError, OSError, ValueError) as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
