"""The laboratory between a front end and its kernel: what is trained in the one arrives in the other, and back."""

import base64
import json

import numpy as np
import pytest
import torch
from selenium.webdriver.common.by import By

from tests.widgets.laboratory.reference import laboratory_digits
from vae_lib.models import VAE
from vae_lib.widgets import Laboratory
from vae_lib.widgets.bundle import module_text
from vae_lib.widgets.laboratory import model_to_weights

# anywidget's model as a figure sees it, which keeps what it is sent.
HOST = """
const [header, buffer] = PAYLOAD;
const bytes = Uint8Array.from(atob(buffer), (each) => each.charCodeAt(0));
const [state, heard] = [STATE, {}];
const emit = (event, ...details) => (heard[event] ?? []).forEach((each) => each(...details));
window.sent = [];
window.model = {
  get: (name) => state[name],
  set(name, value) { state[name] = value; emit(`change:${name}`); },
  on: (event, each) => (heard[event] ??= []).push(each),
  off: (event, each) => (heard[event] = (heard[event] ?? []).filter((other) => other !== each)),
  save_changes() {},
  send(content, callbacks, buffers) {
    const payload = [{ type: "payload", header }, [new DataView(bytes.buffer)]];
    if (content.type === "payload-request") emit("msg:custom", ...payload);
    else sent.push([content, buffers.map((each) => btoa(String.fromCharCode(...new Uint8Array(each))))]);
  },
};
window.stop = render({ model, el: document.querySelector("main") });
"""


@pytest.fixture
def opened(browser, tmp_path):
    """A function that shows a laboratory as a notebook does, and gives back what it sends after some steps."""

    def shown(laboratory, steps):
        header, buffer = laboratory.payload()
        payload = json.dumps([header, base64.b64encode(buffer).decode()])
        host = HOST.replace("PAYLOAD", payload).replace("STATE", json.dumps(laboratory.state()))
        script = module_text("laboratory").replace("export default { render };", host)
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>'
        text = f'{head}<main></main><script type="module">{script}</script></html>'
        (tmp_path / "kernel.html").write_text(text, "utf-8")
        browser.open((tmp_path / "kernel.html").as_uri() + "#preset=collapse")
        main = browser.driver.find_element(By.TAG_NAME, "main")
        browser.run("arguments[0].vaeFigure.step(arguments[1])", main, steps)
        for _ in range(100):
            content, buffers = browser.run("return sent.at(-1) ?? [{}, []]")
            if content.get("step") == steps:
                break
            browser.wait_for("setTimeout(arguments[0], 100)")
        laboratory._answer(laboratory, content, [memoryview(base64.b64decode(each)) for each in buffers])
        return browser.run("return arguments[0].vaeFigure.values()", main)

    yield shown
    assert browser.complaints() == []


@pytest.mark.parametrize("told", [False, True])
def test_python_has_the_model_that_was_trained_in_the_page(opened, told):
    laboratory = Laboratory(laboratory_digits(), preset="no_kl", told=told, hidden=16)
    values = opened(laboratory, 25)
    digits = laboratory_digits()
    x = torch.from_numpy(digits.held_out.reshape(-1, 196) / 15).float()
    label = (torch.from_numpy(digits.held_out_labels.astype(np.int64)),) if told else ()
    mu, log_var = laboratory.model().encode(x, *label)
    np.testing.assert_allclose(mu.detach().numpy().ravel(), values["mu"], atol=1e-5)
    np.testing.assert_allclose((log_var / 2).exp().detach().numpy().ravel(), values["sigma"], rtol=1e-4)
    assert laboratory.history.reconstruction.shape == (25,)
    assert laboratory.history.beta.tolist() == [0] * 25
    assert laboratory.history.held_out[-1, 0] == 25
    assert laboratory.history.held_out[-1, 1] == pytest.approx(values["reconstruction"], rel=1e-6)


def test_page_starts_from_the_model_that_python_gives(opened):
    torch.manual_seed(3)
    model = VAE(1, (16,), 196)
    laboratory = Laboratory(laboratory_digits(), model=model)
    opened(laboratory, 0)
    np.testing.assert_array_equal(model_to_weights(laboratory.model())[0], model_to_weights(model)[0])


def test_what_python_sets_is_taken_on_and_no_address_is_touched(opened, browser):
    opened(Laboratory(laboratory_digits()), 1)
    browser.run("model.set('settings', { beta: 3, hidden: 32 })")
    figure = "document.querySelector('main').vaeFigure"
    assert browser.run(f"return [{figure}.settings.beta, {figure}.pending, {figure}.preset, location.hash]") == [
        3,
        ["hidden"],
        "beta_one",
        "#preset=collapse",
    ]
    browser.run("model.set('settings', {}), model.set('preset', 'cvae')")
    assert browser.run(f"return [{figure}.settings.told, {figure}.steps]") == [True, 0]
    browser.run("stop()")
    assert browser.run("return document.querySelector('main').vaeFigure === undefined")
