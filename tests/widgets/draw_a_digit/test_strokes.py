"""Strokes of a pen as pictures, held against MNIST: where its digits lie, how large they are, and how they look."""

import numpy as np
import pytest
import torch
from pen_traces import strokes_of

from vae_lib.widgets.draw_a_digit.strokes import BOX, CENTRE, render_strokes
from vae_lib.widgets.stroke_examples import example_strokes

EXAMPLES = [example_strokes(digit) for digit in range(10)]


def centre_of_mass(images):
    """Where (x, y) the ink of each picture has its centre; the first pixel reaches from 0 to 1."""
    at = torch.arange(images.shape[-1]) + 0.5
    return torch.stack([images.sum(1) @ at, images.sum(2) @ at], dim=-1) / images.sum((1, 2))[:, None]


def spans(image):
    """How many columns and rows the ink reaches over."""
    return [int(np.ptp(np.nonzero(image.max(axis=axis) > 0)[0])) + 1 for axis in (0, 1)]


def test_digits_of_mnist_lie_as_the_constants_say(mnist):
    images = mnist.validation.images[:2000].float() / 255
    centres = centre_of_mass(images)
    assert centres.min() >= CENTRE - 0.5
    assert centres.max() <= CENTRE + 0.5
    torch.testing.assert_close(centres.mean(0), torch.full((2,), CENTRE), atol=0.03, rtol=0)
    longer = [max(spans(image)) for image in images.numpy()]
    assert np.median(longer) == BOX
    assert max(longer) == BOX


@pytest.mark.parametrize("digit", range(10))
def test_drawing_fills_the_box_and_has_its_mass_where_mnist_has_it(digit):
    image = render_strokes(EXAMPLES[digit])
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert 0 == image.min() < image.max() == 1
    # A pen's edge is a ramp: one pixel more where it ends within one.
    assert BOX - 1 <= max(spans(image)) <= BOX + 2
    centre = centre_of_mass(torch.from_numpy(image)[None])[0]
    torch.testing.assert_close(centre, torch.full((2,), CENTRE), atol=0.1, rtol=0)


@pytest.mark.parametrize("digit", [0, 1, 4, 8])
def test_size_and_place_on_the_sheet_do_not_matter_but_the_shape_does(digit):
    moved = [[(0.6 + 0.3 * x, 0.1 + 0.3 * y) for x, y in stroke] for stroke in EXAMPLES[digit]]
    np.testing.assert_allclose(render_strokes(moved), render_strokes(EXAMPLES[digit]), atol=1e-5)
    across, down = spans(render_strokes(EXAMPLES[digit]))
    lying = [[(y, x) for x, y in stroke] for stroke in EXAMPLES[digit]]
    assert spans(render_strokes(lying)) == [down, across]
    assert down > across


def test_more_points_on_a_line_and_their_order_do_not_matter():
    line = [(0.2, 0.1), (0.4, 0.9)]
    fine = [(0.2 + 0.2 * share, 0.1 + 0.8 * share) for share in np.linspace(0, 1, 50)]
    np.testing.assert_allclose(render_strokes([fine[::-1]]), render_strokes([line]), atol=1e-6)
    np.testing.assert_array_equal(render_strokes([line, line]), render_strokes([line]))


def test_nothing_is_paper_and_a_dot_is_a_dot():
    assert not render_strokes([]).any()
    assert not render_strokes([[]]).any()
    dot = render_strokes([[(0.9, 0.1)]])
    assert dot[14, 14] == 1
    assert spans(dot) == [3, 3]


def test_ink_is_as_much_as_mnists_and_falls_where_it_was(mnist):
    images = mnist.validation.images[::100].float() / 255
    rendered = np.stack([render_strokes(strokes_of(image)) for image in images])
    assert abs(rendered.mean() / images.mean().item() - 1) < 0.1
    near = np.square(rendered - images.numpy()).mean()
    far = np.square(np.roll(rendered, 1, axis=0) - images.numpy()).mean()
    assert near < 0.25 * far


@pytest.mark.parametrize("digit", [-1, 10])
def test_only_ten_digits_have_examples(digit):
    with pytest.raises(ValueError, match="expected a digit from 0 to 9"):
        example_strokes(digit)
