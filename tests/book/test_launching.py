"""What the launch buttons lead to: the address that Binder and Colab open, and the environment that Binder builds."""

import tomllib
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.book.test_pages import Page

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))


def pins(path):
    """Return the packages that a requirements file names, each with its version."""
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    named = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {each.name: str(each.specifier) for each in named}


def buttons(chapter):
    """Return the addresses behind the rocket of a built chapter."""
    page = SITE / "book" / f"{chapter.stem}.html"
    if not page.exists():
        pytest.fail("there is no built book to look at: run `make book` first")
    return {urlsplit(link).hostname: link for link in Page(page).links}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_launch_buttons_open_this_chapter_of_this_repository(chapter):
    found = buttons(chapter)
    owner = urlsplit(CONFIG["repository"]["url"]).path
    branch = CONFIG["repository"]["branch"]
    colab = urlsplit(found["colab.research.google.com"])
    assert colab.path == f"/github{owner}/blob/{branch}/book/{chapter.name}"
    binder = urlsplit(found["mybinder.org"])
    assert binder.path == f"/v2/gh{owner}/{branch}"
    assert unquote(parse_qs(binder.query)["urlpath"][0]) == f"lab/tree/book/{chapter.name}"


def test_binder_gets_a_python_that_the_library_allows():
    """By itself it takes one of its own choice, which changes, and has not always been one."""
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert version in SpecifierSet(PROJECT["requires-python"])


def test_binder_gets_the_versions_that_the_book_was_tested_with():
    binder, book = pins(ROOT / "binder" / "requirements.txt"), pins(ROOT / "requirements.txt")
    assert {name: book.get(name) for name in binder} == binder
    assert all(version.startswith("==") for version in binder.values())


def test_binder_gets_pytorch_without_cuda():
    """PyTorch's own index calls it 2.13.0+cpu, newer to pip than the 2.13.0 with CUDA of the other."""
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in lines
    pinned = SpecifierSet(pins(ROOT / "binder" / "requirements.txt")["torch"])
    (version,) = (each.version for each in pinned)
    assert f"{version}+cpu" in pinned


def test_binder_gets_all_that_the_library_imports_and_nothing_else():
    binder = pins(ROOT / "binder" / "requirements.txt")
    needed = {Requirement(each).name for each in PROJECT["dependencies"]}
    # The rest of what is needed comes along with these, at the version in constraints.txt.
    assert binder.keys() <= needed
    assert needed <= binder.keys() | pins(ROOT / "constraints.txt").keys()
