"""Every built page under axe-core, in light and dark: nothing that keeps a reader with a disability from reading it."""

import os
import sys
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "_build" / "html"
AXE = Path(sys.prefix) / "node_modules" / "axe-core" / "axe.min.js"
PAGES = sorted(path for path in SITE.rglob("*.html") if "_static" not in path.relative_to(SITE).parts)
WRONG = ("serious", "critical")
# A page's structure is the same in the dark; its colours are not.
RULES = {"light": {}, "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}}}
RUN = """
const [options, done] = arguments;
const told = (found) => found.violations.map(({ id, impact, help, nodes }) =>
  ({ id, impact, help, where: nodes.map((node) => node.html.slice(0, 160)) }));
const all = { ...options, resultTypes: ["violations"] };
axe.run(document, all).then((found) => done(told(found)), (error) => done(String(error)));
"""


@pytest.fixture(scope="module")
def axe():
    if AXE.is_file():
        return AXE.read_text(encoding="utf-8")
    reason = "no axe-core to judge the pages: `make test` fetches it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def test_there_are_pages_to_judge():
    assert any(path.stem == "intro" for path in PAGES), "there is no built book to look at: run `make book` first"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_has_no_serious_violation(browser, axe, path):
    browser.open(path.as_uri())
    browser.run(axe)
    for theme, rules in RULES.items():
        browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
        # Colours fade from one theme to the other.
        browser.wait_for("setTimeout(arguments[0], 400)")
        found = browser.wait_for(RUN, rules)
        assert [each for each in found if each["impact"] in WRONG] == [], theme


def test_axe_would_say_so(browser, axe, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text('<!doctype html><html lang="en"><title>t</title><main><h1>t</h1><img src="x.png"></main>', "utf-8")
    browser.open(page.as_uri())
    browser.run(axe)
    assert [each["id"] for each in browser.wait_for(RUN, {}) if each["impact"] in WRONG] == ["image-alt"]
