"""Every interactive figure on its built page: large enough for a finger, all of it by keyboard, quiet for who asks.

What each figure shows is its own tests' business.
"""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from vae_lib.widgets import FIGURES

SITE = Path(__file__).parents[2] / "_build" / "html"
FINGER = 44  # CSS pixels, across and down.
CONTROLS = "button, input, select, [tabindex], .vae-sheet canvas"
TOO_SMALL = """
const [figure, controls, least] = arguments;
return [...figure.querySelectorAll(controls)].filter((el) => el.getClientRects().length)
  .map((el) => [el.outerHTML.slice(0, 120), el.getBoundingClientRect()])
  .filter(([, box]) => box.width < least - 0.01 || box.height < least - 0.01)
  .map(([what, box]) => `${what}: ${box.width.toFixed(1)} × ${box.height.toFixed(1)}`);
"""
# A control is covered when a finger on its middle touches something else.
COVERED = """
const [figure, controls] = arguments;
return [...figure.querySelectorAll(controls)].filter((el) => el.getClientRects().length).filter((el) => {
  el.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = el.getBoundingClientRect();
  const touched = document.elementFromPoint(left + width / 2, top + height / 2);
  return touched !== el && !el.contains(touched);
}).map((el) => el.outerHTML.slice(0, 120));
"""
# Where the key Tab should stop: once in a group of choices, which the arrow keys go through.
STOPS = """
const [figure, controls] = arguments;
return [...figure.querySelectorAll(controls)]
  .filter((el) => el.getClientRects().length && el.tabIndex >= 0 && !el.disabled);
"""
# All that is seen and all that is said of the figure, but not what the live region says later.
LOOK = """
const [figure] = arguments;
const copy = figure.cloneNode(true);
copy.querySelectorAll("[role=status]").forEach((el) => el.remove());
const fields = [...figure.querySelectorAll("input, select")].map((el) => el.value);
return JSON.stringify([copy.innerHTML, fields, [...figure.querySelectorAll("canvas")].map((el) => el.toDataURL())]);
"""
ALONE = """
const among = [...(arguments[0].closest("[role=radiogroup]")?.querySelectorAll("[role=radio]") ?? [])];
return among.filter((el) => el.getClientRects().length).length === 1;
"""
WORDS = LOOK.replace('figure.querySelectorAll("canvas")', "[]")
SAID = "return arguments[0].querySelector('[role=status]').textContent"


class Live(HTMLParser):
    """The names of the figures that come alive on a page; a model trained in its notebook needs the kernel."""

    def __init__(self, path):
        super().__init__()
        self.names = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        figure = told.get("data-figure") if "vae-figure" in (told.get("class") or "").split() else None
        if figure and (figure != "latent-explorer" or told.get("data-payload")):
            self.names.add(figure)


def page_of(figure):
    """Return the address of the first page on which the figure is live."""
    pages = (path for path in sorted((SITE / "book").glob("*.html")) if figure in Live(path).names)
    if not (page := next(pages, None)):
        pytest.fail(f"no built page shows {figure}: run `make book` first")
    return page.as_uri()


@pytest.fixture(scope="module", params=sorted(FIGURES))
def shown(request, browser):
    """The browser with the figure on a phone's screen, and the figure's element."""
    browser.open(page_of(request.param), width=360, height=740)
    found = browser.driver.find_elements(By.CSS_SELECTOR, f'[data-figure="{request.param}"]')
    return browser, next(each for each in found if browser.run("return !!arguments[0].vaeFigure", each))


def press(browser, key):
    """Press the key where the keyboard is, and move it nowhere first."""
    ActionChains(browser.driver).send_keys(key).perform()


def painted(browser):
    browser.wait_for("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def wait_until(browser, condition, seconds=2.0):
    """Return whether `condition` came true within that time."""
    for _ in range(int(seconds / 0.1)):
        if condition():
            return True
        browser.wait_for("setTimeout(arguments[0], 100)")
    return condition()


def test_every_control_is_large_enough_for_a_finger(shown):
    browser, figure = shown
    assert browser.run(STOPS, figure, CONTROLS), "the figure has no control"
    assert browser.run(TOO_SMALL, figure, CONTROLS, FINGER) == []
    assert browser.run(COVERED, figure, CONTROLS) == []


def test_tab_stops_at_every_control_and_shows_where_it_is(shown):
    browser, figure = shown
    expected = browser.run(STOPS, figure, CONTROLS)
    browser.run("const el = arguments[0]; el.tabIndex = -1; el.focus({ preventScroll: true })", figure)
    browser.run("arguments[0].removeAttribute('tabindex')", figure)
    reached, unseen = [], []
    for _ in expected:
        press(browser, Keys.TAB)
        reached.append(browser.driver.switch_to.active_element)
        if not browser.run("return parseFloat(getComputedStyle(arguments[0]).outlineWidth) >= 2", reached[-1]):
            unseen.append(reached[-1].get_attribute("outerHTML")[:120])
    assert reached == expected
    assert unseen == []
    press(browser, Keys.TAB)
    outside = "return !arguments[0].contains(document.activeElement)"
    assert browser.run(outside, figure), "the keyboard is caught in the figure"


def test_arrow_keys_change_every_value_and_it_is_said(shown):
    browser, figure = shown
    for control in figure.find_elements(By.CSS_SELECTOR, "[role=slider], input[type=range]"):
        before, value, said = (browser.run(LOOK, figure), spoken(control), browser.run(SAID, figure))
        assert control.get_attribute("aria-label")
        assert value
        # It may stand at one end, where one of the keys does nothing.
        for key in (Keys.ARROW_RIGHT, Keys.ARROW_LEFT):
            control.send_keys(key)
            painted(browser)
            if spoken(control) != value:
                break
        assert spoken(control) != value
        assert browser.run(LOOK, figure) != before
        assert wait_until(browser, lambda said=said: browser.run(SAID, figure) not in ("", said))


def spoken(control):
    """What a screen reader says of a slider's value."""
    return control.get_attribute("aria-valuetext")


def test_keys_press_every_button_and_choose_from_every_list(shown):
    browser, figure = shown
    controls = [each for each in figure.find_elements(By.CSS_SELECTOR, "button, select") if each.is_displayed()]
    # What is chosen already changes nothing: it is pressed once more after the others.
    # A choice may take others away, as an experiment with a single digit does: then there is nothing to choose.
    dead = [each for each in controls if each.is_displayed() and not changes(browser, figure, each)]
    dead = [each for each in dead if not changes(browser, figure, each)]
    assert [each.accessible_name for each in dead if not browser.run(ALONE, each)] == []


def changes(browser, figure, control):
    """Press the control by key and return whether anything is then seen or said in another way."""
    before = browser.run(LOOK, figure)
    control.send_keys(Keys.ARROW_DOWN if control.tag_name == "select" else Keys.ENTER)
    return wait_until(browser, lambda: browser.run(LOOK, figure) != before, 0.5)


def test_nothing_moves_by_itself_for_who_wants_no_motion(shown):
    browser, figure = shown
    wish = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
    for button in figure.find_elements(By.CSS_SELECTOR, "button"):
        if not button.is_displayed() or not button.is_enabled():
            continue
        # What its reader has started trains on, and is painted once a second: the laboratory's own tests see to that.
        if button.text == "Play":
            continue
        button.send_keys(Keys.ENTER)
        painted(browser)
        assert still(browser, figure), f"the figure still moves after {button.accessible_name}"
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def still(browser, figure):
    """Whether what is said rests within two seconds, and what is seen in ten: a map of digits is decoded bit by bit."""

    def unchanged(look):
        before = browser.run(look, figure)
        # Longer than the slowest figure pauses between two steps of its motion.
        browser.wait_for("setTimeout(arguments[0], 500)")
        return browser.run(look, figure) == before and browser.run("return document.getAnimations().length") == 0

    return wait_until(browser, lambda: unchanged(WORDS), 0.2) and wait_until(browser, lambda: unchanged(LOOK), 1.5)


@pytest.mark.parametrize(("figure", "button"), [("em-steps", "Run"), ("evidence-bound", "Climb")])
def test_motion_would_be_noticed(browser, figure, button):
    browser.open(page_of(figure))
    shown = browser.driver.find_element(By.CSS_SELECTOR, f'[data-figure="{figure}"]')
    shown.find_element(By.XPATH, f".//button[text()='{button}']").send_keys(Keys.ENTER)
    before = browser.run(WORDS, shown)
    browser.wait_for("setTimeout(arguments[0], 500)")
    assert browser.run(WORDS, shown) != before
