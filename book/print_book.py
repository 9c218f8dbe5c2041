"""Prints the built book into one PDF: make pdf, or `print_book.py FILE.pdf [DOCUMENT ...]` for some of its pages.

Chromium prints the document that `paper` makes twice: only after the first time do we know on which page each chapter
begins. This needs the built pages and Chromium with its driver, but no network.
"""

import base64
import io
import sys
import tempfile
from pathlib import Path

import yaml
from pypdf import PdfReader

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "book")]

from browser import Browser, NoBrowserError
from paper import compose

SITE = ROOT / "_build" / "html"
PATIENCE = 900  # Seconds: on a busy machine, drawing all the mathematics takes minutes, and so does printing it.
COLUMN = 612  # CSS pixels, as in paper.css: 162 mm.
OPTIONS = {"preferCSSPageSize": True, "printBackground": True, "generateTaggedPDF": True}
OPTIONS |= {"generateDocumentOutline": True, "displayHeaderFooter": False}
# An equation wider than the column, which a screen scrolls, is drawn smaller.
FIT = """
let smaller = 0;
for (const box of document.querySelectorAll("mjx-container[display='true'], mjx-container:not([display])")) {
  const svg = box.querySelector("svg"), number = box.closest("div.math")?.querySelector(".eqno");
  const column = box.closest("div.math, p, dd, td, figcaption, main"), room = column.clientWidth;
  const wide = svg.getBoundingClientRect().width;
  const free = number && box.hasAttribute("display") ? room - 2 * number.offsetWidth - 12 : room;
  if (wide > free && free > 0) [box.style.fontSize, smaller] = [`${(100 * free) / wide}%`, smaller + 1];
}
return smaller;
"""
# Equations that MathJax did not draw, or could not parse.
UNDRAWN = """
return [...document.querySelectorAll(".math, [data-mjx-error]")]
  .filter((el) => el.hasAttribute("data-mjx-error") || !el.querySelector("mjx-container svg"))
  .map((el) => el.textContent.slice(0, 200));
"""
# What would lose its right edge on paper.
CUT_OFF = """
const edge = document.querySelector("main").getBoundingClientRect().right + 1;
return [...document.querySelectorAll("main *")]
  .filter((el) => el.getClientRects().length && !el.closest("mjx-assistive-mml, svg"))
  .filter((el) => el.getBoundingClientRect().right > edge)
  .map((el) => el.outerHTML.slice(0, 200));
"""
NUMBER = """
for (const [name, page] of Object.entries(arguments[0])) {
  for (const place of document.querySelectorAll(`[data-page-of="${name}"]`)) place.textContent = page;
}
"""
READ = "return [...document.querySelectorAll('[data-page-of]')].map((place) => place.dataset.pageOf)"


class SpoiltError(Exception):
    """Raised when something would be missing on paper; the message says what."""


def print_book(target: Path, only: set[str] | None = None) -> int:
    """Print the built pages, or those named in `only`, into the file `target`; return the number of its pages.

    Raises NoBrowserError, SpoiltError, and FileNotFoundError where a page has not been built.
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the pages, whose pictures it shows.
    source = SITE.parent / "pdf" / f"{target.stem}.html"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(compose(SITE, toc, config["title"], config["author"], only), encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        try:
            content = _printed(browser, source)
        finally:
            browser.quit()
    whole = target.with_suffix(".part")
    whole.write_bytes(content)
    whole.replace(target)
    return len(PdfReader(target).pages)


def _printed(browser, source):
    browser.driver.set_script_timeout(PATIENCE)
    browser.driver.set_page_load_timeout(PATIENCE)
    browser.driver.command_executor.client_config.timeout = PATIENCE
    browser.open(source.as_uri(), width=COLUMN)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    browser.run(FIT)
    for what, look in {"equations are not drawn": UNDRAWN, "elements are wider than the paper": CUT_OFF}.items():
        if found := browser.run(look):
            raise SpoiltError(f"{len(found)} {what}, the first: {found[0]}")
    first = _pdf(browser)
    browser.run(NUMBER, _pages(first, browser.run(READ)))
    return _pdf(browser)


def _pdf(browser):
    return base64.b64decode(browser.driver.execute_cdp_cmd("Page.printToPDF", OPTIONS)["data"])


def _pages(pdf, names):
    """Return the number of the page on which each named place stands."""
    reader = PdfReader(io.BytesIO(pdf))
    places = reader.named_destinations
    return {name: reader.get_destination_page_number(places[f"/{name}"]) + 1 for name in names}


def main(arguments: list[str]) -> None:
    """Print what the command line names."""
    target, *documents = arguments or [str(ROOT / "_build" / "pdf" / "vae-book.pdf")]
    try:
        pages = print_book(Path(target), set(documents) or None)
    except (NoBrowserError, SpoiltError) as error:
        sys.exit(f"print_book.py: {error}")
    except FileNotFoundError as error:
        sys.exit(f"print_book.py: the page {error.filename} has not been built: run `make book` first")
    print(f"{target}: {pages} pages, {Path(target).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
