"""The figure of two decoders on one plane in Python: what it takes and refuses, stores and shows in a still picture."""

import io
import json
import re

import pytest
import torch
from PIL import Image
from torch import nn

from tests.widgets.two_decoders.reference import pair
from vae_lib import checkpoints
from vae_lib.models import VAE, Generator
from vae_lib.widgets import TwoDecoders
from vae_lib.widgets.figure import ELEMENT


def test_pictures_are_what_the_two_models_decode():
    left, right = pair()
    z = torch.randn(6, 2)
    came = TwoDecoders(left, right).pictures(z)
    with torch.no_grad():
        torch.testing.assert_close(torch.tensor(came[0]).flatten(1), left.decode(z).sigmoid())
        torch.testing.assert_close(torch.tensor(came[1]).flatten(1), right(z))


def test_payload_holds_both_decoders_and_the_element_neither():
    figure = TwoDecoders(*pair(), z=(0.5, -1))
    header, buffer = figure.payload()
    assert [len(each["layers"]) for each in header["decoders"]] == [3, 2]
    weights = [sum(each.numel() for each in model.decoder.parameters()) for model in pair()]
    assert header["bytes"] == [2 * count for count in weights]
    assert len(buffer) == 2 * sum(weights)
    data, _ = figure._repr_mimebundle_()
    assert data["text/plain"] == "TwoDecoders(VAE, GAN, z=(0.50, -1.00))"
    assert 'data-figure="two-decoders" data-payload="" data-sha256=""' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state == {"z": [0.5, -1.0], "titles": ["VAE", "GAN"]}
    assert len(data[ELEMENT]) < 1200


def test_decoders_of_other_sizes_and_of_other_latents_are_refused():
    left, _ = pair()
    with pytest.raises(ValueError, match="pictures of one size, got 784 and 16"):
        TwoDecoders(left, nn.Linear(2, 16))
    with pytest.raises(ValueError, match="takes 3 latents"):
        TwoDecoders(left, Generator(latent=3, hidden=(5,)))
    with pytest.raises(TypeError, match=r"has no \.decoder"):
        TwoDecoders(left, nn.Identity())


@pytest.mark.parametrize("image", [(1, 5, 9), (1, 4, 9)], ids=str)
def test_pictures_keep_the_shape_that_the_models_or_the_reader_give(image):
    left, right = (VAE(2, (6,), image=image) for _ in range(2))
    z = torch.randn(3, 2)
    for figure in (TwoDecoders(left, right), TwoDecoders(left.decoder, right.decoder, image=image[1:])):
        came = figure.pictures(z)
        with torch.no_grad():
            torch.testing.assert_close(torch.tensor(came[1]), right.decode(z).sigmoid().view(3, *image[1:]))
        assert [each["image"] for each in figure.payload()[0]["decoders"]] == [[*image[1:]]] * 2
        assert Image.open(io.BytesIO(figure.still())).width >= 600


def test_pictures_of_an_unknown_or_another_shape_are_refused():
    oblong, colour = VAE(2, (6,), image=(1, 5, 9)), VAE(2, (6,), image=(3, 3, 4))
    with pytest.raises(ValueError, match=r"45 outputs: expected a square .* image=\(height, width\)"):
        TwoDecoders(oblong.decoder, oblong.decoder)
    with pytest.raises(ValueError, match="45 outputs: expected 36"):
        TwoDecoders(oblong.decoder, oblong.decoder, image=(4, 9))
    with pytest.raises(ValueError, match=r"one shape, got \(1, 5, 9\) and \(1, 9, 5\)"):
        TwoDecoders(oblong, VAE(2, (6,), image=(1, 9, 5)))
    # Its 36 numbers would fill a grey square of 6 × 6.
    with pytest.raises(ValueError, match="expected grey pictures, of one channel"):
        TwoDecoders(colour, colour)


def test_still_picture_is_small_shows_both_planes_and_is_the_same_the_second_time():
    figure = TwoDecoders(checkpoints.load("vae_2d"), checkpoints.load("gan_2d"))
    assert figure.payload_name == "vae_2d.gan_2d"
    png = figure.still()
    assert png == figure.still()
    assert len(png) <= 40_000
    assert Image.open(io.BytesIO(png)).width >= 600
    assert all(word in figure.alt_text() for word in ("VAE on the left", "GAN on the right", "z = (0.00, 0.00)"))
