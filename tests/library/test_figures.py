"""What each picture shows, read back from its Axes, and whether its colours stay apart for colour-blind eyes."""

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon

from vae_lib import figures
from vae_lib.figures import (
    Box,
    show_codes,
    show_curve,
    show_digits,
    show_flow,
    show_images,
    show_plane,
    show_prior,
)

RNG = np.random.default_rng(0)
DIGITS = RNG.random((7, 784))
CODES, LABELS = RNG.normal(size=(60, 2)), np.arange(60) % 10
FLOW = {"x": Box(0, "image"), "e": Box(1.5, "encoder", "narrowing"), "z": Box(3, "code", "code")}
DRAW = {
    "show_digits": lambda ax: show_digits(ax, DIGITS),
    "show_images": lambda ax: show_images(ax, DIGITS),
    "show_codes": lambda ax: show_codes(ax, CODES, LABELS),
    "show_prior": lambda ax: show_prior(ax),
    "show_plane": lambda ax: show_plane(ax, DIGITS[:4], extent=2.0),
    "show_curve": lambda ax: show_curve(ax, np.arange(100), label="loss"),
    "show_flow": lambda ax: show_flow(ax, FLOW, arrows=["xe", "ez"]),
}


@pytest.fixture
def ax():
    """Axes of a figure that pyplot does not know."""
    return Figure().subplots()


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW.keys())
def test_it_draws_on_the_axes_it_is_given_and_returns_them(ax, draw):
    empty = len(ax.get_children())
    settings = dict(mpl.rcParams)
    assert draw(ax) is ax
    assert len(ax.get_children()) > empty
    assert dict(mpl.rcParams) == settings
    assert mpl.pyplot.get_fignums() == []
    ax.figure.draw_without_rendering()


def test_every_function_that_draws_is_held_to_that():
    assert {name for name in vars(figures) if name.startswith("show_")} == set(DRAW)


def test_use_style_sets_the_style_and_nothing_else():
    with mpl.rc_context():
        before = dict(mpl.rcParams)
        figures.use_style()
        changed = {key for key, value in mpl.rcParams.items() if before[key] != value}
        assert changed <= set(figures.STYLE)
        assert all(mpl.rcParams[key] == value for key, value in mpl.RcParams(figures.STYLE).items())


# Digits


def sheet(ax):
    (image,) = ax.images
    return np.asarray(image.get_array())


def test_digits_stand_in_rows_in_their_order_black_on_white(ax):
    show_digits(ax, DIGITS, columns=3)
    came = sheet(ax)
    assert came.shape == (3 * 28 + 2 * 2, 3 * 28 + 2 * 2)
    for k, image in enumerate(DIGITS):
        top, left = 30 * (k // 3), 30 * (k % 3)
        np.testing.assert_array_equal(came[top : top + 28, left : left + 28], 1 - image.reshape(28, 28))
    assert (came[60:, 30:] == 1).all(), "places without a digit are white"
    assert (came[28:30] == 1).all(), "and so are the gaps"
    assert ax.images[0].get_clim() == (0, 1)


@pytest.mark.parametrize(
    "images",
    [
        DIGITS.reshape(7, 28, 28),
        torch.from_numpy(DIGITS),
        torch.from_numpy(DIGITS).float().requires_grad_(),
        DIGITS.tolist(),
    ],
    ids=["square", "tensor", "tensor with gradient", "list"],
)
def test_digits_come_in_any_form_of_784_pixels(ax, images):
    show_digits(ax, images)
    assert sheet(ax).shape == (28, 7 * 28 + 6 * 2)
    np.testing.assert_allclose(sheet(ax)[:, :28], 1 - DIGITS[0].reshape(28, 28), atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_tensors_of_every_precision_are_drawn(ax, dtype):
    show_digits(ax, torch.from_numpy(DIGITS).to(dtype))
    np.testing.assert_allclose(sheet(ax)[:, :28], 1 - DIGITS[0].reshape(28, 28), atol=4e-3)
    ax.clear()
    show_curve(ax, torch.linspace(0, 1, 64).to(dtype), label="value", smooth=16)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), torch.linspace(0, 1, 64).view(4, 16).mean(dim=1), atol=4e-3)
    ax.clear()
    show_codes(ax, torch.from_numpy(CODES).to(dtype), torch.from_numpy(LABELS))
    drawn = np.concatenate([np.asarray(each.get_offsets()) for each in ax.collections])
    np.testing.assert_allclose(np.sort(drawn, axis=0), np.sort(CODES, axis=0), rtol=1e-2, atol=1e-2)


def test_labels_stand_at_the_middle_of_their_row_and_column(ax):
    show_digits(ax, DIGITS, columns=4, row_labels=["x", "x̂"], column_labels=list("abcd"))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["x", "x̂"]
    assert [label.get_text() for label in ax.get_xticklabels()] == list("abcd")
    assert ax.get_yticks().tolist() == [13.5, 43.5]
    assert ax.get_xticks().tolist() == [13.5, 43.5, 73.5, 103.5]


def test_bytes_and_things_that_are_no_digits_are_refused(ax):
    with pytest.raises(ValueError, match=r"pixels in \[0, 1\], got uint8 up to 255; divide them by 255"):
        show_digits(ax, np.full((2, 28, 28), 255, dtype=np.uint8))
    with pytest.raises(ValueError, match=r"784 pixels, one or more; got an array of shape \(0, 784\)"):
        show_digits(ax, DIGITS[:0])
    with pytest.raises(ValueError, match=r"784 pixels, one or more; got an array of shape \(3, 100\)"):
        show_digits(ax, np.zeros((3, 100)))


def test_binary_digits_and_reconstructions_beyond_the_unit_interval_are_shown(ax):
    show_digits(ax, DIGITS.round().astype(int))
    show_digits(ax, 3 * DIGITS - 1)


# Codes and planes


def test_codes_are_coloured_and_named_by_class(ax):
    show_codes(ax, torch.from_numpy(CODES), torch.from_numpy(LABELS))
    assert len(ax.collections) == 10
    for digit, dots in enumerate(ax.collections):
        np.testing.assert_array_equal(dots.get_offsets(), CODES[digit == LABELS])
        assert to_hex(dots.get_facecolor()[0]) == figures.DIGIT_COLOURS[digit]
    assert {text.get_text(): text.get_position() for text in ax.texts} == {
        str(digit): tuple(np.median(CODES[digit == LABELS], axis=0)) for digit in range(10)
    }
    assert ax.get_aspect() == 1
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$z_1$", "$z_2$")


def test_a_class_keeps_its_colour_when_others_are_missing(ax):
    show_codes(ax, CODES[:2], [9, 4])
    assert [to_hex(dots.get_facecolor()[0]) for dots in ax.collections] == [
        figures.DIGIT_COLOURS[digit] for digit in (4, 9)
    ]
    assert [text.get_text() for text in ax.texts] == ["4", "9"]


def test_prior_is_drawn_at_its_standard_deviations(ax):
    show_prior(ax, radii=(1.0, 2.5))
    circles = [patch for patch in ax.patches if isinstance(patch, Circle)]
    assert [(circle.center, circle.radius) for circle in circles] == [((0, 0), 1), ((0, 0), 2.5)]
    assert not any(circle.get_fill() for circle in circles)


@pytest.mark.parametrize("side", [2, 5])
def test_each_image_of_a_plane_stands_on_its_code(ax, side):
    """Decoding the place where an image stands gives that image."""
    extent = 3.0
    rows, columns = np.linspace(extent, -extent, side), np.linspace(-extent, extent, side)
    images = np.stack([np.full(784, (side * i + j) / side**2) for i in range(side) for j in range(side)])
    show_plane(ax, images, extent=extent)
    left, right, bottom, top = ax.images[0].get_extent()
    came = sheet(ax)
    for i, z2 in enumerate(rows):
        for j, z1 in enumerate(columns):
            row = int((top - z2) / (top - bottom) * len(came))
            column = int((z1 - left) / (right - left) * len(came))
            assert came[row, column] == 1 - (side * i + j) / side**2
            # The middle of 28 pixels, to half a pixel.
            assert row % 28 in (13, 14)
            assert column % 28 in (13, 14)


@pytest.mark.parametrize("n", [1, 3, 8])
def test_images_that_fill_no_square_are_refused(ax, n):
    with pytest.raises(ValueError, match=f"square grid, 4, 9, 16 … of them; got {n}"):
        show_plane(ax, RNG.random((n, 784)), extent=2.0)


# Curves and flows


def test_curve_is_the_mean_of_each_window_at_its_middle(ax):
    values = RNG.normal(size=230)
    show_curve(ax, torch.from_numpy(values), label="−ELBO", smooth=100, color="red")
    (line,) = ax.lines
    np.testing.assert_array_equal(line.get_xdata(), [50, 150])
    np.testing.assert_allclose(line.get_ydata(), [values[:100].mean(), values[100:200].mean()])
    assert (line.get_label(), line.get_color(), ax.get_xlabel()) == ("−ELBO", "red", "training step")


def test_a_curve_shorter_than_its_window_is_one_point(ax):
    show_curve(ax, [1.0, 2.0, 6.0], label="loss", smooth=50)
    assert ax.lines[0].get_xydata().tolist() == [[1.5, 3.0]]
    show_curve(ax, [], label="nothing yet")


def test_flow_draws_its_boxes_their_words_and_arrows_between_them(ax):
    show_flow(ax, FLOW, arrows=["xe"], dashed=["ez"], shared={"xz": "compared"})
    assert sum(isinstance(patch, Polygon) for patch in ax.patches) == 3
    words = [text.get_text() for text in ax.texts]
    assert {"image", "encoder", "code", "compared"} <= set(words)
    arrows = {text.arrow_patch.get_linestyle() for text in ax.texts if getattr(text, "arrow_patch", None)}
    assert {"-", "--"} <= arrows


# Colours

# What dichromats see of linear RGB: Machado, Oliveira and Fernandes (2009), table 1, severity 1.
EYES = {
    "normal": np.eye(3),
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ_OF_RGB = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = XYZ_OF_RGB.sum(axis=1)


def lab(colour, eye):
    """CIE 1976 L*a*b* of an sRGB colour as an eye sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    x, y, z = XYZ_OF_RGB @ np.clip(np.asarray(EYES[eye]) @ linear, 0, 1) / WHITE
    x, y, z = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


LINES = ("BLUE", "ORANGE", "GREEN", "PURPLE", "SKY", "RED")
COLOURS = {"digits": figures.DIGIT_COLOURS, "lines": [getattr(figures, name) for name in LINES]}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("kind", COLOURS)
def test_colours_stay_apart_for_every_eye(kind, eye):
    distances = {
        (one, other): np.linalg.norm(lab(one, eye) - lab(other, eye)) for one, other in combinations(COLOURS[kind], 2)
    }
    closest = min(distances, key=distances.get)
    assert distances[closest] >= 15, closest


def test_the_measure_of_colours_is_calibrated():
    assert np.linalg.norm(lab("white", "normal") - lab("black", "normal")) == pytest.approx(100, abs=0.1)
    # Red and green of one lightness, which no deuteranope tells apart.
    assert np.linalg.norm(lab("#b8623b", "normal") - lab("#7f7f2f", "normal")) > 40
    assert np.linalg.norm(lab("#b8623b", "deuteranope") - lab("#7f7f2f", "deuteranope")) < 15


class TestPicturesOfOtherSizes:
    @pytest.mark.parametrize(
        ("images", "shape"),
        [
            (RNG.random((2, 28, 28, 3)), (28, 58, 3)),
            (RNG.random((2, 3, 28, 28)), (28, 58, 3)),
            (RNG.random((1, 56, 56)), (56, 56)),
            (RNG.random((2, 1, 9, 14)), (9, 30)),
            (torch.rand(2, 3, 9, 14), (9, 30, 3)),
            (RNG.random((2, 9, 14, 1)), (9, 30)),
        ],
        ids=lambda each: str(getattr(each, "shape", "")),
    )
    def test_the_shape_says_size_and_channels(self, ax, images, shape):
        show_images(ax, images)
        assert sheet(ax).shape == shape
        first = np.asarray(images)[0]
        first = np.moveaxis(first, 0, -1) if first.ndim == 3 and first.shape[0] in (1, 3) else first
        np.testing.assert_allclose(sheet(ax)[: shape[0], : first.shape[1]], first.squeeze(), atol=1e-6)

    @pytest.mark.parametrize("image", [(9, 14), (1, 9, 14)])
    def test_rows_get_their_shape_by_image(self, ax, image):
        rows = RNG.random((3, 126))
        show_images(ax, rows, image=image, columns=2, row_labels=["a", "b"])
        assert sheet(ax).shape == (20, 30)
        np.testing.assert_allclose(sheet(ax)[11:, :14], rows[2].reshape(9, 14))
        assert ax.get_yticks().tolist() == [4, 15]

    def test_rows_of_colour_have_one_plane_after_the_other(self, ax):
        rows = RNG.random((1, 3 * 4 * 5))
        show_images(ax, rows, image=(3, 4, 5))
        np.testing.assert_allclose(sheet(ax), np.moveaxis(rows.reshape(3, 4, 5), 0, 2))

    @pytest.mark.parametrize("shape", [(3, 4, 5), (1, 9, 14)])
    def test_what_has_its_shape_already_may_say_it_once_more(self, ax, shape):
        images = RNG.random((2, *shape))
        drawn = show_images(ax, images).images[-1].get_array()
        forms = (images, images.reshape(2, -1), np.moveaxis(images, 1, 3), *([images[:, 0]] if shape[0] == 1 else []))
        for form in forms:
            again = show_images(ax, form, image=shape).images[-1].get_array()
            np.testing.assert_array_equal(again, drawn)

    def test_a_photograph_is_no_negative_and_a_digit_is_ink(self, ax):
        white = np.ones((1, 6, 6))
        assert show_images(ax, white).images[-1].get_array().max() == 1
        assert show_images(ax, white, ink=True).images[-1].get_array().max() == 0
        assert show_digits(ax, white).images[-1].get_array().max() == 0

    @pytest.mark.parametrize(
        ("images", "image", "words"),
        [
            (np.zeros((3, 100)), None, r"say image=\(channels, height, width\)"),
            (np.zeros((3, 100)), (3, 6, 6), r"108 pixels, one or more; got an array of shape \(3, 100\)"),
            (np.zeros((3, 100)), (2, 5, 10), "1 or 3 channels"),
            (np.zeros((2, 4, 5, 6)), None, r"got an array of shape \(2, 4, 5, 6\)"),
            (np.zeros((0, 5, 5)), None, "one or more"),
            (np.zeros((0, 75)), (3, 5, 5), "one or more"),
            (np.zeros((56, 56)), None, r"784 pixels, one or more; got an array of shape \(56, 56\)"),
            (np.zeros(1568), None, r"784 pixels, one or more; got an array of shape \(1568,\)"),
            (np.zeros((4, 7, 9)), (9, 7), r"63 pixels, one or more; got an array of shape \(4, 7, 9\)"),
            (np.zeros((3, 63)), (3, 9, 7), r"189 pixels, one or more; got an array of shape \(3, 63\)"),
            (np.full((2, 5, 5), 200), None, r"pixels in \[0, 1\]"),
        ],
    )
    def test_another_shape_is_said(self, ax, images, image, words):
        with pytest.raises(ValueError, match=words):
            show_images(ax, images, image=image)

    @pytest.mark.parametrize("image", [(3, 4, 8), (1, 6, 3)])
    def test_a_plane_keeps_the_shape_of_its_pictures(self, ax, image):
        rows = RNG.random((9, np.prod(image)))
        show_plane(ax, rows, extent=2.0, image=image, ink=False)
        channels, height, width = image
        drawn = ax.images[0].get_array()
        assert drawn.shape[:2] == (3 * height, 3 * width)
        middle = np.asarray(drawn[height : 2 * height, width : 2 * width])
        expected = np.moveaxis(rows[4].reshape(image), 0, 2)
        np.testing.assert_allclose(middle, expected if channels == 3 else expected[..., 0])
        assert ax.get_aspect() == height / width
