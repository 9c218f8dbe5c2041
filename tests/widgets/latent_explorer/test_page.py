"""The explorer in a browser, on a page of its own and with a kernel's messages: what the built book does not show."""

import base64
import json

import pytest
import torch
from browser import Server
from figure_page import frame
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from vae_lib.models import VAE, Autoencoder
from vae_lib.widgets import LatentExplorer, bundle, packing

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
# A kernel's side of the conversation; each payload comes as a view that begins at an odd address.
KERNEL = """
const [header, base64, state, place] = arguments;
const done = arguments[4];
const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const larger = new Uint8Array(bytes.length + 7);
larger.set(bytes, 7);
const listeners = new Map();
const emit = (event, ...details) => [...(listeners.get(event) ?? [])].forEach((each) => each(...details));
const el = document.createElement("div");
el.id = place;
document.querySelector("main").append(el);
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; emit("change:" + name); },
  on: (event, listen) => listeners.set(event, [...(listeners.get(event) ?? []), listen]),
  off: (event, listen) => listeners.set(event, (listeners.get(event) ?? []).filter((each) => each !== listen)),
  saved: 0,
  save_changes() { this.saved++; },
  send({ type }) {
    if (type !== "payload-request") throw new Error(type);
    setTimeout(() => emit("msg:custom", { type: "payload", header }, [new DataView(larger.buffer, 7, bytes.length)]));
  },
};
window.models = { ...window.models, [place]: model };
import("/front_end.mjs").then(async ({ default: { render } }) => {
  const stop = await render({ model, el });
  window.stops = { ...window.stops, [place]: stop };
  const wait = () => (el.vaeFigure ? done([...el.vaeFigure.pixels()]) : setTimeout(wait, 10));
  wait();
});
"""


@pytest.fixture(scope="module")
def explorer():
    torch.manual_seed(5)
    return LatentExplorer(VAE(latent=2), codes=torch.randn(400, 2), labels=torch.arange(400) % 10, title="Two latents")


@pytest.fixture(scope="module")
def site(tmp_path_factory, explorer):
    """A folder with pages of one element each: live, without a name for its weights, and with a name but no weights."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "figure.js").write_text(bundle.classic_script("latent-explorer"), encoding="utf-8")
    (folder / "front_end.mjs").write_text(bundle.module_text("latent-explorer"), encoding="utf-8")
    (folder / "payload.js").write_text(bundle.payload_script("seeded", *explorer.payload()), encoding="utf-8")
    element = explorer.html().replace("<p", f'<img class="vae-still" alt="still" src="{PIXEL}"><p')
    elements = {"live": "seeded", "unnamed": "", "absent": "another"}
    for page, name in elements.items():
        body = element.replace('data-payload=""', f'data-payload="{name}"')
        write_page(folder / f"{page}.html", body)
    write_page(folder / "empty.html", "")
    return folder


def write_page(path, body):
    # The weights come last: a figure waits for them.
    # It names an icon, because a browser asks a server for one otherwise.
    scripts = (
        '<link rel="icon" href="data:,"><script defer src="figure.js"></script><script defer src="payload.js"></script>'
    )
    head = f'<meta charset="utf-8"><title>t</title><meta name="viewport" content="width=device-width">{scripts}'
    text = (
        f'<!doctype html><html lang="en" data-theme="light"><head>{head}</head><body><main>{body}</main></body></html>'
    )
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def live(browser, site):
    browser.open((site / "live.html").as_uri())
    return browser.driver.find_element(By.CSS_SELECTOR, ".vae-figure")


def picture(browser, selector):
    return browser.run("return document.querySelector(arguments[0]).toDataURL()", selector)


def test_figure_starts_although_its_weights_come_after_it(browser, live, explorer):
    expected = decoded(explorer, (0.0, 0.0))
    torch.testing.assert_close(pixels(browser), expected, atol=2e-3, rtol=0)
    assert browser.complaints() == []
    assert browser.run("return document.querySelectorAll('.vae-still, .vae-fallback').length") == 0


def decoded(explorer, z):
    """What the layers that were packed make of z."""
    return torch.from_numpy(packing.decode(explorer._layers, torch.tensor([z]).numpy())[0])


def pixels(browser):
    return torch.tensor(browser.run("return [...document.querySelector('.vae-figure').vaeFigure.pixels()]"))


def test_each_coordinate_has_a_slider_that_keys_move(browser, live):
    z1, z2 = live.find_elements(By.CSS_SELECTOR, "input[type=range]")
    z1.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.SHIFT + Keys.ARROW_LEFT)
    z2.send_keys(Keys.PAGE_UP, Keys.ARROW_DOWN)
    frame(browser)
    assert browser.run("return arguments[0].vaeFigure.z", live) == [-0.3, 0.4]
    assert [each.get_attribute("aria-valuetext") for each in (z1, z2)] == ["−0.30", "0.40"]
    assert live.find_element(By.CSS_SELECTOR, ".vae-pad").get_attribute("aria-valuetext") == "z1 −0.30, z2 0.40"


def test_shift_makes_larger_steps_and_home_leads_to_the_origin(browser, live):
    pad = live.find_element(By.CSS_SELECTOR, ".vae-pad")
    pad.send_keys(Keys.SHIFT + Keys.ARROW_RIGHT)
    pad.send_keys(Keys.PAGE_DOWN)
    assert browser.run("return arguments[0].vaeFigure.z", live) == [0.5, -0.5]
    pad.send_keys(Keys.HOME)
    assert browser.run("return arguments[0].vaeFigure.z", live) == [0, 0]
    pad.send_keys(Keys.TAB)
    assert browser.run("return document.activeElement.type") == "range"


def test_screen_reader_is_told_once_the_point_rests(browser, live):
    said = "return [...document.querySelectorAll('.vae-live [role=status]')].map((e) => e.textContent).join('')"
    assert browser.run(said) == ""
    pad = live.find_element(By.CSS_SELECTOR, ".vae-pad")
    for _ in range(3):
        pad.send_keys(Keys.ARROW_UP)
    assert browser.run(said) == ""
    browser.wait_for("setTimeout(arguments[0], 1000)")
    text = browser.run(said)
    assert text.startswith("Decoded at z = (0.00, 0.30). Held-out digits within 0.2 of z: ")
    assert live.find_element(By.CSS_SELECTOR, ".vae-image").get_attribute("aria-label") == text


def test_decoded_digits_can_be_laid_under_the_plane_and_taken_away(browser, live):
    button = live.find_element(By.CSS_SELECTOR, "button")
    frame(browser)
    bare = picture(browser, ".vae-pad canvas")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    shown = "const done = arguments[0]; const same = () => { const now = document.querySelector('.vae-pad canvas')"
    settled = (
        f"{shown}.toDataURL(); if (now === window.last) done(); window.last = now; setTimeout(same, 300) }}; same();"
    )
    browser.wait_for(settled)
    assert picture(browser, ".vae-pad canvas") != bare
    button.click()
    frame(browser)
    assert button.get_attribute("aria-pressed") == "false"
    assert picture(browser, ".vae-pad canvas") == bare


def test_figure_follows_the_theme_while_it_is_shown(browser, live):
    light = [picture(browser, canvas) for canvas in (".vae-pad canvas", ".vae-image")]
    browser.run("document.documentElement.dataset.theme = 'dark'")
    frame(browser)
    dark = [picture(browser, canvas) for canvas in (".vae-pad canvas", ".vae-image")]
    assert browser.run("return document.querySelector('.vae-live').dataset.theme") == "dark"
    assert all(before != after for before, after in zip(light, dark, strict=True))
    browser.run("document.documentElement.dataset.theme = 'light'")
    frame(browser)
    assert [picture(browser, canvas) for canvas in (".vae-pad canvas", ".vae-image")] == light


def test_on_a_phone_the_digit_stands_below_the_plane_and_all_can_be_touched(browser, site):
    browser.open((site / "live.html").as_uri(), width=360, height=740)
    boxes = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect())"
    (plane,), (digit,) = browser.run(boxes, ".vae-pad"), browser.run(boxes, ".vae-image")
    assert digit["top"] >= plane["bottom"]
    assert digit["bottom"] - plane["top"] < 740
    assert all(box["height"] >= 44 for box in browser.run(boxes, ".vae-live button, .vae-live input"))
    assert browser.run("return document.scrollingElement.scrollWidth") == 360


@pytest.mark.parametrize(
    ("page", "sentence", "errors"),
    [
        ("unnamed", "This model was trained in the notebook and is not part of this page", 0),
        ("absent", "This figure cannot be shown: the file payload-another.js with its weights did not load.", 1),
    ],
)
def test_what_cannot_come_alive_keeps_its_picture_and_says_why(browser, site, page, sentence, errors):
    browser.open((site / f"{page}.html").as_uri())
    assert sentence in browser.run("return document.querySelector('.vae-fallback').textContent")
    assert browser.run("return document.querySelector('.vae-still').isConnected")
    assert len(browser.complaints()) == errors


def test_in_a_kernel_two_figures_of_one_name_keep_their_own_weights(browser, site, explorer):
    other = LatentExplorer(Autoencoder(latent=2))
    server = Server(site)
    try:
        browser.open(f"{server.address}/empty.html")
        for place, figure in (("one", explorer), ("two", other)):
            header, buffer = figure.payload()
            state = json.loads(json.dumps(figure.state()))
            came = browser.wait_for(KERNEL, header, base64.b64encode(buffer).decode(), state, place)
            expected = decoded(figure, (0.0, 0.0))
            torch.testing.assert_close(torch.tensor(came), expected, atol=2e-3, rtol=0)
        # Python sets z and the plane; the reader's key goes back to Python.
        browser.run(
            "models.one.set('z', [1, 1]); models.one.set('extent', [-1, 1, -1, 1]); models.one.set('title', 'New')"
        )
        frame(browser)
        assert browser.run("return document.querySelector('#one .vae-title').textContent") == "New"
        pad = browser.driver.find_element(By.CSS_SELECTOR, "#one .vae-pad")
        assert pad.get_attribute("aria-valuetext") == "z1 1.000, z2 1.000"
        pad.send_keys(Keys.ARROW_LEFT)
        assert browser.run("return [models.one.get('z'), models.one.saved, models.two.saved]") == [[0.98, 1], 1, 0]
        browser.run("stops.one(); stops.two(); models.one.set('z', [0, 0]); models.one.set('title', 'Gone')")
        assert browser.run("return document.querySelectorAll('.vae-live').length") == 0
        assert browser.complaints() == []
    finally:
        server.quit()
