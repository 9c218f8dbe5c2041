"""The figure of the noise between two pulls in a browser: what the reader can do with it, and what it then shows."""

import math

import pytest
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.noise_balance.reference import pulls, rest
from vae_lib.widgets import NoiseBalance
from vae_lib.widgets.noise_balance import SIGMAS


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return figure_page(tmp_path_factory.mktemp("site"), NoiseBalance(weight=2.0, variance=1.0, sigma=1.0))


def written(figure):
    """The pulls as they are read, negative for those that point to the left."""
    texts = [each.text for each in figure.find_elements(By.CSS_SELECTOR, ".vae-pulls .vae-number")]
    return [-float(text[1:]) if text.startswith("←") else float(text.rstrip("→ ")) for text in texts]


def let_go(browser, figure):
    """Press the button and wait until the point has come to rest."""
    button = figure.find_element(By.XPATH, ".//button[1]")
    button.click()
    arrived = """
    const [button, done] = arguments;
    const look = () => (button.textContent === "Let go" ? done() : setTimeout(look, 50));
    setTimeout(look, 100);
    """
    browser.wait_for(arrived, button)


@pytest.mark.parametrize("z", [-3.0, -0.8, 0.0, 0.5, 1.3])
def test_written_pulls_are_those_of_autograd(browser, figure, z):
    browser.run("arguments[0].vaeFigure.z = arguments[1]", figure, z)
    frame(browser)
    reconstruction, kl = pulls(2.0, 1.0, True, z)
    assert written(figure) == pytest.approx([reconstruction, kl, reconstruction + kl], abs=0.006)


def test_dragging_moves_sigma_across_and_redraws_both_pictures(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    drawn, numbers = pictures(browser), written(figure)
    hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
    hand.move_by_offset(-80, 0).perform()
    to_the_left = values(browser)["sigma"]
    ActionChains(browser.driver, duration=50).move_by_offset(0, 60).release().perform()
    assert values(browser)["sigma"] == to_the_left
    assert SIGMAS[0] < to_the_left < math.sqrt(SIGMAS[0] * SIGMAS[1])
    assert all(one != other for one, other in zip(drawn, pictures(browser), strict=True))
    assert written(figure) != numbers


def test_point_stays_in_the_picture(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    for across, end in ((-2, SIGMAS[0]), (2, SIGMAS[1])):
        width = pad.rect["width"]
        hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
        hand.move_by_offset(int(0.45 * across / 2 * width), 0).move_by_offset(40 * across // 2, 0).release().perform()
        assert values(browser)["sigma"] == pytest.approx(end, rel=1e-3)


def test_sliders_move_the_balance_where_the_theorem_puts_it(browser, figure):
    weight, variance = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")
    for slider, keys in ((weight, Keys.ARROW_RIGHT * 3), (variance, Keys.PAGE_DOWN * 2)):
        before, drawn = values(browser)["rest"], pictures(browser)
        slider.send_keys(keys)
        assert values(browser)["rest"] < before
        assert pictures(browser)[0] != drawn[0]
    assert values(browser)["rest"] == pytest.approx(math.exp(rest(2.3, 0.5)), rel=1e-6)


def test_let_go_with_the_kl_leads_into_balance_from_either_side(browser, figure):
    for z in (-2.5, 1.0):
        browser.run("arguments[0].vaeFigure.z = arguments[1]", figure, z)
        let_go(browser, figure)
        assert values(browser)["sigma"] == pytest.approx(1 / math.sqrt(5), rel=2e-3)
        reconstruction, kl, both = written(figure)
        assert kl == pytest.approx(-reconstruction, abs=0.011)
        assert abs(both) < 0.011
    assert figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text == "In balance."


def test_let_go_without_the_kl_leads_out_of_the_picture(browser, figure):
    toggle = figure.find_element(By.XPATH, ".//button[2]")
    toggle.click()
    assert values(browser)["rest"] == 0
    assert toggle.get_attribute("aria-pressed") == "false"
    let_go(browser, figure)
    assert values(browser)["sigma"] == pytest.approx(SIGMAS[0], rel=1e-3)
    assert "never stops" in figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text


def test_who_takes_the_point_stops_its_fall(browser, figure):
    button = figure.find_element(By.XPATH, ".//button[1]")
    button.click()
    assert button.text == "Stop"
    figure.find_element(By.CSS_SELECTOR, ".vae-pad").send_keys(Keys.HOME)
    assert button.text == "Let go"
    assert values(browser)["sigma"] == 1
    browser.wait_for("setTimeout(arguments[0], 200)")
    assert values(browser)["sigma"] == 1


def test_who_wants_no_motion_is_taken_there_at_once(browser, page):
    browser.open(page)
    wish = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
    browser.driver.find_element(By.XPATH, "//button[1]").click()
    assert values(browser)["sigma"] == pytest.approx(1 / math.sqrt(5))


def test_keys_and_voice_tell_where_sigma_is(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    pad.send_keys(Keys.ARROW_LEFT, Keys.SHIFT + Keys.ARROW_RIGHT, Keys.PAGE_UP, Keys.ARROW_DOWN)
    sigma = math.exp(0.05 * (-1 + 5 + 5 - 5))  # Shift is held to the end
    assert values(browser)["sigma"] == pytest.approx(sigma)
    said = pad.get_attribute("aria-valuetext")
    down = [f"{-each:.2f}" for each in pulls(2.0, 1.0, True, math.log(sigma))]
    assert said.startswith(f"Sigma {sigma:.3f}: the reconstruction pulls {down[0]} down, the KL {down[1]} down.")
    browser.wait_for("setTimeout(arguments[0], 1000)")
    assert browser.run("return document.querySelector('[role=status]').textContent") == said


def touch(browser, *path):
    """A finger that goes along these places of the screen."""
    kinds = ["touchStart", *["touchMove"] * (len(path) - 1), "touchEnd"]
    for kind, points in zip(kinds, [*([{"x": x, "y": y}] for x, y in path), []], strict=True):
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        frame(browser)


def test_a_finger_drags_across_and_scrolls_along(browser, page):
    browser.open(page, width=360, height=400)
    box = browser.run("return document.querySelector('.vae-pad').getBoundingClientRect()")
    x, y = box["left"] + box["width"] / 2, box["top"] + box["height"] / 2
    touch(browser, (x, y), (x, y - 20), (x, y - 60), (x, y - 120))
    assert browser.run("return scrollY") > 50
    assert values(browser)["sigma"] == 1
    browser.run("scrollTo(0, 0)")
    touch(browser, (x, y), (x - 20, y), (x - 60, y), (x - 100, y))
    assert browser.run("return scrollY") == 0
    assert values(browser)["sigma"] < 0.2
    touch(browser, (x + 100, y))
    assert values(browser)["sigma"] > 1
    assert browser.complaints() == []


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_curve_and_numbers_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (curve,), (verdict,) = browser.run(boxes, ".vae-pad"), browser.run(boxes, ".vae-verdict")
    assert curve["bottom"] <= verdict["top"]
    assert verdict["bottom"] - curve["top"] <= 740
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
