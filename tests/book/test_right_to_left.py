"""A page that runs from right to left, as a translation would: its figures keep their own direction."""

import pytest
from contents import SITE

FIGURES = """
return [...document.querySelectorAll('.vae-figure')].map((each) => [
  each.dataset.figure, getComputedStyle(each.querySelector('.vae-live') ?? document.body).direction,
]);
"""
PICTURES = "return [...document.querySelectorAll('.vae-figure canvas')].map((each) => each.toDataURL())"
DIRECTION = "return getComputedStyle(document.body).direction"
# As soon as the page has a root, and before any script of its own.
TURN = """
new MutationObserver(() => { document.documentElement.dir = "rtl"; }).observe(document, { childList: true });
"""
PAGES = sorted(path for path in (SITE / "book").glob("*.html") if "vae-figure" in path.read_text(encoding="utf-8"))


@pytest.fixture
def turned(browser):
    """A browser in which every page runs from right to left."""
    made = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TURN})
    yield browser
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_figures_run_from_left_to_right_on_every_page(turned, page):
    turned.open(page.as_uri())
    assert turned.run(DIRECTION) == "rtl"
    found = turned.run(FIGURES)
    assert found
    assert {direction for _, direction in found} == {"ltr"}


def test_words_in_a_picture_keep_their_order(browser):
    """A canvas takes its direction from the page unless it is told its own: "−1" would read "1−"."""
    page = (SITE / "book" / "kl_divergence.html").as_uri()
    browser.open(page)
    expected = browser.run(PICTURES)
    made = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TURN})
    try:
        browser.open("about:blank")
        browser.open(page)
        assert browser.run(DIRECTION) == "rtl"
        assert browser.run(PICTURES) == expected
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)
