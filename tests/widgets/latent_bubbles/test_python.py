"""The figure of the bubbles: its Python side, and in a browser what the reader can do with it."""

import io
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import traitlets
from figure_page import figure_page, frame, pictures, values
from PIL import Image
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.latent_bubbles.reference import BETAS, DIGITS, STEPS, small_recording
from vae_lib.distributions import kl_standard_normal
from vae_lib.models import VAE
from vae_lib.widgets import LatentBubbles, bubbles_still, bundle
from vae_lib.widgets.latent_bubbles import NEAR


def test_notebook_stores_a_small_element_and_the_same_the_second_time():
    data, _ = LatentBubbles(small_recording(), beta=0.5, step=3)._repr_mimebundle_()
    assert data["text/plain"] == "LatentBubbles(a_recording, beta=0.5, step=3)"
    assert 'data-figure="latent-bubbles" data-payload="a_recording"' in data["text/html"]
    state = json.loads(re.search(r"data-state='([^']*)'", data["text/html"])[1])
    assert state == {"beta": 0.5, "step": 3, "digit": 0}
    assert len(data["text/html"]) < 1000
    assert len(data["image/png"]) < 80_000
    again, _ = LatentBubbles(small_recording(), beta=0.5, step=3)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", "text/html", "image/png"))


def test_words_say_what_the_picture_shows():
    recording = small_recording()
    text = LatentBubbles(recording, beta=4.0, step=10).alt_text()
    assert "step 10 of a training with beta 4" in text
    assert f"size, now {recording.curves['sigma'][2, 3]:.2g}, " in text
    assert f"centres, now {recording.curves['spread'][2, 3]:.2g}." in text


def test_it_starts_at_the_end_of_the_first_training():
    assert LatentBubbles(small_recording()).state() == {"beta": 0.0, "step": 10, "digit": 0}


def test_traits_are_read_set_and_observed():
    figure, heard = LatentBubbles(small_recording()), []
    figure.observe(lambda change: heard.append(change.new), ["beta", "step", "digit"])
    figure.beta, figure.step, figure.digit = 4.0, 1, 6
    figure.set_state({"beta": 0.5})  # what the front end sends
    assert heard == [4.0, 1, 6, 0.5]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("beta", 1.0, "expected beta to be one of those recorded, 0, 0.5, 4; got 1.0"),
        ("beta", float("nan"), "0, 0.5, 4; got nan"),
        ("step", 2, "expected step to be one of those recorded, 0, 1, 3, 10; got 2"),
        ("digit", DIGITS, f"expected digit to be one of those recorded, 0 to {DIGITS - 1}; got {DIGITS}"),
        ("digit", -1, "got -1"),
        ("step", "1", "step"),
    ],
)
def test_what_was_not_recorded_is_refused_with_what_was(name, value, message):
    figure = LatentBubbles(small_recording())
    before = getattr(figure, name)
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        setattr(figure, name, value)
    assert getattr(figure, name) == before


@pytest.mark.parametrize("start", [{"beta": 1.0}, {"step": 2}, {"digit": DIGITS}])
def test_it_does_not_start_at_what_was_not_recorded(start):
    with pytest.raises(traitlets.TraitError, match="one of those recorded"):
        LatentBubbles(small_recording(), **start)


def test_what_is_no_recording_of_a_plane_is_refused():
    with pytest.raises(TypeError, match=r"expected a recording, as checkpoints.recordings.load.*got VAE"):
        LatentBubbles(VAE(latent=2))
    deeper = small_recording()
    deeper = SimpleNamespace(**{**vars(deeper), "mu": deeper.mu[..., :1]})
    with pytest.raises(ValueError, match=r"\(betas, steps, digits, 2\); got \(3, 4, 7, 1\)"):
        LatentBubbles(deeper)


def test_still_picture_is_small_and_shows_small_bubbles_small():
    amounts = []
    for log_var in (-9.0, 0.0, 1.0):
        recording = small_recording()
        recording.mu, recording.log_var = recording.mu / 20, torch.full_like(recording.log_var, log_var)
        png = LatentBubbles(recording, beta=0.0, step=10).still()
        assert len(png) <= 60_000
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        plane = picture[:, : picture.shape[1] // 2]
        amounts.append(int((plane.max(axis=2) - plane.min(axis=2) > 12).sum()))
    assert amounts[0] < amounts[1] < amounts[2]


def test_both_sides_show_one_plane_in_the_same_colour():
    assert f"const NEAR = {NEAR:g};" in (bundle.STATIC / "latent-bubbles.figure.mjs").read_text("utf-8")
    assert f'focus: "{bubbles_still.SIZE}"' in (bundle.STATIC / "theme.mjs").read_text("utf-8")


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
