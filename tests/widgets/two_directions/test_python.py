"""The figure of both directions of KL in Python: its fits, what it refuses, and what a notebook stores."""

import io
import json
import math
import re

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from tests.widgets.two_directions.reference import divergence, log_normal, mixture
from vae_lib.widgets import TwoDirections
from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.palette import BLUE
from vae_lib.widgets.two_directions import BOUNDS

TARGET = {"left": -2.0, "right": 2.0, "weight": 0.6, "width": 0.5}


def test_fits_are_priced_as_pytorch_prices_them():
    figure = TwoDirections(mu=0.6)
    log_p = mixture(**TARGET).log_prob(torch.linspace(-60, 60, 240_001, dtype=torch.float64))
    for fit in (figure.forward, figure.reverse):
        log_q = log_normal(torch.tensor([fit.mu, fit.log_var], dtype=torch.float64))
        assert fit.forward == pytest.approx(divergence(log_p, log_q).item(), rel=1e-6)
        assert fit.reverse == pytest.approx(divergence(log_q, log_p).item(), rel=1e-4)
    moments = mixture(**TARGET)
    assert figure.forward[:2] == pytest.approx((moments.mean.item(), moments.variance.log().item()))
    assert f"KL(p ‖ q) = {figure.forward.forward:.2f}" in figure.alt_text()


@pytest.mark.parametrize(("mu", "hump", "price"), [(-1.0, -2, -math.log(0.6)), (0.6, 2, -math.log(0.4))])
def test_descent_ends_in_the_hump_on_its_side_and_pays_for_its_weight(mu, hump, price):
    fit = TwoDirections(mu=mu).reverse
    assert fit.mu == pytest.approx(hump, abs=1e-3)
    assert fit.log_var == pytest.approx(2 * math.log(0.5), abs=5e-3)
    assert fit.reverse == pytest.approx(price, abs=2e-3)


def test_near_humps_are_covered_from_every_start():
    ends = [TwoDirections(left=-1, right=1, width=0.6, mu=mu, log_var=-1).reverse.mu for mu in (-3, -1, 0, 1, 3)]
    assert np.ptp(ends) < 1e-4


def test_notebook_stores_a_small_element_without_payload_and_the_same_the_second_time():
    data, _ = TwoDirections(mu=0.6)._repr_mimebundle_()
    assert data["text/plain"] == "TwoDirections(left=-2.00, right=2.00, weight=0.60, width=0.50, mu=0.60, log_var=0.00)"
    assert 'data-figure="two-directions" data-payload="" data-sha256=""' in data[ELEMENT]
    assert json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1]) == {**TARGET, "mu": 0.6, "log_var": 0.0}
    assert len(data[ELEMENT]) < 1000
    again, _ = TwoDirections(mu=0.6)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


@pytest.mark.parametrize("name", [*BOUNDS, "mu", "log_var"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -9.0, 9.0, "1", None])
def test_what_the_figure_cannot_show_is_refused_by_name(name, value):
    figure = TwoDirections()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(figure, name, value)


def test_still_picture_is_small_and_shows_where_the_descent_ends():
    blue = np.array([int(BLUE[k : k + 2], 16) for k in (1, 3, 5)])
    columns = []
    for mu in (-1.0, 1.0):
        png = TwoDirections(mu=mu).still()
        assert len(png) <= 40_000
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        # The peak of the blue bell: on the right half, under the legend.
        panel = picture[picture.shape[0] // 7 : picture.shape[0] // 3, picture.shape[1] // 2 :]
        _, at = np.nonzero(np.abs(panel - blue).sum(axis=2) < 40)
        columns.append(at.mean() / panel.shape[1])
    assert columns[0] < 0.45 < 0.6 < columns[1]
