"""Code and formulas in their column, on a desk and on a phone: nothing is cut off, and what scrolls shows it."""

import pytest
from contents import DOCUMENTS, SITE, WRITTEN

DESK, PHONE = {"width": 1300, "height": 1000}, {"width": 360, "height": 740}
# What is folded must fit too: solutions and code behind a button, which the theme hides in two ways.
UNFOLD = """
const done = arguments[0];
document.querySelectorAll("details").forEach((each) => (each.open = true));
document.querySelectorAll(".toggle-hidden").forEach((each) => each.classList.remove("toggle-hidden"));
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)));
"""
CODE = """
return [...document.querySelectorAll("article div.highlight pre")]
  .filter((pre) => pre.getClientRects().length && pre.scrollWidth > pre.clientWidth + 1)
  .map((pre) => pre.textContent.split("\\n").reduce((one, other) => (other.length > one.length ? other : one)));
"""
FORMULAS = """
const shown = [...document.querySelectorAll("article mjx-container svg")].filter((svg) => svg.getClientRects().length);
const scrolls = (el) => ["auto", "scroll"].includes(getComputedStyle(el).overflowX) && el.scrollWidth > el.clientWidth;
const boxOf = (el) => (!el || el.matches("article") ? null : scrolls(el) ? el : boxOf(el.parentElement));
const column = document.querySelector("article")?.getBoundingClientRect();
return shown.filter((svg) => {
  const formula = svg.getBoundingClientRect();
  if (formula.right <= column.right + 1 && formula.left >= column.left - 1 && !boxOf(svg.parentElement)) return false;
  const box = boxOf(svg.parentElement);
  // A table brings its own bar; everything else must be marked, within reach of the keyboard, and show its edge.
  return !box || !(box.querySelector("table") || (box.tabIndex === 0 && getComputedStyle(box).boxShadow !== "none"));
}).map((svg) => svg.closest(".math")?.textContent.slice(0, 100) ?? svg.outerHTML.slice(0, 100));
"""


@pytest.fixture(scope="module", autouse=True)
def built():
    if not (SITE / "index.html").exists():
        pytest.fail("there is no built book to look at: run `make book` first")


def unfolded(browser, document, size):
    browser.open((SITE / f"{document}.html").as_uri(), **size)
    browser.wait_for(UNFOLD)
    return browser


@pytest.mark.parametrize("document", WRITTEN)
def test_code_fits_the_column_of_a_desk(browser, document):
    assert unfolded(browser, document, DESK).run(CODE) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_on_a_phone_code_wraps_and_formulas_fit_or_show_that_they_scroll(browser, document):
    page = unfolded(browser, document, PHONE)
    assert page.run(CODE) == []
    assert page.run(FORMULAS) == []


class TestOfTheTests:
    """On a page of our own, where we know what is too wide."""

    PAGE = """<!doctype html><title>t</title><style>
    body {{ margin: 0; }} pre {{ overflow-x: auto; width: 300px; font: 16px monospace; {wrap} }}
    svg {{ width: {wide}px; height: 20px; display: block; }}
    .box {{ width: 300px; overflow-x: {overflow}; {cue} }} article {{ width: 300px; }}
    </style><article><div class="highlight"><pre>short\n{line}</pre></div>
    <div class="box math" {reach}><mjx-container><svg></svg></mjx-container></div></article>"""
    FITS = {"wide": 200, "line": "x = 1", "overflow": "visible", "cue": "", "reach": "", "wrap": ""}  # noqa: RUF012
    SCROLLS = {"wide": 400, "overflow": "auto", "cue": "box-shadow: inset -9px 0 9px red;", "reach": 'tabindex="0"'}  # noqa: RUF012

    @pytest.fixture
    def found(self, browser, tmp_path):
        def look(**changed):
            path = tmp_path / "page.html"
            path.write_text(self.PAGE.format(**self.FITS | changed), encoding="utf-8")
            browser.open(path.as_uri(), **PHONE)
            return browser.run(CODE), len(browser.run(FORMULAS))

        return look

    def test_what_fits_is_not_found(self, found):
        assert found() == ([], 0)

    def test_long_line_is_found_unless_it_wraps(self, found):
        line = "x = " + " + ".join("abcdefghijk")
        assert found(line=line) == ([line], 0)
        assert found(line=line, wrap="white-space: pre-wrap;") == ([], 0)

    def test_wide_formula_is_found_unless_its_box_scrolls_and_shows_it(self, found):
        assert found(wide=400) == ([], 1)
        assert found(**self.SCROLLS) == ([], 0)
        assert found(**self.SCROLLS | {"cue": ""}) == ([], 1)
        assert found(**self.SCROLLS | {"reach": ""}) == ([], 1)
        assert found(**self.SCROLLS | {"overflow": "hidden"}) == ([], 1)
