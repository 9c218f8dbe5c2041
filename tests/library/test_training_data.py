"""What a training is given: bytes or floats, labels beside them, every example once in an epoch in a new order."""

from inspect import signature, unwrap
from itertools import chain

import pytest
import torch
from tiny import Fit, quietly, random_images, small_vae
from torch import nn

from vae_lib.objectives import elbo
from vae_lib.training import train, train_in_turn


def visited(n, **options):
    """Which images each step saw: image k is the byte k."""
    images = torch.arange(n, dtype=torch.uint8)[:, None]
    steps = []

    def objective(model, x):
        steps.append((255 * x[:, 0]).round().int().tolist())
        return Fit(model(x)[:, 0], torch.zeros(len(x)))

    quietly(nn.Linear(1, 1), objective, images=images, **options)
    return steps


def test_every_epoch_visits_every_image_once_in_a_new_order():
    steps = visited(48, epochs=3, batch_size=16)
    epochs = [list(chain(*steps[start : start + 3])) for start in (0, 3, 6)]
    assert [len(step) for step in steps] == [16] * 9
    assert [sorted(epoch) for epoch in epochs] == [list(range(48))] * 3
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert epochs[0] != list(range(48))


def test_an_incomplete_last_batch_is_left_out_and_is_another_each_epoch():
    steps = visited(50, epochs=3, batch_size=16)
    left_out = [set(range(50)) - set(chain(*steps[start : start + 3])) for start in (0, 3, 6)]
    assert [len(rest) for rest in left_out] == [2, 2, 2]
    assert len(set(map(frozenset, left_out))) > 1


def test_a_budget_of_steps_may_end_within_an_epoch():
    assert len(visited(48, steps=4, batch_size=16)) == 4
    assert len(visited(48, steps=1, batch_size=48)) == 1


def test_grey_levels_reach_the_objective_as_rows_between_zero_and_one():
    seen = []

    def objective(model, x):
        seen.append(x)
        return elbo(model, x)

    images = random_images()
    quietly(small_vae(), objective, images=images, steps=4)
    rows = torch.cat(seen)
    assert rows.dtype == torch.float32
    assert torch.equal(rows.unique(dim=0), (images.flatten(1).float() / 255).unique(dim=0))


def test_each_image_brings_its_own_label():
    images, labels = torch.arange(48, dtype=torch.uint8)[:, None], 1000 + torch.arange(48)
    seen = []

    def objective(model, x, label):
        seen.extend(zip((255 * x[:, 0]).round().int().tolist(), label.tolist(), strict=True))
        return Fit(model(x)[:, 0], torch.zeros(len(x)))

    quietly(nn.Linear(1, 1), objective, images=images, labels=labels, epochs=2)
    assert sorted(seen) == sorted(2 * [(k, 1000 + k) for k in range(48)])


def test_labels_do_not_change_the_order_or_the_noise():
    images = random_images()

    def with_label(model, x, label):
        assert len(label) == len(x)
        return elbo(model, x)

    plain = quietly(small_vae(), elbo, images=images, epochs=2)
    labelled = quietly(small_vae(), with_label, images=images, labels=torch.arange(64), epochs=2)
    assert torch.equal(plain.value, labelled.value)


def test_images_are_left_as_they_were():
    images = random_images()
    before = images.clone()
    quietly(small_vae(), images=images, steps=3)
    assert torch.equal(images, before)
    assert images.shape == (64, 3, 4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_images_already_scaled_train_as_their_bytes_do(dtype):
    images = random_images()
    by_bytes, by_floats = small_vae(), small_vae()
    expected = quietly(by_bytes, images=images, epochs=2)
    history = quietly(by_floats, images=images.to(dtype) / 255, epochs=2)
    assert torch.equal(history.value, expected.value)
    assert all(map(torch.equal, by_floats.parameters(), by_bytes.parameters()))


def test_points_reach_the_objective_as_they_are():
    seen = []

    def objective(model, x):
        seen.append(x)
        return Fit(model(x)[:, 0], torch.zeros(len(x)))

    points = 100 * torch.randn(64, 2)
    quietly(nn.Linear(2, 1), objective, images=points, epochs=1)
    assert torch.equal(torch.cat(seen).sort(dim=0).values, points.sort(dim=0).values)


def test_data_by_its_old_name_train_and_warn():
    """Without the checks of shapes, as a reader calls it; the warning is of the line that calls."""
    options = {"steps": 1, "batch_size": 16, "progress": False}
    with pytest.warns(DeprecationWarning, match=r"'images' of train\(\) is now called 'data'"):
        train(small_vae(), images=random_images(), objective=elbo, **options)
    with pytest.raises(TypeError, match="'data' and its old name 'images'"):
        train(small_vae(), random_images(), elbo, images=random_images(), **options)


def test_both_loops_take_the_same_data_by_the_same_name():
    one, other = (signature(loop).parameters["data"] for loop in (train, train_in_turn))
    assert str(one) == str(other)
    assert list(signature(train).parameters)[:2] == list(signature(train_in_turn).parameters)[:2] == ["model", "data"]


def test_labels_that_are_not_one_for_each_image_are_named_where_shapes_are_not_checked():
    for labels in (torch.arange(63), torch.arange(64)[:, None]):
        with pytest.raises(ValueError, match="one label for each of the 64 examples"):
            unwrap(train)(small_vae(), random_images(), elbo, labels=labels, steps=1, batch_size=16)
