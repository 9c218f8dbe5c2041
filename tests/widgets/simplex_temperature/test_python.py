"""The figure of relaxed draws in Python, against autograd, and as a notebook stores it."""

import json
import re

import numpy as np
import pytest
import traitlets

from tests.widgets.simplex_temperature.reference import SETTINGS, simplex_case
from vae_lib.widgets import SimplexTemperature, simplex_temperature
from vae_lib.widgets.figure import ELEMENT


@pytest.mark.parametrize(("logits", "temperature"), SETTINGS)
def test_draws_are_those_of_pytorch_and_the_slopes_those_of_autograd(logits, temperature):
    came = SimplexTemperature(logits=logits, temperature=temperature, seed=3).draws()
    expected = simplex_case(logits, temperature, 3, count=simplex_temperature.DRAWS)
    for name in ("probabilities", "points", "slopes"):
        np.testing.assert_allclose(getattr(came, name), expected[name], rtol=1e-9, atol=1e-9)
    assert came.winners.tolist() == expected["winners"]
    assert came.exact == pytest.approx(expected["gradient"]["exact"])


def test_wins_do_not_depend_on_the_temperature():
    wins = [SimplexTemperature(temperature=each).draws().won for each in (0, 0.05, 1, 3)]
    assert wins == wins[:1] * 4
    assert sum(wins[0]) == simplex_temperature.DRAWS


def test_notebook_stores_a_small_element_a_line_of_text_and_a_picture_the_same_the_second_time():
    figure = SimplexTemperature(logits=(1, 0, -1), temperature=0.25)
    data, metadata = figure._repr_mimebundle_()
    assert data["text/plain"] == "SimplexTemperature(temperature=0.25, logits=(1.00, 0.00, -1.00))"
    assert len(data[ELEMENT]) < 1100
    assert 'data-payload="" data-sha256=""' in data[ELEMENT]
    assert metadata["image/png"]["alt"] == figure.alt_text()
    assert json.loads(re.search(r"data-state='(.*?)'", data[ELEMENT])[1]) == figure.state()
    again, _ = SimplexTemperature(logits=(1, 0, -1), temperature=0.25)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


@pytest.mark.parametrize("temperature", [0.0, 0.5, 3.0])
def test_still_picture_is_small_and_says_what_it_shows(temperature):
    figure = SimplexTemperature(temperature=temperature)
    picture = figure.still()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) <= 40_000
    draws = figure.draws()
    assert f"the draws' mean {draws.slopes.mean():.2f}" in figure.alt_text()


@pytest.mark.parametrize(
    ("trait", "value", "error", "message"),
    [
        ("logits", (0, 4, 0), ValueError, "expected logits to be three numbers from -3 to 3, got"),
        ("logits", (0, 0), ValueError, "three numbers"),
        ("logits", 1.0, TypeError, "three numbers"),
        ("logits", (float("nan"), 0, 0), ValueError, "three numbers"),
        ("temperature", -0.1, traitlets.TraitError, "temperature"),
        ("temperature", 4.0, traitlets.TraitError, "temperature"),
        ("temperature", float("nan"), traitlets.TraitError, "temperature"),
        ("seed", -1, traitlets.TraitError, "seed"),
    ],
)
def test_values_that_make_no_sense_are_refused_and_leave_the_figure_as_it_was(trait, value, error, message):
    figure = SimplexTemperature()
    before = figure.state()
    with pytest.raises(error, match=message):
        setattr(figure, trait, value)
    assert figure.state() == before
