"""Old addresses: a place that moved with its section to a chapter of its own is still found from where it was."""

import json

import course
import pytest
from contents import SITE, parsed

PAIRS = [(old, new) for old, parted in course.divided().items() for new in parted]


def moved_from(old):
    """The names that a page says have moved, each with the page where it now is."""
    (template,) = parsed(f"book/{old}").select("template#moved")
    return json.loads(template["data-pages"])


def ids(name):
    return {element["id"] for element in parsed(f"book/{name}").select("article [id]")}


@pytest.fixture(scope="module", autouse=True)
def built():
    if not (SITE / "index.html").exists():
        pytest.fail("there is no built book to look at: run `make book` first")


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_what_moved_is_no_longer_there_and_is_where_the_page_says(old, new):
    names = {name for name, page in moved_from(old).items() if page == f"{new}.html"}
    assert names, f"nothing that {new} holds can be found from {old}"
    assert names & ids(old) == set()
    assert names <= ids(new)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_old_address_leads_to_the_new_page(browser, old, new):
    name = next(name for name, page in moved_from(old).items() if page == f"{new}.html")
    browser.open((SITE / "book" / f"{old}.html").as_uri() + f"#{name}")
    browser.wait_for("setTimeout(arguments[0], 300)")
    assert browser.run("return location.href").endswith(f"/book/{new}.html#{name}")
    assert browser.run("return document.querySelector(':target') !== null")


def test_address_that_is_right_stays(browser):
    (old, _), *_ = PAIRS
    page = (SITE / "book" / f"{old}.html").as_uri()
    for fragment in ("#summary", "#nothing-of-this-name", ""):
        browser.open(page + fragment)
        browser.wait_for("setTimeout(arguments[0], 300)")
        assert browser.run("return location.href") == page + fragment
