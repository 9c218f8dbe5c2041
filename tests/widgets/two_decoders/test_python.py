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
from vae_lib.models import Generator
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


def test_still_picture_is_small_shows_both_planes_and_is_the_same_the_second_time():
    figure = TwoDecoders(checkpoints.load("vae_2d"), checkpoints.load("gan_2d"))
    assert figure.payload_name == "vae_2d.gan_2d"
    png = figure.still()
    assert png == figure.still()
    assert len(png) <= 40_000
    assert Image.open(io.BytesIO(png)).width >= 600
    assert all(word in figure.alt_text() for word in ("VAE on the left", "GAN on the right", "z = (0.00, 0.00)"))
