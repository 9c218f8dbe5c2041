"""Times a build of all pages from scratch, with stored outputs, and its growth with the number of chapters."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from benchmarks import plots
from benchmarks.measuring import row, timed

ROOT = Path(__file__).parent.parent
TARGET = 60.0
ROUNDS = 2
STEPS = 4  # sizes of book between one chapter and all


def measure() -> dict:
    """Seconds and MB of the whole book, and of its first chapters."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    total = sum(len(part["chapters"]) for part in contents["parts"])
    sizes = sorted({max(1, round(total * step / STEPS)) for step in range(STEPS + 1)})
    with tempfile.TemporaryDirectory() as folder:
        results = {count: _built(contents, count, Path(folder) / str(count)) for count in sizes}
        whole = [results[total], *(_built(contents, total, Path(folder) / f"{k}") for k in range(1, ROUNDS))]
    seconds = {count: result[0] for count, result in results.items()}
    megabytes = {count: result[1] for count, result in results.items()}
    each = (seconds[total] - seconds[sizes[0]]) / (total - sizes[0])
    size_each = (megabytes[total] - megabytes[sizes[0]]) / (total - sizes[0])
    rows = [
        row(f"build of {total} pages from nothing", [result[0] for result in whole], "s", target=TARGET),
        row("each page more", [each], "s"),
        row("built size, pictures and all", [megabytes[total]], "MB", note=f"each page more {size_each:.2f} MB"),
    ]
    curves = {"pages, time": seconds, "pages, size": megabytes}
    plot = plots.growth("building", curves, ("s", "MB"), "Build time in seconds and size in MB", log=False)
    return {"rows": rows, "data": curves, "plots": [plot]}


def _built(contents: dict, count: int, folder: Path) -> tuple[float, float]:
    """Seconds to build the first `count` pages after the introduction, and their size in MB."""
    book = folder / "source"
    shutil.copytree(ROOT / "book", book / "book", ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("_config.yml", "vae_lib"):
        (book / name).symlink_to(ROOT / name)
    left, parts = count, []
    for part in contents["parts"]:
        parts.append({**part, "chapters": part["chapters"][:left]})
        left -= len(parts[-1]["chapters"])
    kept = {**contents, "parts": [part for part in parts if part["chapters"]]}
    (book / "_toc.yml").write_text(yaml.safe_dump(kept, sort_keys=False), encoding="utf-8")
    # Links to omitted chapters cause warnings: -q hides them, and only the whole book must have none.
    tool = Path(sys.executable).parent / "jupyter-book"
    command = [tool, "build", book, "-q", "--path-output", folder]
    seconds = timed(lambda: subprocess.run(command, check=True, capture_output=True))
    pages = folder / "_build" / "html"
    size = sum(path.stat().st_size for path in pages.rglob("*") if path.is_file())
    shutil.rmtree(folder)
    return seconds, size / 1e6
