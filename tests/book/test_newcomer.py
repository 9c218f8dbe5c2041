"""A newcomer's own pictures, with nothing but the wheel: from a folder to a model, its numbers and its page."""

import json
import os
import subprocess
from itertools import pairwise
from urllib.parse import unquote

import numpy as np
import pytest
import torch
from figure_page import frame
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from shipped import ROOT, build_wheel, empty_environment

from vae_lib.checkpoints import load_file

SIDE, COUNT = 32, 500
HELD_OUT = COUNT // 5
TURNED, PALETTE = "discs/0.jpg", "bars/1.png"
# What a newcomer writes: nothing of it knows where it runs.
SCRIPT = """
import json
import torch
import vae_lib
from vae_lib.checkpoints import save_file
from vae_lib.data import load_images, pixels
from vae_lib.distributions import bits_per_dimension
from vae_lib.evaluation import active_units, log_likelihood, mean_elbo
from vae_lib.models import VAE, ConvVAE
from vae_lib.objectives import elbo
from vae_lib.training import train
from vae_lib.widgets import LatentExplorer

pictures = load_images("pictures")
dimensions = pixels(pictures.train.images[:1]).shape[1]
told = {"library": vae_lib.__file__, "name": pictures.name, "classes": pictures.classes, "image": pictures.image}
told["pictures"] = {
    name: image.tolist()
    for split in (pictures.train, pictures.validation, pictures.test)
    for name, image in zip(split.files, split.images)
    if name in NAMES
}

def measured(model):
    evidence = log_likelihood(model, pictures.test.images, num_samples=20).value
    return {
        "bound": mean_elbo(model, pictures.test.images).value.item(),
        "log likelihood": evidence,
        "bits": bits_per_dimension(torch.tensor(evidence), dimensions).item(),
        "active units": active_units(model, pictures.test.images),
    }

torch.manual_seed(0)
arguments = {"latent": 2, "hidden": (64,), "image": (3, 32, 32), "likelihood": "logistic"}
models = {"dense": VAE(**arguments), "convolutional": ConvVAE(latent=2, channels=4, image=(3, 32, 32))}
for name, model in models.items():
    before = measured(model)
    epochs = {"dense": 30, "convolutional": 10}[name]
    train(model, pictures.train.images, elbo, epochs=epochs, batch_size=50, learning_rate=3e-3)
    told[name] = {"before": before, "after": measured(model)}
dense = models["dense"].eval()
with torch.no_grad():
    codes = dense.encode(pixels(pictures.test.images))[0]
LatentExplorer(dense, codes=codes, labels=pictures.test.labels, title="My pictures").save_html("mine.html")
metrics = told["dense"]["after"]
save_file(dense, "mine.safetensors", arguments=arguments, data={"name": pictures.name}, metrics=metrics)
print(json.dumps(told))
"""


def drawn(kind, rng):
    """A bright disc or bar somewhere on a ground of another colour."""
    down, across = np.mgrid[:SIDE, :SIDE]
    at = rng.integers(8, SIDE - 8, 2)
    inside = (down - at[0]) ** 2 + (across - at[1]) ** 2 < 49 if kind == "discs" else abs(across - at[1]) < 4
    ground, ink = rng.integers(0, 120, 3), rng.integers(140, 256, 3)
    return np.where(inside[..., None], ink, ground).astype(np.uint8)


def held_upright():
    """White above and black below, as EXIF's orientation 6 stores it: turned by a quarter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = np.zeros((SIDE, SIDE, 3), np.uint8)
    upright[: SIDE // 2] = 255
    return Image.fromarray(np.rot90(upright).copy()), exif


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An otherwise empty folder with 500 pictures in two subfolders, PNG and JPEG in turns."""
    folder, rng = tmp_path_factory.mktemp("desk"), np.random.default_rng(0)
    for k in range(COUNT):
        kind = ("discs", "bars")[k % 2]
        (folder / "pictures" / kind).mkdir(parents=True, exist_ok=True)
        path = folder / "pictures" / kind / f"{k}.{('jpg', 'png')[k // 2 % 2 ^ k % 2]}"
        Image.fromarray(drawn(kind, rng)).save(path)
    turned, exif = held_upright()
    turned.save(folder / "pictures" / TURNED, exif=exif)
    palette = Image.fromarray(np.full((SIDE, SIDE), 1, np.uint8), "P")
    palette.putpalette([9, 9, 9, 200, 100, 50])
    palette.save(folder / "pictures" / PALETTE)
    assert {path.suffix for path in folder.rglob("discs/*")} == {".jpg", ".png"}
    assert len(list(folder.rglob("*.*g"))) == COUNT
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    wheel = build_wheel(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel"))
    return empty_environment(tmp_path_factory.mktemp("environment") / "new", wheel)


@pytest.fixture(scope="module")
def at_the_desk(python, desk, tmp_path_factory):
    """Runs that Python with arguments in the folder; what it printed."""
    home = tmp_path_factory.mktemp("home")

    def run(*arguments):
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        settings = kept | {"HOME": str(home), "OMP_NUM_THREADS": "1"}
        came = subprocess.run([python, *arguments], cwd=desk, env=settings, capture_output=True, text=True, timeout=600)
        assert came.returncode == 0, came.stderr[-3000:]
        return came.stdout

    return run


@pytest.fixture(scope="module")
def told(at_the_desk):
    """What the newcomer's script printed."""
    return json.loads(at_the_desk("-c", SCRIPT.replace("NAMES", repr((TURNED, PALETTE)))))


@pytest.fixture(scope="module")
def by_command(at_the_desk):
    """What the command printed."""
    written = ("--out", "model.safetensors", "--page", "explorer.html")
    return at_the_desk("-m", "vae_lib", "train", "pictures", "--latents", "2", "--epochs", "2", *written)


def test_the_environment_holds_the_wheel_and_what_it_asks_for(python, told):
    held = {path.name for path in python.parents[1].glob("lib/python*/site-packages/*")}
    assert {"vae_lib", "torch", "PIL", "numpy"} <= held
    assert {"pytest", "_pytest", "sphinx", "nbformat", "selenium", "skimage"} & held == set()
    assert told["library"].startswith(str(python.parents[1]))
    assert not told["library"].startswith(str(ROOT))


def test_no_picture_is_dropped_turned_or_recoloured(told):
    assert told["name"].startswith("pictures (500 images of 3 × 32 × 32, split ")
    assert told["classes"] == ["bars", "discs"]
    assert told["image"] == [3, SIDE, SIDE]
    upright = np.array(told["pictures"][TURNED])
    assert upright[:, :14].min() > 230
    assert upright[:, 18:].max() < 25
    assert (np.array(told["pictures"][PALETTE]) == np.reshape([200, 100, 50], (3, 1, 1))).all()


@pytest.mark.parametrize("name", ["dense", "convolutional"])
def test_models_learn_and_their_numbers_agree(told, name, record_property):
    before, after = told[name]["before"], told[name]["after"]
    record_property("measured", f"{name}: {after}")
    assert after["bits"] == pytest.approx(-after["log likelihood"] / (3 * SIDE**2 * np.log(2)), rel=1e-5)
    # Eight bits would be what a picture of bytes costs untold.
    assert after["bits"] < before["bits"] - 0.3
    assert after["bits"] < 8
    assert after["log likelihood"] >= after["bound"]
    assert 1 <= after["active units"] <= 2


def opened(browser, path):
    """The figure of a page opened from disk, which may ask for nothing else."""
    browser.open(path.as_uri())
    asked = {unquote(each) for each in browser.requests() if not each.startswith("data:")}
    assert asked == {unquote(path.as_uri())}
    return browser.driver.find_element(By.CSS_SELECTOR, ".vae-figure")


def dragged(browser, figure):
    """Where the point went in three drags, and what was decoded there."""
    pad, states = figure.find_element(By.CSS_SELECTOR, ".vae-pad"), []
    browser.run("arguments[0].scrollIntoView({block: 'center'})", pad)
    hand = ActionChains(browser.driver, duration=50).move_to_element(pad).click_and_hold()
    for across, down in ((60, 20), (-90, 40), (30, -110)):
        hand.move_by_offset(across, down).perform()
        frame(browser)
        states.append(browser.run("const f = arguments[0].vaeFigure; return [f.z, [...f.pixels()]]", figure))
        hand = ActionChains(browser.driver, duration=50)
    hand.release().perform()
    return states


@pytest.mark.parametrize("way", ["script", "command"])
def test_page_opens_from_disk_and_decodes_what_the_model_decodes(browser, desk, request, way):
    request.getfixturevalue({"script": "told", "command": "by_command"}[way])
    page, saved = {"script": ("mine", "mine"), "command": ("explorer", "model")}[way]
    model = load_file(desk / f"{saved}.safetensors")
    states = dragged(browser, opened(browser, desk / f"{page}.html"))
    assert all(before[0] != after[0] and before[1] != after[1] for before, after in pairwise(states))
    for z, painted in states:
        with torch.no_grad():
            decoded = model.decode(torch.tensor([z])).sigmoid()[0]
        np.testing.assert_allclose(painted, decoded, atol=4e-3)
    assert browser.requests() == []
    assert browser.complaints() == []


def test_command_leaves_a_model_its_card_and_a_page(by_command, desk):
    card = load_file(desk / "model.safetensors").card
    assert card.metrics["held-out pictures"] == HELD_OUT
    bits = -card.metrics["held-out bound"] / (3 * SIDE**2 * np.log(2))
    assert card.metrics["bits per dimension, at most"] == pytest.approx(bits, abs=1e-4)
    assert "bits per dimension, at most" in by_command
    assert (desk / "explorer.html").is_file()
    assert (desk / "model.json").is_file()
