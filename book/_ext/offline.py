"""Makes built pages work offline: mathematics is drawn by a local MathJax, and no kernel is called.

Depends neither on the book's contents nor on vae_lib.
"""

import importlib.util
import re
import shutil
from pathlib import Path

from bs4 import NavigableString

MATHJAX_PARTS = ("tex-svg.js", "input/tex/extensions")
PUNCTUATION = re.compile(r"[.,;:!?)\]’”]+")


def copy_mathjax(app):
    """Copy the parts of MathJax that a page can load (3 of its 24 MB) to the static files."""
    package = importlib.util.find_spec("sphinx-mathjax-offline")
    source = Path(package.origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for part in MATHJAX_PARTS:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (source / part).is_dir() else shutil.copyfile
        copy(source / part, target / part, **({"dirs_exist_ok": True} if copy is shutil.copytree else {}))


def join_punctuation(app, elements):
    """Move punctuation after inline mathematics into its element, which the style keeps on one line."""
    for mathematics in elements["span"]:
        after = mathematics.next_sibling
        is_followed = "math" in mathematics.get("class", ()) and isinstance(after, NavigableString)
        if is_followed and (found := PUNCTUATION.match(after)):
            mathematics.append(found[0])
            after.replace_with(after[found.end() :])


def drop_thebe_scripts(app, elements):
    """Remove Thebe's inline settings, which come twice and are a syntax error on every page."""
    for script in elements["script"]:
        if script.get("type") == "text/x-thebe-config" or (script.string or "").strip().startswith("kernelName"):
            script.extract()


def drop_thebe(app, pagename, templatename, context, doctree):
    """Remove the scripts and styles of Thebe, which Jupyter Book loads unasked."""
    context["script_files"] = [script for script in context["script_files"] if not _is_thebe(script)]
    context["css_files"] = [style for style in context["css_files"] if not _is_thebe(style)]


def _is_thebe(asset):
    text = f"{asset.filename} {asset.attributes.get('body')}"
    return "thebe" in text.lower()


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", copy_mathjax)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.setup_extension("postprocess")
    app.connect("page-finished", join_punctuation)
    app.connect("page-finished", drop_thebe_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
