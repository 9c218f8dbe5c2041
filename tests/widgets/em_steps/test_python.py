"""The figure of EM's half-steps, its Python side; `test_page.py` has what a reader does with it."""

import io
import json
import re
from itertools import pairwise

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from tests.widgets.em_steps.reference import fitted, levels, posterior
from vae_lib.widgets import EMSteps, em_steps
from vae_lib.widgets.em_steps.still import ROUNDS, climb
from vae_lib.widgets.figure import ELEMENT


def test_levels_are_those_of_torch_distributions():
    figure = EMSteps()
    assert figure.levels == pytest.approx(levels(figure.theta, np.array(figure.q), figure.xy))


def test_half_steps_are_the_posterior_and_the_weighted_fit():
    figure = EMSteps()
    for before, after in pairwise(climb(figure.xy, 0, 9)):
        if after.kind == "E":
            np.testing.assert_allclose(after.q, posterior(before.theta, figure.xy), atol=1e-9)
        else:
            for ours, numpys in zip(after.theta, fitted(before.q, figure.xy), strict=True):
                np.testing.assert_allclose(ours, numpys, atol=1e-9)
        assert after.bound >= before.bound - 1e-12
        assert after.bound <= after.evidence + 1e-12


def test_points_of_the_reader_are_kept_to_a_thousandth_of_the_plane():
    x = torch.randn(50, 2, generator=torch.Generator().manual_seed(1)) * torch.tensor([40.0, 3.0]) + 1000
    figure = EMSteps(x.requires_grad_(), start=4)
    left, right, bottom, top = figure.extent
    assert np.abs(figure.xy - x.detach().numpy()).max() < 1e-3 * (right - left)
    assert (right - left) / (top - bottom) == pytest.approx(em_steps.ASPECT, rel=1e-2)
    np.testing.assert_array_equal(figure.means, figure.xy[12:15])


@pytest.mark.parametrize("n", [2, 501])
def test_too_few_and_too_many_points_are_refused(n):
    with pytest.raises(ValueError, match=r"expected 3 to 500 points of shape \[n, 2\], got an array of shape"):
        EMSteps(np.random.default_rng(0).normal(size=(n, 2)))


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((5, 3)), "got an array of shape"),
        (np.full((5, 2), np.nan), "expected finite points"),
        (np.stack([np.arange(5.0), np.ones(5)], axis=1), "differ in both coordinates"),
    ],
)
def test_points_that_make_no_picture_are_refused(points, message):
    with pytest.raises(ValueError, match=message):
        EMSteps(points)


def test_numbers_are_read_set_and_observed_and_another_start_makes_them_anew():
    figure, heard = EMSteps(), []
    figure.observe(lambda change: heard.append(change.name), ["start", "means", "q"])
    figure.means = np.eye(3, 2)
    assert figure.means == ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0))
    figure.start = 3
    np.testing.assert_array_equal(figure.means, figure.xy[9:12])
    assert sorted(heard) == ["means", "means", "start"]
    assert list(figure.state()) == ["points", "extent", "start"]


@pytest.mark.parametrize("name", ["weights", "means", "covariances", "q"])
@pytest.mark.parametrize("value", [None, "1", [1.0, 2.0], [[np.nan] * 3] * 3, [[1.0, 2.0], [3.0]]])
def test_numbers_of_another_shape_are_refused_by_name(name, value):
    figure = EMSteps()
    before = getattr(figure, name)
    with pytest.raises(ValueError, match=rf"expected {name} to be finite numbers of shape"):
        setattr(figure, name, value)
    assert getattr(figure, name) == before


@pytest.mark.parametrize("start", [-1, 5])
def test_start_that_does_not_exist_is_refused(start):
    with pytest.raises(traitlets.TraitError, match="start"):
        EMSteps(start=start)


def test_notebook_stores_a_small_element_without_payload_and_the_same_the_second_time():
    data, _ = EMSteps()._repr_mimebundle_()
    assert data["text/plain"] == "EMSteps(99 points, start=0)"
    assert 'data-figure="em-steps" data-payload="" data-sha256=""' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state["start"] == 0
    assert len(data[ELEMENT]) < 1000
    again, _ = EMSteps()._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_still_picture_is_small_and_shows_another_start():
    one, other = EMSteps(), EMSteps(start=1)
    stills = [Image.open(io.BytesIO(figure.still())).convert("RGB") for figure in (one, other)]
    assert 5_000 < len(one.still()) <= 40_000
    assert stills[0].tobytes() != stills[1].tobytes()
    assert f"to {climb(one.xy, 0, ROUNDS)[-1].bound:.2f} nats" in one.alt_text()
