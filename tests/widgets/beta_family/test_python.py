"""The figure of models trained at several β in Python: what it takes and refuses, and what it stores."""

import json
import re

import numpy as np
import pytest
import torch
import traitlets

from tests.widgets.beta_family.reference import BETAS, small_family
from vae_lib.models import VAE
from vae_lib.widgets import BetaFamily
from vae_lib.widgets.beta_family import DRAWS
from vae_lib.widgets.figure import ELEMENT


def test_notebook_stores_a_small_element_and_the_same_the_second_time():
    data, _ = BetaFamily(small_family(), beta=4.0)._repr_mimebundle_()
    assert data["text/plain"] == "BetaFamily(a_family, beta=4)"
    assert 'data-figure="beta-family" data-payload="a_family"' in data[ELEMENT]
    state = json.loads(re.search(r"data-state='([^']*)'", data[ELEMENT])[1])
    assert state == {"beta": 4.0, "draw": 0}
    assert len(data[ELEMENT]) < 1200
    again, _ = BetaFamily(small_family(), beta=4.0)._repr_mimebundle_()
    assert all(again[mime] == data[mime] for mime in ("text/plain", ELEMENT, "image/png"))


def test_words_say_what_the_picture_shows():
    text = BetaFamily(small_family(), beta=4.0).alt_text()
    assert text.startswith("A model trained at beta 4.")
    assert "here 20 nats of distortion at a rate of 1.5 nats" in text


def test_members_stand_in_the_order_of_beta_whatever_their_names():
    family = small_family()
    shuffled = {name: family[name] for name in sorted(family, reverse=True)}
    assert BetaFamily(shuffled).payload() == BetaFamily(family).payload()
    assert BetaFamily(shuffled).payload()[0]["betas"] == list(BETAS)


def test_traits_are_read_set_and_observed():
    figure, heard = BetaFamily(small_family()), []
    assert figure.state() == {"beta": 1.0, "draw": 0}
    figure.observe(lambda change: heard.append(change.new), ["beta", "draw"])
    figure.beta, figure.draw = 4.0, 3
    figure.set_state({"beta": 0.5})  # what the front end sends
    assert heard == [4.0, 3, 0.5]


@pytest.mark.parametrize(("name", "value"), [("beta", 2.0), ("beta", float("nan")), ("draw", DRAWS), ("draw", -1)])
def test_a_beta_or_a_draw_outside_the_family_is_refused(name, value):
    figure = BetaFamily(small_family())
    with pytest.raises(traitlets.TraitError, match=f"{name}|0.5, 1, 4; got"):
        setattr(figure, name, value)
    assert figure.state() == {"beta": 1.0, "draw": 0}


def test_models_that_are_not_a_family_are_refused():
    with pytest.raises(TypeError, match=r"load_family.*got VAE without one"):
        BetaFamily({"a": VAE(latent=2), "b": VAE(latent=2)})
    family = small_family()
    with pytest.raises(ValueError, match=r"each with a beta of its own; got betas \[0.5\]"):
        BetaFamily(dict([next(iter(family.items()))]))
    family["a_family_4"].card.held_out_labels = family["a_family_4"].card.held_out_labels.flip(0)
    with pytest.raises(ValueError, match="codes of the same digits"):
        BetaFamily(family)


def oblong_family(image):
    family = small_family()
    for name, member in family.items():
        family[name] = VAE(2, (6,), image=image)
        family[name].card = member.card
    return family


def test_pictures_keep_the_shape_that_the_models_or_the_reader_give():
    family = oblong_family((1, 4, 9))
    for figure in (BetaFamily(family), BetaFamily(family, image=(4, 9))):
        assert [each["header"]["image"] for each in figure.payload()[0]["members"]] == [[4, 9]] * 3
        with torch.no_grad():
            expected = family["a_family_0.5"].decode(torch.tensor(figure._draws[0])).sigmoid().view(-1, 4, 9)
        np.testing.assert_allclose(figure._pictures(figure._layers[0], figure._draws[0]), expected, atol=1e-6)
        assert len(figure.still()) <= 40_000


def test_pictures_of_an_unknown_shape_and_colour_are_refused():
    family = oblong_family((1, 5, 9))
    for member in family.values():
        del member.image
    with pytest.raises(ValueError, match=r"45 outputs: expected a square .* image=\(height, width\)"):
        BetaFamily(family)
    assert BetaFamily(family, image=(5, 9)).payload()[0]["members"][0]["header"]["image"] == [5, 9]
    # Their 36 numbers would fill a grey square of 6 × 6.
    with pytest.raises(ValueError, match="expected grey pictures, of one channel"):
        BetaFamily(oblong_family((3, 3, 4)))


def test_still_picture_is_small_and_differs_from_member_to_member():
    stills = [BetaFamily(small_family(), beta=beta).still() for beta in BETAS]
    assert max(map(len, stills)) <= 40_000
    assert len(set(stills)) == len(BETAS)
