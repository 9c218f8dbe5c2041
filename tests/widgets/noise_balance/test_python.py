"""The figure of the noise between two pulls in Python: its numbers, what it refuses, and what a notebook stores."""

import io
import json
import math
import re

import numpy as np
import pytest
import traitlets
from PIL import Image

from tests.widgets.noise_balance.reference import pulls, rest
from vae_lib.widgets import NoiseBalance
from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.palette import BLUE


@pytest.mark.parametrize("kl", [True, False])
@pytest.mark.parametrize(("weight", "variance", "sigma"), [(2.0, 1.0, 0.8), (0.0, 1.0, 0.3), (5.0, 0.05, 4.0)])
def test_pulls_and_balance_are_those_of_autograd(weight, variance, sigma, kl):
    figure = NoiseBalance(weight=weight, variance=variance, sigma=sigma, kl=kl)
    assert figure.pulls == pytest.approx(pulls(weight, variance, kl, math.log(sigma)))
    assert figure.rest == (pytest.approx(math.exp(rest(weight, variance))) if kl else 0 if weight else None)


def test_notebook_stores_a_small_element_without_payload_and_the_same_the_second_time():
    data, _ = NoiseBalance(weight=3.0, variance=0.5, sigma=0.2, kl=False)._repr_mimebundle_()
    assert data["text/plain"] == "NoiseBalance(weight=3.00, variance=0.50, sigma=0.200, kl=False)"
    assert 'data-figure="noise-balance" data-payload="" data-sha256=""' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state == {"weight": 3.0, "variance": 0.5, "sigma": 0.2, "kl": False}
    assert len(data[ELEMENT]) < 1000
    again, _ = NoiseBalance(weight=3.0, variance=0.5, sigma=0.2, kl=False)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_values_are_read_set_and_observed():
    figure, heard = NoiseBalance(), []
    figure.observe(lambda change: heard.append((change.name, change.new)), ["sigma", "kl"])
    figure.sigma, figure.kl = 0.5, False
    assert heard == [("sigma", 0.5), ("kl", False)]
    assert figure.state() == {"weight": 2.0, "variance": 1.0, "sigma": 0.5, "kl": False}


@pytest.mark.parametrize("name", ["weight", "variance", "sigma"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 9.0, "1", None])
def test_what_the_figure_cannot_show_is_refused_by_name(name, value):
    figure = NoiseBalance()
    before = getattr(figure, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(figure, name, value)
    assert getattr(figure, name) == before


@pytest.mark.parametrize("value", [0.0, 1e-3])
def test_noise_of_zero_and_a_likelihood_without_variance_are_refused(value):
    for name in ("variance", "sigma"):
        with pytest.raises(traitlets.TraitError, match=name):
            NoiseBalance(**{name: value})


@pytest.mark.parametrize("options", [{"kl": False}, {"weight": 0.0}, {"weight": 0.0, "kl": False}, {"sigma": 4.0}])
def test_every_state_has_a_still_picture_and_words(options):
    figure = NoiseBalance(**options)
    assert 5_000 < len(figure.still()) <= 40_000
    assert "reconstruction" in figure.alt_text()
    assert ("KL pulls" in figure.alt_text()) == figure.kl


def test_still_picture_shows_where_sigma_stands():
    columns = []
    for sigma in (0.05, 2.0):
        png = NoiseBalance(weight=0.5, sigma=sigma).still()
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        blue = np.array([int(BLUE[k : k + 2], 16) for k in (1, 3, 5)])
        rows, at = np.nonzero(np.abs(picture - blue).sum(axis=2) < 40)
        # The arrow of the KL is the longest run of its colour in one row.
        row = np.bincount(rows).argmax()
        columns.append(at[rows == row].mean() / picture.shape[1])
    assert columns[0] < 0.5 < columns[1]
