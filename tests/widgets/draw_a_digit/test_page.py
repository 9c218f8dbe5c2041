"""The figure that reads a drawing, in a browser: drawing by mouse, finger and keys, and what the page makes of it."""

import numpy as np
import pytest
import torch
from drawing_by_hand import box, draw, drawn, values
from figure_page import figure_page, frame, pictures
from pen_traces import strokes_of
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from vae_lib.checkpoints import load
from vae_lib.widgets import DrawADigit
from vae_lib.widgets.draw_a_digit.strokes import render_strokes
from vae_lib.widgets.stroke_examples import example_strokes

SQUARE = [[(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1)]]


@pytest.fixture(scope="module")
def cvae():
    return load("cvae_2d")


@pytest.fixture(scope="module")
def page(tmp_path_factory, cvae):
    return figure_page(tmp_path_factory.mktemp("site"), DrawADigit(cvae), payload="cvae_2d")


def button(figure, name):
    return next(each for each in figure.find_elements(By.TAG_NAME, "button") if each.text == name)


def verdict(figure):
    return figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text


@pytest.mark.parametrize("index", [3, 1207, 3900])
def test_held_out_digit_drawn_by_hand_is_encoded_as_pytorch_does(browser, figure, cvae, mnist, index):
    index = index % len(mnist.validation.images)
    image = mnist.validation.images[index].float() / 255
    draw(browser, figure, strokes_of(image))
    came = values(browser)
    seen = torch.tensor(came["image"])
    # The page scales and centres as Python does, and what it makes is the digit that was traced.
    np.testing.assert_allclose(seen.reshape(28, 28), render_strokes(drawn(browser)), atol=1e-5)
    assert torch.corrcoef(torch.stack([seen, image.flatten()]))[0, 1] > 0.5
    mu, log_var = cvae.encode(seen.expand(10, -1), torch.arange(10))
    for name, expected in (("mu", mu), ("logVar", log_var)):
        torch.testing.assert_close(torch.tensor([each[name] for each in came["elbos"]]), expected, atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(torch.tensor(came[name]), expected[came["label"]], atol=1e-3, rtol=1e-3)
    assert came["label"] == DrawADigit(cvae, strokes=drawn(browser)).label
    assert came["z"] == pytest.approx(came["mu"], abs=1e-5)


def test_every_label_gets_its_elbo_and_the_largest_reads_the_drawing(browser, figure, cvae):
    draw(browser, figure, example_strokes(5))
    came = values(browser)
    expected = DrawADigit(cvae, strokes=drawn(browser))
    np.testing.assert_allclose([each["value"] for each in came["elbos"]], expected.elbos, atol=0.02, rtol=1e-3)
    assert came["label"] == expected.label == 5
    notes = [each.text.replace("−", "-") for each in figure.find_elements(By.CSS_SELECTOR, "[role=radio] small")]
    np.testing.assert_allclose([float(note) for note in notes], expected.elbos, atol=0.51)
    assert figure.find_element(By.CSS_SELECTOR, "[data-best]").text.startswith("5")
    assert "Read as a 5, p(y|x) ≈" in figure.find_element(By.CSS_SELECTOR, ".vae-said").text


def test_picture_is_redrawn_as_the_digit_that_is_chosen(browser, figure, cvae):
    for press in (lambda: figure.find_elements(By.CSS_SELECTOR, "[role=radio]")[7].click(), lambda: keys(browser, "4")):
        press()
        came = values(browser)
        pixels = browser.run("return [...arguments[0].vaeFigure.pixels()]", figure)
        expected = cvae.decode(torch.tensor([came["z"]]), torch.tensor([came["shown"]])).sigmoid()[0]
        torch.testing.assert_close(torch.tensor(pixels), expected, atol=2e-3, rtol=0)
    assert [came["label"], came["shown"]] == [3, 4]
    assert figure.find_element(By.CSS_SELECTOR, "[role=radio][aria-checked=true]").text.startswith("4")


def keys(browser, text):
    ActionChains(browser.driver).send_keys(text).perform()


def test_example_can_be_loaded_without_a_pen_and_goes_when_one_draws(browser, figure):
    select = Select(figure.find_element(By.CSS_SELECTOR, "select[aria-label='Load an example']"))
    for digit in (9, 0):
        select.select_by_visible_text(f"a {digit}")
        assert values(browser)["label"] == digit
        assert drawn(browser) == example_strokes(digit)
    draw(browser, figure, example_strokes(1))
    assert values(browser)["label"] == 1
    assert len(drawn(browser)) == 1
    draw(browser, figure, [[(0.3, 0.5), (0.7, 0.5)]])
    assert len(drawn(browser)) == 2


def test_cleared_sheet_says_what_to_do_and_takes_a_new_drawing(browser, figure):
    button(figure, "Clear").click()
    came = values(browser)
    assert [came[name] for name in ("label", "mu", "logVar", "z", "elbos")] == [None] * 5
    assert not any(came["image"])
    assert "Nothing is drawn yet" in figure.find_element(By.CSS_SELECTOR, ".vae-said").text
    assert not button(figure, "Sample ε").is_enabled()
    blank = "return new Set([...document.querySelectorAll('.vae-tiles canvas')].map((each) => each.toDataURL())).size"
    assert browser.run(blank) == 1
    draw(browser, figure, example_strokes(2))
    assert values(browser)["label"] == 2
    assert button(figure, "Sample ε").is_enabled()


def test_reader_may_say_what_the_drawing_is(browser, figure, cvae):
    select = Select(figure.find_element(By.CSS_SELECTOR, "select[aria-label='Read the drawing as']"))
    assert select.first_selected_option.text == "Most plausible: 3"
    select.select_by_visible_text("a 8")
    came = values(browser)
    expected = DrawADigit(cvae, read_as=8)
    assert came["label"] == 8
    assert came["mu"] == pytest.approx(expected.mu, abs=1e-3)
    select.select_by_index(0)
    assert values(browser)["label"] == 3


def test_samples_of_epsilon_are_standard_normal_about_the_posterior(browser, figure):
    before = pictures(browser)
    button(figure, "Sample ε").click()
    came = values(browser)
    assert came["z"] != pytest.approx(came["mu"], abs=1e-4)
    assert pictures(browser) != before
    many = """
    const [figure, press] = [document.querySelector(".vae-figure").vaeFigure, arguments[0]];
    return Array.from({ length: 400 }, () => (press.click(), figure.z));
    """
    sigma = np.exp(0.5 * np.array(came["logVar"]))
    epsilon = (np.array(browser.run(many, button(figure, "Sample ε"))) - came["mu"]) / sigma
    # Five standard errors of a mean, of a deviation and of a correlation of 400.
    assert (np.abs(epsilon.mean(0)) < 5 / 400**0.5).all()
    assert (np.abs(epsilon.std(0) - 1) < 5 / 800**0.5).all()
    assert abs(np.corrcoef(epsilon.T)[0, 1]) < 5 / 400**0.5


def test_dragging_z_redraws_all_digits_and_home_leads_back_to_the_mean(browser, figure):
    row = "return [...document.querySelectorAll('.vae-tiles canvas')].map((each) => each.toDataURL())"
    mean, before = values(browser), browser.run(row)
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
    hand.move_by_offset(70, 50).release().perform()
    came = values(browser)
    assert came["z"][0] > 0.5 > -0.5 > came["z"][1]
    assert came["mu"] == mean["mu"]
    assert all(one != other for one, other in zip(before, browser.run(row), strict=True))
    pad.send_keys(Keys.ARROW_LEFT)
    assert values(browser)["z"] == pytest.approx([came["z"][0] - 0.1, came["z"][1]], abs=1e-6)
    pad.send_keys(Keys.HOME)
    assert values(browser)["z"] == pytest.approx(mean["mu"], abs=1e-5)


def test_zoomed_in_the_plane_shows_the_posterior_and_drags_as_finely(browser, figure):
    zoom, pad = button(figure, "Zoom in"), figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    picture = "return document.querySelector('.vae-pad canvas').toDataURL()"
    whole, mean = browser.run(picture), values(browser)
    zoom.click()
    frame(browser)
    assert zoom.get_attribute("aria-pressed") == "true"
    assert browser.run(picture) != whole
    hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
    hand.move_by_offset(40, 0).release().perform()
    came, sigma = values(browser), np.exp(0.5 * np.array(mean["logVar"]))
    assert 0 < came["z"][0] - mean["mu"][0] < 6 * sigma.max()
    assert came["z"][1] == pytest.approx(mean["mu"][1], abs=0.1 * sigma.max())
    pad.send_keys(Keys.HOME)
    zoom.click()
    values(browser)
    assert browser.run(picture) == whole


def test_scribble_is_shown_for_what_it_is(browser, figure, cvae):
    assert verdict(figure).startswith("Both are what held-out digits have")
    draw(browser, figure, SQUARE)
    came = values(browser)
    assert verdict(figure).startswith("Hardly a digit")
    error = -came["elbos"][came["label"]]["reconstruction"]
    kl = came["elbos"][came["label"]]["kl"]
    terms = cvae.card.held_out_terms.numpy()
    texts = [each.text for each in figure.find_elements(By.CSS_SELECTOR, ".vae-terms .vae-number")]
    for text, value, column in zip(texts, (error, kl), terms.T, strict=True):
        assert f"{value:.1f} nats" in text
        share = float(text.partition("more than ")[2].partition(" %")[0])
        assert share == pytest.approx(100 * (column < value).mean(), abs=1.5)
    # A dot has next to no ink to get wrong, but no digit's code lies where the encoder puts it.
    button(figure, "Clear").click()
    draw(browser, figure, [[(0.5, 0.5)]])
    values(browser)
    assert not verdict(figure).startswith("Both")


def test_finger_draws_and_the_page_stays_where_it_is(browser, page):
    browser.open(page, width=360, height=740)
    figure = browser.driver.find_element(By.CSS_SELECTOR, ".vae-figure")
    sheet = box(browser, figure)
    before = browser.run("return scrollY")
    (stroke,) = example_strokes(0)
    for kind, points in (
        ("touchStart", stroke[:1]),
        *(("touchMove", [point]) for point in stroke[1:]),
        ("touchEnd", []),
    ):
        at = [{"x": sheet["left"] + x * sheet["width"], "y": sheet["top"] + y * sheet["height"]} for x, y in points]
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    assert values(browser)["label"] == 0
    assert len(drawn(browser)) == 1
    assert len(drawn(browser)[0]) > len(stroke) / 2
    assert browser.run("return scrollY") == before


def test_screen_reader_is_told_what_is_read_and_how_far_off_it_is(browser, figure):
    Select(figure.find_element(By.CSS_SELECTOR, "select[aria-label='Load an example']")).select_by_visible_text("a 6")
    browser.wait_for("setTimeout(arguments[0], 1200)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert said.startswith("Read as a 6, p(y|x) ≈ ")
    assert "Reconstruction error " in said
    assert said.endswith(verdict(figure))
    assert figure.find_element(By.CSS_SELECTOR, ".vae-sheet canvas").get_attribute("aria-label").endswith("read as a 6")


def test_strokes_that_others_set_are_shown_and_read(browser, figure):
    sheet = "return document.querySelector('.vae-sheet canvas').toDataURL()"
    before = browser.run(sheet)
    browser.run("arguments[0].vaeFigure.strokes = arguments[1]", figure, example_strokes(7))
    assert values(browser)["label"] == 7
    assert browser.run(sheet) != before
    draw(browser, figure, example_strokes(1))
    assert values(browser)["label"] == 1


def test_picture_follows_the_theme(browser, figure):
    values(browser)
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    values(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_sheet_and_reading_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (sheet,), (result,) = (browser.run(boxes, each) for each in (".vae-sheet", ".vae-result"))
    assert result["bottom"] - sheet["top"] <= 740
    touched = browser.run(boxes, ".vae-live button, .vae-live select")
    assert len(touched) == 15
    assert all(each["height"] >= 44 and each["width"] >= 44 for each in touched)
    assert browser.run("return document.scrollingElement.scrollWidth") == 360


def test_first_digit_and_frames_come_in_time(browser, page, record_property):
    browser.open(page)
    figure = browser.driver.find_element(By.CSS_SELECTOR, ".vae-figure")
    first = browser.run("return arguments[0].vaeFigure.firstDigitAt", figure)
    draw(browser, figure, example_strokes(8))
    frames = browser.run("return arguments[0].vaeFigure.frameMs.slice(1)", figure)
    median = float(np.median(frames))
    record_property("measured", f"draw a digit: first digit {first:.0f} ms, {median:.1f} ms a frame drawn (median)")
    assert first < 2000
    assert median < 20


class TestPlain:
    """A VAE that is told no label."""

    @pytest.fixture
    def vae(self):
        return load("beta_2d_1")

    @pytest.fixture
    def page(self, tmp_path_factory, vae):
        return figure_page(tmp_path_factory.mktemp("plain"), DrawADigit(vae), payload="beta_2d_1")

    def test_drawing_is_encoded_and_decoded_as_pytorch_does(self, browser, figure, vae):
        draw(browser, figure, example_strokes(5))
        button(figure, "Sample ε").click()
        came = values(browser)
        mu, log_var = vae.encode(torch.tensor(came["image"])[None])
        torch.testing.assert_close(torch.tensor([came["mu"]]), mu, atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(torch.tensor([came["logVar"]]), log_var, atol=1e-2, rtol=1e-3)
        pixels = browser.run("return [...arguments[0].vaeFigure.pixels()]", figure)
        expected = vae.decode(torch.tensor([came["z"]])).sigmoid()[0]
        torch.testing.assert_close(torch.tensor(pixels), expected, atol=2e-3, rtol=0)
        (elbo,) = came["elbos"]
        python = DrawADigit(vae, strokes=drawn(browser))
        assert elbo["value"] == pytest.approx(python.elbos[0], abs=0.2)

    def test_both_losses_are_shown_and_nothing_of_labels(self, browser, figure):
        draw(browser, figure, example_strokes(8))
        (elbo,) = values(browser)["elbos"]
        texts = [each.text for each in figure.find_elements(By.CSS_SELECTOR, ".vae-terms .vae-number")]
        assert texts == [
            f"Reconstruction error {-elbo['reconstruction']:.1f} nats",
            f"KL to the prior {elbo['kl']:.1f} nats",
        ]
        seen = figure.text
        assert "Read as" not in seen
        assert "redraw" not in seen
        assert "q(z|x)" in seen
        shown = [each for each in figure.find_elements(By.CSS_SELECTOR, "[role=radio], select") if each.is_displayed()]
        assert [each.get_attribute("aria-label") for each in shown] == ["Load an example"]

    def test_every_example_can_be_loaded(self, browser, figure):
        select = Select(figure.find_element(By.CSS_SELECTOR, "select[aria-label='Load an example']"))
        select.select_by_visible_text("a 9")
        values(browser)
        assert drawn(browser) == example_strokes(9)

    def test_screen_reader_hears_codes_and_losses(self, browser, figure):
        draw(browser, figure, example_strokes(6))
        browser.wait_for("setTimeout(arguments[0], 1200)")
        said = browser.run("return document.querySelector('[role=status]').textContent")
        assert said.startswith("μ = (")
        assert "z decoded. Reconstruction error " in said
