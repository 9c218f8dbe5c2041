"""Models of other sizes and channels, with each likelihood: the bounds are right, and all that measures takes them."""

import copy
import math
import pickle

import pytest
import torch

from vae_lib import objectives
from vae_lib.data import load_arrays
from vae_lib.distributions import bernoulli_log_prob, discretized_logistic_log_prob, kl_standard_normal, normal_log_prob
from vae_lib.evaluation import active_units, kl_split, log_likelihood, mean_elbo
from vae_lib.models import CVAE, VAE, Autoencoder, ConvVAE, DenseCVAE, TanhVAE
from vae_lib.models.likelihoods import LIKELIHOODS
from vae_lib.objectives import conditional_elbo, elbo, importance_weighted_bound, log_importance_weights
from vae_lib.training import train

SHAPES = [(1, 28, 28), (3, 32, 32), (3, 9, 14), (1, 4, 5)]
SMALL = {
    "Autoencoder": lambda **options: Autoencoder(2, (8,), **options),
    "VAE": lambda **options: VAE(2, (8,), **options),
    "TanhVAE": lambda **options: TanhVAE(2, (8,), **options),
    "ConvVAE": lambda **options: ConvVAE(2, 4, **options),
    "DenseCVAE": lambda **options: DenseCVAE(2, (8,), classes=3, **options),
    "CVAE": lambda **options: CVAE(2, 4, classes=3, **options),
}
TOLD = {"DenseCVAE", "CVAE"}


def small(family, **options):
    torch.manual_seed(0)
    return SMALL[family](**options).eval()


def told(family, n):
    return [torch.arange(n) % 3] if family in TOLD else []


def pictures(n, image, seed=0):
    """Blobs of colour on a ground, half of them dark and half of them bright, as bytes."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.full((n, *image), 40.0)
    images[: n // 2] += 150
    return (images + 15 * torch.randn(n, *image, generator=generator)).clamp(0, 255).to(torch.uint8)


@pytest.mark.parametrize("family", SMALL)
@pytest.mark.parametrize("image", SHAPES, ids=str)
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_a_model_takes_rows_of_pictures_of_any_size(family, image, likelihood):
    model = small(family, image=image, likelihood=likelihood)
    x = pictures(4, image).flatten(1) / 255
    mu, log_var = model.encode(x, *told(family, 4))
    assert mu.shape == log_var.shape == (4, 2)
    decoded = model.decode(mu, *told(family, 4))
    assert decoded.shape == x.shape
    assert model.log_likelihood(x, decoded).shape == (4,)
    assert model.image == image


@pytest.mark.parametrize("family", sorted(set(SMALL) - {"ConvVAE"}))
def test_without_the_new_words_a_model_is_what_it_was(family):
    model, sized = small(family), small(family, image=(1, 28, 28))
    assert list(model.state_dict()) == list(sized.state_dict())
    assert all(torch.equal(one, other) for one, other in zip(model.parameters(), sized.parameters(), strict=True))
    assert model.log_likelihood is bernoulli_log_prob
    assert not any("spread" in name for name in model.state_dict())


@pytest.mark.parametrize("family", ["Autoencoder", "VAE", "TanhVAE", "DenseCVAE"])
def test_pixels_and_image_are_two_ways_to_say_one_size(family):
    with pytest.raises(ValueError, match="got both"):
        small(family, image=(1, 4, 5), pixels=20)
    assert small(family, pixels=20).decoder[-1].out_features == 20


@pytest.mark.parametrize("image", [(28, 28), 784, (1, 0, 3), (3, 32.0, 32), "rgb"])
def test_what_is_no_shape_of_an_image_is_said(image):
    with pytest.raises(ValueError, match=r"\(channels, height, width\)"):
        small("VAE", image=image)
    for family in ("ConvVAE", "CVAE") if image in [(28, 28), (1, 0, 3)] else ():
        with pytest.raises(ValueError, match=r"\(channels, height, width\)"):
            small(family, image=image)


def test_a_likelihood_that_is_none_is_said():
    with pytest.raises(ValueError, match=r"one of bernoulli, normal, logistic; got 'gauss'"):
        VAE(2, (8,), likelihood="gauss")


def test_pictures_too_small_to_halve_twice_are_said():
    with pytest.raises(ValueError, match="4 pixels a side or more"):
        ConvVAE(2, image=(3, 3, 8))


@pytest.mark.parametrize("likelihood", ["normal", "logistic"])
def test_each_channel_has_a_spread_of_its_own(likelihood):
    model = small("VAE", image=(3, 2, 2), likelihood=likelihood)
    with torch.no_grad():
        model.log_spread.copy_(torch.tensor([-1.0, -2.0, -3.0]))
    x, decoded = pictures(5, (3, 2, 2)).flatten(1) / 255, torch.randn(5, 12)
    log_prob = {"normal": lambda x, m, s: normal_log_prob(x, m, 2 * s), "logistic": discretized_logistic_log_prob}
    channels = zip(x.split(4, dim=1), decoded.sigmoid().split(4, dim=1), (-1.0, -2.0, -3.0), strict=True)
    parts = [log_prob[likelihood](part, mean, torch.full((5, 1), spread)) for part, mean, spread in channels]
    torch.testing.assert_close(model.log_likelihood(x, decoded), sum(parts))


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_bounds_meet_the_evidence_found_by_quadrature(likelihood):
    """With one latent the evidence and the gap of the bound are integrals over a line."""
    torch.manual_seed(0)
    model = ConvVAE(1, 2, image=(1, 4, 4), likelihood=likelihood).double().eval()
    if likelihood == "normal":
        # As wide as the pictures differ: where the posterior is narrow no sample of q meets it.
        model.log_spread.data.fill_(-0.5)
    x = (pictures(3, (1, 4, 4)).flatten(1) > 100).double()
    z = torch.linspace(-9, 9, 1501, dtype=torch.float64)[:, None]
    zero = torch.zeros(1, 1, dtype=torch.float64)
    step = math.log((z[1] - z[0]).item())
    torch.manual_seed(1)
    with torch.no_grad():
        mu, log_var = model.encode(x)
        rows = x.repeat_interleave(len(z), 0)
        joint = model.log_likelihood(rows, model.decode(z.repeat(3, 1))).view(3, -1) + normal_log_prob(z, zero, zero)
        evidence = joint.logsumexp(1) + step
        q = torch.stack([normal_log_prob(z, mu[[k]], log_var[[k]]) for k in range(3)])
        exact = (q.exp() * (joint - q)).sum(1) * step_size(z)
        draws = elbo(model, x.repeat(2000, 1)).value.view(2000, 3)
        many = importance_weighted_bound(model, x, num_samples=4000).bound
        gap = (q.exp() * (q - (joint - evidence[:, None]))).sum(1) * step_size(z)
    torch.testing.assert_close(many, evidence, atol=0.05, rtol=0)
    torch.testing.assert_close(exact + gap, evidence, atol=1e-6, rtol=0)
    error = 4 * draws.std(0) / len(draws) ** 0.5
    assert ((draws.mean(0) - exact).abs() < error + 1e-6).all()
    assert (exact < evidence).all()


def step_size(z):
    return (z[1] - z[0]).item()


@pytest.mark.parametrize("family", SMALL)
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_a_short_training_improves_the_bound_on_other_pictures(family, likelihood):
    image = (3, 6, 5)
    model = small(family, image=image, likelihood=likelihood)
    images, held_out = pictures(128, image), pictures(64, image, seed=1)
    if likelihood == "bernoulli":
        images, held_out = ((each > 100).to(torch.uint8) * 255 for each in (images, held_out))
    labels = torch.arange(128) % 3
    objective = conditional_elbo if family in TOLD else elbo if family != "Autoencoder" else objectives.reconstruction
    given = {"labels": labels[:64]} if family in TOLD else {}
    before = mean_elbo(model, held_out, objective=objective, **given).value
    spread = getattr(model, "log_spread", torch.zeros(1)).detach().clone()
    options = {"labels": labels} if family in TOLD else {}
    train(model, images, objective, steps=40, batch_size=32, learning_rate=1e-2, seed=0, progress=False, **options)
    after = mean_elbo(model, held_out, objective=objective, **given).value
    assert after > before + 3
    if likelihood != "bernoulli":
        assert not torch.equal(model.log_spread, spread)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_every_measure_takes_the_models_own_likelihood(likelihood):
    image = (3, 6, 5)
    model = small("ConvVAE", image=image, likelihood=likelihood)
    images = pictures(20, image)
    if likelihood == "bernoulli":
        images = (images > 100).to(torch.uint8) * 255
    x = images.flatten(1) / 255
    torch.manual_seed(3)
    by_itself = elbo(model, x).reconstruction
    torch.manual_seed(3)
    assert torch.equal(by_itself, elbo(model, x, log_likelihood=model.log_likelihood).reconstruction)
    estimate = log_likelihood(model, images, num_samples=300)
    torch.manual_seed(4)
    with torch.no_grad():
        weights = log_importance_weights(model, x, num_samples=300)
    assert estimate.value == pytest.approx((weights.logsumexp(0) - math.log(300)).mean().item(), abs=1.0)
    assert 0 <= active_units(model, images) <= 2
    assert kl_split(model, images).kl == pytest.approx(kl_standard_normal(*model.encode(x)).mean().item(), rel=1e-4)
    if likelihood == "logistic":
        assert estimate.value < 0


OBJECTIVES = {
    "elbo": objectives.elbo,
    "beta_elbo": lambda model, x: objectives.beta_elbo(model, x, beta=2.0),
    "free_bits_elbo": lambda model, x: objectives.free_bits_elbo(model, x, free=0.1),
    "warm_up": objectives.warm_up(10),
    "reconstruction": objectives.reconstruction,
}


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=list(OBJECTIVES))
def test_no_objective_falls_back_on_bernoulli_pixels(objective):
    model = small("VAE", image=(1, 4, 4), likelihood="logistic")
    x = pictures(6, (1, 4, 4)).flatten(1) / 255
    torch.manual_seed(0)
    came = objective(model, x).reconstruction
    torch.manual_seed(0)
    mu, log_var = model.encode(x)
    noise = torch.randn_like(mu)
    z = mu if objective is objectives.reconstruction else mu + torch.exp(0.5 * log_var) * noise
    expected = discretized_logistic_log_prob(x, model.decode(z).sigmoid(), model.log_spread.expand(16)[None])
    torch.testing.assert_close(came, expected)


def test_a_likelihood_that_is_given_is_taken():
    model = small("VAE", image=(1, 4, 4), likelihood="logistic")
    x = pictures(6, (1, 4, 4)).flatten(1) / 255
    came = objectives.reconstruction(model, x, log_likelihood=bernoulli_log_prob).value
    torch.testing.assert_close(came, bernoulli_log_prob(x, model.decode(model.encode(x)[0])))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_has_a_spread_of_its_own(copied):
    model = small("VAE", image=(1, 4, 4), likelihood="normal")
    other = copied(model)
    x, decoded = torch.rand(2, 16), torch.randn(2, 16)
    before = model.log_likelihood(x, decoded)
    with torch.no_grad():
        other.log_spread.add_(1)
    assert torch.equal(model.log_likelihood(x, decoded), before)
    assert not torch.equal(other.log_likelihood(x, decoded), before)


def test_the_digits_of_another_source_train_a_model_of_their_size():
    data = load_arrays(pictures(60, (3, 5, 4)).numpy(), [0, 1, 2] * 20)
    model = VAE(2, (8,), image=data.image, likelihood="logistic")
    history = train(model, data.train.images, elbo, epochs=2, batch_size=8, progress=False, seed=0)
    assert history.value.isfinite().all()
