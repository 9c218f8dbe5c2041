"""The figure of the bubbles in a browser: what the reader can do with it, and what it then shows."""

import pytest
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.latent_bubbles.reference import BETAS, DIGITS, STEPS, small_recording
from vae_lib.distributions import kl_standard_normal
from vae_lib.widgets import LatentBubbles
from vae_lib.widgets.latent_bubbles import NEAR


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    widget = LatentBubbles(small_recording(), beta=0.0, step=1)
    return figure_page(tmp_path_factory.mktemp("site"), widget, payload="a_recording")


def put(browser, figure, **traits):
    browser.run("Object.assign(arguments[0].vaeFigure, arguments[1])", figure, traits)
    frame(browser)


def state(browser, figure):
    return tuple(browser.run("const f = arguments[0].vaeFigure; return [f.beta, f.step, f.digit]", figure))


def test_every_number_is_the_recordings(browser, figure):
    recording = small_recording()
    for b, beta in enumerate(BETAS):
        for s, step in enumerate(STEPS):
            digit = (b + s) % DIGITS
            put(browser, figure, beta=beta, step=step, digit=digit)
            shown, bubble = values(browser), (recording.mu[b, s, digit], recording.log_var[b, s, digit])
            for key, curve in recording.curves.items():
                assert shown[key] == pytest.approx(curve[b, s].item(), rel=1e-6)
            assert shown["followed"]["mu"] == bubble[0].tolist()
            assert shown["followed"]["sigma"] == pytest.approx((0.5 * bubble[1]).exp().tolist(), rel=1e-5)
            kl = kl_standard_normal(*(each[None] for each in bubble)).item()
            assert shown["followed"]["kl"] == pytest.approx(kl, rel=1e-4)
            assert shown["outside"] == int((recording.mu[b, s].abs() > NEAR).any(dim=-1).sum())
            text = figure.find_element(By.CSS_SELECTOR, "dl").text.replace("−", "-")
            assert f"{recording.curves['kl'][b, s]:.1f} nats" in text


def test_sliders_go_through_training_and_weights_and_the_bubbles_follow(browser, figure):
    weight, step, digit = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")
    seen = [pictures(browser)]
    for slider, key, expected in (
        (step, Keys.ARROW_RIGHT, (0.0, 3, 0)),
        (step, Keys.END, (0.0, 10, 0)),
        (weight, Keys.ARROW_RIGHT, (0.5, 10, 0)),
        (weight, Keys.PAGE_UP, (4.0, 10, 0)),
    ):
        slider.send_keys(key)
        frame(browser)
        assert state(browser, figure) == expected
        seen.append(pictures(browser))
        assert seen[-1][:2] != seen[-2][:2]
        assert seen[-1][0] != seen[-2][0]
    digit.send_keys(Keys.ARROW_RIGHT)
    frame(browser)
    assert state(browser, figure) == (4.0, 10, 1)
    assert pictures(browser)[2] != seen[-1][2]
    labels = [
        (each.get_attribute("aria-label"), each.get_attribute("aria-valuetext")) for each in (weight, step, digit)
    ]
    assert labels == [
        ("weight beta of the KL", "4"),
        ("training step", "10"),
        ("digit to follow", f"a 1, digit 2 of {DIGITS}"),
    ]


def test_dragging_a_slider_moves_the_training(browser, figure):
    step = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")[1]
    browser.run("arguments[0].scrollIntoView({block: 'center'})", step)
    before = pictures(browser)[0]
    width = step.size["width"]
    hand = ActionChains(browser.driver, duration=50).move_to_element_with_offset(step, -width // 6, 0).click_and_hold()
    hand.move_by_offset(width // 2, 0).release().perform()
    frame(browser)
    assert state(browser, figure)[1] > 1
    assert pictures(browser)[0] != before


def test_pressing_on_a_bubble_follows_its_digit(browser, figure):
    recording = small_recording()
    put(browser, figure, beta=0.5, step=0, digit=0)
    plane = figure.find_element(By.CSS_SELECTOR, ".vae-plane canvas")
    browser.run("arguments[0].scrollIntoView({block: 'center'})", plane)
    side = plane.size["width"]
    for digit in range(1, DIGITS):
        z1, z2 = recording.mu[1, 0, digit].tolist()
        if max(abs(z1), abs(z2)) > 0.95 * NEAR:
            continue
        offset = [round(side * each / (2 * NEAR)) for each in (z1, -z2)]
        ActionChains(browser.driver).move_to_element_with_offset(plane, *offset).click().perform()
        frame(browser)
        assert state(browser, figure) == (0.5, 0, digit)
        assert values(browser)["followed"]["mu"] == pytest.approx([z1, z2])


def test_zooming_out_brings_every_bubble_in_sight_and_back(browser, figure):
    button = figure.find_element(By.CSS_SELECTOR, "button")
    away = figure.find_element(By.CSS_SELECTOR, ".vae-away")
    put(browser, figure, step=10)
    near, outside = pictures(browser)[0], values(browser)["outside"]
    assert outside > 0
    assert away.text == f"{outside} of {DIGITS} out of sight"
    button.click()
    frame(browser)
    assert button.get_attribute("aria-pressed") == "true"
    assert values(browser)["outside"] == 0
    assert not away.is_displayed()
    assert pictures(browser)[0] != near
    button.click()
    frame(browser)
    assert pictures(browser)[0] == near


def test_screen_reader_gets_the_numbers_once_they_rest(browser, figure):
    figure.find_elements(By.CSS_SELECTOR, "input[type=range]")[1].send_keys(Keys.ARROW_RIGHT)
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert said.startswith("Beta 0, step 3: size ")
    assert "The followed 0 has its centre at " in said
    assert figure.find_element(By.CSS_SELECTOR, ".vae-plane canvas").get_attribute("aria-label") == said


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_plane_and_sliders_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=640)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (plane,), (rows,) = browser.run(boxes, ".vae-plane"), browser.run(boxes, ".vae-rows")
    assert rows["top"] >= plane["bottom"]
    assert rows["bottom"] - plane["top"] <= 640
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
    # A finger that moves up or down over the plane scrolls the page.
    assert "pan-y" in browser.run("return getComputedStyle(document.querySelector('.vae-plane')).touchAction")
