"""The figure of models trained at several β in a browser: what the reader can do with it, and what it then shows."""

import pytest
import torch
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.beta_family.reference import BETAS, DISTORTIONS, PICKED, RATES, small_family, strip
from vae_lib.widgets import BetaFamily
from vae_lib.widgets.beta_family import DRAWS, SEED


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    widget = BetaFamily(small_family(), beta=0.5)
    return figure_page(tmp_path_factory.mktemp("site"), widget, payload="a_family")


def put(browser, figure, **traits):
    browser.run("Object.assign(arguments[0].vaeFigure, arguments[1])", figure, traits)
    frame(browser)


def strips(browser, figure):
    """The two rows of digits, as decoded."""
    return browser.run("return arguments[0].vaeFigure.pixels().map((row) => [...row])", figure)


def test_every_number_and_digit_is_the_models(browser, figure):
    z = torch.randn(DRAWS, len(PICKED), 2, generator=torch.Generator().manual_seed(SEED)).half().float()
    for k, (beta, model) in enumerate(zip(BETAS, small_family().values(), strict=True)):
        put(browser, figure, beta=beta, draw=k)
        expected = {"distortion": DISTORTIONS[k], "rate": RATES[k], "loss": DISTORTIONS[k] + RATES[k]}
        assert values(browser) == pytest.approx(expected)
        text = figure.find_element(By.CSS_SELECTOR, "dl").text
        assert all(f"{number:.1f} nats" in text for number in expected.values())
        came = torch.tensor(strips(browser, figure))
        torch.testing.assert_close(
            came[0], strip(model, model.card.held_out_codes[PICKED]).flatten(), atol=2e-3, rtol=0
        )
        torch.testing.assert_close(came[1], strip(model, z[k]).flatten(), atol=2e-3, rtol=0)


def test_slider_goes_through_the_family_and_all_pictures_follow(browser, figure):
    slider = figure.find_element(By.CSS_SELECTOR, "input[type=range]")
    for key, beta in ((Keys.ARROW_RIGHT, 1.0), (Keys.END, 4.0), (Keys.HOME, 0.5), (Keys.PAGE_UP, 4.0)):
        before = pictures(browser)
        slider.send_keys(key)
        frame(browser)
        assert browser.run("return arguments[0].vaeFigure.beta", figure) == beta
        assert all(one != other for one, other in zip(before, pictures(browser), strict=True))
        assert slider.get_attribute("aria-valuetext") == f"{beta:g}"
    assert slider.get_attribute("aria-label") == "price beta of a nat"


def test_dragging_the_slider_changes_the_model(browser, figure):
    slider = figure.find_element(By.CSS_SELECTOR, "input[type=range]")
    browser.run("arguments[0].scrollIntoView({block: 'center'})", slider)
    hand = ActionChains(browser.driver, duration=50)
    hand.move_to_element_with_offset(slider, -slider.size["width"] // 2 + 10, 0).click_and_hold()
    hand.move_by_offset(slider.size["width"] - 20, 0).release().perform()
    frame(browser)
    assert browser.run("return arguments[0].vaeFigure.beta", figure) == BETAS[-1]


def test_button_draws_other_samples_and_comes_round(browser, figure):
    button = figure.find_element(By.CSS_SELECTOR, "button")
    first = strips(browser, figure)
    button.click()
    frame(browser)
    second = strips(browser, figure)
    assert second[0] == first[0]
    assert second[1] != first[1]
    put(browser, figure, draw=DRAWS - 1)
    button.send_keys(Keys.ENTER)
    frame(browser)
    assert strips(browser, figure) == first


def test_screen_reader_gets_the_numbers_once_they_rest(browser, figure):
    figure.find_element(By.CSS_SELECTOR, "input[type=range]").send_keys(Keys.END)
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert said == "At beta 4: distortion 20.0 nats, rate 1.5 nats, together 21.5 nats."
    labels = [each.get_attribute("aria-label") for each in figure.find_elements(By.CSS_SELECTOR, "canvas")]
    assert len(labels) == 4
    assert all("beta 4" in label or "At beta 4" in label for label in labels)
    assert "held-out codes of 0, 3, 7" in labels[0]


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_digits_and_slider_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=640)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (weight,), (rows,) = browser.run(boxes, ".vae-weight"), browser.run(boxes, ".vae-rows")
    assert rows["top"] >= weight["bottom"] - 1
    assert rows["bottom"] - weight["top"] <= 640
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
