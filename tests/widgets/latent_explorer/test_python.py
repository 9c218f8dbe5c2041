"""The explorer in Python: what it takes and refuses, what it stores and sends, and the still picture."""

import io
import json
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from vae_lib import checkpoints, figures
from vae_lib.models import VAE, Autoencoder
from vae_lib.widgets import FIGURES, InteractiveFigure, LatentExplorer, packing, palette
from vae_lib.widgets.figure import ELEMENT


class Card:
    """What the explorer reads of a checkpoint's card."""

    def __init__(self, codes):
        self.name, self.held_out_codes, self.held_out_labels = "a_checkpoint", codes, torch.arange(len(codes)) % 10


@pytest.fixture
def codes():
    return 1.5 * torch.randn(600, 2, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def model(codes):
    torch.manual_seed(0)
    model = VAE(latent=2)
    model.card = Card(codes)
    return model


@pytest.fixture
def explorer(model):
    return LatentExplorer(model)


def test_payload_gives_back_the_weights_the_codes_and_the_labels(model, explorer, codes):
    header, buffer = explorer.payload()
    at = 0
    for layer, linear in zip(header["layers"], [model.decoder[0], model.decoder[2]], strict=True):
        for tensor in (linear.weight, linear.bias):
            came = np.frombuffer(buffer, "<f2", tensor.numel(), at).reshape(tensor.shape)
            np.testing.assert_array_equal(came, tensor.detach().half().numpy())
            at += 2 * tensor.numel()
        assert [layer["outputs"], layer["inputs"]] == list(linear.weight.shape)
    assert [layer["activation"] for layer in header["layers"]] == ["relu", "sigmoid"]
    np.testing.assert_array_equal(np.frombuffer(buffer, "<f2", codes.numel(), at).reshape(-1, 2), codes.half())
    assert list(buffer[at + 2 * codes.numel() :]) == [k % 10 for k in range(600)]
    assert header["codes"] == 600
    assert header["image"] == [28, 28]


def test_notebook_stores_a_small_element_a_line_of_text_and_a_picture_but_no_weights(explorer):
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == "LatentExplorer(a_checkpoint, z=(0.00, 0.00))"
    assert len(data[ELEMENT]) < 1000
    assert 'data-payload="a_checkpoint"' in data[ELEMENT]
    assert f'data-sha256="{explorer.sha256}"' in data[ELEMENT]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata["image/png"]["alt"].startswith("The latent plane with")
    assert sum(len(json.dumps(value)) for value in data.values()) < 60_000


def test_page_element_holds_the_state_as_json_and_survives_any_title(model):
    found = {}

    class Element(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.update(dict(attributes) if tag == "div" else {})

    title = """<b> "it's" & more"""
    Element().feed(LatentExplorer(model, z=(0.5, -1), title=title).html())
    state = json.loads(found["data-state"])
    assert state == {"z": [0.5, -1.0], "extent": list(LatentExplorer(model).extent), "prior": True, "title": title}
    assert found["class"] == "vae-figure"
    assert found["data-figure"] == "latent-explorer"
    assert title in found["data-alt"]


def test_everything_stored_is_the_same_the_second_time(model):
    first, second = LatentExplorer(model, z=(0.3, 1)), LatentExplorer(model, z=(0.3, 1))
    assert first.sha256 == second.sha256
    assert first.html() == second.html()
    assert repr(first) == repr(second)
    assert first.still() == second.still()


def test_hash_tells_other_weights_and_other_codes(model, explorer):
    with torch.no_grad():
        model.decoder[0].bias[0] += 1
    changed = LatentExplorer(model)
    assert changed.sha256 != explorer.sha256
    model.card.held_out_codes = model.card.held_out_codes.flip(0)
    assert LatentExplorer(model).sha256 not in {explorer.sha256, changed.sha256}


def test_what_the_page_cannot_have_carries_no_name_and_no_hash(model, codes):
    assert 'data-payload="" data-sha256=""' in LatentExplorer(model, codes=codes).html()
    assert 'data-payload="" data-sha256=""' in LatentExplorer(model.decoder).html()


def test_widget_state_holds_no_weights_and_no_codes(explorer):
    state = {key: value for key, value in explorer.get_state().items() if key != "_esm"}
    assert not any(isinstance(value, bytes | memoryview | bytearray) for value in state.values())
    assert len(json.dumps(state)) < 1500


def test_weights_are_sent_to_a_front_end_that_asks(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(explorer, "send", lambda content, buffers=None: sent.append((content, buffers)))
    explorer._handle_custom_msg({"type": "something else"}, [])
    explorer._handle_custom_msg({"type": "payload-request"}, [])
    header, buffer = explorer.payload()
    assert sent == [({"type": "payload", "header": header}, [buffer])]


def test_payload_is_of_the_moment_the_figure_was_made(model, explorer):
    before = explorer.payload()
    nn.init.zeros_(model.decoder[2].weight)
    assert explorer.payload() == before


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_codes_of_every_precision_are_shown(model, codes, dtype):
    given = codes.to(dtype)
    came = LatentExplorer(model, codes=given)
    assert came.payload() == LatentExplorer(model, codes=given.float()).payload()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_models_of_every_precision_are_shown(dtype):
    # A trained one: the sums of its large logits are coarse in bfloat16.
    trained = checkpoints.load("vae_2d").to(dtype)
    header, buffer = LatentExplorer(trained).payload()
    of_single = LatentExplorer(checkpoints.load("vae_2d").to(dtype).float())
    assert (header, buffer) == of_single.payload()
    assert next(trained.parameters()).dtype == dtype
    with pytest.raises(ValueError, match=r"does more than its \.decoder"):
        LatentExplorer(Shifted(latent=2).to(dtype))


def test_z_is_read_set_and_observed(explorer):
    seen = []
    explorer.observe(lambda change: seen.append(change["new"]), "z")
    explorer.z = torch.tensor([1.0, -2.0])
    explorer.set_state({"z": [0.25, 0.5]})  # what the front end sends
    assert seen == [(1.0, -2.0), (0.25, 0.5)]
    assert explorer.z == (0.25, 0.5)
    assert explorer.get_state("z") == {"z": (0.25, 0.5)}


@pytest.mark.parametrize(
    ("z", "error"),
    [
        ((1.0,), ValueError),
        ((1.0, 2.0, 3.0), ValueError),
        ((float("nan"), 0.0), ValueError),
        ((0.0, float("inf")), ValueError),
        (5, TypeError),
        (None, TypeError),
        (("a", "b"), TypeError),
    ],
)
def test_z_takes_two_finite_numbers_and_nothing_else(explorer, z, error):
    with pytest.raises(error, match="expected z to be two finite numbers"):
        explorer.z = z
    assert explorer.z == (0.0, 0.0)


def test_autoencoder_has_no_prior_and_a_plane_around_its_codes(codes):
    autoencoder = Autoencoder(latent=2)
    explorer = LatentExplorer(autoencoder, codes=3 * codes + 10)
    assert not explorer.prior
    assert "prior" not in explorer.alt_text()
    left, right, bottom, top = explorer.extent
    assert right - left == top - bottom
    across = 3 * codes[:, 0] + 10
    assert ((left < across) & (across < right)).float().mean() > 0.98
    assert LatentExplorer(autoencoder, prior=True).prior


def test_vae_has_a_prior_and_shows_all_its_circles(model, codes):
    assert LatentExplorer(model).prior
    assert not LatentExplorer(model, prior=False).prior
    assert LatentExplorer(model, codes=codes / 100).extent == (-3.5, 3.5, -3.5, 3.5)
    left, right, *_ = LatentExplorer(model, codes=3 * codes).extent
    assert left == -right < -5


def test_codes_that_differ_in_their_last_digits_get_the_same_plane(model, codes):
    assert LatentExplorer(model, codes=codes).extent == LatentExplorer(model, codes=codes * (1 + 1e-6)).extent


def test_model_keeps_its_modes_and_gradients(model):
    model.train()
    model.decoder.eval()
    LatentExplorer(model)
    assert model.training
    assert not model.decoder.training
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())


class Conditional(VAE):
    """A decoder that needs more than z."""

    def decode(self, z, label):
        return self.decoder(z) + label


class Shifted(VAE):
    """A decode that does more than its decoder."""

    def decode(self, z):
        return self.decoder(z) + 1


class Undecided(VAE):
    """An encoder for pictures of another shape."""

    def encode(self, x):
        return super().encode(x.view(-1, 3, 999))


def spoilt(value):
    decoder = nn.Sequential(nn.Linear(2, 784))
    nn.init.constant_(decoder[0].weight, value)
    return decoder


REFUSED = {
    "no decoder": (TypeError, nn.Module(), "has no .decoder"),
    "convolution": (
        TypeError,
        nn.Sequential(nn.Linear(2, 784), nn.Conv2d(1, 1, 3)),
        r"decoder\[1\] = Conv2d.*nn.Linear",
    ),
    "batch norm": (TypeError, nn.Sequential(nn.Linear(2, 9), nn.BatchNorm1d(9), nn.Linear(9, 784)), "BatchNorm1d"),
    "20 latents": (ValueError, VAE(latent=20), "takes 20 latents: expected 2.*latent=2"),
    "no square": (ValueError, nn.Sequential(nn.Linear(2, 785)), "785 outputs: expected a square picture"),
    "nothing": (ValueError, nn.Sequential(), "has no layer"),
    "two activations": (ValueError, nn.Sequential(nn.Linear(2, 784), nn.ReLU(), nn.Tanh()), "follows no nn.Linear"),
    "no logits": (ValueError, nn.Sequential(nn.Linear(2, 784), nn.ReLU()), "ends in relu"),
    "sizes": (ValueError, nn.Sequential(nn.Linear(2, 5), nn.Linear(6, 784)), "gives 5 numbers and the next takes 6"),
    "NaN": (ValueError, spoilt(float("nan")), "NaN or infinite weights"),
    "infinity": (ValueError, spoilt(float("inf")), "NaN or infinite weights"),
    "too large": (ValueError, spoilt(1e5), "size 1e.05: expected at most 65504"),
    "label": (ValueError, Conditional(latent=2), "decode.z. fails.*needs more than z"),
    "more": (ValueError, Shifted(latent=2), "does more than its .decoder"),
    "encoder": (ValueError, Undecided(latent=2), "Say prior=True or prior=False"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_model_it_cannot_show_is_refused_with_what_to_do(case):
    error, model, message = REFUSED[case]
    with pytest.raises(error, match=message):
        LatentExplorer(model)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"codes": torch.zeros(5, 3)}, ValueError, r"expected codes of shape \(n, 2\), got \(5, 3\)"),
        ({"codes": torch.zeros(5)}, ValueError, r"shape \(n, 2\), got \(5,\)"),
        ({"codes": torch.full((5, 2), torch.nan)}, ValueError, "expected finite codes"),
        ({"codes": [["a", "b"]]}, TypeError, "expected codes to be a tensor or an array of numbers"),
        (
            {"codes": torch.zeros(5, 2), "labels": torch.zeros(4, dtype=torch.int)},
            ValueError,
            "one label for each of the 5",
        ),
        (
            {"codes": torch.zeros(5, 2), "labels": torch.zeros(5)},
            ValueError,
            "class numbers from 0 to 255, got float32",
        ),
        ({"codes": torch.zeros(1, 2), "labels": torch.tensor([256])}, ValueError, "class numbers from 0 to 255"),
        ({"labels": torch.zeros(5)}, ValueError, "got labels alone"),
        ({"extent": (1, -1, 0, 1)}, ValueError, "expected extent to be .left, right, bottom, top"),
        ({"extent": (0, 1, 0, 9)}, ValueError, "expected extent"),
        ({"extent": (0, 1)}, ValueError, "expected extent"),
        ({"z": (0.0, float("nan"))}, ValueError, "expected z"),
    ],
)
def test_options_that_make_no_plane_are_refused(model, options, error, message):
    with pytest.raises(error, match=message):
        LatentExplorer(model, **options)


def test_still_picture_is_small_and_shows_the_point_and_the_digit(model, codes):
    pictures = [LatentExplorer(model, z=z, title="T").still() for z in [(0, 0), (1, 1)]]
    assert pictures[0] != pictures[1]
    for png in pictures:
        assert len(png) <= 40_000
        assert Image.open(io.BytesIO(png)).size[0] > 600
        assert Image.open(io.BytesIO(png)).convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert len(LatentExplorer(model.decoder).still()) <= 40_000
    assert len(LatentExplorer(model, codes=codes[:0], labels=torch.zeros(0, dtype=torch.int)).still()) <= 40_000


def test_python_decodes_what_the_model_decodes(model):
    z = torch.randn(16, 2)
    pixels = packing.decode(packing.dense_layers(model.decoder), z.numpy())
    torch.testing.assert_close(torch.from_numpy(pixels), model.decode(z).sigmoid().detach(), atol=1e-6, rtol=1e-5)


def test_classes_have_the_colours_of_the_books_other_pictures():
    assert palette.CLASS_COLOURS == figures.DIGIT_COLOURS


def test_every_figure_can_be_found_by_the_name_its_element_carries():
    assert FIGURES["latent-explorer"] is LatentExplorer
    assert all(issubclass(each, InteractiveFigure) and each.figure == name for name, each in FIGURES.items())
