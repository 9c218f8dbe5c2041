"""Makes one document of all built pages, for print: title, contents, and the chapters in their order.

It depends on no chapter and no browser. Paper shows what the pages show, with everything unfolded that they fold away,
and with still pictures in place of interactive figures.
"""

import html
import posixpath
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup

# What only a screen needs; and the cell that fetches the library for a notebook on its own.
ON_SCREEN_ONLY = "a.headerlink, script, button, summary, img.only-dark, .genindex-jumpbox"
FETCHES_THE_LIBRARY = "VAE_LIB_SOURCE"
POINTING = ("for", "aria-labelledby", "aria-describedby", "headers")
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
# As many digits as the real page number, which is known only after the first printing.
UNKNOWN = "000"


class Sheet(NamedTuple):
    """A page of the site as it is printed.

    That is: its document, title and content, its depth in the book, and the script with the settings of MathJax.
    """

    document: str
    title: str
    body: BeautifulSoup
    depth: int
    settings: str


class Part(NamedTuple):
    """A part of the book: its sheets and its heading, which is empty for what precedes the first part."""

    heading: str
    sheets: list[Sheet]


def key(document: str) -> str:
    """Return the name by which links, page numbers and the running title refer to a document."""
    return document.replace("/", "-")


def compose(site: Path, toc: dict, title: str, author: str, only: set[str] | None = None) -> str:
    """Return the document for print made of the pages under `site`, or only of those named by `only`.

    Raises FileNotFoundError where a page has not been built.
    """
    parts = _parts(site, toc, only)
    sheets = [sheet for part in parts for sheet in part.sheets]
    ids = {element["id"] for sheet in sheets for element in sheet.body.find_all(id=True)}
    for sheet in sheets:
        _lead_within(sheet, {key(each.document) for each in sheets}, ids)
    bodies = "".join(_part(part) for part in parts)
    heads = "\n".join(_running_head(sheet) for sheet in sheets)
    style = (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")
    settings = next((sheet.settings for sheet in sheets if sheet.settings), "")
    return f"""<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<meta name="author" content="{html.escape(author)}">
<link rel="stylesheet" href="../html/_static/pygments.css"><style>{style}{heads}</style>
{settings}<script src="../html/_static/mathjax/tex-svg.js" defer></script></head>
<body>{_cover(sheets[0], author)}{_contents(parts)}<main>{bodies}</main></body></html>
"""


def _parts(site, toc, only):
    """Read the pages of the table of contents, part by part; leave out parts without pages."""
    wanted = [Part("", [(toc["root"], 0)])]
    for number, part in zip(ROMAN, toc["parts"], strict=False):
        entries = [(entry, depth) for chapter in part["chapters"] for entry, depth in _with_sections(chapter)]
        wanted.append(Part(f"Part {number}. {part['caption']}", entries))
    kept = [Part(heading, [each for each in some if only is None or each[0] in only]) for heading, some in wanted]
    return [Part(heading, [_sheet(site, *each) for each in some]) for heading, some in kept if some]


def _with_sections(chapter):
    yield chapter["file"], 1
    for section in chapter.get("sections", []):
        yield section["file"], 2


def _sheet(site, document, depth):
    """Read a built page's article and prepare it for paper."""
    page = BeautifulSoup((site / f"{document}.html").read_text(encoding="utf-8"), "html.parser")
    settings = page.find("script", string=lambda text: text and text.startswith("window.MathJax = "))
    body = page.find("article")
    for cell in body.select("div.cell"):
        if FETCHES_THE_LIBRARY in cell.get_text():
            cell.decompose()
    for element in body.select(ON_SCREEN_ONLY):
        element.decompose()
    for folded in body.find_all("details"):
        folded.name, folded["class"] = "div", "unfolded"
    title = body.find("h1").get_text().strip()
    for heading in body.find_all(HEADINGS):
        heading.name = HEADINGS[min(HEADINGS.index(heading.name) + depth, 5)]
    _name_apart(body, key(document))
    for image in body.find_all("img"):
        image["src"] = posixpath.join("../html", posixpath.dirname(document), image["src"])
    return Sheet(document, title, body, depth, str(settings or ""))


def _name_apart(body, prefix):
    """Prefix the ids of a page with its name, since two pages may use the same id."""
    for element in body.find_all(id=True):
        element["id"] = f"{prefix}--{element['id']}"
    for attribute in POINTING:
        for element in body.find_all(attrs={attribute: True}):
            element[attribute] = " ".join(f"{prefix}--{each}" for each in element[attribute].split())


def _lead_within(sheet, keys, ids):
    """Make links between pages lead to places in the document, and unlink those to pages it does not contain."""
    for link in sheet.body.find_all("a", href=True):
        target = urlsplit(link["href"])
        if target.scheme or target.netloc:
            continue
        own = f"{sheet.document}.html"
        path = posixpath.normpath(posixpath.join(posixpath.dirname(own), unquote(target.path))) if target.path else own
        page = key(path.removesuffix(".html"))
        place = f"{page}--{unquote(target.fragment)}"
        if page in keys:
            link["href"] = "#" + quote(place if place in ids else page)
        else:
            link.unwrap()


def _cover(first, author):
    lead = first.body.find("em")
    subtitle = f"<p>{lead.get_text()}</p>" if lead else ""
    return f'<header class="cover"><p class="name">{first.title}</p>{subtitle}<p class="author">{author}</p></header>'


def _contents(parts):
    lines = []
    for heading, sheets in parts:
        if heading:
            lines.append(f'<p class="caption">{html.escape(heading)}</p>')
        lines += [
            f'<a class="depth-{sheet.depth}" href="#{key(sheet.document)}"><span>{html.escape(sheet.title)}</span>'
            f'<i></i><b data-page-of="{key(sheet.document)}">{UNKNOWN}</b></a>'
            for sheet in sheets
        ]
    return f'<nav class="contents"><h1>Contents</h1>{"".join(lines)}</nav>'


def _part(part):
    title = f'<h1 class="part">{html.escape(part.heading)}</h1>' if part.heading else ""
    sheets = (
        f'<section class="sheet depth-{sheet.depth}" id="{key(sheet.document)}" style="page: {key(sheet.document)}">'
        f"{sheet.body.decode_contents()}</section>"
        for sheet in part.sheets
    )
    return title + "".join(sheets)


def _running_head(sheet):
    """The title of a sheet at the head of each of its pages."""
    title = sheet.title.replace("\\", "\\\\").replace('"', '\\"')
    return f'@page {key(sheet.document)} {{ @top-center {{ content: "{title}"; }} }}'
