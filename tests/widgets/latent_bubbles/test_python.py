"""The figure of the bubbles in Python: what it takes and refuses, stores and shows in a still picture."""

import io
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from tests.widgets.latent_bubbles.reference import DIGITS, small_recording
from vae_lib.models import VAE
from vae_lib.widgets import LatentBubbles
from vae_lib.widgets.figure import ELEMENT


def test_notebook_stores_a_small_element_and_the_same_the_second_time():
    data, _ = LatentBubbles(small_recording(), beta=0.5, step=3)._repr_mimebundle_()
    assert data["text/plain"] == "LatentBubbles(a_recording, beta=0.5, step=3)"
    assert 'data-figure="latent-bubbles" data-payload="a_recording"' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state == {"beta": 0.5, "step": 3, "digit": 0}
    assert len(data[ELEMENT]) < 1000
    assert len(data["image/png"]) < 80_000
    again, _ = LatentBubbles(small_recording(), beta=0.5, step=3)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_words_say_what_the_picture_shows():
    recording = small_recording()
    text = LatentBubbles(recording, beta=4.0, step=10).alt_text()
    assert "step 10 of a training with beta 4" in text
    assert f"size, now {recording.curves['sigma'][2, 3]:.2g}, " in text
    assert f"centres, now {recording.curves['spread'][2, 3]:.2g}." in text


def test_it_starts_at_the_end_of_the_first_training():
    assert LatentBubbles(small_recording()).state() == {"beta": 0.0, "step": 10, "digit": 0}


def test_traits_are_read_set_and_observed():
    figure, heard = LatentBubbles(small_recording()), []
    figure.observe(lambda change: heard.append(change.new), ["beta", "step", "digit"])
    figure.beta, figure.step, figure.digit = 4.0, 1, 6
    figure.set_state({"beta": 0.5})  # what the front end sends
    assert heard == [4.0, 1, 6, 0.5]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("beta", 1.0, "expected beta to be one of those recorded, 0, 0.5, 4; got 1.0"),
        ("beta", float("nan"), "0, 0.5, 4; got nan"),
        ("step", 2, "expected step to be one of those recorded, 0, 1, 3, 10; got 2"),
        ("digit", DIGITS, f"expected digit to be one of those recorded, 0 to {DIGITS - 1}; got {DIGITS}"),
        ("digit", -1, "got -1"),
        ("step", "1", "step"),
    ],
)
def test_what_was_not_recorded_is_refused_with_what_was(name, value, message):
    figure = LatentBubbles(small_recording())
    before = getattr(figure, name)
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        setattr(figure, name, value)
    assert getattr(figure, name) == before


@pytest.mark.parametrize("start", [{"beta": 1.0}, {"step": 2}, {"digit": DIGITS}])
def test_it_does_not_start_at_what_was_not_recorded(start):
    with pytest.raises(traitlets.TraitError, match="one of those recorded"):
        LatentBubbles(small_recording(), **start)


def test_anything_but_a_recording_of_a_plane_is_refused():
    with pytest.raises(TypeError, match=r"expected a recording, as checkpoints.recordings.load.*got VAE"):
        LatentBubbles(VAE(latent=2))
    deeper = small_recording()
    deeper = SimpleNamespace(**{**vars(deeper), "mu": deeper.mu[..., :1]})
    with pytest.raises(ValueError, match=r"\(betas, steps, digits, 2\); got \(3, 4, 7, 1\)"):
        LatentBubbles(deeper)


def test_still_picture_is_small_and_shows_small_bubbles_small():
    amounts = []
    for log_var in (-9.0, 0.0, 1.0):
        recording = small_recording()
        recording.mu, recording.log_var = recording.mu / 20, torch.full_like(recording.log_var, log_var)
        png = LatentBubbles(recording, beta=0.0, step=10).still()
        assert len(png) <= 60_000
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        plane = picture[:, : picture.shape[1] // 2]
        amounts.append(int((plane.max(axis=2) - plane.min(axis=2) > 12).sum()))
    assert amounts[0] < amounts[1] < amounts[2]
