"""The figure of a pushed density, its Python side: values, errors, what a notebook stores, the still picture."""

import io
import json
import re

import numpy as np
import pytest
import traitlets
from PIL import Image

from tests.widgets.push_forward.reference import CURVES, PLACES, masses, spline
from vae_lib.widgets import PushForward
from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.palette import BLUE
from vae_lib.widgets.push_forward import CONSTANTS, LINE, SAMPLES

SPLIT, FOLD = CURVES["a split"], CURVES["a fold"]


@pytest.mark.parametrize("name", CURVES)
def test_curve_and_slope_are_scipys(name):
    value, slope = spline(CURVES[name])
    came = PushForward(points=CURVES[name]).curve(np.array(PLACES))
    np.testing.assert_allclose(came[0], value(PLACES), atol=1e-12)
    np.testing.assert_allclose(came[1], slope(PLACES), atol=1e-12)


@pytest.mark.parametrize("name", CURVES)
def test_samples_are_normal_ones_and_fall_where_the_density_says(name):
    z, x = PushForward(points=CURVES[name]).samples()
    assert z.shape == x.shape == (SAMPLES,)
    assert abs(z.mean()) < 3.5 / SAMPLES**0.5
    assert abs(z.std() - 1) < 3.5 / (2 * SAMPLES) ** 0.5
    edges = [-99, -1.05, 0.05, 1.05, 99]
    share = masses(spline(CURVES[name])[0], edges, count=400_001)
    error = np.sqrt(share * (1 - share) / SAMPLES)
    assert (np.abs(np.histogram(x, edges)[0] / SAMPLES - share) <= 4 * error + 1e-3).all()


def test_notebook_stores_a_small_element_without_payload_and_the_same_the_second_time():
    data, _ = PushForward(points=SPLIT, chosen=2)._repr_mimebundle_()
    assert data["text/plain"] == "PushForward((-2.40, -2.00), (-0.20, -1.20), (0.20, 1.20), (2.40, 2.00))"
    assert 'data-figure="push-forward" data-payload="" data-sha256=""' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state == {"points": [list(point) for point in SPLIT], "chosen": 2, "seed": 1}
    assert len(data[ELEMENT]) < 1000
    again, _ = PushForward(points=SPLIT, chosen=2)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_points_are_read_set_and_observed():
    figure, heard = PushForward(), []
    figure.observe(lambda change: heard.append(change.new), "points")
    figure.set_state({"points": [list(point) for point in FOLD]})  # what the front end sends
    assert heard == [tuple(FOLD)]
    assert figure.points == tuple(FOLD)


@pytest.mark.parametrize(
    ("points", "error"),
    [
        (None, TypeError),
        (5, TypeError),
        ([("a", 0), (0, 0), (1, 0), (2, 0)], TypeError),
        ([(0, 0, 0), (1, 0), (2, 0), (3, 0)], TypeError),
        ([(-1, 0), (0, 0), (1, 0)], ValueError),
        ([(-1, 0), (1, 0), (0, 0), (2, 0)], ValueError),
        ([(-1, 0), (0, 0), (0.05, 0), (2, 0)], ValueError),
        ([(-1, 0), (0, float("nan")), (1, 0), (2, 0)], ValueError),
        ([(-1, 0), (0, 3.3), (1, 0), (2, 0)], ValueError),
    ],
)
def test_what_makes_no_curve_is_refused(points, error):
    figure = PushForward()
    with pytest.raises(error, match="expected points to be four points"):
        figure.points = points
    assert figure.points == LINE


@pytest.mark.parametrize(("name", "value"), [("chosen", 4), ("chosen", -1), ("seed", -1), ("seed", 0.5)])
def test_point_and_seed_that_do_not_exist_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        PushForward(**{name: value})


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_has_a_still_picture_and_words(name):
    figure = PushForward(points=CURVES[name])
    assert 5_000 < len(figure.still()) <= 40_000
    below, between, above = (int(share) for share in re.findall(r"(\d+)% (?:lie|between|above)", figure.alt_text()))
    assert 99 <= below + between + above <= 101


def test_still_picture_shows_the_density_where_the_samples_fall():
    blue = np.array([int(BLUE[k : k + 2], 16) for k in (1, 3, 5)])
    rows = []
    for shift in (-2.0, 2.0):
        points = [(z, 0.4 * x + shift) for z, x in LINE]
        picture = np.asarray(Image.open(io.BytesIO(PushForward(points=points).still())).convert("RGB")).astype(int)
        right = picture[:, int(0.8 * picture.shape[1]) :]
        rows.append(np.nonzero(np.abs(right - blue).sum(axis=2) < 40)[0].mean() / len(picture))
    assert rows[1] < 0.3 < 0.5 < rows[0]


def test_every_shape_on_a_button_is_a_curve_that_python_takes():
    for points in CONSTANTS["shapes"].values():
        PushForward(points=points)
