"""Makes pages smaller: no colour in code where it means nothing, nothing repeated, no superfluous white space.

Pygments wraps every name, number, bracket and space in an element of its own, which makes a page's code seven times its
length. Nothing here depends on what the book is about.
"""

import re
from pathlib import Path

import minify_html
from IPython.lib.lexers import IPython3Lexer
from pygments.filter import Filter
from pygments.lexers import PythonLexer
from pygments.token import Name, Number, Operator, Punctuation, String, Text

# The contents once more, for print, and the theme's places for a banner about versions and for an advertisement.
UNASKED_IDS = {"jb-print-toc", "ethical-ad-placement"}
UNASKED_CLASS = "pst-async-banner-revealer"
# The elements around every word, colon and space of code in the text and of signatures.
WRAPPERS = re.compile(r"pre|[a-z]\d?|default_value")
PLAIN = {Name, Name.Namespace, Operator, Punctuation, Text.Whitespace}


class FewerTokens(Filter):
    """Turns names, numbers and operators into plain text, and the parts of a string into one token."""

    def filter(self, lexer, stream):
        """Yield the tokens of `stream`, simplified; the formatter joins neighbours of one type."""
        for kind, text in stream:
            if kind in PLAIN or kind in Number:
                yield Text, text
            elif kind in String and kind is not String.Doc:
                yield String, text
            else:
                yield kind, text


def _light(lexer):
    class Light(lexer):
        def __init__(self, **options):
            super().__init__(**options)
            self.add_filter(FewerTokens())

    return Light


def drop_unasked(app, elements):
    """Remove from a page what it repeats, and what neither readers nor the book's styles need."""
    for div in elements["div"]:
        if div.get("id") in UNASKED_IDS or UNASKED_CLASS in div.get("class", ()):
            div.extract()
    for pre in elements["pre"]:
        # The empty element with which Pygments begins each piece of code.
        if pre.contents and pre.contents[0].name == "span" and not pre.contents[0].contents:
            pre.contents[0].extract()
    for link in elements["a"]:
        # A citation's whole reference: it is a click away. The full name of what a signature links to: so is that.
        cites, names = "bibliography.html#id" in link.get("href", ""), link.get("title", "").startswith("vae_lib.")
        if link.has_attr("title") and (cites or names):
            del link["title"]
    for code in elements["code"]:
        if code.get("class") == ["docutils", "literal", "notranslate"]:
            _unwrap(code)
    for term in elements["dt"]:
        if "sig" in term.get("class", ()):
            _unwrap(term)


def _unwrap(code):
    """Unwrap the elements in `code`, the innermost first, that only Sphinx has a use for."""
    for span in reversed(code.find_all("span")):
        if WRAPPERS.fullmatch(" ".join(span.get("class", ()))) and not span.find(True):
            span.unwrap()


def drop_classes(app, elements):
    """Remove from a page the classes that no style uses."""
    for div in elements["div"]:
        classes = div.get("class", ())
        if "cell" in classes:
            # The tags that steer nbval.
            div["class"] = [each for each in classes if not each.startswith("tag_nbval-")]
        elif classes and classes[0] in {"cell_input", "cell_output"}:
            # Each of these two undoes the other.
            _drop(div, "docutils", "container")
    for item in elements["li"]:
        # Links in the lists of chapters and sections need not be marked as such.
        link = item.find("a", recursive=False)
        if item.get("class") == ["toctree-l1"] and link and link.get("class") == ["reference", "internal"]:
            del link["class"]
    for link in elements["a"]:
        if "nav-link" in link.get("class", ()):
            _drop(link, "reference", "internal")
    for mathematics in (*elements["span"], *elements["div"]):
        # A hint to a highlighter that the pages do not load.
        if "math" in mathematics.get("class", ()):
            _drop(mathematics, "nohighlight")
    for code in elements["code"]:
        if code.get("class", ())[:2] == ["docutils", "literal"]:
            _drop(code, "docutils")


def _drop(element, *names):
    element["class"] = [each for each in element["class"] if each not in names]


def drop_white_space(app, exception):
    """Remove the templates' white space and comments from the finished pages."""
    if exception is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            # All closing tags stay, and white space where a reader would miss it, so that nothing looks different.
            path.write_text(minify_html.minify(page, keep_closing_tags=True), encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.setup_extension("postprocess")
    # After the other extensions, which find elements by the classes that are removed here.
    app.connect("page-finished", drop_unasked, priority=900)
    app.connect("page-finished", drop_classes, priority=901)
    app.connect("build-finished", drop_white_space, priority=900)
    for name in ("ipython3", "ipython"):
        app.add_lexer(name, _light(IPython3Lexer))
    for name in ("python", "python3"):
        app.add_lexer(name, _light(PythonLexer))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
