"""A chapter outside the book: converted, or executed and then converted, it shows each figure's still picture."""

import base64
import json
import subprocess
import sys

import nbconvert
import nbformat
import pytest
from bs4 import BeautifulSoup
from contents import ROOT
from execute import METADATA

from vae_lib.widgets.figure import ELEMENT

CHAPTER = ROOT / "book" / "autoencoder.ipynb"
NO_WORDS = '{"pandoc-api-version": [1, 22], "meta": {}, "blocks": []}'  # what pandoc makes of an empty text


def convert(path, to, *options):
    """What nbconvert makes of the notebook, as text."""
    command = [sys.executable, "-m", "nbconvert", "--to", to, *options, "--stdout", path.name]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=True, timeout=300).stdout


@pytest.fixture(scope="module")
def stills():
    """The still pictures that the chapter is stored with, as in the file."""
    cells = nbformat.read(CHAPTER, as_version=4).cells
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    found = [data["image/png"].strip() for data in outputs if ELEMENT in data]
    assert len(found) >= 2
    return found


def test_html_shows_every_still_picture_with_its_words(stills):
    page = BeautifulSoup(convert(CHAPTER, "html"), "html.parser")
    shown = {image["src"].partition(",")[2].strip(): image.get("alt") for image in page.find_all("img")}
    for still in stills:
        assert shown[still]
    assert not page.select(".vae-fallback")


@pytest.mark.parametrize("to", ["markdown", "latex"])
def test_other_forms_refer_to_a_picture_for_every_figure(to, stills):
    """LaTeX is what nbconvert makes a PDF of."""
    exporter = nbconvert.get_exporter(to)()
    # Words go through pandoc, a program that not every machine has. Outputs do not, so it may stay out of this.
    exporter.register_filter("convert_pandoc", lambda *_, **__: NO_WORDS)
    text, resources = exporter.from_filename(str(CHAPTER))
    pictures = {content: name for name, content in resources["outputs"].items()}
    for still in stills:
        assert pictures[base64.b64decode(still)] in text
    assert "vae-figure" not in text


def test_executed_and_converted_the_page_carries_what_a_view_without_a_kernel_shows(tmp_path):
    lines = ["from vae_lib import checkpoints", "from vae_lib.widgets import LatentExplorer"]
    cells = [nbformat.v4.new_code_cell("\n".join([*lines, 'LatentExplorer(checkpoints.load("vae_2d"))']))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), tmp_path / "one.ipynb")
    page = BeautifulSoup(convert(tmp_path / "one.ipynb", "html", "--execute"), "html.parser")
    state = page.find("script", type="application/vnd.jupyter.widget-state+json")
    models = [each["state"] for each in json.loads(state.string)["state"].values()]
    (picture,) = [each["still_picture"] for each in models if "still_picture" in each]
    assert base64.b64decode(picture.removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
