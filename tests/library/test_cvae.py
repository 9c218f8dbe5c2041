"""The conditional networks' sizes, their 'same' padding against autograd, and what a label must be."""

from inspect import unwrap

import pytest
import torch
from jaxtyping import TypeCheckError
from torch import nn
from torch.nn.functional import conv2d

from vae_lib.models import CVAE, Classifier, DenseCVAE
from vae_lib.models.cvae import SameConv2d, SameConvTranspose2d, one_hot_label

FAMILIES = {"CVAE": lambda: CVAE(channels=4), "DenseCVAE": lambda: DenseCVAE(hidden=(8,))}


@pytest.fixture(params=FAMILIES.values(), ids=FAMILIES.keys())
def model(request):
    torch.manual_seed(0)
    return request.param().eval()


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def sizes_along(layers, given):
    """The size of what each layer passes on, one example and those that change nothing left out."""
    sizes, h = [], given
    for layer in layers:
        h = layer(h)
        if tuple(h.shape[1:]) != (sizes[-1] if sizes else None):
            sizes.append(tuple(h.shape[1:]))
    return sizes


# The convolutional network, layer by layer


def test_encoder_goes_through_3136_and_784_to_the_label():
    model = CVAE()
    sizes = sizes_along(model.encoder, torch.rand(2, 784))
    assert sizes == [(1, 28, 28), (64, 14, 14), (64, 7, 7), (3136,), (784,)]
    assert sizes_along(model.encoder_head, torch.rand(2, 784 + 10)) == [(64,)]
    assert (model.to_mu.in_features, model.to_mu.out_features) == (64, 8)
    assert (model.to_log_var.in_features, model.to_log_var.out_features) == (64, 8)


def test_decoder_goes_through_24_and_49_and_12544_to_the_label_and_784():
    model = CVAE()
    sizes = sizes_along(model.decoder, torch.rand(2, 8))
    assert sizes == [(24,), (49,), (1, 7, 7), (64, 14, 14), (12544,)]
    assert sizes_along(model.decoder_head, torch.rand(2, 12544 + 10)) == [(128,), (784,)]


def test_layers_are_those_of_the_source_in_their_order():
    kinds = [type(layer).__name__.removeprefix("Same") for layer in CVAE().encoder]
    assert kinds == ["Unflatten", *3 * ["Conv2d", "LeakyReLU", "Dropout"], "Flatten", "Linear", "LeakyReLU"]
    convolutions = [layer for layer in CVAE().encoder if isinstance(layer, nn.Conv2d)]
    assert [(layer.out_channels, layer.kernel_size, layer.stride) for layer in convolutions] == [
        (64, (4, 4), (2, 2)), (64, (4, 4), (2, 2)), (64, (4, 4), (1, 1)),
    ]  # fmt: skip
    assert {layer.negative_slope for layer in CVAE().modules() if isinstance(layer, nn.LeakyReLU)} == {0.3}
    transposed = [layer for layer in CVAE().decoder if isinstance(layer, nn.ConvTranspose2d)]
    assert [(layer.out_channels, layer.kernel_size, layer.stride) for layer in transposed] == [
        (64, (4, 4), (2, 2)), (64, (4, 4), (1, 1)), (64, (4, 4), (1, 1)),
    ]  # fmt: skip
    assert [type(layer).__name__ for layer in CVAE().decoder_head] == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]


def test_parameters_are_those_counted_by_hand():
    convolution, first = 64 * 64 * 16 + 64, 64 * 16 + 64
    encoder = first + 2 * convolution + (3136 + 1) * 784 + (784 + 10 + 1) * 64 + 2 * (64 + 1) * 8
    decoder = (8 + 1) * 24 + (24 + 1) * 49 + first + 2 * convolution + (12544 + 10 + 1) * 128
    assert parameters(CVAE()) == encoder + decoder + (128 + 1) * 784 + (784 + 1) * 784 == 5_100_961


def test_no_convolution_of_the_decoder_knows_the_label():
    torch.manual_seed(0)
    model, seen = CVAE(channels=4).eval(), []
    model.decoder.register_forward_hook(lambda *call: seen.append(call[-1]))
    pictures = model.decode(torch.ones(2, 8), torch.tensor([3, 4]))
    assert torch.equal(*seen[0])
    assert not torch.equal(*pictures)


def test_dropout_works_in_training_only():
    torch.manual_seed(0)
    model, x, label = CVAE(channels=4), torch.rand(3, 784), torch.tensor([1, 2, 3])
    assert not torch.equal(model.train().encode(x, label)[0], model.encode(x, label)[0])
    assert not torch.equal(model.decode(torch.ones(3, 8), label), model.decode(torch.ones(3, 8), label))
    assert torch.equal(model.eval().encode(x, label)[0], model.encode(x, label)[0])


# 'Same' padding


@pytest.mark.parametrize(("stride", "side"), [(1, 14), (1, 7), (2, 28), (2, 14), (2, 7)])
def test_same_convolution_has_a_strides_part_of_the_pixels_and_the_defined_padding(stride, side):
    """Output i reads the 4 inputs from stride · i − before; of an odd number of zeros one less stands before."""
    torch.manual_seed(0)
    layer, x = SameConv2d(2, 3, stride=stride).double(), torch.randn(2, 2, side, side, dtype=torch.float64)
    came = layer(x)
    out = -(-side // stride)
    before = max(0, (out - 1) * stride + 4 - side) // 2
    assert came.shape == (2, 3, out, out)
    wide = torch.zeros(2, 2, side + 8, side + 8, dtype=torch.float64)
    wide[..., 4 : 4 + side, 4 : 4 + side] = x
    for i, j in [(0, 0), (out - 1, 0), (out // 2, out - 1)]:
        top, left = (stride * k - before + 4 for k in (i, j))
        patch = wide[..., top : top + 4, left : left + 4]
        expected = torch.einsum("bcij,ocij->bo", patch, layer.weight) + layer.bias
        torch.testing.assert_close(came[..., i, j], expected)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_same_convolution_of_stride_1_is_pytorchs():
    torch.manual_seed(0)
    layer, x = SameConv2d(2, 3, stride=1), torch.randn(2, 2, 14, 14)
    torch.testing.assert_close(layer(x), conv2d(x, layer.weight, layer.bias, padding="same"))


@pytest.mark.parametrize(("stride", "side"), [(1, 14), (1, 7), (2, 7), (2, 14)])
def test_transposed_convolution_is_the_gradient_of_the_same_convolution(stride, side):
    """Which is how it is defined: what the one takes from a pixel, the other gives back to it."""
    torch.manual_seed(0)
    there = SameConv2d(3, 2, stride=stride).double()
    back = SameConvTranspose2d(2, 3, stride=stride).double()
    back.weight.data, back.bias.data = there.weight.data, torch.zeros(3, dtype=torch.float64)
    x = torch.randn(2, 3, side * stride, side * stride, dtype=torch.float64, requires_grad=True)
    y = torch.randn(2, 2, side, side, dtype=torch.float64)
    (gradient,) = torch.autograd.grad((there(x) * y).sum(), x)
    torch.testing.assert_close(back(y), gradient)


# Both families


def test_shapes_go_from_images_and_labels_to_codes_and_back(model):
    latent = model.to_mu.out_features
    for batch in (1, 5):
        label = torch.arange(batch)
        mu, log_var = model.encode(torch.rand(batch, 784), label)
        assert mu.shape == log_var.shape == (batch, latent)
        assert model.decode(mu, label).shape == (batch, 784)


def test_both_ways_depend_on_the_label(model):
    x = torch.rand(10, 784)[:1].expand(10, -1)
    z = torch.zeros(10, model.to_mu.out_features)
    label = torch.arange(10)
    for rows in (*model.encode(x, label), model.decode(z, label)):
        assert len(rows.unique(dim=0)) == 10


def test_each_row_follows_its_own_label(model):
    x, label = torch.rand(10, 784), torch.arange(10)
    mu, _ = model.encode(x, label)
    back = model.decode(mu, label)
    for k in (0, 7):
        alone, _ = model.encode(x[k : k + 1], label[k : k + 1])
        torch.testing.assert_close(mu[k : k + 1], alone)
        torch.testing.assert_close(back[k : k + 1], model.decode(alone, label[k : k + 1]))


def test_labels_of_any_integer_type_are_the_same(model):
    x = torch.rand(3, 784)
    expected = model.encode(x, torch.tensor([0, 9, 4]))[0]
    for dtype in (torch.uint8, torch.int32):
        assert torch.equal(model.encode(x, torch.tensor([0, 9, 4], dtype=dtype))[0], expected)


def test_model_works_in_the_precision_it_is_moved_to(model):
    model = model.double()
    mu, log_var = model.encode(torch.rand(2, 784, dtype=torch.float64), torch.tensor([1, 2]))
    assert mu.dtype == log_var.dtype == model.decode(mu, torch.tensor([1, 2])).dtype == torch.float64


@pytest.mark.parametrize("label", [[10, 0], [-1, 0], [0, 255]])
def test_a_label_that_is_no_digit_is_named(model, label):
    with pytest.raises(ValueError, match=f"labels from 0 to 9, got {min(label)} to {max(label)}"):
        model.decode(torch.zeros(2, model.to_mu.out_features), torch.tensor(label))
    with pytest.raises(ValueError, match="labels from 0 to 9"):
        model.encode(torch.rand(2, 784), torch.tensor(label))


def test_labels_of_another_shape_or_kind_are_named_where_shapes_are_not_checked():
    """A reader imports the library without the hook of these tests."""
    rows, plain = torch.rand(2, 5), unwrap(one_hot_label)
    for label, message in [
        (torch.tensor([1, 2, 3]), r"shape \(2,\), one class for each row; got \(3,\)"),
        (torch.tensor([[1], [2]]), r"shape \(2,\), one class for each row; got \(2, 1\)"),
        (torch.tensor(1), r"got \(\).*torch.full"),
        (torch.tensor([1.0, 2.0]), "integers, one class for each row; got torch.float32"),
        (torch.tensor([True, False]), "integers, one class for each row; got torch.bool"),
    ]:
        with pytest.raises(ValueError, match=message):
            plain(label, 10, rows)
    assert plain(torch.tensor([1, 0]), 3, rows).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_shapes_that_do_not_fit_are_caught_in_tests(model):
    with pytest.raises(TypeCheckError):
        model.encode(torch.rand(2, 784), torch.tensor([1, 2, 3]))


def test_dense_network_takes_ten_more_numbers_on_either_side():
    model = DenseCVAE(latent=2, hidden=(40, 30), pixels=50)
    shapes = [(layer.in_features, layer.out_features) for layer in model.modules() if isinstance(layer, nn.Linear)]
    assert shapes == [(60, 40), (40, 30), (30, 2), (30, 2), (12, 30), (30, 40), (40, 50)]


# The classifier


def test_classifier_gives_a_logit_for_each_class():
    torch.manual_seed(0)
    model = Classifier()
    assert model(torch.rand(5, 784)).shape == (5, 10)
    assert parameters(model) == 16 * 26 + 32 * (16 * 9 + 1) + (1568 + 1) * 32 + 33 * 10
