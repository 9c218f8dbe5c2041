"""Rounded weights: how near, how small, and exactly what was stored."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recipes.rounding import to_ship
from vae_lib.checkpoints.rounding import from_shipped


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 9), st.lists(st.integers(1, 5), min_size=1, max_size=3), st.floats(1e-2, 1e3), st.integers(0, 99))
def test_every_weight_comes_back_within_half_a_step_of_its_row(rows, size, scale, seed):
    torch.manual_seed(seed)
    weight = scale * torch.randn(rows, *size)
    weight[0] = 0
    came = from_shipped(to_ship({"w": weight}, 8))["w"]
    assert came.shape == weight.shape
    for row, back in zip(weight.flatten(1), came.flatten(1), strict=True):
        # The step itself is rounded to eleven binary digits, which 127 steps may add up.
        step = row.abs().max() / 127
        assert (back - row).abs().max() <= step * (0.5 + 127 * 2**-11) + 127 * 2**-24


def test_codes_are_the_nearest_multiples_of_their_rows_scale():
    weight = torch.tensor([[127.0, -3.4, 3.6, -0.4], [0.0, 254.0, 7.1, -254.0], [0.0, 0.0, 0.0, 0.0]])
    shipped = to_ship({"w": weight}, 8)
    assert shipped["w"].tolist() == [[127, -3, 4, 0], [0, 127, 4, -127], [0, 0, 0, 0]]
    assert shipped["w.scales"].flatten().tolist() == [1.0, 2.0, 0.0]
    assert from_shipped(shipped)["w"].tolist() == [[127, -3, 4, 0], [0, 254, 8, -254], [0, 0, 0, 0]]


def test_weights_that_were_rounded_once_are_not_changed_again():
    torch.manual_seed(0)
    once = from_shipped(to_ship({"w": torch.randn(50, 70)}, 8))
    twice = from_shipped(to_ship(once, 8))
    torch.testing.assert_close(once["w"], twice["w"], rtol=1e-3, atol=0)


def test_a_rounded_weight_takes_a_byte_and_its_row_two_more():
    weights = {"w": torch.randn(64, 128), "bias": torch.randn(64)}
    assert sum(tensor.nbytes for tensor in to_ship(weights, 8).values()) == 64 * 128 + 2 * 64 + 2 * 64
    assert sum(tensor.nbytes for tensor in to_ship(weights, 16).values()) == 2 * 64 * 128 + 2 * 64


def test_what_has_no_rows_stays_in_half_precision():
    weights = {"w": torch.randn(3, 4), "bias": torch.tensor([0.1, 1e-3]), "steps": torch.tensor(7)}
    came = from_shipped(to_ship(weights, 8))
    assert set(came) == set(weights)
    assert torch.equal(came["bias"], weights["bias"].half().float())
    assert came["steps"] == 7
    assert torch.equal(from_shipped(to_ship(weights, 16))["w"], weights["w"].half().float())


def test_another_number_of_bits_is_an_error_that_names_them():
    with pytest.raises(ValueError, match="to ship in 8 or 16 bits, got 4"):
        to_ship({}, 4)
