"""The label explorer from Python: what it takes and refuses, stores and draws."""

import io
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image
from torch import nn

from vae_lib.checkpoints import load
from vae_lib.models import CVAE, VAE, DenseCVAE
from vae_lib.widgets import LabelExplorer
from vae_lib.widgets.conditional import quantiles
from vae_lib.widgets.figure import ELEMENT


@pytest.fixture(scope="module")
def cvae():
    return load("cvae_2d")


def small():
    torch.manual_seed(2)
    return DenseCVAE(latent=2, hidden=(6,))


def test_payload_gives_back_the_weights_and_the_held_out_codes(cvae):
    header, buffer = LabelExplorer(cvae).payload()
    stacks = [cvae.encoder[0][0], cvae.encoder[0][2], cvae.to_mu, cvae.to_log_var, *cvae.decoder[::2]]
    at = 0
    for sizes, linear in zip(header["encoder"] + header["heads"] + header["decoder"], stacks, strict=True):
        assert [sizes["outputs"], sizes["inputs"]] == list(linear.weight.shape)
        for tensor in (linear.weight, linear.bias):
            came = np.frombuffer(buffer, "<f2", tensor.numel(), at).reshape(tensor.shape)
            np.testing.assert_array_equal(came, tensor.half().numpy())
            at += 2 * tensor.numel()
    codes = cvae.card.held_out_codes
    np.testing.assert_array_equal(np.frombuffer(buffer, "<f2", codes.numel(), at).reshape(-1, 2), codes.half())
    assert list(buffer[at + 2 * codes.numel() :]) == cvae.card.held_out_labels.tolist()
    assert header["terms"] == quantiles(cvae.card.held_out_terms)


def test_quantiles_are_numpys_and_rise(cvae):
    found, terms = quantiles(cvae.card.held_out_terms), cvae.card.held_out_terms.double().numpy()
    for column, name in enumerate(("error", "kl")):
        np.testing.assert_allclose(found[name], np.quantile(terms[:, column], np.linspace(0, 1, 101)), atol=0.006)
        assert found[name] == sorted(found[name])


def test_notebook_stores_a_small_element_and_the_same_the_second_time(cvae):
    data, metadata = LabelExplorer(cvae, label=7, z=(0.5, -1))._repr_mimebundle_()
    assert data["text/plain"] == "LabelExplorer(cvae_2d, label=7, z=(0.50, -1.00))"
    assert 'data-figure="label-explorer" data-payload="cvae_2d"' in data[ELEMENT]
    assert json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1]) == {"label": 7, "z": [0.5, -1.0]}
    assert len(data[ELEMENT]) < 1000
    assert "beside it a 7 decoded at z = (0.50, -1.00)" in metadata["image/png"]["alt"]
    again, _ = LabelExplorer(cvae, label=7, z=(0.5, -1))._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_both_figures_of_the_model_share_its_weights(cvae):
    from vae_lib.widgets import DrawADigit

    assert LabelExplorer(cvae).sha256 == DrawADigit(cvae).sha256


def test_widget_state_holds_no_weights_and_a_model_without_card_no_name():
    explorer = LabelExplorer(small())
    state = {key: value for key, value in explorer.get_state().items() if key != "_esm"}
    assert len(json.dumps(state)) < 1500
    assert 'data-payload="" data-sha256=""' in explorer.html()
    assert explorer.payload()[0]["terms"] is None


def test_label_and_z_are_read_set_and_observed(cvae):
    explorer, heard = LabelExplorer(cvae), []
    explorer.observe(lambda change: heard.append((change.name, change.new)), ["label", "z"])
    explorer.label = 4
    explorer.set_state({"z": [0.25, 0.5], "label": 9})  # what the front end sends
    assert heard[0] == ("label", 4)
    assert sorted(heard[1:]) == [("label", 9), ("z", (0.25, 0.5))]


@pytest.mark.parametrize("label", [-1, 10, 3.5, "3", None])
def test_label_is_a_digit_and_nothing_else(label):
    explorer = LabelExplorer(small())
    with pytest.raises(traitlets.TraitError, match="label"):
        explorer.label = label
    assert explorer.label == 3


class TwiceTold(DenseCVAE):
    """A decode that does more than its decoder."""

    def decode(self, z, label):
        return 2 * super().decode(z, label)


REFUSED = {
    "no label": (ValueError, VAE(latent=2), "784 encoder inputs where 794 were expected.*2 decoder inputs where 12"),
    "convolutions": (
        TypeError,
        CVAE(),
        r"cannot show encoder.0. = Unflatten: expected nn.Linear layers.*Train a dense one",
    ),
    "no parts": (TypeError, nn.Linear(2, 2), "Linear has no such .encoder, .to_mu, .to_log_var, .decoder"),
    "twenty latents": (ValueError, DenseCVAE(latent=20), "20 latents where 2 were expected"),
    "few pixels": (ValueError, DenseCVAE(pixels=16), "16 pixels decoded where 784"),
    "five classes": (ValueError, DenseCVAE(classes=5), "789 encoder inputs where 794"),
    "another shape": (ValueError, DenseCVAE(image=(1, 14, 56)), r"image=\(1, 28, 28\); came .*image=\(1, 14, 56\)"),
    "more": (ValueError, TwiceTold(), "TwiceTold does more than its layers"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_model_it_cannot_show_is_refused_with_what_to_do(case):
    error, model, message = REFUSED[case]
    with pytest.raises(error, match=message):
        LabelExplorer(model)


def test_model_keeps_its_modes_and_the_figure_its_weights():
    model = small().train()
    explorer = LabelExplorer(model)
    before = explorer.payload()
    nn.init.zeros_(model.decoder[0].weight)
    assert explorer.payload() == before
    assert model.training
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_still_picture_is_small_and_shows_the_digit_that_is_chosen(cvae):
    stills = {label: LabelExplorer(cvae, label=label).still() for label in (1, 8)}
    ink = {}
    for label, png in stills.items():
        assert 5_000 < len(png) <= 40_000
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("L")).astype(float)
        height, width = picture.shape
        ink[label] = (255 - picture[: height * 2 // 3, width // 2 :]).mean()
    assert ink[1] < ink[8]
    assert len(LabelExplorer(small()).still()) <= 40_000


def test_card_without_terms_makes_a_figure_without_them(cvae):
    model = small()
    card = cvae.card
    model.card = SimpleNamespace(name="x", held_out_codes=card.held_out_codes, held_out_labels=card.held_out_labels)
    header, _ = LabelExplorer(model).payload()
    assert header["codes"] == 1500
    assert header["terms"] is None
