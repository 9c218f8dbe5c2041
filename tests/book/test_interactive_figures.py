"""The Sphinx extension that brings figures to the pages: what it adds, to which pages, and what it refuses."""

import base64

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes
from sphinx.application import Sphinx

from vae_lib import checkpoints
from vae_lib.widgets import LatentExplorer
from vae_lib.widgets.figure import ELEMENT

CONF = """
extensions = ["myst_nb", "interactive_figures"]
nb_execution_mode = "off"
nb_mime_priority_overrides = [["html", "text/html", 0]]
"""


@pytest.fixture(scope="module")
def bundle():
    """What a notebook stores of a figure."""
    data, _ = LatentExplorer(checkpoints.load(checkpoints.names()[0]))._repr_mimebundle_()
    return {mime: value for mime, value in data.items() if mime in (ELEMENT, "text/plain", "image/png")}


@pytest.fixture
def build(tmp_path):
    """Build a page without a figure and, from these stored data, one with; return the output folder and warnings."""

    def run(data):
        output = new_output("execute_result", data=data, execution_count=1)
        cell = new_code_cell("explorer", outputs=[output], execution_count=1)
        notebook = new_notebook(cells=[new_markdown_cell("# With"), cell])
        notebook.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
        (tmp_path / "with.ipynb").write_text(writes(notebook))
        (tmp_path / "index.md").write_text("# Without\n\n```{toctree}\nwith\n```\n")
        (tmp_path / "conf.py").write_text(CONF)
        out, log = tmp_path / "out", tmp_path / "log"
        with log.open("w") as warnings:
            arguments = {"status": None, "warning": warnings, "freshenv": True}
            app = Sphinx(tmp_path, tmp_path, out, tmp_path / "doctrees", "html", **arguments)
            app.build()
        return out, log.read_text()

    return run


def test_only_the_page_with_the_figure_gets_its_scripts(build, bundle):
    out, warnings = build(bundle)
    assert warnings == ""
    name = checkpoints.names()[0]
    page = (out / "with.html").read_text()
    assert "_static/figures/latent-explorer.js" in page
    assert f"_static/figures/payload-{name}.js" in page
    assert (out / "_static" / "figures" / f"payload-{name}.js").stat().st_size > 100_000
    assert "_static/figures" not in (out / "index.html").read_text()


def test_still_picture_stands_in_the_element(build, bundle):
    out, _ = build(bundle)
    page = BeautifulSoup((out / "with.html").read_text(), "html.parser")
    assert page.select_one(".vae-figure > img.vae-still:first-child")["src"].startswith("_images/latent-explorer-")
    (picture,) = (out / "_images").glob("latent-explorer-*.png")
    assert picture.read_bytes() == base64.b64decode(bundle["image/png"])


def test_below_the_picture_the_page_says_why_it_is_still(build, bundle):
    out, _ = build(bundle)
    page = (out / "with.html").read_text()
    assert page.count('<p class="vae-fallback">A still picture: the figure itself needs JavaScript') == 1


def test_figure_stored_with_other_weights_is_refused(build, bundle):
    element = bundle[ELEMENT]
    stored = element.split('data-sha256="')[1][:16]
    _, warnings = build(bundle | {ELEMENT: element.replace(stored, "0" * 16)})
    assert "was stored with other weights" in warnings
    assert stored in warnings


def test_figure_without_a_picture_is_refused(build, bundle):
    _, warnings = build({mime: value for mime, value in bundle.items() if mime != "image/png"})
    assert "has no still picture" in warnings


def test_element_may_hold_any_text_in_its_attributes(build, bundle):
    element = BeautifulSoup(bundle[ELEMENT], "html.parser").find(class_="vae-figure")
    words = "a > b, \"quoted\" and 'single' & <b>so on</b>"
    element["data-alt"] = words
    out, _ = build(bundle | {ELEMENT: str(element)})
    shown = BeautifulSoup((out / "with.html").read_text(), "html.parser").find(class_="vae-figure")
    assert shown.attrs == element.attrs
    assert shown.img["alt"] == words
