"""The figure of the KL divergence in Python: its numbers, what it refuses, and what a notebook stores."""

import io
import json
import math
import re

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from vae_lib.distributions import kl_standard_normal
from vae_lib.widgets import KLDivergence
from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.palette import BLUE


def test_numbers_are_the_closed_form_and_the_stored_text_says_them():
    figure = KLDivergence(mu=1.2, log_var=-1.5)
    forward = kl_standard_normal(torch.tensor([[1.2]]), torch.tensor([[-1.5]])).item()
    assert figure.nats[0] == pytest.approx(forward, rel=1e-5)
    assert figure.nats[1] == pytest.approx(0.5 * (math.exp(1.5) * (1 + 1.44) - 1 - 1.5), rel=1e-5)
    assert figure.sigma == pytest.approx(math.exp(-0.75))
    assert f"KL(q ‖ p) = {forward:.2f} and KL(p ‖ q) = {figure.nats[1]:.2f} nats" in figure.alt_text()


def test_notebook_stores_a_small_element_without_payload_and_the_same_the_second_time():
    data, _ = KLDivergence(mu=0.5, log_var=-1.0)._repr_mimebundle_()
    assert data["text/plain"] == "KLDivergence(mu=0.50, log_var=-1.00)"
    assert 'data-figure="kl-divergence" data-payload="" data-sha256=""' in data[ELEMENT]
    assert json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1]) == {"mu": 0.5, "log_var": -1.0}
    assert len(data[ELEMENT]) < 1000
    again, _ = KLDivergence(mu=0.5, log_var=-1.0)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_mean_and_log_variance_are_read_set_and_observed():
    figure, heard = KLDivergence(), []
    figure.observe(lambda change: heard.append(change.new), ["mu", "log_var"])
    figure.mu, figure.log_var = -1, 0.5
    assert heard == [-1, 0.5]
    assert figure.state() == {"mu": -1, "log_var": 0.5}


@pytest.mark.parametrize("name", ["mu", "log_var"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -9.0, 9.0, "1", None])
def test_what_is_no_number_on_the_plane_is_refused_by_name(name, value):
    figure = KLDivergence()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(figure, name, value)
    assert getattr(figure, name) == 0


def test_still_picture_is_small_and_shows_where_q_stands():
    pictures = []
    for mu in (-2.0, 2.0):
        png = KLDivergence(mu=mu, log_var=0.0).still()
        assert len(png) <= 40_000
        pictures.append(np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int))
    assert pictures[0].shape == pictures[1].shape
    # The line of q: in the upper right panel, to the left of the middle or to its right.
    blue = np.array([int(BLUE[k : k + 2], 16) for k in (1, 3, 5)])
    columns = []
    for picture in pictures:
        panel = picture[: len(picture) // 4, picture.shape[1] // 2 :]
        rows, at = np.nonzero(np.abs(panel - blue).sum(axis=2) < 40)
        columns.append(at[rows == rows.min()].mean() / panel.shape[1])
    assert columns[0] < 0.45 < 0.55 < columns[1]
