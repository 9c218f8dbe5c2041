"""Each chapter alone: in an empty folder, with only the built library to install and no digits at hand, as on Colab."""

import os
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import nbformat
import pytest
from execute import ENVIRONMENT, bootstrap
from shipped import ROOT, build_wheel

CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
# The Python whose packages the chapters are given: this one, or (`make newest`) one with the newest of everything.
PYTHON = Path(os.environ.get("ALONE_WITH", sys.executable)).absolute()
# Run by the other environment's Python in the chapter's folder; the added cell tells which library the chapter used.
RUN = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
notebook.cells.append(nbformat.v4.new_code_cell("import vae_lib; print(vae_lib.__file__)"))
NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
print(notebook.cells[-1].outputs[0].text, end="")
outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
print(*(output.text for output in outputs if output.get("name") == "stderr"), file=sys.stderr)
"""
# A warning that something we wrote, in the library or in a cell, will not work with a later version.
OUTDATED = re.compile(r"^.*(?:vae_lib|ipykernel_\d+)\S*:\d+: \w*(?:Deprecation|Future)Warning.*$", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The library as it is shipped."""
    return build_wheel(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel"))


def test_wheel_holds_the_library_and_loads_checkpoints_but_makes_none(wheel):
    files = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    assert {path.parts[0].partition("-")[0] for path in files} == {"vae_lib"}
    room = ROOT / "vae_lib" / "checkpoints"
    held = {path for path in files if path.is_relative_to("vae_lib/checkpoints")}
    assert {path.relative_to(ROOT) for path in room.rglob("*") if path.suffix in {".json", ".safetensors"}} <= held
    loading = {"__init__.py", "__main__.py", "rounding.py", "recordings/__init__.py"}
    assert {str(path.relative_to("vae_lib/checkpoints")) for path in held if path.suffix == ".py"} == loading


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh environment with every package of that Python but the library; linked, not copied."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", folder], check=True)
    packages = folder / "packages"
    packages.mkdir()
    where = [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'), end='')"]
    for entry in Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout).iterdir():
        # Nor any .pth file: one of them makes the checkout importable.
        if not entry.name.startswith(("vae_lib", "__editable__")) and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "packages.pth").write_text(f"{packages}\n")
    return folder


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_runs_with_nothing_but_the_wheel(chapter, wheel, environment, tmp_path):
    folder, home = tmp_path / "alone", tmp_path / "home"
    folder.mkdir(), home.mkdir()
    shutil.copy(chapter, folder)
    python = environment / "bin" / "python"
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    settings = {
        "HOME": str(home),
        "VAE_LIB_SOURCE": str(wheel),
        "VAE_LIB_DOWNLOAD": "0",
        "PIP_NO_INDEX": "1",
        "PYTHONWARNINGS": "default::DeprecationWarning,default::PendingDeprecationWarning",
        **ENVIRONMENT,
        # Building matplotlib's list of fonts anew for every chapter would take longer than some chapters.
        "MPLCONFIGDIR": str(environment / "matplotlib"),
    }
    run = subprocess.run(
        [python, "-c", RUN, chapter.name], cwd=folder, env=kept | settings, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert OUTDATED.findall(run.stderr) == []
    used = Path(run.stdout.strip().splitlines()[-1])
    assert used.is_relative_to(environment), f"the chapter ran with {used}, not with the wheel"
    assert not used.is_relative_to(ROOT)
    # The next chapter, too, has to fetch the library itself.
    for left in used.parent.parent.glob("vae_lib*"):
        shutil.rmtree(left)


@pytest.mark.parametrize(
    ("place", "kind", "ours"),
    [
        ("/x/ipykernel_7/15.py", FutureWarning, True),
        ("/x/site-packages/vae_lib/data/files.py", DeprecationWarning, True),
        ("/x/site-packages/vae_lib/data/files.py", UserWarning, False),
        ("/x/site-packages/pandas/core.py", PendingDeprecationWarning, False),
    ],
)
def test_only_our_own_use_of_what_is_outdated_counts(place, kind, ours):
    assert bool(OUTDATED.findall("Told.\n" + warnings.formatwarning("gone soon", kind, place, 3))) == ours


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_begins_with_the_bootstrap_cell(chapter):
    cells = [cell for cell in nbformat.read(chapter, as_version=4).cells if cell.cell_type == "code"]
    assert cells[0].id == "bootstrap"
    assert cells[0].source == bootstrap()


def test_address_of_the_repository_stands_in_one_place():
    """So that a fork sets it once: elsewhere it is read from _config.yml or carried there by `make chapters`."""
    address = bootstrap().split('archive = "')[1].split("/archive/")[0]
    written = (
        ".gitignore *.md *.toml *.txt *.yml *.cff Makefile .ci/* .github/*/*.yml binder/* book/**/*.md book/**/*.py"
    )
    written += " book/**/*.js book/**/*.css book/**/*.bib vae_lib/**/*.py vae_lib/**/*.mjs recipes/*.py tests/**/*.py"
    written += " benchmarks/*.*"
    files = [path for pattern in written.split() for path in ROOT.glob(pattern)]
    assert len(files) > 200
    assert [path.name for path in files if address in path.read_text("utf-8")] == ["_config.yml"]
    for chapter in CHAPTERS:
        cells = [cell.source for cell in nbformat.read(chapter, as_version=4).cells if cell.id != "bootstrap"]
        assert address not in "".join(cells), chapter
