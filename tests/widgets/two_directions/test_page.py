"""The figure of both directions of KL in a browser: what the reader can do with it, and what it then shows."""

import pytest
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from vae_lib.widgets import TwoDirections


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
