"""Brings the interactive figures of `vae_lib.widgets` to life on the built pages, without a kernel or a network.

A notebook stores a small element per figure; in a page of text the directive of the figure's name makes one:
`{latent-explorer} vae_2d`. Pages that hold one get the figure's front end and its weights as classic scripts, which
also run in a page opened by double click, and the figure's still picture for readers without scripts.
No figure is named here: figures are found in the registry of `vae_lib.widgets`, and their checkpoints by name.
"""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from docutils import nodes
from rjsmin import jsmin
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from vae_lib.widgets import REGISTRY
from vae_lib.widgets.bundle import classic_script, payload_script
from vae_lib.widgets.figure import ELEMENT

logger = logging.getLogger(__name__)
# Before MathJax (500), so that the figure is drawn first.
PRIORITY = 300


def add_figures(app, pagename, templatename, context, doctree):
    """Give the page, if it holds figures, their pictures and their scripts."""
    texts = [node.astext() for node in doctree.findall(nodes.raw)] if doctree else []
    if not (texts := [text for text in texts if "vae-figure" in text]):
        return
    path = Path(app.env.doc2path(pagename))
    stored = still_pictures(path) if path.suffix == ".ipynb" else None
    found = []
    for text in texts:
        output = BeautifulSoup(text, "html.parser")
        element = output.find(class_="vae-figure")
        found.append(element)
        name = element["data-figure"], element["data-payload"]
        _show_still(app, pagename, context, element, widget(*name).still() if stored is None else stored.get(text))
        # The page contains the text unchanged; a second figure with the same text finds the remaining copy.
        context["body"] = context["body"].replace(text, str(output), 1)
    static = Path(app.outdir) / "_static" / "figures"
    for name in sorted({element["data-payload"] for element in found} - {""}):
        _add_payload(app, pagename, static, name, [each for each in found if each["data-payload"] == name])
    for figure in sorted({element["data-figure"] for element in found}):
        _add_script(app, static / f"{figure}.js", jsmin(classic_script(figure)))


class FigureDirective(SphinxDirective):
    """Puts the figure of the directive's name into a page of text, with the checkpoint named in its argument."""

    optional_arguments = 1

    def run(self):
        """Return the figure's element."""
        return [nodes.raw("", widget(self.name, "".join(self.arguments)).html(), format="html")]


def still_pictures(path):
    """Return the PNG that each figure of the notebook at `path` is stored with, by the text of its element."""
    cells = nbformat.read(path, as_version=4).cells
    stored = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    both = [data for data in stored if {ELEMENT, "image/png"} <= set(data)]
    return {data[ELEMENT]: base64.b64decode(data["image/png"]) for data in both}


def read_elements_as_html(app, docname, source):
    """Have MyST show a notebook's figures by their elements, whose type it does not know, and not as pictures."""
    if ELEMENT not in source[0] or not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            if ELEMENT in data:
                data["text/html"] = data.pop(ELEMENT)
    source[0] = json.dumps(notebook)


def _show_still(app, pagename, context, element, png):
    """Store the still picture among the page's images, and show it in the figure's element."""
    if png is None:
        logger.warning(
            "the figure %s has no still picture: run `make chapters`", element["data-figure"], location=pagename
        )
        return
    if not element.get("data-alt"):
        logger.warning("the still picture of %s has no alt text", element["data-figure"], location=pagename)
    name = f"{element['data-figure']}-{hashlib.sha256(png).hexdigest()[:16]}.png"
    images = Path(app.outdir) / "_images"
    images.mkdir(exist_ok=True)
    (images / name).write_bytes(png)
    source = context["pathto"](f"_images/{name}", resource=True)
    picture = {"class": "vae-still", "src": source, "alt": element.get("data-alt", "")}
    element.insert(0, BeautifulSoup("", "html.parser").new_tag("img", attrs=picture))


def _add_payload(app, pagename, static, name, elements):
    """Add the weights called `name` to the page, and warn of elements that a notebook stored with other weights."""
    live = widget(elements[0]["data-figure"], name)
    for element in elements:
        if element["data-sha256"] != live.sha256:
            logger.warning(
                "the figure %s was stored with other weights than %s has now (%s, not %s): run `make chapters`",
                element["data-figure"],
                name,
                element["data-sha256"],
                live.sha256,
                location=pagename,
            )
    _add_script(app, static / f"payload-{name}.js", payload_script(name, *live.payload()))


@cache
def widget(figure, name):
    """Return the figure of what `name` refers to: digits, a checkpoint, recording, family, two with a dot, or none."""
    # Imported here so that a book without figures need not wait for torch.
    from vae_lib.widgets import FIGURES

    return FIGURES[figure](*(_loaded(each) for each in name.split(".") if each))


def _loaded(name):
    """Return the digits, checkpoint, recording or family called `name`."""
    from vae_lib import checkpoints
    from vae_lib.checkpoints import recordings

    if name == "digits_14":
        from vae_lib.data import load_mnist

        return load_mnist()
    if name in recordings.names():
        return recordings.load(name)
    return checkpoints.load(name) if name in checkpoints.names() else checkpoints.load_family(name)


def _add_script(app, path, text):
    # Written before it is added, so that Sphinx puts its checksum into the address and no browser uses an old copy.
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    app.add_js_file(f"figures/{path.name}", loading_method="defer", priority=PRIORITY)


def setup(app):
    """Connect to Sphinx."""
    for figure in REGISTRY:
        app.add_directive(figure, FigureDirective)
    app.connect("source-read", read_elements_as_html)
    app.connect("html-page-context", add_figures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
