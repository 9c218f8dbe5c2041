"""The figure of EM's half-steps in a browser, on a page of its own and with a kernel's values."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from browser import Server
from figure_page import figure_page, frame, pictures, values
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from vae_lib.widgets import EMSteps, bundle, em_steps
from vae_lib.widgets.em_steps.still import climb

# A kernel's side: Python's values, what came back, and Python's answers to that, with a rounding of their own.
KERNEL = """
const [state, done] = arguments;
const listeners = new Map();
const emit = (event) => [...(listeners.get(event) ?? [])].forEach((each) => each());
window.kernel = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; emit("change:" + name); },
  on: (event, listen) => listeners.set(event, [...(listeners.get(event) ?? []), listen]),
  off: (event, listen) => listeners.set(event, (listeners.get(event) ?? []).filter((each) => each !== listen)),
  saved: 0,
  save_changes() { this.saved++; },
};
window.el = document.createElement("div");
document.body.append(el);
import("/front_end.mjs").then(({ default: { render } }) => {
  window.stop = render({ model: kernel, el });
  done();
});
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return figure_page(tmp_path_factory.mktemp("site"), EMSteps())


def press(browser, *names):
    for name in names:
        browser.driver.find_element(By.XPATH, f"//button[text()='{name}']").click()
    frame(browser)


def written(figure):
    """log p(x), the bound and the gap as they are read."""
    texts = [each.text for each in figure.find_elements(By.CSS_SELECTOR, ".vae-readings > :nth-child(even)")]
    return [float(text.replace("−", "-")) for text in texts]


def test_each_half_step_writes_the_levels_that_python_computes(browser, figure):
    for entry in climb(EMSteps().xy, 0, 3):
        if entry.kind != "start":
            press(browser, f"{entry.kind} step")
        expected = [entry.evidence, entry.bound, entry.evidence - entry.bound]
        assert written(figure) == pytest.approx(expected, abs=6e-5)


def test_each_half_step_changes_the_staircase_and_what_it_says(browser, figure):
    seen = [pictures(browser)]
    for name in ("E step", "M step", "E step", "Forget q", "Start again"):
        press(browser, name)
        seen.append(pictures(browser))
    assert all(one[1] != other[1] for one, other in pairwise(seen))
    assert seen[0] == seen[-1]


def test_m_before_e_loses_likelihood_and_says_so(browser, figure):
    press(browser, *["E step", "M step"] * 6, "Forget q", "M step")
    *_, before, after = values(browser)["entries"]
    assert after["bound"] > before["bound"]
    assert after["evidence"] < before["evidence"] - 0.1
    assert "log p(x) falls by" in figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text


def test_the_hand_takes_the_nearest_centre_and_leaves_q_as_it_was(browser, figure):
    press(browser, "E step")
    before, drawn = values(browser), pictures(browser)
    pad, (left, right, bottom, top) = figure.find_element(By.CSS_SELECTOR, ".vae-pad"), EMSteps().extent
    box = browser.run("return arguments[0].getBoundingClientRect()", pad)
    x, y = before["theta"]["means"][2]
    across = (x - (left + right) / 2) / (right - left) * box["width"]
    down = -(y - (bottom + top) / 2) / (top - bottom) * box["height"]
    hand = ActionChains(browser.driver, duration=50).move_to_element_with_offset(pad, round(across), round(down))
    hand.click_and_hold().move_by_offset(-60, 30).release().perform()
    frame(browser)
    after = values(browser)
    assert after["chosen"] == 2
    assert after["q"] == before["q"]
    assert after["theta"]["means"][:2] == before["theta"]["means"][:2]
    moved = np.subtract(after["theta"]["means"][2], [x, y]) * box["width"] / (right - left)
    np.testing.assert_allclose(moved, [-60, -30], atol=3)
    assert [each["kind"] for each in after["entries"]] == ["start", "E", "drag"]
    assert all(one != other for one, other in zip(drawn, pictures(browser), strict=True))


def test_keys_move_the_centre_that_a_button_chose(browser, figure):
    choices = figure.find_elements(By.CSS_SELECTOR, ".vae-who button")
    choices[1].click()
    frame(browser)
    assert [each.get_attribute("aria-pressed") for each in choices] == ["false", "true", "false"]
    pad = figure.find_element(By.CSS_SELECTOR, ".vae-pad")
    assert pad.get_attribute("aria-label") == "Centre of Gaussian B"
    before = values(browser)["theta"]["means"]
    pad.send_keys(Keys.ARROW_LEFT, Keys.SHIFT + Keys.ARROW_UP)
    frame(browser)
    after = values(browser)["theta"]["means"]
    np.testing.assert_allclose(np.subtract(after, before)[1], [-0.1, 0.5], atol=0.006)
    assert (after[0], after[2]) == (before[0], before[2])
    x, y = (f"{each:.2f}".replace("-", "−") for each in after[1])
    assert pad.get_attribute("aria-valuetext") == f"x {x}, y {y}"


def settle(browser, figure):
    """Press Run and wait until it has come to its end."""
    press(browser, "Run")
    button = figure.find_element(By.XPATH, ".//button[text()='Stop']")
    arrived = """
    const [button, done] = arguments;
    const look = () => (button.textContent === "Run" ? done() : setTimeout(look, 100));
    look();
    """
    browser.wait_for(arrived, button)
    frame(browser)


def test_run_takes_em_to_its_end_without_a_step_down(browser, figure):
    settle(browser, figure)
    entries = values(browser)["entries"]
    assert "".join(each["kind"] for each in entries[1:]) == "EM" * (len(entries) // 2)
    bounds = [each["bound"] for each in entries]
    assert np.diff(bounds).min() > -1e-12
    assert bounds[-1] == pytest.approx(climb(EMSteps().xy, 0, 200)[-1].bound, abs=1e-3)
    assert figure.find_element(By.CSS_SELECTOR, ".vae-verdict").text.startswith("At rest")


def test_who_takes_a_step_stops_the_run(browser, figure):
    press(browser, "Run", "M step")
    taken = len(values(browser)["entries"])
    browser.wait_for("setTimeout(arguments[0], 900)")
    assert len(values(browser)["entries"]) == taken
    assert figure.find_elements(By.XPATH, ".//button[text()='Run']")


def test_who_wants_no_motion_is_taken_to_the_end_at_once(browser, page):
    browser.open(page)
    wish = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
    press(browser, "Run")
    assert browser.driver.find_element(By.CSS_SELECTOR, ".vae-verdict").text.startswith("At rest")


def test_other_starts_come_round_again(browser, figure):
    first, seen = values(browser)["theta"], []
    for _ in range(em_steps.STARTS):
        press(browser, "Other start")
        seen.append(values(browser)["theta"])
    assert all(each != first for each in seen[:-1])
    assert seen[-1] == first


def test_screen_reader_is_told_what_a_half_step_did(browser, figure):
    press(browser, "E step")
    browser.wait_for("setTimeout(arguments[0], 1000)")
    said = browser.run("return document.querySelector('[role=status]').textContent")
    assert re.fullmatch(
        r"E: the bound rises by \d\.\d{4} and touches log p\(x\)\. "
        r"log p\(x\) −\d\.\d{4}, bound −\d\.\d{4}, gap 0\.0000 nats per point\.",
        said,
    )
    assert figure.find_element(By.CSS_SELECTOR, ".vae-levels").get_attribute("aria-label") == said


def test_picture_follows_the_theme(browser, figure):
    light = pictures(browser)
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    assert all(one != other for one, other in zip(light, pictures(browser), strict=True))


def test_on_a_phone_plane_and_staircase_are_seen_at_once_and_all_can_be_touched(browser, page):
    browser.open(page, width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (plane,), (staircase,) = browser.run(boxes, ".vae-pad"), browser.run(boxes, ".vae-levels canvas")
    assert plane["bottom"] <= staircase["top"]
    assert staircase["bottom"] - plane["top"] <= 740
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360


def test_in_a_kernel_python_reads_and_sets_what_the_figure_shows(browser, tmp_path):
    (tmp_path / "front_end.mjs").write_text(bundle.module_text("em-steps"), encoding="utf-8")
    (tmp_path / "empty.html").write_text('<!doctype html><link rel="icon" href="data:,"><title>t</title>', "utf-8")
    python, server = EMSteps(), Server(tmp_path)
    names = ("points", "extent", "start", "weights", "means", "covariances", "q")
    try:
        browser.open(f"{server.address}/empty.html")
        browser.wait_for(KERNEL, json.loads(json.dumps({name: getattr(python, name) for name in names})))
        press(browser, "E step", "M step")
        entry = climb(python.xy, 0, 1)[-1]
        np.testing.assert_allclose(browser.run("return kernel.get('means')"), entry.theta.means, atol=1e-9)
        np.testing.assert_allclose(browser.run("return kernel.get('q')"), entry.q, atol=1e-9)
        assert browser.run("return kernel.saved") >= 1
        kinds = "return el.vaeFigure.values().entries.map(({ kind }) => kind).join(' ')"
        browser.run("kernel.set('weights', kernel.get('weights').map((each) => each + 1e-14))")
        assert browser.run(kinds) == "start E M"
        browser.run("kernel.set('means', [[0, 0], [1, 1], [2, 0]])")
        assert browser.run(kinds) == "start E M drag"
        browser.run("kernel.set('start', 2)")
        assert browser.run(kinds) == "start"
        np.testing.assert_allclose(browser.run("return el.vaeFigure.z"), python.xy[6], atol=1e-12)
        browser.run("stop(); kernel.set('start', 0)")
        assert browser.run("return document.querySelectorAll('.vae-live').length") == 0
        assert browser.complaints() == []
    finally:
        server.quit()
