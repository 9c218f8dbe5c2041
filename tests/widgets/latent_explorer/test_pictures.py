"""The explorer of pictures that are no digits: other sizes and colour, in Python, in a page, and as a file."""

import io
import json
import os
from urllib.parse import unquote

import numpy as np
import pytest
import torch
from figure_page import figure_page, frame
from PIL import Image
from selenium.webdriver.common.by import By

from vae_lib.models import VAE
from vae_lib.widgets import KLDivergence, LatentExplorer, packing, page_file

SHAPES = {"grey": (1, 9, 14), "colour": (3, 8, 8), "wide colour": (3, 6, 10)}
# What a canvas shows, as bytes from 0 to 255.
PAINTED = """
const canvas = document.querySelector(".vae-image");
const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
return [canvas.width, canvas.height, ...data];
"""


def model_of(image, likelihood="logistic"):
    torch.manual_seed(2)
    model = VAE(2, (16,), image=image, likelihood=likelihood)
    with torch.no_grad():
        model.decoder[2].weight.mul_(6)
    return model


def decoded(model, z):
    """The picture at z as bytes, by PyTorch, [height, width, channels]."""
    with torch.no_grad():
        picture = model.decode(torch.tensor([z])).sigmoid().reshape(model.image)
    return np.rint(255 * np.moveaxis(picture.numpy(), 0, 2))


@pytest.mark.parametrize("image", SHAPES.values(), ids=list(SHAPES))
def test_the_shape_is_the_models_own_or_the_one_given(image):
    model = model_of(image)
    header, _ = LatentExplorer(model).payload()
    assert header["image"] == [*image[1:], *([3] if image[0] == 3 else [])]
    assert LatentExplorer(model.decoder, image=image).payload()[0]["image"] == header["image"]
    assert LatentExplorer(model, ink=False).payload()[0]["photograph"] is True
    assert ("photograph" in header) == (image[0] == 3)


def test_a_grey_picture_that_is_no_square_may_leave_out_its_channel():
    model = model_of((1, 9, 14))
    assert LatentExplorer(model.decoder, image=(9, 14)).payload() == LatentExplorer(model).payload()


def test_digits_are_packed_as_ever():
    torch.manual_seed(0)
    header, _ = LatentExplorer(VAE(latent=2, hidden=(8,))).payload()
    assert header["image"] == [28, 28]
    assert "photograph" not in header


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (None, r"126 outputs: expected a square .* image=\(height, width\)"),
        ((9, 13), r"126 outputs: expected 117"),
        ((2, 9, 7), "1 or 3 channels"),
        (126, "1 or 3 channels"),
        ((9.0, 14), "1 or 3 channels"),
    ],
)
def test_a_shape_that_does_not_fit_is_said(image, words):
    with pytest.raises(ValueError, match=words):
        LatentExplorer(model_of((1, 9, 14)).decoder, image=image)


@pytest.mark.parametrize("image", SHAPES.values(), ids=list(SHAPES))
def test_the_still_picture_shows_the_picture_in_its_colours(image):
    model = model_of(image)
    explorer = LatentExplorer(model, ink=False, z=(1.0, -0.5))
    png = np.asarray(Image.open(io.BytesIO(explorer.still())).convert("RGB")).astype(int)
    assert len(explorer.still()) < 60_000
    # The right half holds the picture, whose pixels are squares many dots wide.
    shown = np.unique(png[:, png.shape[1] // 2 :].reshape(-1, 3), axis=0)
    for pixel in decoded(model, (1.0, -0.5)).reshape(-1, image[0])[:: max(1, image[1] * image[2] // 12)]:
        colour = np.broadcast_to(pixel, 3) if image[0] == 1 else pixel
        assert np.abs(shown - colour).max(axis=1).min() <= 24
    assert "the picture decoded" in explorer.alt_text()


@pytest.mark.parametrize("image", SHAPES.values(), ids=list(SHAPES))
def test_a_page_paints_what_pytorch_decodes(browser, tmp_path, image):
    model = model_of(image)
    explorer = LatentExplorer(model, ink=False, z=(1.0, -0.5), codes=torch.randn(20, 2))
    explorer.payload_name = "other"
    browser.open(figure_page(tmp_path, explorer, payload="other"))
    width, height, *painted = browser.run(PAINTED)
    assert (height, width) == image[1:]
    colours = np.array(painted).reshape(height, width, 4)
    assert (colours[..., 3] == 255).all()
    np.testing.assert_allclose(
        colours[..., :3], np.broadcast_to(decoded(model, (1.0, -0.5)), (height, width, 3)), atol=2
    )
    box = browser.driver.find_element(By.CLASS_NAME, "vae-image").rect
    assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.05)
    button = browser.driver.find_element(By.XPATH, "//button[text()='Show decoded pictures']")
    before = browser.run("return document.querySelector('canvas').toDataURL()")
    button.click()
    browser.wait_for("setTimeout(arguments[0], 800)")
    frame(browser)
    assert browser.run("return document.querySelector('canvas').toDataURL()") != before
    assert browser.complaints() == []


class TestPageOfItsOwn:
    @pytest.mark.parametrize("image", [(3, 8, 8), (1, 28, 28)], ids=["colour", "digit"])
    def test_it_opens_from_disk_and_asks_for_nothing_else(self, browser, tmp_path, image):
        model = model_of(image)
        codes, labels = torch.randn(30, 2), torch.arange(30) % 3
        explorer = LatentExplorer(model, codes=codes, labels=labels, title="Cats <and> dogs", z=(0.5, 0.25))
        path = explorer.save_html(tmp_path / "sent by mail.html")
        assert [each.name for each in tmp_path.iterdir()] == [path.name]
        browser.open(path.as_uri())
        asked = {unquote(each) for each in browser.requests() if not each.startswith("data:")}
        assert asked == {unquote(path.as_uri())}
        assert browser.complaints() == []
        pixels = browser.run("return [...document.querySelector('.vae-figure').vaeFigure.pixels()]")
        expected = packing.decode(packing.dense_layers(model.decoder, image), np.array([[0.5, 0.25]], np.float32))[0]
        np.testing.assert_allclose(pixels, expected, atol=2e-3)
        browser.run("document.querySelector('.vae-figure').vaeFigure.z = [-1, 1]")
        frame(browser)
        moved = browser.run("return [...document.querySelector('.vae-figure').vaeFigure.pixels()]")
        assert not np.allclose(moved, pixels, atol=1e-3)
        assert browser.driver.title == "Cats <and> dogs"

    def test_it_has_a_picture_for_a_reader_without_scripts(self, tmp_path):
        text = LatentExplorer(model_of((3, 8, 8))).save_html(tmp_path / "a.html").read_text("utf-8")
        assert '<img class="vae-still" alt="The latent plane' in text
        assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")

    def test_a_script_cannot_be_ended_by_what_it_holds(self, tmp_path):
        text = page_file.page_text(LatentExplorer(model_of((3, 8, 8)), title="</script><p>"))
        assert text.count("</script>") == 2

    def test_any_figure_can_be_sent(self, browser, tmp_path):
        browser.open(KLDivergence().save_html(tmp_path / "kl.html").as_uri())
        assert browser.run("return Boolean(document.querySelector('.vae-figure').vaeFigure)")
        assert browser.complaints() == []

    @pytest.mark.parametrize("place", ["nowhere/a.html", "folder"])
    def test_where_it_cannot_be_written_nothing_is(self, tmp_path, place):
        (tmp_path / "folder").mkdir()
        with pytest.raises(OSError, match=r"cannot write .*name a file in a folder that exists"):
            LatentExplorer(model_of((3, 8, 8))).save_html(tmp_path / place)
        assert [each.name for each in tmp_path.rglob("*")] == ["folder"]

    def test_a_page_that_was_there_stays_whole_when_writing_fails(self, tmp_path, monkeypatch):
        (tmp_path / "a.html").write_text("before")
        monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(OSError, match="No space left"):
            LatentExplorer(model_of((3, 8, 8))).save_html(tmp_path / "a.html")
        assert (tmp_path / "a.html").read_text() == "before"
        assert [each.name for each in tmp_path.iterdir()] == ["a.html"]

    def test_state_and_weights_are_in_the_file_once(self, tmp_path):
        text = LatentExplorer(model_of((3, 8, 8)), z=(1, 2)).save_html(tmp_path / "a.html").read_text("utf-8")
        assert text.count('"base64"') == 1
        assert json.dumps([1.0, 2.0]) in text
