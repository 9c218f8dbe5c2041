"""The laboratory in a browser, under the hand: it trains, obeys, stops, and says so."""

import re
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from figure_page import figure_page, frame
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.widgets.laboratory.reference import laboratory_digits
from vae_lib.widgets import Laboratory

PATIENCE = 40  # Seconds for what a quiet machine does in five.
HANDLE = "document.querySelector('.vae-figure').vaeFigure"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    laboratory = Laboratory(laboratory_digits())
    return figure_page(tmp_path_factory.mktemp("site"), laboratory, payload=laboratory.payload_name, theme="")


@pytest.fixture
def at(browser, page):
    """A function that opens the laboratory at the end of an address, and gives its element."""

    def opened(ending="", **screen):
        browser.open("about:blank")
        browser.open(page + ending, **screen)
        return browser.driver.find_element(By.CSS_SELECTOR, ".vae-figure")

    yield opened
    assert browser.complaints() == []


def told(browser, what):
    """What the figure's handle gives."""
    return browser.run(f"return {HANDLE}.{what}")


def until(browser, condition, what):
    """Wait until the condition, in JavaScript on the handle `lab`, is true."""
    for _ in range(10 * PATIENCE):
        if browser.run(f"const lab = {HANDLE}; return Boolean({condition})"):
            return
        browser.wait_for("setTimeout(arguments[0], 100)")
    pytest.fail(f"{what}: {told(browser, 'values()')}, {told(browser, 'steps')} steps, {told(browser, 'said')!r}")


def button(figure, text):
    (found,) = [each for each in figure.find_elements(By.TAG_NAME, "button") if each.text == text]
    return found


def setting(figure, name, kind="input[type=text]"):
    return figure.find_element(By.CSS_SELECTOR, f'[data-setting="{name}"] {kind}')


def typed(figure, name, text):
    field = setting(figure, name)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text, Keys.ENTER)
    return field


def measured(browser):
    """The latest measurement, of the run as it rests."""
    until(browser, "!lab.running && lab.values().step === lab.steps", "no measurement came")
    return told(browser, "values()")


def note(figure):
    return figure.find_element(By.CSS_SELECTOR, ".vae-lab-note").text


def canvases(browser, selector):
    frame(browser)
    return browser.run(
        "return [...document.querySelectorAll(arguments[0])].map((each) => each.toDataURL())", f"{selector} canvas"
    )


def test_nothing_starts_by_itself_and_all_is_shown_before_the_first_step(browser, figure):
    browser.wait_for("setTimeout(arguments[0], 300)")
    values = measured(browser)
    assert told(browser, "steps") == 0
    assert told(browser, "running") is False
    assert values["reconstruction"] > 0
    assert len(set(canvases(browser, ".vae-figure"))) > 20
    assert "step 0" in figure.text


def test_without_kl_the_noise_dies_and_with_it_comes_back(browser, at):
    figure = at("#preset=no-kl")
    start = measured(browser)["latents"]
    button(figure, "Play").click()
    until(browser, "lab.values().latents.every(({ sigma }) => sigma < 0.1)", "the noise did not die")
    assert re.match(r"Step \d+: reconstruction \d", figure.find_element(By.CSS_SELECTOR, "[role=status]").text)
    typed(figure, "beta", "1")
    until(browser, "lab.values().latents.every(({ sigma }) => sigma > 0.15)", "the noise did not come back")
    button(figure, "Pause").click()
    steps = told(browser, "steps")
    browser.wait_for("setTimeout(arguments[0], 200)")
    assert told(browser, "steps") == steps
    assert all(each["sigma"] > 0.9 for each in start)
    assert all(each["predicted"] for each in measured(browser)["latents"])


def test_one_step_restart_and_another_seed(browser, figure):
    first = measured(browser)["reconstruction"]
    button(figure, "Step").click()
    assert told(browser, "steps") == 1
    after = measured(browser)["reconstruction"]
    assert after != first
    button(figure, "Restart").click()
    assert (told(browser, "steps"), measured(browser)["reconstruction"]) == (0, first)
    button(figure, "New seed").click()
    assert measured(browser)["reconstruction"] != first
    assert "seed 2" in figure.text


def test_a_link_leads_back_to_the_experiment(browser, at):
    figure = at()
    Select(figure.find_element(By.CSS_SELECTOR, ".vae-lab-bar select")).select_by_value("gaussian")
    setting(figure, "beta", "input[type=range]").send_keys(Keys.ARROW_RIGHT)
    typed(figure, "variance", "0,25")
    button(figure, "Noise").click()
    ending = browser.run("return location.hash")
    assert ending == "#preset=gaussian&beta=1.5&noise=false&variance=0.25"
    button(figure, "Copy link").click()
    until(browser, "lab.said.includes('link')", "nothing is said of the link")
    assert figure.find_element(By.CSS_SELECTOR, ".vae-lab-link input").get_attribute("value").endswith(ending)
    wanted = told(browser, "settings")
    at(ending)
    assert told(browser, "settings") == wanted
    assert told(browser, "preset") == "gaussian"
    assert wanted["beta"] == 1.5
    assert wanted["variance"] == 0.25
    assert wanted["noise"] is False


def test_an_address_that_makes_no_sense_falls_back_and_says_so(browser, at):
    figure = at("#preset=no-kl&beta=banana&seed=4&colour=red")
    assert told(browser, "preset") == "no_kl"
    assert (told(browser, "settings.beta"), told(browser, "settings.seed")) == (0, 4)
    assert "banana" in note(figure)
    assert "“colour”" in note(figure)
    at("#preset=nowhere")
    assert told(browser, "preset") == "beta_one"


@pytest.mark.parametrize("text", ["NaN", "-1", "1e9", "much"])
def test_what_beta_cannot_be_is_refused_in_words(browser, figure, text):
    field = typed(figure, "beta", text)
    wrong = figure.find_element(By.CSS_SELECTOR, '[data-setting="beta"] .vae-error')
    assert wrong.text == f'Expected beta to be a number from 0 to 196, got "{text}". It stays as it was.'
    assert field.get_attribute("aria-invalid") is not None
    assert told(browser, "settings.beta") == 1
    typed(figure, "beta", "2.5")
    assert wrong.text == ""
    assert told(browser, "settings.beta") == 2.5


def test_a_training_that_breaks_ends_in_a_sentence_and_can_start_again(browser, at):
    figure = at("#learningRate=10")
    button(figure, "Play").click()
    until(browser, "!lab.running", "it trains on")
    assert "a learning rate of 10 is too much here" in note(figure)
    assert not button(figure, "Play").is_enabled()
    typed(figure, "learningRate", "0.003")
    assert "too much" in note(figure)
    button(figure, "Restart").click()
    button(figure, "Play").click()
    until(browser, "lab.steps > 20", "it does not train after a restart")
    assert note(figure) == ""


def test_what_needs_a_restart_waits_for_it_and_says_so(browser, figure):
    Select(setting(figure, "hidden", "select")).select_by_value("16")
    button(figure, "0").click()
    frame(browser)
    assert told(browser, "pending") == ["hidden", "digits"]
    assert note(figure) == "Waiting for a restart: the hidden width and which digits."
    button(figure, "Restart to apply").click()
    frame(browser)
    assert (told(browser, "pending"), note(figure)) == ([], "")
    assert len(measured(browser)["mu"]) == 2 * 9 * 50


def test_a_network_that_is_told_the_label_writes_that_digit(browser, at):
    figure = at("#preset=cvae")
    browser.run(f"{HANDLE}.step(300)")
    measured(browser)
    digits = figure.find_elements(By.CSS_SELECTOR, ".vae-lab-strip button")
    written = []
    for digit in (0, 1):
        digits[digit].click()
        written.append(canvases(browser, ".vae-lab-now")[0])
        assert f"written as a {digit}" in figure.text
    assert written[0] != written[1]
    assert "one for each label" in figure.text
    browser.run(f"{HANDLE}.open('beta_one')")
    measured(browser)
    digits[0].click()
    alone = canvases(browser, ".vae-lab-now")[0]
    digits[1].click()
    assert canvases(browser, ".vae-lab-now")[0] == alone


def test_a_drag_and_keys_decode_at_any_moment(browser, figure):
    button(figure, "Play").click()
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
    hand.move_by_offset(60, -40).release().perform()
    z = told(browser, "z")
    assert z[0] > 0.5
    assert z[1] > 0.3
    pad.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    frame(browser)
    step = told(browser, "z")[0]
    assert 0 < step <= 0.2
    assert pad.get_attribute("aria-valuetext") == f"z1 {step:.2f}, z2 0.00"
    assert told(browser, "running") is True
    button(figure, "Pause").click()
    strip = figure.find_element(By.CSS_SELECTOR, ".vae-lab-strip [aria-checked=true]")
    before = figure.find_element(By.CSS_SELECTOR, ".vae-lab-code").text
    strip.send_keys(Keys.ARROW_RIGHT)
    frame(browser)
    assert figure.find_element(By.CSS_SELECTOR, ".vae-lab-code").text != before


def test_one_latent_lies_on_a_line(browser, at):
    at("#latents=1")
    values = measured(browser)
    assert len(values["latents"]) == 1
    browser.run(f"{HANDLE}.z = [1, 2]")
    assert told(browser, "z") == [1, 0]
    browser.run(f"{HANDLE}.step(20)")
    assert measured(browser)["reconstruction"] < values["reconstruction"]


def test_it_stops_out_of_sight_and_says_so(browser, figure):
    browser.run("document.querySelector('main').style.paddingBottom = '4000px'")
    button(figure, "Play").click()
    browser.run("scrollTo({ top: 3900, behavior: 'instant' })")
    until(browser, "!lab.running", "it trains on out of sight")
    assert told(browser, "said") == "Paused while out of sight. Press Play to go on."


def test_it_is_painted_once_a_second_for_readers_who_want_little_motion(browser, figure):
    wish = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
    measured(browser)
    frames = told(browser, "frames")
    button(figure, "Play").click()
    browser.wait_for("setTimeout(arguments[0], 2500)")
    painted, steps = told(browser, "frames") - frames, told(browser, "steps")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert 1 <= painted <= 4
    assert steps > 2 * painted


@pytest.mark.parametrize("dark", [False, True])
def test_figure_fits_a_phone_and_follows_the_page_into_the_dark(browser, at, dark):
    figure = at("#preset=predicted-sigma", width=360, height=740, dark=dark)
    button(figure, "More settings").click()
    assert browser.run("return document.documentElement.scrollWidth") == 360
    assert browser.run("return document.querySelector('.vae-live').dataset.theme") == ("dark" if dark else "light")
    small = """
    return [...document.querySelectorAll("button, input, select")].filter((each) => each.getClientRects().length)
      .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
      .filter(([, { width, height }]) => height < 43.99 || width < 43.99).map(([what]) => what);
    """
    assert browser.run(small) == []


def test_only_the_first_of_a_page_has_the_address(browser, page, tmp_path):
    text = Path(unquote(urlparse(page).path)).read_text(encoding="utf-8")
    element = re.search(r"<main>(.*?)</main>", text, re.DOTALL).group(1)
    (tmp_path / "two.html").write_text(text.replace(element, element + element), "utf-8")
    browser.open(f"{(tmp_path / 'two.html').as_uri()}#preset=collapse")
    first, second = browser.run("return [...document.querySelectorAll('.vae-figure')].map((el) => el.vaeFigure.preset)")
    assert (first, second) == ("collapse", "beta_one")
    browser.run("document.querySelectorAll('.vae-figure')[1].vaeFigure.set('beta', 3)")
    assert browser.run("return location.hash") == "#preset=collapse"
