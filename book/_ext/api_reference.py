"""Makes the library's reference pages from its docstrings, with links from each function to the chapters that use it.

Sphinx's autodoc does the work; this tells it how docstrings are written here, whatever the library does.
"""

import ast
import functools
import re
from pathlib import Path

import nbformat
import yaml
from numpy.typing import ArrayLike
from sphinx.util.typing import stringify_annotation
from traitlets import TraitType

ROOT = Path(__file__).parents[2]
NAMED = 3  # How many chapters an entry names if its docstring names none.
ARRAY_LIKE = stringify_annotation(ArrayLike, "smart")
SHOWN_IN = re.compile(r"(Shown|Used) in: ([\w, ]+)\.")
# Docstrings quote code as in Markdown, in single backticks; reStructuredText wants two, with space around them.
CODE = re.compile(r"(?<![:`\w])`([^`]+)`(?!`|__?\b)")
# A model that is not called as a whole has a `forward` from here, which only says so.
NOT_CALLED = "vae_lib.models.calling"
FIGURE_PARTS = {"alt_text", "figure", "html", "payload", "sha256", "state", "still"}
OPTIONS = {"members": True, "member-order": "bysource"}


def link_chapters(app, what, name, obj, options, lines):
    """Turn a docstring into reStructuredText, with links to the chapters it names, or else to the first that use it."""
    text = CODE.sub(r"\\ ``\1``\\ ", "\n".join(lines))
    using = used_in().get(name.rpartition(".")[2], []) if what in {"function", "class", "exception"} else []
    if using and not SHOWN_IN.search(text):
        more = len(using) - NAMED
        others = f" and {more} more {'chapters' if more > 1 else 'chapter'}" if more > 0 else ""
        text += f"\nUsed in: {_linked(using[:NAMED])}{others}.\n"
    lines[:] = SHOWN_IN.sub(lambda found: f"{found[1]} in: {_linked(found[2].split(','))}.", text).split("\n")


def _linked(chapters):
    return ", ".join(f":doc:`/book/{chapter.strip()}`" for chapter in chapters)


@functools.cache
def used_in():
    """Return the chapters that use each name of the library, in the book's order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [ROOT / f"{each['file']}.ipynb" for part in toc["parts"] for each in part["chapters"]]
    chapters = {}
    for path in filter(Path.exists, files):
        for name in names_taken(path):
            chapters.setdefault(name, []).append(path.stem)
    return chapters


def names_taken(path):
    """Return what a notebook's code imports from the library, or uses from one of its modules."""
    cells = nbformat.read(path, as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code" and cell.id != "bootstrap"]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vae_lib")]
    names = {alias.name for node in imports for alias in node.names}
    rooms = {alias.asname or alias.name for node in imports if node.module == "vae_lib" for alias in node.names}
    taken = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return names | {node.attr for node in taken if node.value.id in rooms}


def drop_known(app, what, name, obj, skip, options):
    """Leave out what is documented elsewhere: a NamedTuple's fields, a figure's traits, and what every figure has."""
    field = (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")
    only_says = getattr(obj, "__module__", "") == NOT_CALLED
    return True if field or only_says or isinstance(obj, TraitType) or name in FIGURE_PARTS else None


def shorten(app, what, name, obj, options, signature, annotation):
    """Leave out signatures that only pass everything on, and write ArrayLike instead of the union it stands for."""
    if signature and signature.startswith("(*args"):
        return "", None
    return (signature.replace(ARRAY_LIKE, "ArrayLike"), annotation) if signature else None


def setup(app):
    """Connect to Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.config.autodoc_default_options = OPTIONS
    app.config.autodoc_typehints = "signature"
    app.config.add_module_names = False
    app.config.toc_object_entries_show_parents = "hide"
    app.config.python_maximum_signature_line_length = 60
    app.config.autodoc_preserve_defaults = True
    app.config.nitpick_ignore_regex = [("py:.*", ".*")]
    app.connect("autodoc-process-docstring", link_chapters)
    app.connect("autodoc-skip-member", drop_known)
    app.connect("autodoc-process-signature", shorten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
