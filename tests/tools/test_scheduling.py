"""The processes share the chapters, the tests of a file stay together, and slow files come first."""

import subprocess
import sys
from itertools import groupby
from pathlib import Path

from scheduling import slow_first, unit_of

ROOT = Path(__file__).parents[2]


def test_each_chapter_alone_is_a_unit_and_any_other_file_is_one():
    alone = ["runs_with_nothing_but_the_wheel[elbo]", "begins_with_the_bootstrap_cell[elbo]", "runs[tug_of_war]"]
    units = [unit_of(f"tests/test_alone.py::test_chapter_{each}") for each in alone]
    assert units == ["tests/test_alone.py::elbo"] * 2 + ["tests/test_alone.py::tug_of_war"]
    assert unit_of("tests/test_alone.py::test_address") == "tests/test_alone.py"
    assert unit_of("tests/test_book.py::test_page['file', 'a']") == "tests/test_book.py"
    assert unit_of("book/elbo.ipynb::Cell 3") == "book/elbo.ipynb"


def test_collection_begins_with_the_slow_files_and_keeps_every_file_together():
    """In pytest's own collection of the pages, the chapters and two more files, the cells of a chapter in order."""
    paths = ["tests/library/test_models.py", "book/elbo.ipynb", "tests/book/test_alone.py", "tests/book/test_book.py"]
    options = ["--nbval", "--collect-only", "-q", "-p", "no:cacheprovider", "--no-header"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *paths], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ids = [line for line in run.stdout.splitlines() if "::" in line]
    files = [key for key, _ in groupby(ids, key=lambda nodeid: nodeid.partition("::")[0])]
    assert files == [
        "tests/book/test_book.py",
        "tests/book/test_alone.py",
        "book/elbo.ipynb",
        "tests/library/test_models.py",
    ]
    assert ids == sorted(ids, key=slow_first)
    cells = [int(nodeid.rsplit(" ", 1)[1]) for nodeid in ids if ".ipynb" in nodeid]
    assert cells == list(range(len(cells)))


def test_pytest_distributes_by_these_units(tmp_path):
    """Two processes take up two chapters of a `test_alone`, which --dist loadfile by itself gives to one."""
    (tmp_path / "conftest.py").write_text(
        "from scheduling import ByFileAndChapter\n"
        "def pytest_xdist_make_scheduler(config, log):\n    return ByFileAndChapter(config, log)\n"
    )
    (tmp_path / "test_alone.py").write_text(
        "import os, time, pathlib, pytest\n"
        "@pytest.mark.parametrize('chapter', 'abcdefgh')\n"
        "def test_runs(chapter):\n"
        "    time.sleep(0.1)\n"
        "    (pathlib.Path(__file__).parent / chapter).write_text(str(os.getpid()))\n"
    )
    options = [
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "--rootdir",
        tmp_path,
    ]
    environment = {"PYTHONPATH": str(ROOT / "tests" / "support"), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-m", "pytest", *options, tmp_path], check=True, env=environment)
    processes = {(tmp_path / chapter).read_text() for chapter in "abcdefgh"}
    assert len(processes) == 2
