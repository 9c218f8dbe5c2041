"""Keeps pages light: colour in code where it tells something, nothing that is said twice, no white space for machines.

Pygments wraps every name, number, bracket and space in an element of its own, which makes a page's code seven times its
length. Knows nothing of the book's contents.
"""

import re
from pathlib import Path

import minify_html
from IPython.lib.lexers import IPython3Lexer
from pygments.filter import Filter
from pygments.lexers import PythonLexer
from pygments.token import Name, Number, Operator, Punctuation, String, Text

# What is said twice, and what no reader and no style of the book asks for, each with what stays of it.
UNASKED = [
    # The contents once more, for print, and the empty element with which Pygments begins each piece of code.
    (r'<div id="jb-print-toc">.*?</nav>\s*</div>|(?<=<pre>)<span></span>', ""),
    # A citation's whole reference: it is a click away.
    (r'(href="[^"]*bibliography\.html#id\d+") title="[^"]*"', r"\1"),
    # The tags that steer nbval, and two classes that undo each other.
    (r'(?<=class="cell )tag_nbval-[a-z-]+ ', ""),
    (r'class="(cell_(?:in|out)put) docutils container"', r'class="\1"'),
    # Of every link in the lists of chapters and sections, that it is one.
    (r'(?<=<li class="toctree-l1"><a) class="reference internal"', ""),
    (r'(?<=<a class=")reference internal (?=nav-link")', ""),
    # A word to a highlighter that the pages do not load.
    (r'(?<=class="math notranslate) nohighlight(?=")', ""),
    # The theme's places for a banner about versions and for an advertisement.
    (r'<div class="pst-async-banner-revealer.*?</aside>\s*</div>|<div id="ethical-ad-placement".*?</div>', ""),
]
# Code in the text and signatures of the library, and the elements in them around every word, colon and space.
CODE = re.compile(r'<code class="docutils literal notranslate">.*?</code>|<dt class="sig .*?</dt>', re.DOTALL)
WRAPPER = re.compile(r'<span class="(?:pre|[a-z]\d?|default_value)">([^<]*)</span>')
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


def _unwrapped(code):
    text = code[0].replace('"docutils literal', '"literal')
    while WRAPPER.search(text):
        text = WRAPPER.sub(r"\1", text)
    return text


def minify(app, exception):
    """Take out of the finished pages the white space and the comments of their templates."""
    if exception is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            for pattern, kept in UNASKED:
                page = re.sub(pattern, kept, page, flags=re.DOTALL)
            page = CODE.sub(_unwrapped, page)
            # With all their tags and white space between them where a reader would miss it: the page stays what it was.
            path.write_text(minify_html.minify(page, keep_closing_tags=True), encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.connect("build-finished", minify)
    for name in ("ipython3", "ipython"):
        app.add_lexer(name, _light(IPython3Lexer))
    for name in ("python", "python3"):
        app.add_lexer(name, _light(PythonLexer))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
