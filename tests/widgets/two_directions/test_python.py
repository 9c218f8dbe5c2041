"""The figure of both directions of KL: its Python side, and in a browser what the reader can do with it."""

import io
import json
import math
import re

import numpy as np
import pytest
import torch
import traitlets
from figure_page import figure_page, frame, pictures, values
from PIL import Image
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.two_directions.reference import divergence, log_normal, mixture
from vae_lib.widgets import TwoDirections, bundle, directions_still
from vae_lib.widgets.two_directions import BOUNDS, EXTENT, LONGEST_STEP

TARGET = {"left": -2.0, "right": 2.0, "weight": 0.6, "width": 0.5}


def test_fits_are_priced_as_pytorch_prices_them():
    figure = TwoDirections(mu=0.6)
    log_p = mixture(**TARGET).log_prob(torch.linspace(-60, 60, 240_001, dtype=torch.float64))
    for fit in (figure.forward, figure.reverse):
        log_q = log_normal(torch.tensor([fit.mu, fit.log_var], dtype=torch.float64))
        assert fit.forward == pytest.approx(divergence(log_p, log_q).item(), rel=1e-6)
        assert fit.reverse == pytest.approx(divergence(log_q, log_p).item(), rel=1e-4)
    moments = mixture(**TARGET)
    assert figure.forward[:2] == pytest.approx((moments.mean.item(), moments.variance.log().item()))
    assert f"KL(p ‖ q) = {figure.forward.forward:.2f}" in figure.alt_text()


@pytest.mark.parametrize(("mu", "hump", "price"), [(-1.0, -2, -math.log(0.6)), (0.6, 2, -math.log(0.4))])
def test_descent_ends_in_the_hump_on_its_side_and_pays_for_its_weight(mu, hump, price):
    fit = TwoDirections(mu=mu).reverse
    assert fit.mu == pytest.approx(hump, abs=1e-3)
    assert fit.log_var == pytest.approx(2 * math.log(0.5), abs=5e-3)
    assert fit.reverse == pytest.approx(price, abs=2e-3)


def test_near_humps_are_covered_from_every_start():
    ends = [TwoDirections(left=-1, right=1, width=0.6, mu=mu, log_var=-1).reverse.mu for mu in (-3, -1, 0, 1, 3)]
    assert np.ptp(ends) < 1e-4


def test_notebook_stores_a_small_element_without_payload_and_the_same_the_second_time():
    data, _ = TwoDirections(mu=0.6)._repr_mimebundle_()
    assert data["text/plain"] == "TwoDirections(left=-2.00, right=2.00, weight=0.60, width=0.50, mu=0.60, log_var=0.00)"
    assert 'data-figure="two-directions" data-payload="" data-sha256=""' in data["text/html"]
    assert json.loads(re.search(r"data-state='([^']*)'", data["text/html"])[1]) == {**TARGET, "mu": 0.6, "log_var": 0.0}
    assert len(data["text/html"]) < 1000
    again, _ = TwoDirections(mu=0.6)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", "text/html", "image/png"))


@pytest.mark.parametrize("name", [*BOUNDS, "mu", "log_var"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -9.0, 9.0, "1", None])
def test_what_the_figure_cannot_show_is_refused_by_name(name, value):
    figure = TwoDirections()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(figure, name, value)


def test_still_picture_is_small_and_shows_where_the_descent_ends():
    blue = np.array([int(directions_still.REVERSE[k : k + 2], 16) for k in (1, 3, 5)])
    columns = []
    for mu in (-1.0, 1.0):
        png = TwoDirections(mu=mu).still()
        assert len(png) <= 40_000
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        # The peak of the blue bell: on the right half, under the legend.
        panel = picture[picture.shape[0] // 7 : picture.shape[0] // 3, picture.shape[1] // 2 :]
        _, at = np.nonzero(np.abs(panel - blue).sum(axis=2) < 40)
        columns.append(at.mean() / panel.shape[1])
    assert columns[0] < 0.45 < 0.6 < columns[1]


def test_both_sides_agree_on_bounds_steps_and_colours():
    front_end = (bundle.STATIC / "two-directions.figure.mjs").read_text("utf-8")
    assert f"const EXTENT = [{', '.join(f'{each:g}' for each in EXTENT)}];" in front_end
    bounds = ", ".join(f"{name}: [{low:g}, {high:g}]" for name, (low, high) in BOUNDS.items())
    assert f"const BOUNDS = {{ {bounds} }};" in front_end
    assert f"const LONGEST_STEP = {LONGEST_STEP};" in (bundle.STATIC / "two_directions.mjs").read_text("utf-8")
    light = re.search(r"light: \{(.*?)\}", (bundle.STATIC / "directions_picture.mjs").read_text("utf-8"))[1]
    assert all(f'"{colour}"' in light for colour in (directions_still.FORWARD, directions_still.REVERSE))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return figure_page(tmp_path_factory.mktemp("site"), TwoDirections(mu=0.6))


def place(browser, figure, z):
    browser.run("arguments[0].vaeFigure.z = arguments[1]", figure, list(z))
    frame(browser)


@pytest.mark.parametrize("start", [(0.6, 0.0), (-1.0, 0.0), (3.9, 2.9), (-4.0, -3.0), (-0.3, 1.2)])
def test_page_and_python_find_the_same_fits(browser, figure, start):
    place(browser, figure, start)
    python, shown = TwoDirections(mu=start[0], log_var=start[1]), values(browser)
    for name, fit in (("forward", python.forward), ("reverse", python.reverse)):
        assert [shown[name][key] for key in ("mu", "logVar")] == pytest.approx(fit[:2], abs=1e-4)
        assert [shown[name][key] for key in ("forward", "reverse")] == pytest.approx(fit[2:], rel=1e-4)
    numbers = [float(cell.text) for cell in figure.find_elements(By.CSS_SELECTOR, "td")]
    assert numbers == pytest.approx([*python.forward[2:], *python.reverse[2:]], abs=6e-4, rel=1e-3)


def test_dragging_the_start_over_the_border_changes_the_reverse_fit_and_not_the_forward_one(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    before, drawn = values(browser), pictures(browser)
    ActionChains(browser.driver, duration=50).move_to_element_with_offset(pad, -60, 20).click().perform()
    frame(browser)
    after = values(browser)
    assert before["reverse"]["mu"] > 1.9
    assert after["reverse"]["mu"] < -1.9
    assert after["forward"] == before["forward"]
    assert all(one != other for one, other in zip(drawn, pictures(browser), strict=True))
    assert "the best of them" in figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text


def test_dragging_a_hump_moves_both_fits(browser, figure):
    place(browser, figure, (2.0, -1.0))
    density = figure.find_element(By.CSS_SELECTOR, ".vae-fits canvas")
    before, drawn = values(browser), pictures(browser)
    width = density.size["width"]
    hand = ActionChains(browser.driver, duration=50).move_to_element_with_offset(density, int(0.2 * width), 0)
    hand.click_and_hold().move_by_offset(int(0.08 * width), 0).release().perform()
    frame(browser)
    after = values(browser)
    assert after["forward"]["mu"] > before["forward"]["mu"] + 0.1
    assert after["reverse"]["mu"] > before["reverse"]["mu"] + 0.4
    assert all(one != other for one, other in zip(drawn, pictures(browser), strict=True))


def test_humps_pushed_together_by_keys_leave_one_valley(browser, figure):
    left, right, *_ = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")
    assert left.get_attribute("aria-label") == "centre of the left hump"
    assert len(values(browser)["valleys"]) == 3
    for slider, key in ((left, Keys.ARROW_RIGHT), (right, Keys.ARROW_LEFT)):
        slider.send_keys(*[Keys.SHIFT + key] * 3)
    frame(browser)
    shown = values(browser)
    assert len(shown["valleys"]) == 1
    assert figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text.startswith("One valley")
    assert shown["reverse"]["mu"] == pytest.approx(shown["valleys"][0]["mu"], abs=1e-3)


def test_screen_reader_gets_both_fits_once_the_start_rests(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    pad.send_keys(Keys.ARROW_RIGHT)
    browser.wait_for("setTimeout(arguments[0], 1000)")
    assert pad.get_attribute("aria-valuetext") == "mu 0.70, log variance 0.00"
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert said.startswith(
        "Forward fit: mean −0.40, standard deviation 2.02, KL of p to q 0.724, KL of q to p 2.103 nats."
    )
    assert "3 valleys: this start finds the one at μ = 2.00" in said


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_first_paint_comes_soon(browser, figure, record_property):
    first = browser.run("return arguments[0].vaeFigure.firstPaintAt", figure)
    record_property("measured", f"two-directions: first paint {first:.0f} ms after the page was asked for")
    assert first < 2000


def test_on_a_phone_plane_and_densities_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (plane,), (fits,) = browser.run(boxes, ".vae-pad"), browser.run(boxes, ".vae-fits")
    assert fits["top"] >= plane["bottom"]
    assert fits["bottom"] - plane["top"] <= 740
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
