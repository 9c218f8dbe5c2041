"""The laboratory's page as readers open it: from disk and from a server, in Chromium and in Firefox, by hand."""

import time

import pytest
from browser import Server
from contents import SITE
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.book.test_book import POLICY

PAGE = "book/laboratory.html"
LAB = "document.querySelector('.vae-figure[data-figure=laboratory]')"
BETA = f"{LAB}.querySelector('[data-setting=beta] input[type=text]')"
PLAY = f"{LAB}.querySelector('.vae-lab-play')"
SIGMA = f"({LAB}.vaeFigure.values().latents ?? []).map((each) => each.sigma)"  # None before it is measured.
MIDDLE = """(element) => {
  element.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}"""
PATIENCE = 60  # Seconds for what a quiet machine does in five.


def until(value, condition, what):
    """Wait until `condition` holds of what `value()` gives, and return that."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        came = value()
        if condition(came):
            return came
        time.sleep(0.2)
    raise AssertionError(f"{what}: {came}")


def noise_dies_and_comes_back(value_of, press_play, set_beta):
    """Start with β = 0, and σ falls; raise β to 1 while it trains, and σ comes back; pause, and it stands still.

    `value_of(script)` gives what a script evaluates to on the page.
    """
    press_play()
    least = until(lambda: value_of(SIGMA), lambda came: came and max(came) < 0.05, "without a KL the noise should die")
    set_beta("1")
    until(lambda: value_of(SIGMA), lambda came: min(came) > 3 * max(least), "with the KL the noise should come back")
    press_play()
    # Only the figure knows that it has stopped: on a busy machine two frames can be a second apart.
    until(lambda: value_of(f"{LAB}.vaeFigure.running"), lambda came: not came, "it should have stopped")
    before = value_of(f"{LAB}.vaeFigure.steps")
    time.sleep(0.5)
    assert value_of(f"{LAB}.vaeFigure.steps") == before


@pytest.fixture(params=["from disk", "from a server with a strict policy"])
def address(request):
    """The page with β = 0, in both ways to open it."""
    ending = f"{PAGE}#preset=no-kl"
    if request.param == "from disk":
        yield f"{SITE.as_uri()}/{ending}"
        return
    server = Server(SITE, headers={"Content-Security-Policy": POLICY})
    yield f"{server.address}/{ending}"
    server.quit()


def test_noise_dies_and_comes_back_under_the_readers_hand(browser, address):
    browser.open("about:blank")
    browser.open(address)

    def set_beta(text):
        browser.run(f"return {BETA}").send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.ENTER)

    play = browser.run(f"{PLAY}.scrollIntoView({{ block: 'center', behavior: 'instant' }}); return {PLAY}")
    noise_dies_and_comes_back(lambda script: browser.run(f"return {script}"), play.click, set_beta)
    assert browser.complaints() == []
    assert [
        each for each in browser.requests() if not each.startswith((SITE.as_uri(), "http://localhost", "data:"))
    ] == []


def test_noise_dies_and_comes_back_under_a_finger(browser):
    browser.open("about:blank")
    browser.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    browser.open(f"{SITE.as_uri()}/{PAGE}#preset=no-kl", width=360, height=740)

    def tap(element):
        x, y = browser.run(f"return ({MIDDLE})({element})")
        for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
            browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def set_beta(text):
        tap(BETA)
        browser.run(f"{BETA}.select()")
        browser.driver.switch_to.active_element.send_keys(text, Keys.ENTER)

    try:
        noise_dies_and_comes_back(lambda script: browser.run(f"return {script}"), lambda: tap(PLAY), set_beta)
        assert browser.complaints() == []
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_links_of_the_page_open_their_experiments(browser):
    browser.open("about:blank")
    browser.open(f"{SITE.as_uri()}/{PAGE}")
    links = browser.driver.find_elements(By.CSS_SELECTOR, "table a[href^='#preset=']")
    assert len(links) == 12
    for link in links:
        browser.run("arguments[0].click()", link)
        name = link.get_attribute("href").partition("=")[2].replace("-", "_")
        until(lambda: browser.run(f"return {LAB}.vaeFigure.preset"), lambda came, name=name: came == name, name)
        top = f"return {LAB}.getBoundingClientRect().top"
        until(lambda top=top: browser.run(top), lambda came: -1 < came < 200, "the figure should come into view")
    assert browser.complaints() == []


def test_noise_dies_and_comes_back_in_firefox(firefox, address):
    firefox.open("about:blank")
    firefox.open(address)

    def press(element):
        x, y = firefox.run(f"() => ({MIDDLE})({element})")
        firefox.press_at(x, y)
        firefox.let_go()

    def set_beta(text):
        press(BETA)
        firefox.run(f"() => {BETA}.select()")
        firefox.press(*text, Keys.ENTER)

    noise_dies_and_comes_back(lambda script: firefox.run(f"() => {script}"), lambda: press(PLAY), set_beta)
    assert firefox.complaints() == []
