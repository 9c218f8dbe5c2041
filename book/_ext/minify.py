"""Keeps pages light: colour in code where it tells something, nothing that is said twice, no white space for machines.

Pygments wraps every name, number, bracket and space in an element of its own, which makes a page's code seven times its
length. Does not depend on what the book is about.
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
    """Makes plain text of names, numbers and signs, and one token of a string's parts."""

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
    """Take out of a page what it says twice, and what no reader and no style of the book asks for."""
    for div in elements["div"]:
        if div.get("id") in UNASKED_IDS or UNASKED_CLASS in div.get("class", ()):
            div.extract()
    for pre in elements["pre"]:
        # The empty element with which Pygments begins each piece of code.
        if pre.contents and pre.contents[0].name == "span" and not pre.contents[0].contents:
            pre.contents[0].extract()
    for link in elements["a"]:
        # A citation's whole reference: it is a click away.
        if link.has_attr("title") and "bibliography.html#id" in link.get("href", ""):
            del link["title"]
    for code in elements["code"]:
        if code.get("class") == ["docutils", "literal", "notranslate"]:
            _unwrap(code)
    for term in elements["dt"]:
        if "sig" in term.get("class", ()):
            _unwrap(term)


def _unwrap(code):
    """Leave of the elements in `code`, the innermost first, only those that say or show something."""
    for span in reversed(code.find_all("span")):
        if WRAPPERS.fullmatch(" ".join(span.get("class", ()))) and not span.find(True):
            span.unwrap()


def drop_classes(app, elements):
    """Take out of a page the classes that no style asks for."""
    for div in elements["div"]:
        classes = div.get("class", ())
        if "cell" in classes:
            # The tags that steer nbval.
            div["class"] = [each for each in classes if not each.startswith("tag_nbval-")]
        elif classes and classes[0] in {"cell_input", "cell_output"}:
            # Of these two, one undoes the other.
            _drop(div, "docutils", "container")
    for item in elements["li"]:
        # Of every link in the lists of chapters and sections, that it is one.
        link = item.find("a", recursive=False)
        if item.get("class") == ["toctree-l1"] and link and link.get("class") == ["reference", "internal"]:
            del link["class"]
    for link in elements["a"]:
        if "nav-link" in link.get("class", ()):
            _drop(link, "reference", "internal")
    for mathematics in (*elements["span"], *elements["div"]):
        # A word to a highlighter that the pages do not load.
        if "math" in mathematics.get("class", ()):
            _drop(mathematics, "nohighlight")
    for code in elements["code"]:
        if code.get("class", ())[:2] == ["docutils", "literal"]:
            _drop(code, "docutils")


def _drop(element, *names):
    element["class"] = [each for each in element["class"] if each not in names]


def drop_white_space(app, exception):
    """Take out of the finished pages the white space and the comments of their templates."""
    if exception is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            # With all their tags and white space between them where a reader would miss it: the page stays what it was.
            path.write_text(minify_html.minify(page, keep_closing_tags=True), encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.setup_extension("postprocess")
    # After the other extensions, which know elements by the classes that are taken away here.
    app.connect("page-finished", drop_unasked, priority=900)
    app.connect("page-finished", drop_classes, priority=901)
    app.connect("build-finished", drop_white_space, priority=900)
    for name in ("ipython3", "ipython"):
        app.add_lexer(name, _light(IPython3Lexer))
    for name in ("python", "python3"):
        app.add_lexer(name, _light(PythonLexer))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
