"""The networks' sizes counted by hand, and the linear autoencoder against PCA."""

from functools import partial

import pytest
import torch
from jaxtyping import TypeCheckError
from torch import nn

from vae_lib.distributions import normal_log_prob
from vae_lib.models import VAE, Autoencoder
from vae_lib.models.networks import dense
from vae_lib.objectives import elbo, reconstruction
from vae_lib.training import train


def sizes(layers):
    """Inputs and outputs of every linear layer, and the names of what stands between them."""
    return [(part.in_features, part.out_features) if isinstance(part, nn.Linear) else type(part).__name__
            for part in layers.modules() if not isinstance(part, nn.Sequential)]  # fmt: skip


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def test_dense_puts_a_relu_between_two_layers_and_none_after_the_last():
    assert sizes(dense(7, 5, 3)) == [(7, 5), "ReLU", (5, 3)]
    assert sizes(dense(7, 3)) == [(7, 3)]
    with pytest.raises(ValueError, match="input and an output size"):
        dense(7)


def test_vae_is_by_default_784_400_20_with_two_heads_on_one_trunk():
    model = VAE()
    assert sizes(model.encoder) == [(784, 400), "ReLU"]
    assert sizes(model.to_mu) == sizes(model.to_log_var) == [(400, 20)]
    assert sizes(model.decoder) == [(20, 400), "ReLU", (400, 784)]
    trunk, heads, decoder = 784 * 400 + 400, 2 * (400 * 20 + 20), 20 * 400 + 400 + 400 * 784 + 784
    # The same number as in the example of this size that the PyTorch project publishes.
    assert parameters(model) == trunk + heads + decoder == 652_824


def test_autoencoder_is_by_default_784_400_20_400_784():
    model = Autoencoder()
    assert sizes(model.encoder) == [(784, 400), "ReLU", (400, 20)]
    assert sizes(model.decoder) == [(20, 400), "ReLU", (400, 784)]
    assert parameters(model) == 784 * 400 + 400 + 400 * 20 + 20 + 20 * 400 + 400 + 400 * 784 + 784 == 644_804


def test_decoder_mirrors_the_hidden_layers():
    for model in (VAE(latent=2, hidden=(40, 30, 10), pixels=50), Autoencoder(latent=2, hidden=(40, 30, 10), pixels=50)):
        assert sizes(model.decoder) == [(2, 10), "ReLU", (10, 30), "ReLU", (30, 40), "ReLU", (40, 50)]
    assert sizes(VAE(latent=2, hidden=(40, 30, 10), pixels=50).encoder) == [
        (50, 40), "ReLU", (40, 30), "ReLU", (30, 10), "ReLU",
    ]  # fmt: skip


@pytest.mark.parametrize("family", [VAE, Autoencoder])
@pytest.mark.parametrize(("latent", "hidden", "pixels"), [(1, (4,), 1), (2, (400, 200), 784), (50, (8, 8, 8), 30)])
@pytest.mark.parametrize("batch", [1, 5])
def test_shapes_go_from_images_to_codes_and_back(family, latent, hidden, pixels, batch):
    model = family(latent=latent, hidden=hidden, pixels=pixels)
    mu, log_var = model.encode(torch.rand(batch, pixels))
    assert mu.shape == log_var.shape == (batch, latent)
    assert model.decode(torch.randn(batch, latent)).shape == (batch, pixels)


@pytest.mark.parametrize("family", [VAE, Autoencoder])
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_model_works_in_the_precision_it_is_moved_to(family, dtype):
    model = family(latent=2, hidden=(8,), pixels=12).to(dtype)
    mu, log_var = model.encode(torch.rand(3, 12, dtype=dtype))
    assert mu.dtype == log_var.dtype == model.decode(mu).dtype == dtype


@pytest.mark.parametrize("family", [VAE, Autoencoder])
def test_decode_is_the_decoder_and_gives_logits(family):
    torch.manual_seed(0)
    model = family(latent=2, hidden=(8,), pixels=12)
    z = torch.randn(50, 2)
    assert torch.equal(model.decode(z), model.decoder(z))
    assert model.decode(z).min() < 0 < model.decode(z).max()


def test_both_heads_of_the_vae_read_one_trunk():
    torch.manual_seed(0)
    model = VAE(latent=2, hidden=(8,), pixels=12)
    x = torch.rand(5, 12)
    h = torch.relu(x @ model.encoder[0][0].weight.T + model.encoder[0][0].bias)
    mu, log_var = model.encode(x)
    torch.testing.assert_close(mu, h @ model.to_mu.weight.T + model.to_mu.bias)
    torch.testing.assert_close(log_var, h @ model.to_log_var.weight.T + model.to_log_var.bias)


def test_reconstruction_alone_moves_the_whole_encoder_through_z():
    torch.manual_seed(0)
    model = VAE(latent=2, hidden=(8,), pixels=12)
    elbo(model, torch.rand(20, 12)).reconstruction.sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.abs().max() > 0, name


def test_code_of_an_autoencoder_carries_no_noise():
    torch.manual_seed(0)
    model = Autoencoder(latent=2, hidden=(8,), pixels=12)
    x = torch.rand(20, 12)
    mu, log_var = model.encode(x)
    assert torch.equal(mu, model.encoder(x))
    assert (log_var == -torch.inf).all()
    reconstruction(model, x).value.sum().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in model.parameters())


def test_autoencoder_without_hidden_layers_is_affine():
    torch.manual_seed(0)
    model = Autoencoder(latent=2, hidden=(), pixels=12).double()
    assert sizes(model.encoder) == [(12, 2)]
    assert sizes(model.decoder) == [(2, 12)]
    a, b = torch.rand(2, 5, 12, dtype=torch.float64)
    there_and_back = [model.decode(model.encode(x)[0]) for x in (a, b, 0.3 * a + 0.7 * b)]
    torch.testing.assert_close(0.3 * there_and_back[0] + 0.7 * there_and_back[1], there_and_back[2])


def test_vae_without_hidden_layers_is_refused():
    with pytest.raises(ValueError, match="input and an output size"):
        VAE(hidden=())


def test_trained_linear_autoencoder_spans_the_principal_plane():
    """No two linear codes have less squared error than PCA's (Bourlard and Kamp 1988; Baldi and Hornik 1989)."""
    torch.manual_seed(1)
    strokes = torch.tensor([[1, 1, 1, 0, 0, 0, 0.5, 0], [0, 0, 0.5, 1, 1, 1, 0, 0]])
    ink = 0.6 * torch.rand(256, 2) @ strokes + 0.1 * torch.rand(256, 8)
    images = (255 * ink).clamp(0, 255).round().to(torch.uint8)

    def unit_normal_log_prob(x, decoded):
        return normal_log_prob(x, decoded, torch.zeros(1, 1))

    model = Autoencoder(latent=2, hidden=(), pixels=8)
    train(
        model, images, partial(reconstruction, log_likelihood=unit_normal_log_prob),
        steps=1000, batch_size=64, learning_rate=0.1, schedule="one-cycle", seed=1, progress=False,
    )  # fmt: skip
    x = images.float() / 255
    centred = x - x.mean(dim=0)
    principal = torch.linalg.svd(centred, full_matrices=False).Vh[:2]
    pca_error = (centred - centred @ principal.T @ principal).square().sum(dim=1).mean()
    with torch.no_grad():
        error = (x - model.decode(model.encode(x)[0])).square().sum(dim=1).mean()
        plane = torch.linalg.qr(model.decoder[0].weight).Q
    assert centred.square().sum(dim=1).mean() > 10 * pca_error
    assert 0.9999 < error / pca_error < 1.01
    # The cosines of the angles between the two planes.
    assert torch.linalg.svdvals(principal @ plane).min() > 0.999


@pytest.mark.parametrize("family", [VAE, Autoencoder])
def test_images_of_another_shape_are_caught(family):
    with pytest.raises(TypeCheckError):
        family().encode(torch.rand(3, 28, 28))
