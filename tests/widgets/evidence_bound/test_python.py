"""The figure of the ELBO and its gap in Python: its numbers, what it refuses, and what a notebook stores."""

import io
import json
import re

import numpy as np
import pytest
import traitlets
from PIL import Image

from tests.widgets.evidence_bound.reference import bound_parts
from vae_lib.widgets import EvidenceBound
from vae_lib.widgets.evidence_bound import LIMITS
from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.palette import BLUE


@pytest.mark.parametrize(("mu", "sigma", "x"), [(0.0, 1.0, 1.5), (0.9, 0.22, 1.5), (-3.0, 2.0, -0.5), (2.0, 0.15, 2.5)])
def test_numbers_are_pytorchs_and_the_stored_text_says_them(mu, sigma, x):
    figure, expected = EvidenceBound(mu=mu, sigma=sigma, x=x), bound_parts(mu, sigma, x)
    for name in ("evidence", "reconstruction", "kl", "bound", "gap"):
        assert getattr(figure.parts, name) == pytest.approx(expected[name], rel=1e-9, abs=1e-9)
    assert figure.parts.bound + figure.parts.gap == pytest.approx(figure.parts.evidence, abs=1e-9)
    said = f"log p(x) = {expected['evidence']:.2f} nats, and the ELBO {expected['bound']:.2f} with a hatched gap of"
    assert said in figure.alt_text()


def test_notebook_stores_a_small_element_without_payload_and_the_same_the_second_time():
    data, _ = EvidenceBound(mu=0.5, sigma=0.3, x=1.0)._repr_mimebundle_()
    assert data["text/plain"] == "EvidenceBound(mu=0.50, sigma=0.300, x=1.00)"
    assert 'data-figure="evidence-bound" data-payload="" data-sha256=""' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state == {"mu": 0.5, "sigma": 0.3, "x": 1.0}
    assert len(data[ELEMENT]) < 1000
    again, _ = EvidenceBound(mu=0.5, sigma=0.3, x=1.0)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_values_are_read_set_and_observed():
    figure, heard = EvidenceBound(), []
    figure.observe(lambda change: heard.append((change.name, change.new)), ["mu", "sigma", "x"])
    figure.mu, figure.sigma, figure.x = -1, 0.5, 2.0
    assert heard == [("mu", -1), ("sigma", 0.5), ("x", 2.0)]
    assert figure.state() == {"mu": -1, "sigma": 0.5, "x": 2.0}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -9.0, 9.0, "1", None])
def test_what_the_figure_cannot_show_is_refused_by_name(name, value):
    figure = EvidenceBound()
    before = getattr(figure, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(figure, name, value)
    assert getattr(figure, name) == before


def test_still_picture_is_small_and_shows_where_q_stands():
    columns = []
    for mu in (-2.0, 2.0):
        png = EvidenceBound(mu=mu, sigma=0.3).still()
        assert 5_000 < len(png) <= 40_000
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        panel = picture[picture.shape[0] // 3 :, : 2 * picture.shape[1] // 3]
        blue = np.array([int(BLUE[k : k + 2], 16) for k in (1, 3, 5)])
        rows, at = np.nonzero(np.abs(panel - blue).sum(axis=2) < 40)
        columns.append(at[rows == rows.min()].mean() / panel.shape[1])
    assert columns[0] < 0.4 < 0.6 < columns[1]
