"""The figure of relaxed draws: in Python against autograd, as it is stored, and in a browser under the hand."""

import json
import re

import numpy as np
import pytest
import traitlets
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.simplex_temperature.reference import SETTINGS, simplex_case
from vae_lib.widgets import SimplexTemperature, bundle, simplex_still, simplex_temperature

FRONT_END = (bundle.STATIC / "simplex-temperature.figure.mjs").read_text(encoding="utf-8")


@pytest.mark.parametrize(("logits", "temperature"), SETTINGS)
def test_draws_are_those_of_pytorch_and_the_slopes_those_of_autograd(logits, temperature):
    came = SimplexTemperature(logits=logits, temperature=temperature, seed=3).draws()
    expected = simplex_case(logits, temperature, 3, count=simplex_temperature.DRAWS)
    for name in ("probabilities", "points", "slopes"):
        np.testing.assert_allclose(getattr(came, name), expected[name], rtol=1e-9, atol=1e-9)
    assert came.winners.tolist() == expected["winners"]
    assert came.exact == pytest.approx(expected["gradient"]["exact"])


def test_wins_do_not_depend_on_the_temperature():
    wins = [SimplexTemperature(temperature=each).draws().won for each in (0, 0.05, 1, 3)]
    assert wins == wins[:1] * 4
    assert sum(wins[0]) == simplex_temperature.DRAWS


def test_front_end_has_the_same_constants_and_colours():
    assert f"const BOUND = {simplex_temperature.BOUND:g};" in FRONT_END
    assert f"const HOTTEST = {simplex_temperature.HOTTEST:g};" in FRONT_END
    assert f"const DRAWS = {simplex_temperature.DRAWS};" in FRONT_END
    assert json.loads(re.search(r"const TRAITS = (.*);", FRONT_END)[1]) == list(SimplexTemperature().state())
    light = re.search(
        r"light: \{ classes: (\[.*?\]), mean: \"(.*?)\"", (bundle.STATIC / "simplex_picture.mjs").read_text()
    )
    assert (tuple(json.loads(light[1])), light[2]) == (simplex_still.CLASSES, simplex_still.MEAN)


def test_notebook_stores_a_small_element_a_line_of_text_and_a_picture_the_same_the_second_time():
    figure = SimplexTemperature(logits=(1, 0, -1), temperature=0.25)
    data, metadata = figure._repr_mimebundle_()
    assert data["text/plain"] == "SimplexTemperature(temperature=0.25, logits=(1.00, 0.00, -1.00))"
    assert len(data["text/html"]) < 1100
    assert 'data-payload="" data-sha256=""' in data["text/html"]
    assert metadata["image/png"]["alt"] == figure.alt_text()
    assert json.loads(re.search(r"data-state='(.*?)'", data["text/html"])[1]) == figure.state()
    again, _ = SimplexTemperature(logits=(1, 0, -1), temperature=0.25)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", "text/html", "image/png"))


@pytest.mark.parametrize("temperature", [0.0, 0.5, 3.0])
def test_still_picture_is_small_and_says_what_it_shows(temperature):
    figure = SimplexTemperature(temperature=temperature)
    picture = figure.still()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) <= 40_000
    draws = figure.draws()
    assert f"the draws' mean {draws.slopes.mean():.2f}" in figure.alt_text()


@pytest.mark.parametrize(
    ("trait", "value", "error", "message"),
    [
        ("logits", (0, 4, 0), ValueError, "expected logits to be three numbers from -3 to 3, got"),
        ("logits", (0, 0), ValueError, "three numbers"),
        ("logits", 1.0, TypeError, "three numbers"),
        ("logits", (float("nan"), 0, 0), ValueError, "three numbers"),
        ("temperature", -0.1, traitlets.TraitError, "temperature"),
        ("temperature", 4.0, traitlets.TraitError, "temperature"),
        ("temperature", float("nan"), traitlets.TraitError, "temperature"),
        ("seed", -1, traitlets.TraitError, "seed"),
    ],
)
def test_values_that_make_no_sense_are_refused_and_leave_the_figure_as_it_was(trait, value, error, message):
    figure = SimplexTemperature()
    before = figure.state()
    with pytest.raises(error, match=message):
        setattr(figure, trait, value)
    assert figure.state() == before


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
