"""The figure of the KL divergence in a browser: what the reader can do with it, and what it then shows."""

import math
import re

import pytest
from figure_page import figure_page, frame, pictures
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from torch.distributions import Normal, kl_divergence

from vae_lib.widgets import KLDivergence


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return figure_page(tmp_path_factory.mktemp("site"), KLDivergence(mu=1.0, log_var=-1.0))


def place(browser, figure, z):
    browser.run("arguments[0].vaeFigure.z = arguments[1]", figure, list(z))
    frame(browser)


def readings(figure):
    return [each.text.replace("−", "-") for each in figure.find_elements(By.CSS_SELECTOR, ".vae-reading")]


@pytest.mark.parametrize("z", [(1.0, -1.0), (0.0, 0.0), (2.75, -4.0), (-0.3, 1.5), (0.0, -3.99)])
def test_number_is_the_closed_form_and_the_areas_make_it(browser, figure, z):
    place(browser, figure, z)
    q, p = Normal(z[0], math.exp(0.5 * z[1])), Normal(0.0, 1.0)
    for text, expected in zip(readings(figure)[1:], (kl_divergence(q, p), kl_divergence(p, q)), strict=True):
        # Both areas end the line; neither is signed but by the minus between them.
        number, above, below = (float(each) for each in re.findall(r"\d+\.\d+", text))
        assert number == pytest.approx(expected.item(), abs=6e-4, rel=1e-5)
        assert above - below == pytest.approx(number, abs=2e-3)
    assert f"N({z[0]:.2f}, {math.exp(0.5 * z[1]):.2f}²)" in readings(figure)[0]


def test_dragging_moves_q_and_redraws_every_picture(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    before, drawn, numbers = browser.run("return arguments[0].vaeFigure.z", figure), pictures(browser), readings(figure)
    hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
    hand.move_by_offset(-60, -40).release().perform()
    frame(browser)
    after = browser.run("return arguments[0].vaeFigure.z", figure)
    assert after[0] < before[0]
    assert after[1] > before[1]
    assert all(one != other for one, other in zip(drawn, pictures(browser), strict=True))
    assert all(one != other for one, other in zip(numbers, readings(figure), strict=True))


def test_keys_on_the_plane_and_on_the_sliders_move_q_and_home_leads_to_the_prior(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    pad.send_keys(Keys.ARROW_LEFT, Keys.ARROW_UP, Keys.SHIFT + Keys.ARROW_UP)
    frame(browser)
    assert browser.run("return arguments[0].vaeFigure.z", figure) == [0.9, -0.4]
    assert pad.get_attribute("aria-valuetext") == "mu 0.90, log variance −0.40"
    mean, log_variance = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")
    mean.send_keys(Keys.ARROW_RIGHT)
    log_variance.send_keys(Keys.ARROW_DOWN)
    frame(browser)
    assert browser.run("return arguments[0].vaeFigure.z", figure) == [1.0, -0.5]
    assert [each.get_attribute("aria-label") for each in (mean, log_variance)] == [
        "mean mu of q",
        "log variance of q",
    ]
    pad.send_keys(Keys.HOME)
    frame(browser)
    assert all(" = 0.000 nats" in text for text in readings(figure)[1:])


def test_plane_shows_the_lines_of_either_direction(browser, figure):
    button = figure.find_element(By.CSS_SELECTOR, "button")
    plane, *curves = pictures(browser)
    button.click()
    frame(browser)
    other, *same = pictures(browser)
    assert button.get_attribute("aria-pressed") == "true"
    assert other != plane
    assert same == curves
    button.click()
    frame(browser)
    assert pictures(browser)[0] == plane


def test_arrow_vanishes_at_the_prior_and_nowhere_near(browser, figure):
    inked = """
    const canvas = document.querySelector(".vae-pad canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let blue = 0;
    for (let k = 0; k < data.length; k += 4) if (data[k] < 40 && data[k + 2] > 150 && data[k + 3] > 200) blue++;
    return blue;
    """
    amounts = []
    for z in ((0, 0), (1, 0), (0, 1), (0, -2), (-2, -2)):
        place(browser, figure, z)
        amounts.append(browser.run(inked))
    assert all(amount > amounts[0] + 40 for amount in amounts[1:])


def test_screen_reader_gets_the_numbers_once_q_rests(browser, figure):
    figure.find_element(By.CSS_SELECTOR, ".vae-pad").send_keys(Keys.ARROW_RIGHT)
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert said.startswith("q has mean 1.10 and standard deviation 0.61. KL of q to p: ")
    assert figure.find_element(By.CSS_SELECTOR, ".vae-curves").get_attribute("aria-label") == said


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_plane_and_curves_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (plane,), (curves,) = browser.run(boxes, ".vae-pad"), browser.run(boxes, ".vae-curves")
    assert curves["top"] >= plane["bottom"]
    assert curves["bottom"] - plane["top"] <= 740
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
