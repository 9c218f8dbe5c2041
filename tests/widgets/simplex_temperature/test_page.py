"""The figure of relaxed draws in a browser, under the hand: it shows what Python computes."""

import numpy as np
import pytest
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from vae_lib.widgets import SimplexTemperature


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return figure_page(tmp_path_factory.mktemp("site"), SimplexTemperature())


def agrees(shown, python):
    draws = python.draws()
    assert shown["won"] == draws.won
    np.testing.assert_allclose(shown["probabilities"], draws.probabilities, rtol=1e-9)
    np.testing.assert_allclose(shown["mean"], draws.points.mean(axis=0), rtol=1e-9)
    gradient = [draws.exact, draws.slopes.mean(), draws.slopes.std(ddof=1)]
    np.testing.assert_allclose([shown["gradient"][key] for key in ("exact", "mean", "deviation")], gradient, rtol=1e-9)


def slider(figure, label):
    return figure.find_element(By.CSS_SELECTOR, f"input[aria-label='{label}']")


def test_page_shows_what_python_computes(browser, figure):
    python = SimplexTemperature()
    agrees(values(browser), python)
    cells = [float(cell.text) for cell in figure.find_elements(By.CSS_SELECTOR, "td")]
    draws = python.draws()
    rows = zip(draws.probabilities, np.array(draws.won) / 300, draws.points.mean(axis=0), strict=True)
    assert cells == pytest.approx([number for row in rows for number in row], abs=6e-4)


def test_temperature_moves_by_keys_down_to_the_exact_limit_and_the_wins_stay(browser, figure):
    hot, drawn, before = slider(figure, "temperature"), pictures(browser), values(browser)
    hot.send_keys(Keys.ARROW_RIGHT)
    agrees(values(browser), SimplexTemperature(temperature=0.6))
    hot.send_keys(*[Keys.PAGE_DOWN] * 2)
    after = values(browser)
    agrees(after, SimplexTemperature(temperature=0.0))
    assert after["won"] == before["won"]
    assert pictures(browser)[0] != drawn[0]
    assert "every draw is a corner" in figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text


def test_dragging_the_ring_moves_the_probabilities_and_a_slider_one_logit(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    ActionChains(browser.driver, duration=50).move_to_element_with_offset(pad, 60, 70).click().perform()
    shown = values(browser)
    logits = browser.run("return [...arguments[0].vaeFigure.z]", figure)
    assert shown["probabilities"][1] == max(shown["probabilities"])
    agrees(shown, SimplexTemperature(logits=logits))
    assert "class 2 0." in pad.get_attribute("aria-valuetext")
    slider(figure, "logit of class 3").send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    third = browser.run("return arguments[0].vaeFigure.z[2]", figure)
    agrees(values(browser), SimplexTemperature(logits=(*logits[:2], third)))
    pad.send_keys(Keys.HOME)
    assert browser.run("return [...arguments[0].vaeFigure.z]", figure) == pytest.approx([0, 0, 0], abs=0.011)


def test_arrow_keys_on_the_triangle_move_towards_the_right_corner(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    before = values(browser)["probabilities"]
    pad.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    after = values(browser)["probabilities"]
    assert after[1] > before[1] + 0.02
    assert after[0] < before[0] - 0.02


def test_new_draws_are_other_draws(browser, figure):
    before = values(browser)
    figure.find_element(By.TAG_NAME, "button").click()
    after = values(browser)
    assert after["won"] != before["won"]
    agrees(after, SimplexTemperature(seed=2))


def test_screen_reader_hears_the_wins_and_the_gradient_once_the_value_rests(browser, figure):
    slider(figure, "temperature").send_keys(Keys.ARROW_RIGHT)
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert said.startswith("Temperature 0.60. Wins of 300 draws: class 1 ")
    assert "Gradient of P(class 1)" in said


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_first_paint_comes_soon_and_a_frame_is_short(browser, figure, record_property):
    first = browser.run("return arguments[0].vaeFigure.firstPaintAt", figure)
    times = browser.run(
        "const el = arguments[0]; return Array.from({ length: 40 }, (_, i) => { const began = performance.now();"
        "el.vaeFigure.z = [i / 20 - 1, 0.5, 0]; el.vaeFigure.values(); return performance.now() - began; });",
        figure,
    )
    middle = sorted(times)[20]
    record_property("measured", f"simplex-temperature: first paint {first:.0f} ms, draws computed in {middle:.1f} ms")
    assert first < 2000
    assert middle < 20


def test_on_a_phone_all_can_be_touched_and_nothing_scrolls_sideways(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
