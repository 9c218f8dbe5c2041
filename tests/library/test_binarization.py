"""Each protocol draws what its name says: once, at every visit, or by a threshold."""

from inspect import unwrap

import pytest
import torch

from vae_lib.data import PROTOCOLS, binarize_dynamic, binarize_fixed, binarize_threshold, held_out, pixels

LEVELS = torch.arange(256, dtype=torch.uint8).repeat(4000, 1)  # every grey level 4,000 times


def test_fixed_binarization_is_ink_as_often_as_the_grey_level_says():
    drawn = binarize_fixed(LEVELS, seed=0)
    assert drawn.dtype == torch.uint8
    assert set(drawn.unique().tolist()) == {0, 255}
    share, level = (drawn == 255).double().mean(dim=0), LEVELS[0].double() / 255
    assert share[0] == 0
    assert share[255] == 1
    deviation = (share - level)[1:255] / (level * (1 - level) / 4000)[1:255].sqrt()
    assert deviation.abs().max() < 4.5
    assert deviation.mean().abs() < 0.25


def test_fixed_binarization_is_decided_by_its_seed_alone():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = binarize_fixed(LEVELS, seed=3)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(binarize_fixed(LEVELS, seed=3), first)
    assert not torch.equal(binarize_fixed(LEVELS, seed=4), first)
    # The bits of the seed that the cards name, wherever torch runs.
    assert binarize_fixed(LEVELS[:1, 100:140], seed=0).gt(0).int().tolist() == [[int(bit) for bit in BITS]]


BITS = "0100001000101101010001000011000000101111"


def test_dynamic_binarization_is_new_at_every_visit_and_right_on_average():
    x = LEVELS.float() / 255
    torch.manual_seed(0)
    first, second = binarize_dynamic(x), binarize_dynamic(x)
    assert first.dtype == torch.float32
    assert set(first.unique().tolist()) == {0.0, 1.0}
    assert not torch.equal(first, second)
    assert (first.mean(dim=0) - x[0]).abs().max() < 4.5 * 0.5 / 4000**0.5


def test_threshold_cuts_at_one_half():
    cut = binarize_threshold(LEVELS)
    assert cut.dtype == torch.uint8
    assert torch.equal(cut[0] == 255, LEVELS[0] / 255 > 0.5)
    assert set(cut.unique().tolist()) == {0, 255}


@pytest.mark.parametrize("letter", PROTOCOLS)
def test_protocol_gives_the_train_loop_bytes_and_the_model_what_it_says(mnist, letter):
    images, protocol = mnist.validation.images[:20], PROTOCOLS[letter]
    kept = images.clone()
    once = protocol.once(images)
    assert torch.equal(images, kept)
    assert once.dtype == torch.uint8
    x = protocol.visit(pixels(once))
    assert ((x == 0) | (x == 1)).all() == protocol.binary
    assert torch.equal(protocol.visit(pixels(once)), x) == (letter != "D")


@pytest.mark.parametrize("letter", PROTOCOLS)
def test_held_out_digits_stay_the_same_and_are_binary_where_a_likelihood_is_asked(mnist, letter):
    images = mnist.validation.images[:20]
    came = held_out(images, letter)
    assert torch.equal(came, held_out(images, letter))
    assert torch.equal(came, images) == (letter == "G")
    assert came.unique().tolist() == [0, 255] or letter == "G"


def test_unknown_protocol_and_scaled_images_are_refused(mnist):
    with pytest.raises(ValueError, match="one of G, S, D, T; got 'X'"):
        held_out(mnist.validation.images[:2], "X")
    with pytest.raises(ValueError, match=r"bytes, 0 to 255 \(torch.uint8\), got torch.float32"):
        unwrap(binarize_fixed)(torch.rand(2, 28, 28), seed=0)
    with pytest.raises(ValueError, match=r"bytes, 0 to 255 \(torch.uint8\), got torch.float32"):
        unwrap(binarize_threshold)(torch.rand(2, 28, 28))
