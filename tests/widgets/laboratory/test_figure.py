"""The class `Laboratory`: what a notebook stores of it, and what it makes of what its front end sends."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import traitlets

from tests.widgets.laboratory.reference import laboratory_digits
from vae_lib.models import VAE, DenseCVAE
from vae_lib.objectives import elbo
from vae_lib.widgets import Laboratory
from vae_lib.widgets.figure import ELEMENT
from vae_lib.widgets.laboratory import PRESETS, check_settings, first_weights, model_to_weights, pack_digits
from vae_lib.widgets.laboratory.presets import settings_of


@pytest.fixture
def laboratory():
    return Laboratory(laboratory_digits(), preset="no_kl", learningRate=0.01)


def sent(laboratory, weights, settings, steps=3):
    """Let the figure receive what its front end sends after so many steps."""
    course = np.arange(steps, dtype="<f4")
    held_out = np.array([[0, 130, 0.5, 130.5], [steps, 50, np.nan, np.nan]], "<f4")
    numbers = (weights.astype("<f4"), course, course / 2, np.ones(steps, "<f4"), held_out)
    content = {"type": "trained", "step": steps, "settings": settings}
    laboratory._answer(laboratory, content, [memoryview(each.tobytes()) for each in numbers])


def test_what_a_notebook_stores_is_small_and_has_no_digits(laboratory):
    data, _ = laboratory._repr_mimebundle_()
    assert len(data[ELEMENT]) < 1_200
    assert data[ELEMENT] == Laboratory(laboratory_digits(), preset="no_kl", learningRate=0.01).html()
    assert data["text/plain"] == "Laboratory(preset='no_kl', learningRate=0.01)"
    assert len(laboratory.still()) < 40_000
    assert laboratory.still() == laboratory.still()


def test_payload_is_the_digits_and_then_the_model(laboratory, mnist):
    assert laboratory.payload() == pack_digits(laboratory_digits()) == Laboratory(mnist).payload()
    model = DenseCVAE(1, (16,), 196)
    started = Laboratory(laboratory_digits(), model=model)
    header, buffer = started.payload()
    weights, _ = model_to_weights(model)
    assert header["weights"] == len(weights)
    np.testing.assert_array_equal(np.frombuffer(buffer[-4 * len(weights) :], "<f4"), weights)
    assert started.settings == {"hidden": 16, "latents": 1, "told": True}
    assert started.payload_name == ""


@pytest.mark.parametrize("told", [False, True])
def test_model_has_the_weights_of_the_page(laboratory, told):
    torch.manual_seed(0)
    trained = DenseCVAE(2, (8,), 196) if told else VAE(2, (8,), 196)
    weights, form = model_to_weights(trained)
    sent(laboratory, weights, check_settings(form))
    model = laboratory.model()
    assert type(model) is type(trained)
    for name, value in trained.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], value, rtol=0, atol=0)


def test_before_the_first_step_the_model_is_the_one_the_page_starts_from(laboratory):
    weights, _ = model_to_weights(laboratory.model())
    np.testing.assert_array_equal(weights, first_weights(1))
    own = VAE(2, (8,), 196)
    np.testing.assert_array_equal(
        model_to_weights(Laboratory(laboratory_digits(), model=own).model())[0], model_to_weights(own)[0]
    )


def test_model_of_the_page_can_be_asked_for_its_elbo(laboratory):
    images = laboratory_digits().held_out[:20]
    x = torch.from_numpy(images.reshape(20, -1) / 15).float()
    assert torch.isfinite(elbo(laboratory.model(), x).value).all()


def test_history_is_the_course_of_the_page(laboratory):
    assert laboratory.history.reconstruction.shape == (0,)
    sent(laboratory, first_weights(1), check_settings({}))
    history = laboratory.history
    assert history.reconstruction.tolist() == [0, 1, 2]
    assert history.kl.tolist() == [0, 0.5, 1]
    assert history.beta.tolist() == [1, 1, 1]
    assert history.held_out[0].tolist() == [0, 130, 0.5, 130.5]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_can_be_drawn_still(preset):
    shown = Laboratory(laboratory_digits(), preset=preset)
    assert len(shown.still()) < 40_000
    assert PRESETS[preset]["title"] in shown.alt_text()
    assert settings_of(preset, {}) == check_settings(PRESETS[preset]["settings"])


def test_settings_that_make_no_sense_are_refused(laboratory):
    with pytest.raises(ValueError, match="expected beta to be a number from 0 to 196, got -1"):
        Laboratory(laboratory_digits(), beta=-1)
    with pytest.raises(ValueError, match="expected a setting among"):
        laboratory.settings = {"alpha": 1}
    with pytest.raises(traitlets.TraitError):
        Laboratory(laboratory_digits(), preset="nowhere")
    laboratory.settings = laboratory.settings | {"beta": 1}
    assert laboratory.state()["settings"] == {"learningRate": 0.01, "beta": 1}


def test_digits_are_asked_for_where_there_are_none():
    with pytest.raises(ValueError, match="expected digits to train on, got none"):
        Laboratory().payload()
    with pytest.raises(TypeError, match=r"expected digits with \.train and \.validation"):
        Laboratory(SimpleNamespace(train=None))
    assert "untrained" in Laboratory().alt_text()
    assert len(Laboratory().still()) < 40_000


def test_a_front_end_that_asks_for_missing_digits_is_told_so():
    laboratory, sent = Laboratory(), []
    laboratory.send = lambda content, buffers=None: sent.append((content, buffers))
    laboratory._answer(laboratory, {"type": "payload-request"}, [])
    laboratory._answer(laboratory, {"type": "something else"}, [])
    ((content, buffers),) = sent
    assert content["type"] == "payload-missing"
    assert "write Laboratory(load_mnist()" in content["error"]
    assert buffers is None
