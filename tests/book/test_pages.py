"""The built pages as files: light, linked up, described for those who cannot see. No browser is needed."""

import re
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from contents import ROOT, SITE, WRITTEN

from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.laboratory import PRESETS

NOTEBOOKS = [path for path in (ROOT / f"{document}.ipynb" for document in WRITTEN) if path.exists()]
MOST_BYTES = 72_000
NOT_LOADED = {"canonical", "next", "prev", "author", "search", "index"}
STORED = {ELEMENT, "text/plain", "text/html", "text/latex", "text/markdown", "image/png", "image/svg+xml"}


class Page:
    """What a page refers to and what it can be referred to by."""

    def __init__(self, path):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        self.path = path
        self.ids = {element[key] for key in ("id", "name") for element in page.select(f"[{key}]")}
        self.links = [link["href"] for link in page.select("a[href]")]
        self.assets = [link["href"] for link in page.find_all("link") if not NOT_LOADED & set(link.get("rel", ()))]
        self.assets += [each["src"] for each in page.find_all(["script", "img", "iframe", "source", "video"], src=True)]
        self.images, self.figures = page.select("article img"), page.select(".vae-figure")

    def target(self, link):
        """Return the file the link leads to and the place in it, or None for a link that leaves the site."""
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            return None
        path = (self.path.parent / unquote(parts.path)).resolve() if parts.path else self.path
        return path, unquote(parts.fragment)


@pytest.fixture(scope="module")
def pages():
    if not (SITE / "index.html").exists():
        pytest.fail("there is no built book to look at: run `make book` first")
    files = [path for path in SITE.rglob("*.html") if "_static" not in path.relative_to(SITE).parts]
    return {path.resolve(): Page(path.resolve()) for path in files}


@pytest.fixture(params=WRITTEN)
def page(request, pages):
    return pages[(SITE / f"{request.param}.html").resolve()]


def test_every_link_leads_somewhere(page, pages):
    broken = []
    for link in page.links:
        target = page.target(link)
        if target is None:
            continue
        path, place = target
        if not path.is_file() or (place and path in pages and not leads_to(pages[path], place)):
            broken.append(link)
    assert broken == []


def leads_to(page, place):
    """Whether an address ends in the name of an element or, where there is a laboratory, of one of its experiments."""
    if place.startswith("preset=") and any(each["data-figure"] == "laboratory" for each in page.figures):
        return place.removeprefix("preset=").replace("-", "_") in PRESETS
    return place in page.ids


def test_everything_loaded_is_a_file_of_the_book(page):
    assert page.assets
    assert [link for link in page.assets if page.target(link) is None or not page.target(link)[0].is_file()] == []


def test_every_picture_is_described(page):
    undescribed = [image["src"] for image in page.images if len(image.get("alt", "").split()) < 3]
    assert undescribed == []


def test_page_is_light(page):
    """Beyond its pictures, which are files of their own, and the list of all chapters, which is the book's."""
    words = re.sub(r"<img\b[^>]*>|<nav class=\"bd-links.*?</nav>", "", page.path.read_text("utf-8"), flags=re.DOTALL)
    assert len(words.encode()) <= MOST_BYTES


def test_only_pages_with_a_figure_load_figures(page):
    assert any("_static/figures/" in link for link in page.assets) == bool(page.figures)


def test_every_figure_has_a_picture_for_readers_without_scripts(page):
    stills = [image for image in page.images if "vae-still" in image.get("class", ())]
    assert len(stills) == len(page.figures)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_stores_no_weights_and_no_widget_state(path):
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    for data in (output.data for output in outputs if "data" in output):
        assert set(data) <= STORED
        assert all(len(text) < 20_000 for mime, text in data.items() if mime.startswith("text/"))
