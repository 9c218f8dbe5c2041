"""The figure that reads a drawing, from Python: what it takes and refuses, what it reads, stores and draws."""

import io
import json
import re

import numpy as np
import pytest
import torch
import traitlets
from pen_traces import strokes_of
from PIL import Image
from torch.distributions import Bernoulli, Normal, kl_divergence

from vae_lib.checkpoints import load
from vae_lib.models import VAE, Autoencoder, DenseCVAE
from vae_lib.widgets import DrawADigit
from vae_lib.widgets.draw_a_digit.strokes import render_strokes
from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.stroke_examples import example_strokes

SQUARE = [[(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1)]]


@pytest.fixture(scope="module")
def cvae():
    return load("cvae_2d")


@pytest.fixture
def drawing(cvae):
    return DrawADigit(cvae)


@pytest.mark.parametrize("digit", range(10))
def test_every_example_is_read_as_what_it_is(drawing, digit):
    drawing.strokes = example_strokes(digit)
    assert drawing.label == digit


def test_traced_digits_of_mnist_are_read_as_often_as_the_digits_themselves(cvae, mnist):
    drawing, right, themselves = DrawADigit(cvae), 0, 0
    digits, labels = mnist.validation.images[::25][:60].float() / 255, mnist.validation.labels[::25][:60]
    for image, label in zip(digits, labels.tolist(), strict=True):
        drawing.strokes = strokes_of(image)
        right += drawing.label == label
        themselves += int(best_label(cvae, image.numpy())) == label
    assert right >= themselves - 3
    assert themselves >= 0.8 * len(digits)


def best_label(model, image):
    """The label with the largest ELBO, by 50 samples of PyTorch's own distributions."""
    x, label = torch.from_numpy(image).flatten().expand(10, -1), torch.arange(10)
    torch.manual_seed(0)
    return torch.stack([elbo(model, x, label) for _ in range(50)]).mean(0).argmax()


@torch.no_grad()
def elbo(model, x, label):
    mu, log_var = model.encode(x, label)
    q = Normal(mu, (0.5 * log_var).exp())
    likelihood = Bernoulli(logits=model.decode(q.sample(), label), validate_args=False).log_prob(x).sum(-1)
    return likelihood - kl_divergence(q, Normal(torch.zeros(2), torch.ones(2))).sum(-1)


def test_four_points_stand_in_for_the_mean_over_the_posterior(cvae, drawing):
    x, label = torch.from_numpy(drawing.image).flatten().expand(10, -1), torch.arange(10)
    torch.manual_seed(0)
    sampled = torch.stack([elbo(cvae, x, label) for _ in range(3000)])
    # A mean over 3,000 samples is itself uncertain, and the likelihood is no cubic: half a nat in a hundred.
    error = sampled.std(0) / 3000**0.5
    assert (np.abs(drawing.elbos - sampled.mean(0).numpy()) < 4 * error.numpy() + 0.005 * np.abs(drawing.elbos)).all()


def test_posterior_and_code_are_the_models(cvae, drawing):
    drawing.strokes, drawing.epsilon = example_strokes(5), (1.0, -2.0)
    mu, log_var = cvae.encode(torch.from_numpy(drawing.image).reshape(1, -1), torch.tensor([5]))
    np.testing.assert_allclose(drawing.mu, mu[0], rtol=1e-5)
    np.testing.assert_allclose(drawing.log_var, log_var[0], rtol=1e-5)
    z = mu[0] + (0.5 * log_var[0]).exp() * torch.tensor([1.0, -2.0])
    np.testing.assert_allclose(drawing.z, z, rtol=1e-5)
    drawing.z = (0.5, 0.25)
    np.testing.assert_allclose(drawing.z, (0.5, 0.25), rtol=1e-6)
    np.testing.assert_array_equal(drawing.image, render_strokes(drawing.strokes))


def test_reader_may_say_what_the_drawing_is(cvae, drawing):
    drawing.read_as = 8
    assert drawing.label == 8
    mu, _ = cvae.encode(torch.from_numpy(drawing.image).reshape(1, -1), torch.tensor([8]))
    np.testing.assert_allclose(drawing.mu, mu[0], rtol=1e-5)
    drawing.read_as = None
    assert drawing.label == 3


def test_scribble_costs_more_than_held_out_digits(cvae):
    terms = cvae.card.held_out_terms
    drawing = DrawADigit(cvae, strokes=SQUARE)
    value = drawing.elbos.max()
    most = (terms[:, 0] + terms[:, 1]).quantile(0.99).item()
    assert -value > most
    for digit in range(10):
        drawing.strokes = example_strokes(digit)
        assert -drawing.elbos.max() < most


def test_empty_sheet_has_no_reading(drawing):
    drawing.strokes = []
    assert drawing.label is drawing.mu is drawing.log_var is drawing.z is drawing.elbos is None
    assert not drawing.image.any()
    assert repr(drawing) == "DrawADigit(cvae_2d, 0 strokes, label=None)"
    assert drawing.alt_text() == "An empty sheet to draw a digit on."
    with pytest.raises(ValueError, match="empty sheet: set strokes first"):
        drawing.z = (0, 0)


def test_values_are_read_set_and_observed(drawing):
    heard = []
    drawing.observe(lambda change: heard.append(change.name), ["strokes", "read_as", "redraw_as", "epsilon"])
    sent = {"strokes": [[[0.25, 0.5], [0.5, 1]], []], "read_as": 4, "redraw_as": None, "epsilon": [0, 1]}
    drawing.set_state(sent)  # what the front end sends
    assert drawing.strokes == (((0.25, 0.5), (0.5, 1.0)),)
    assert sorted(heard) == ["epsilon", "read_as", "strokes"]
    assert drawing.state() == {**sent, "strokes": sent["strokes"][:1], "epsilon": [0.0, 1.0]}


@pytest.mark.parametrize(
    ("strokes", "error"),
    [
        ([[(0.5, 1.5)]], ValueError),
        ([[(0.5, -0.1)]], ValueError),
        ([[(0.5, float("nan"))]], ValueError),
        ([[(0.5, 0.5, 0.5)]], ValueError),
        ([[(0.5, 0.5)] * 5001], ValueError),
        ([(0.5, 0.5)], TypeError),
        (5, TypeError),
        ([[("a", "b")]], TypeError),
    ],
)
def test_what_is_no_drawing_is_refused(drawing, strokes, error):
    before = drawing.strokes
    with pytest.raises(error, match="expected strokes to be strokes, each a list of points"):
        drawing.strokes = strokes
    assert drawing.strokes == before


@pytest.mark.parametrize("name", ["read_as", "redraw_as"])
@pytest.mark.parametrize("value", [-1, 10, 2.5, "3"])
def test_labels_are_digits_or_none(drawing, name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(drawing, name, value)


def test_notebook_stores_a_small_element_and_the_same_the_second_time(cvae):
    data, metadata = DrawADigit(cvae, redraw_as=7)._repr_mimebundle_()
    assert data["text/plain"] == "DrawADigit(cvae_2d, 2 strokes, label=3)"
    assert 'data-figure="draw-a-digit" data-payload="cvae_2d"' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state["strokes"] == [[list(point) for point in stroke] for stroke in example_strokes(3)]
    assert [state["read_as"], state["redraw_as"], state["epsilon"]] == [None, 7, [0.0, 0.0]]
    assert len(data[ELEMENT]) < 2000
    assert "reads as a 3" in metadata["image/png"]["alt"]
    assert "redrawn as a 7" in metadata["image/png"]["alt"]
    again, _ = DrawADigit(cvae, redraw_as=7)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_still_picture_is_small_and_shows_what_is_drawn(cvae):
    ink = []
    for strokes in ([], example_strokes(1), example_strokes(8)):
        png = DrawADigit(cvae, strokes=strokes).still()
        assert 3_000 < len(png) <= 40_000
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("L")).astype(float)
        height, width = picture.shape
        ink.append((255 - picture[: height // 2, : width // 4]).mean())
    assert ink == sorted(ink)
    assert ink[2] > ink[1] > ink[0]


def test_model_trained_live_works_without_a_card():
    torch.manual_seed(1)
    drawing = DrawADigit(DenseCVAE(latent=2, hidden=(5,)).double())
    assert drawing.label in range(10)
    assert drawing.elbos.shape == (10,)
    assert 'data-payload=""' in drawing.html()


class TestPlain:
    """A VAE that is told no label: it reads none, and redraws what was drawn."""

    @pytest.fixture
    def vae(self):
        return load("beta_2d_1")

    def test_reading_is_the_models(self, vae):
        drawing = DrawADigit(vae, epsilon=(1.0, -2.0))
        x = torch.from_numpy(drawing.image).reshape(1, -1)
        mu, log_var = vae.encode(x)
        np.testing.assert_allclose(drawing.mu, mu[0], rtol=1e-5)
        np.testing.assert_allclose(drawing.log_var, log_var[0], rtol=1e-5)
        q = Normal(mu, (0.5 * log_var).exp())
        torch.manual_seed(0)
        z = q.sample((3000,))[:, 0]
        likelihood = Bernoulli(logits=vae.decode(z), validate_args=False).log_prob(x).sum(-1)
        expected = likelihood.mean() - kl_divergence(q, Normal(0.0, 1.0)).sum()
        assert drawing.elbos.shape == (1,)
        assert drawing.elbos[0] == pytest.approx(expected.item(), abs=1.0)

    @pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
    def test_a_trained_model_of_half_precision_reads_nearly_the_same(self, vae, dtype):
        expected = DrawADigit(vae).elbos
        np.testing.assert_allclose(DrawADigit(vae.to(dtype)).elbos, expected, atol=1.0)

    def test_there_is_no_label_to_read_or_to_say(self, vae):
        drawing = DrawADigit(vae)
        assert drawing.label is None
        assert not re.search("read|redrawn", drawing.alt_text())
        assert repr(drawing) == "DrawADigit(beta_2d_1, 2 strokes, label=None)"
        assert 'data-payload="beta_2d_1"' in drawing.html()
        header, _ = drawing.payload()
        assert [header["classes"], len(header["examples"])] == [1, 10]

    def test_empty_sheet_has_no_reading(self, vae):
        drawing = DrawADigit(vae, strokes=[])
        assert drawing.mu is drawing.z is drawing.elbos is None
        assert drawing.alt_text() == "An empty sheet to draw a digit on."

    @pytest.mark.parametrize("strokes", [[], example_strokes(4)])
    def test_still_picture_is_small(self, vae, strokes):
        assert 3_000 < len(DrawADigit(vae, strokes=strokes).still()) <= 40_000

    def test_model_just_trained_works_and_one_with_more_latents_is_refused(self):
        torch.manual_seed(1)
        assert DrawADigit(VAE(latent=2, hidden=(5,)).double()).mu is not None
        with pytest.raises(ValueError, match="no label and two latents; came 20 latents where 2 were expected"):
            DrawADigit(VAE())
        with pytest.raises(TypeError, match=r"expected a dense VAE with .encoder, .to_mu.*has no such .to_mu"):
            DrawADigit(Autoencoder(latent=2))
        with pytest.raises(ValueError, match=r"shows digits, image=\(1, 28, 28\); came a model of image=\(1, 14, 56\)"):
            DrawADigit(VAE(latent=2, image=(1, 14, 56)))
        with pytest.raises(ValueError, match="Bernoulli pixels; came a model of likelihood='normal'"):
            DrawADigit(VAE(latent=2, image=(1, 28, 28), likelihood="normal"))
