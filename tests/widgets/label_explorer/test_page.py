"""The label explorer in a browser: what the reader can do with it."""

import numpy as np
import pytest
import torch
from figure_page import figure_page, frame, pictures
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from vae_lib.checkpoints import load
from vae_lib.widgets import LabelExplorer


@pytest.fixture(scope="module")
def cvae():
    return load("cvae_2d")


@pytest.fixture(scope="module")
def page(tmp_path_factory, cvae):
    return figure_page(tmp_path_factory.mktemp("site"), LabelExplorer(cvae), payload="cvae_2d")


def settle(browser):
    """Wait until all ten pictures have followed."""
    for _ in range(6):
        frame(browser)


def tiles(figure):
    return figure.find_elements(By.CSS_SELECTOR, "[role=radiogroup] [role=radio]")


def chosen(figure):
    return [tile.text for tile in tiles(figure) if tile.get_attribute("aria-checked") == "true"]


def tile_pictures(browser):
    script = "return [...document.querySelectorAll('.vae-tiles canvas')].map((canvas) => canvas.toDataURL())"
    return browser.run(script)


def test_every_digit_is_the_one_pytorch_decodes(browser, figure, cvae):
    for z in [(0.0, 0.0), (1.5, -0.5), (-2.25, 0.75), (3.4, 3.4)]:
        browser.run("arguments[0].vaeFigure.z = arguments[1]", figure, z)
        came = browser.run("return [...Array(10).keys()].map((d) => [...arguments[0].vaeFigure.pixels(d)])", figure)
        expected = cvae.decode(torch.tensor([z] * 10), torch.arange(10)).sigmoid()
        torch.testing.assert_close(torch.tensor(came), expected, atol=2e-3, rtol=0)


def test_click_on_a_picture_chooses_its_digit(browser, figure):
    assert chosen(figure) == ["3"]
    before = pictures(browser)
    tiles(figure)[8].click()
    settle(browser)
    assert chosen(figure) == ["8"]
    assert browser.run("return arguments[0].vaeFigure.label", figure) == 8
    after = pictures(browser)
    assert before[0] != after[0]  # the held-out codes on the plane
    assert before[1] != after[1]  # the large picture
    assert before[2:] == after[2:]


@pytest.mark.parametrize("place", [".vae-pad", "input[type=range]", "[role=radio][aria-checked=true]"])
def test_number_keys_choose_the_digit_wherever_the_focus_is(browser, figure, place):
    focused = figure.find_element(By.CSS_SELECTOR, place)
    browser.run("arguments[0].focus()", focused)
    for key in "705":
        ActionChains(browser.driver).send_keys(key).perform()
        frame(browser)
        assert chosen(figure) == [key]
    ActionChains(browser.driver).send_keys("x").key_down(Keys.CONTROL).send_keys("2").key_up(Keys.CONTROL).perform()
    assert chosen(figure) == ["5"]


def test_arrow_keys_go_round_the_ten_digits_and_tab_leaves_them(browser, figure):
    browser.run("arguments[0].focus()", tiles(figure)[3])
    ActionChains(browser.driver).send_keys(Keys.ARROW_LEFT * 4).perform()
    frame(browser)
    assert chosen(figure) == ["9"]
    assert browser.run("return document.activeElement.textContent") == "9"
    ActionChains(browser.driver).send_keys(Keys.ARROW_RIGHT).perform()
    assert chosen(figure) == ["0"]
    assert [tile.get_attribute("tabindex") for tile in tiles(figure)] == ["0"] + ["-1"] * 9


def test_dragging_writes_all_ten_digits_in_another_hand(browser, figure):
    before = tile_pictures(browser)
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold().move_by_offset(
        90, -60
    ).release().perform()
    settle(browser)
    z1, z2 = browser.run("return arguments[0].vaeFigure.z", figure)
    assert z1 > 0 < z2
    assert all(one != other for one, other in zip(before, tile_pictures(browser), strict=True))
    # What the pictures show is what is decoded there, and not where the drag began.
    shown = tile_pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    settle(browser)
    browser.run("document.documentElement.dataset.theme = 'light'")
    settle(browser)
    assert tile_pictures(browser) == shown


def test_screen_reader_is_told_the_digit_and_z(browser, figure):
    tiles(figure)[6].click()
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert said == "A 6, decoded at z = (0.00, 0.00)."
    assert figure.find_element(By.CSS_SELECTOR, ".vae-image[role=img]").get_attribute("aria-label") == said


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    settle(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_plane_picture_and_digits_follow_each_other_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (plane,), (row,) = (browser.run(boxes, each) for each in (".vae-pad", ".vae-tiles"))
    assert row["bottom"] - plane["top"] <= 740
    touched = browser.run(boxes, ".vae-live button, .vae-live input")
    assert len(touched) == 12
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in touched)
    assert browser.run("return document.scrollingElement.scrollWidth") == 360


def test_first_digit_and_frames_come_in_time(browser, page, record_property):
    browser.open(page)
    drag = """
    const [figure, done] = [document.querySelector(".vae-figure").vaeFigure, arguments[0]];
    let turn = 0;
    const step = () => {
      figure.z = [Math.cos(turn / 10), Math.sin(turn / 10)];
      if (turn++ < 60) requestAnimationFrame(step);
      else done([figure.firstDigitAt, ...figure.frameMs.slice(-50)]);
    };
    step();
    """
    first, *frames = browser.wait_for(drag)
    median = float(np.median(frames))
    record_property("measured", f"label explorer: first digit {first:.0f} ms, {median:.1f} ms a frame (median)")
    assert first < 2000
    assert median < 20
