"""The library's reference pages from its docstrings: each function links to the chapters that show or use it.

Sphinx's autodoc does the work; this tells it how docstrings are written here. Knows nothing of what the library does.
"""

import re

from numpy.typing import ArrayLike
from sphinx.util.typing import stringify_annotation
from traitlets import TraitType

ARRAY_LIKE = stringify_annotation(ArrayLike, "smart")
SHOWN_IN = re.compile(r"(Shown|Used) in: ([\w, ]+)\.")
# The docstrings' code is written as in Markdown: one backtick, where reStructuredText wants two, and room around them.
CODE = re.compile(r"(?<![:`\w])`([^`]+)`(?!`|__?\b)")
FIGURE_PARTS = {"alt_text", "figure", "html", "payload", "sha256", "state", "still"}
OPTIONS = {"members": True, "member-order": "bysource"}


def link_chapters(app, what, name, obj, options, lines):
    """Make reStructuredText of a docstring, and links of the chapters it names."""
    text = CODE.sub(r"\\ ``\1``\\ ", "\n".join(lines))
    lines[:] = SHOWN_IN.sub(_links, text).split("\n")


def _links(found):
    chapters = [f":doc:`/book/{chapter.strip()}`" for chapter in found[2].split(",")]
    return f"{found[1]} in: {', '.join(chapters)}."


def drop_known(app, what, name, obj, skip, options):
    """Leave out what stands elsewhere: a NamedTuple's fields, a figure's traits, how it does what every figure does."""
    field = (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")
    return True if field or isinstance(obj, TraitType) or name in FIGURE_PARTS else None


def shorten(app, what, name, obj, options, signature, annotation):
    """Leave out a signature that only passes everything on, and say ArrayLike instead of its many kinds."""
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
