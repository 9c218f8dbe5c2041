"""Times every chapter from top to bottom, one on each core, run as by `make chapters` but not stored."""

import os
import resource
import sys
import tempfile
from pathlib import Path

import nbformat

from benchmarks.measuring import cores, row, timed

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "book"))

from execute import client_of, in_processes  # noqa: E402

TARGET = 15 * 60
TARGET_EACH = 90


def measure() -> dict:
    """Seconds for each chapter, and for all; processor time too, which other work on the machine affects less."""
    os.environ["PYTHONPATH"] = str(ROOT)
    paths, results = sorted((ROOT / "book").glob("*.ipynb")), dict[str, tuple[float, float]]()

    def run_all() -> None:
        results.update((path.stem, taken) for path, taken in in_processes(_executed, paths, cores()))

    together = timed(run_all)
    results = {path.stem: results[path.stem] for path in paths}
    seconds = {name: wall for name, (wall, _) in results.items()}
    longest = max(seconds, key=seconds.get)
    busy = sum(processor for _, processor in results.values())
    rows = [
        row(f"all {len(results)} chapters, {cores()} at once", [together], "s", target=TARGET),
        row("their processor time, on one thread each", [busy], "s"),
        row("the longest chapter", [seconds[longest]], "s", target=TARGET_EACH, note=f"`{longest}`"),
    ]
    return {"rows": rows, "data": results}


def _executed(path: Path) -> tuple[float, float]:
    """Seconds that the chapter takes, by the clock and of processor time."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = client_of(notebook, folder)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall = timed(client.execute)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
