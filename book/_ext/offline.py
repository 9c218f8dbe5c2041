"""Keeps every built page on the reader's machine: the mathematics is drawn by a local MathJax, no kernel is called.

Knows nothing of the book's contents or of vae_lib.
"""

import importlib.util
import re
import shutil
from pathlib import Path

MATHJAX_PARTS = ("tex-svg.js", "input/tex/extensions")
PUNCTUATION = re.compile(r'(<span class="math notranslate nohighlight">[^<]*)(</span>)([.,;:!?)\]’”]+)')
THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*(?:<script>\s*kernelName.*?</script>)?', re.DOTALL
)


def copy_mathjax(app):
    """Put what a page can load of MathJax (3 of its 24 MB) among the static files."""
    package = importlib.util.find_spec("sphinx-mathjax-offline")
    source = Path(package.origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for part in MATHJAX_PARTS:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (source / part).is_dir() else shutil.copyfile
        copy(source / part, target / part, **({"dirs_exist_ok": True} if copy is shutil.copytree else {}))


def join_punctuation(app, pagename, templatename, context, doctree):
    """Take the punctuation after inline mathematics into its element, which the style keeps on one line."""
    if "body" in context:
        context["body"] = PUNCTUATION.sub(r"\1\3\2", context["body"])


def drop_thebe(app, pagename, templatename, context, doctree):
    """Remove Thebe, which Jupyter Book loads unasked: its inline script comes twice, a syntax error on every page."""
    if "body" in context:
        context["body"] = THEBE.sub("", context["body"])
    context["script_files"] = [script for script in context["script_files"] if not _is_thebe(script)]
    context["css_files"] = [style for style in context["css_files"] if not _is_thebe(style)]


def _is_thebe(asset):
    text = f"{asset.filename} {asset.attributes.get('body')}"
    return "thebe" in text.lower()


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", copy_mathjax)
    app.connect("html-page-context", join_punctuation)
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
