"""The figure of two gradient clouds in Python, against autograd, and as a notebook stores it."""

import json
import re

import numpy as np
import pytest
import traitlets

from tests.widgets.gradient_clouds.reference import INTEGRANDS, PLACES, clouds
from vae_lib.widgets import GradientClouds, gradient_clouds
from vae_lib.widgets.figure import ELEMENT


@pytest.mark.parametrize("baseline", [False, True])
@pytest.mark.parametrize("parameter", ["mu", "sigma"])
@pytest.mark.parametrize("integrand", INTEGRANDS)
def test_clouds_are_those_of_autograd_and_the_exact_gradient_that_of_quadrature(integrand, parameter, baseline):
    for mu, sigma in PLACES:
        setting = {"integrand": integrand, "parameter": parameter, "baseline": baseline, "mu": mu, "sigma": sigma}
        came = GradientClouds(**setting, seed=3).clouds()
        expected = clouds(**setting, seed=3, count=gradient_clouds.DRAWS)
        for name, values in came._asdict().items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-9, atol=1e-9)


def test_notebook_stores_a_small_element_a_line_of_text_and_a_picture():
    figure = GradientClouds(mu=(2, -1), seed=5)
    data, metadata = figure._repr_mimebundle_()
    assert data["text/plain"] == "GradientClouds(bowl, mu=(2.00, -1.00), sigma=(0.50, 0.50))"
    assert len(data[ELEMENT]) < 1000
    assert 'data-payload="" data-sha256=""' in data[ELEMENT]
    assert metadata["image/png"]["alt"] == figure.alt_text()
    assert json.loads(re.search(r"data-state='(.*?)'", data[ELEMENT])[1]) == figure.state()


@pytest.mark.parametrize("integrand", INTEGRANDS)
@pytest.mark.parametrize("parameter", ["mu", "sigma"])
def test_still_picture_is_small_and_the_same_each_time(integrand, parameter):
    figure = GradientClouds(integrand=integrand, parameter=parameter, sigma=(0.1, 1.5))
    picture = figure.still()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 40_000
    assert picture == GradientClouds(integrand=integrand, parameter=parameter, sigma=(0.1, 1.5)).still()
    assert ("every pathwise gradient is 0" in figure.alt_text()) == (integrand == "cliff")


@pytest.mark.parametrize(
    ("trait", "value", "error", "message"),
    [
        ("mu", (0, 4), ValueError, "expected mu to be two numbers from -3 to 3, got"),
        ("mu", (0, 0, 0), ValueError, "two numbers"),
        ("mu", 1.0, TypeError, "two numbers"),
        ("mu", ("a", 1), TypeError, "two numbers"),
        ("mu", (float("nan"), 0), ValueError, "two numbers"),
        ("sigma", (0, 1), ValueError, "expected sigma to be two numbers from 0.1 to 1.5, got"),
        ("integrand", "hill", traitlets.TraitError, "bowl"),
        ("parameter", "log_var", traitlets.TraitError, "sigma"),
        ("seed", -1, traitlets.TraitError, "seed"),
    ],
)
def test_values_that_make_no_sense_are_refused_and_leave_the_figure_as_it_was(trait, value, error, message):
    figure = GradientClouds()
    before = figure.state()
    with pytest.raises(error, match=message):
        setattr(figure, trait, value)
    assert figure.state() == before
    with pytest.raises(error, match=message):
        GradientClouds(**{trait: value})
