"""The figure of the ELBO and its gap in a browser: what the reader can do with it, and what it then shows."""

import math
import re

import pytest
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from tests.widgets.evidence_bound.reference import bound_parts
from vae_lib.widgets import EvidenceBound
from vae_lib.widgets.evidence_bound import LIMITS

PEAK = 1 / math.sqrt(2 * math.pi)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return figure_page(tmp_path_factory.mktemp("site"), EvidenceBound())


def place(browser, figure, mu, sigma):
    browser.run("arguments[0].vaeFigure.z = arguments[1]", figure, [mu, PEAK / sigma])
    frame(browser)


def written(figure):
    """The numbers as they are read: evidence, bound, gap; bound's two terms."""
    text = figure.find_element(By.CSS_SELECTOR, ".vae-sums").text.replace("−", "-")
    numbers = {
        "evidence": r"log p\(x\) = (-?\d+\.\d+)",
        "bound": r"ELBO (-?\d+\.\d+)",
        "gap": r"KL\(q ‖ p\(z\|x\)\) (-?\d+\.\d+)",
        "reconstruction": r"reconstruction (-?\d+\.\d+)",
        "kl": r"KL\(q ‖ p\(z\)\) (-?\d+\.\d+)",
    }
    return {name: float(re.search(pattern, text)[1]) for name, pattern in numbers.items()}


def climb(browser, figure):
    """Press the button and wait until q has arrived."""
    button = figure.find_element(By.CSS_SELECTOR, ".vae-foot button")
    button.click()
    arrived = """
    const [button, done] = arguments;
    const look = () => (button.textContent === "Climb" ? done() : setTimeout(look, 50));
    setTimeout(look, 100);
    """
    browser.wait_for(arrived, button)


@pytest.mark.parametrize(("mu", "sigma"), [(0.0, 1.0), (0.9, 0.216), (-3.0, 2.0), (1.5, 0.15)])
def test_written_numbers_are_pytorchs_and_add_up(browser, figure, mu, sigma):
    place(browser, figure, mu, sigma)
    expected, shown = bound_parts(mu, sigma, 1.5), written(figure)
    assert shown == pytest.approx({name: expected[name] for name in shown}, abs=6e-4)
    assert shown["bound"] + shown["gap"] == pytest.approx(shown["evidence"], abs=1.1e-3)


def test_dragging_q_moves_the_split_and_not_the_evidence(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    before, drawn, numbers = values(browser), pictures(browser), written(figure)
    hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
    hand.move_by_offset(60, -40).release().perform()
    after = values(browser)
    assert after["mu"] > before["mu"]
    assert after["sigma"] < before["sigma"]
    assert after["evidence"] == before["evidence"]
    assert after["gap"] - before["gap"] == pytest.approx(before["bound"] - after["bound"], abs=1e-9)
    assert all(one != other for one, other in zip(drawn, pictures(browser), strict=True))
    assert written(figure)["evidence"] == numbers["evidence"]
    assert written(figure)["gap"] != numbers["gap"]


def test_only_another_x_has_another_evidence(browser, figure):
    mean, width, seen = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")
    labels = [each.get_attribute("aria-label") for each in (mean, width, seen)]
    assert labels == ["mean mu of q", "standard deviation sigma of q", "x, what was seen"]
    evidence = values(browser)["evidence"]
    mean.send_keys(Keys.ARROW_RIGHT)
    width.send_keys(Keys.ARROW_LEFT)
    assert [values(browser)[name] for name in ("mu", "sigma", "evidence")] == [0.05, 0.95, evidence]
    seen.send_keys(Keys.ARROW_LEFT)
    assert values(browser)["x"] == 1.45
    assert values(browser)["evidence"] == pytest.approx(bound_parts(0.0, 1.0, 1.45)["evidence"], abs=1e-9)
    assert values(browser)["evidence"] != evidence


@pytest.mark.parametrize(("start", "end"), [(1.5, 0.901), (-2.0, -1.372)])
def test_climb_ends_on_the_hump_where_it_began_with_a_gap_that_stays(browser, figure, start, end):
    place(browser, figure, start, 0.5)
    climb(browser, figure)
    arrived = values(browser)
    assert arrived["mu"] == pytest.approx(end, abs=2e-3)
    slopes = bound_parts(arrived["mu"], arrived["sigma"], 1.5)["slopes"]
    assert math.hypot(arrived["sigma"] * slopes[0], slopes[1] / 2) < 1e-3
    assert arrived["gap"] > 0.4
    verdict = figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text
    assert verdict == f"At a top: no small step gains. The gap is {arrived['gap']:.3f} nats."


def test_for_another_x_one_gaussian_is_nearly_enough(browser, figure):
    seen = figure.find_elements(By.CSS_SELECTOR, "input[type=range]")[2]
    seen.send_keys(Keys.HOME)
    climb(browser, figure)
    assert values(browser)["x"] == LIMITS["x"][0]
    assert 0 < values(browser)["gap"] < 0.02


def test_who_takes_q_stops_the_climb(browser, figure):
    button = figure.find_element(By.CSS_SELECTOR, ".vae-foot button")
    button.click()
    assert button.text == "Stop"
    figure.find_element(By.CSS_SELECTOR, ".vae-pad").send_keys(Keys.HOME)
    assert button.text == "Climb"
    assert (values(browser)["mu"], values(browser)["sigma"]) == (0, pytest.approx(1))
    browser.wait_for("setTimeout(arguments[0], 200)")
    assert values(browser)["mu"] == 0


def test_who_wants_no_motion_is_taken_there_at_once(browser, page):
    browser.open(page)
    wish = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
    browser.driver.find_element(By.CSS_SELECTOR, ".vae-foot button").click()
    assert values(browser)["gap"] == pytest.approx(1.796, abs=1e-3)


def test_keys_and_voice_tell_where_q_is(browser, figure):
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    pad.send_keys(Keys.ARROW_LEFT, Keys.ARROW_UP)
    height = round(PEAK, 3) + 0.05  # keys move the top of q, to three decimals
    now = values(browser)
    assert now["mu"] == -0.05
    assert now["sigma"] == pytest.approx(PEAK / height, rel=1e-3)
    assert pad.get_attribute("aria-valuetext") == f"mean −0.05, standard deviation {now['sigma']:.3f}"
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert f"Log p of x −1.776 nats: ELBO −{-now['bound']:.3f}, gap {now['gap']:.3f}." in said
    assert figure.find_element(By.CSS_SELECTOR, ".vae-bars canvas").get_attribute("aria-label") == said


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_q_bars_and_numbers_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (densities,), (bars,), (sums,) = (browser.run(boxes, each) for each in (".vae-pad", ".vae-bars", ".vae-sums"))
    assert bars["left"] >= densities["right"]
    assert sums["bottom"] - densities["top"] <= 740
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360
