"""The figure of two decoders on one plane in a browser: what a reader can do with it, and what it then shows."""

import numpy as np
import pytest
import torch
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.two_decoders.reference import pair
from vae_lib.models import VAE
from vae_lib.widgets import TwoDecoders


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    figure = TwoDecoders(*pair())
    figure.payload_name = "tiny"  # weights of no checkpoint, which the page offers under a name all the same
    return figure_page(tmp_path_factory.mktemp("site"), figure, payload="tiny")


def pad_of(figure):
    return figure.find_element(By.CSS_SELECTOR, ".vae-pad")


def test_browser_shows_what_both_models_decode(browser, figure):
    left, right = pair()
    for z in ([0.0, 0.0], [1.3, -2.1], [-3.0, 3.0]):
        browser.run("arguments[0].vaeFigure.z = arguments[1]", figure, z)
        frame(browser)
        came = browser.run("return arguments[0].vaeFigure.pixels()", figure)
        with torch.no_grad():
            expected = [left.decode(torch.tensor([z])).sigmoid()[0], right(torch.tensor([z]))[0]]
        np.testing.assert_allclose(came, torch.stack(expected), atol=2e-3)
        difference = (expected[0] - expected[1]).abs().mean().item()
        assert values(browser)["difference"] == pytest.approx(difference, abs=2e-3)


def test_browser_draws_pictures_in_their_shape(browser, tmp_path):
    torch.manual_seed(3)
    left, right = (VAE(2, (6,), image=(1, 4, 9)) for _ in range(2))
    shown = TwoDecoders(left, right, z=(0.7, -0.4))
    shown.payload_name = "oblong"
    browser.open(figure_page(tmp_path, shown, payload="oblong"))
    came = browser.run("return document.querySelector('.vae-figure').vaeFigure.pixels()")
    with torch.no_grad():
        expected = torch.cat([model.decode(torch.tensor([[0.7, -0.4]])).sigmoid() for model in (left, right)])
    np.testing.assert_allclose(came, expected, atol=2e-3)
    sizes = "return [...document.querySelectorAll('.vae-image')].map((each) => [each.height, each.width])"
    assert browser.run(sizes) == [[4, 9], [4, 9]]
    before = pictures(browser)[0]
    browser.driver.find_element(By.XPATH, "//button[starts-with(text(), 'Plane of')]").click()
    browser.wait_for("setTimeout(arguments[0], 800)")
    assert pictures(browser)[0] != before
    assert browser.complaints() == []


def test_pointer_and_keys_move_the_one_code_and_both_pictures_follow(browser, figure):
    before = pictures(browser)
    ActionChains(browser.driver, duration=50).move_to_element_with_offset(pad_of(figure), 40, -30).click().perform()
    frame(browser)
    z = values(browser)["z"]
    assert z[0] > 0.2
    assert z[1] > 0.2
    changed = [one != other for one, other in zip(before, pictures(browser), strict=True)]
    assert changed == [False, True, True]
    pad_of(figure).send_keys(Keys.HOME, Keys.ARROW_RIGHT, Keys.SHIFT + Keys.ARROW_DOWN)
    assert values(browser)["z"] == pytest.approx([0.05, -0.25])
    assert pad_of(figure).get_attribute("aria-valuetext") == "z1 0.050, z2 −0.250"
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    percent = round(100 * values(browser)["difference"])
    assert said == (
        f"Decoded at z = (0.050, −0.250): the two pictures differ by {percent} percent of a grey level on average."
    )


def test_sliders_reach_each_coordinate(browser, figure):
    across, up = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")
    across.send_keys(Keys.ARROW_LEFT)
    up.send_keys(Keys.PAGE_UP)
    assert values(browser)["z"] == pytest.approx([-0.05, 0.25])


def test_plane_can_be_filled_by_either_decoder_and_emptied_again(browser, figure):
    bare = pictures(browser)[0]
    vae, gan = figure.find_elements(By.CSS_SELECTOR, "button")
    seen = []
    for button, shown in ((vae, 0), (gan, 1)):
        button.click()
        browser.wait_for("setTimeout(arguments[0], 1500)")
        assert values(browser)["shown"] == shown
        seen.append(pictures(browser)[0])
        assert [each.get_attribute("aria-pressed") for each in (vae, gan)].index("true") == shown
    assert len({bare, *seen}) == 3
    gan.click()
    frame(browser)
    assert values(browser)["shown"] is None
    assert pictures(browser)[0] == bare


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_nothing_is_wider_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    left, right = browser.run(boxes, ".vae-image")
    assert abs(left["top"] - right["top"]) <= 1
    assert left["width"] == pytest.approx(right["width"], abs=1)
    assert left["width"] > 120
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
    assert browser.run("return document.querySelector('.vae-figure').vaeFigure.firstPaintAt") < 2000
