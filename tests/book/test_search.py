"""The search of the built pages: what a reader types leads to the chapter that works it out, on the first screen."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from browser import Server
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
SOUGHT = {
    "reparameterization": "reparameterization",
    "KL divergence": "kl_divergence",
    "posterior collapse": "posterior_collapse",
    "kl_standard_normal": "kl_divergence",
    "log_likelihood": "how_good_is_it",
    "ELBO": "elbo",
    "beta-VAE": "tug_of_war",
    "重参数技巧": "reparameterization",
    "后验": "the_bound",
}
# Results on a screen of usual height: a result from a server takes about four lines.
FIRST = 6
FIELD_READY = """
const done = arguments[0];
const look = () => document.activeElement.matches("input[name=q]") ? done() : setTimeout(look, 20);
look();
"""
FINISHED = """
const done = arguments[0];
const look = () => /found \\d+ page/.test(document.querySelector(".search-summary")?.textContent)
  ? requestAnimationFrame(() => setTimeout(done, 100)) : setTimeout(look, 20);
look();
"""
ON_SCREEN = """
return [...document.querySelectorAll("#search-results li")]
  .filter((item) => item.getBoundingClientRect().bottom <= innerHeight)
  .map((item) => new URL(item.querySelector("a").href).pathname.split("/").pop());
"""
RANKED = """
const [queries, first] = arguments;
const found = (query) => Search._performSearch(...Search._parseQuery(query)).reverse().map(([page]) => page);
return Object.fromEntries(queries.map((query) => [query, found(query).slice(0, first)]));
"""


@pytest.fixture(scope="module", params=["file", "http"])
def home(request):
    """The address of the built book, on disk and on a server."""
    if not (SITE / "index.html").exists():
        pytest.fail("there is no built book to look at: run `make book` first")
    if request.param == "file":
        yield SITE.as_uri()
        return
    server = Server(SITE)
    yield server.address
    server.quit()


@pytest.mark.parametrize(("typed", "chapter"), SOUGHT.items(), ids=list(SOUGHT))
def test_typing_a_term_shows_its_chapter_on_the_first_screen(browser, home, typed, chapter):
    browser.open(f"{home}/book/intro.html")
    ActionChains(browser.driver).key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
    browser.wait_for(FIELD_READY)
    browser.driver.switch_to.active_element.send_keys(typed, Keys.ENTER)
    browser.wait_for(FINISHED)
    assert f"{chapter}.html" in browser.run(ON_SCREEN)
    assert browser.complaints() == []


def glossary():
    """Each term of the glossary's source, with the chapters its entry links to."""
    text = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    for entry in text.partition("```{glossary}")[2].partition("```")[0].strip().split("\n\n"):
        terms = [line.partition(" : ")[0] for line in entry.splitlines() if not line.startswith(" ")]
        yield terms, re.findall(r"\]\((\w+)\)", entry)


def taught():
    """Each function and class of the library whose docstring names chapters, with them."""
    for page in (ROOT / "book" / "api").glob("*.md"):
        module = importlib.import_module(f"vae_lib.{page.stem}")
        for name in getattr(module, "__all__", vars(module)):
            found = re.search(r"(?:Shown|Used) in: ([\w, ]+)\.", inspect.getdoc(getattr(module, name)) or "")
            if found and name[0] != "_":
                yield name, found[1].split(", ")


def test_every_term_of_the_glossary_finds_its_chapters(browser, home):
    expected = {term: chapters for terms, chapters in glossary() for term in terms}
    assert len(expected) > 80
    assert_found(browser, home, expected)


def test_every_function_finds_the_chapters_that_teach_it(browser, home):
    expected = dict(taught())
    assert len(expected) > 30
    assert_found(browser, home, expected)


def assert_found(browser, home, expected):
    browser.open(f"{home}/search.html")
    assert browser.driver.find_elements(By.ID, "search-results")
    ranked = browser.run(RANKED, list(expected), FIRST)
    first = {name: {page.rpartition("/")[2] for page in pages} for name, pages in ranked.items()}
    assert {name: missed for name, chapters in expected.items() if (missed := set(chapters) - first[name])} == {}
