"""The bound against models whose evidence and posterior are known exactly."""

import importlib
import pkgutil

import pytest
import torch
from jaxtyping import TypeCheckError
from linear_gaussian import WEIGHTS, LinearGaussian, unit_normal_log_prob
from torch.distributions import Bernoulli

from vae_lib import objectives
from vae_lib.distributions import kl_standard_normal
from vae_lib.models import VAE, Autoencoder, DenseCVAE
from vae_lib.objectives import (
    Elbo,
    Reconstruction,
    beta_elbo,
    conditional_elbo,
    elbo,
    label_log_prob,
    reconstruction,
    told_nothing,
)

SAMPLES = 100_000


@pytest.fixture(params=WEIGHTS.values(), ids=WEIGHTS.keys())
def weight(request):
    torch.manual_seed(0)
    return request.param


@pytest.fixture
def x(weight):
    return 2 * torch.randn(4, len(weight), dtype=torch.float64)


def estimate(model, x):
    """The bound's mean over many samples of z, and the standard error of that mean, for each row of x."""
    values = elbo(model, x.repeat(SAMPLES, 1), log_likelihood=unit_normal_log_prob).value.view(SAMPLES, len(x))
    return values.mean(dim=0), values.std(dim=0) / SAMPLES**0.5


def test_linear_gaussian_encoder_is_the_exact_posterior(weight, x):
    torch.testing.assert_close(LinearGaussian(weight).gap(x), torch.zeros(len(x), dtype=x.dtype), atol=1e-12, rtol=0)


def test_elbo_equals_log_evidence_at_exact_posterior(weight, x):
    model = LinearGaussian(weight)
    value, standard_error = estimate(model, x)
    assert (standard_error < 0.02).all()
    assert ((value - model.log_evidence(x)).abs() < 3 * standard_error).all()


@pytest.mark.parametrize(("shift", "widen"), [(0.5, 1.0), (0.0, 3.0), (0.0, 0.2), (-1.0, 2.0)])
def test_elbo_lies_below_log_evidence_by_the_kl_to_the_posterior(weight, x, shift, widen):
    model = LinearGaussian(weight, shift=shift, widen=widen)
    value, standard_error = estimate(model, x)
    gap = model.log_evidence(x) - value
    assert (standard_error < 0.05).all()
    assert (gap > 10 * standard_error).all()
    assert ((gap - model.gap(x)).abs() < 3.5 * standard_error).all()


def test_gradient_of_the_estimate_is_the_gradient_of_the_bound(weight, x):
    def free():
        shift, widen = (torch.full((1,), start, dtype=x.dtype, requires_grad=True) for start in (0.3, 1.5))
        return LinearGaussian(weight, shift=shift, widen=widen)

    exact, estimated = free(), free()
    # log p(x) does not depend on q, so the bound's exact gradient is minus that of KL(q ‖ posterior).
    (-exact.gap(x).mean()).backward()
    elbo(estimated, x.repeat(SAMPLES, 1), log_likelihood=unit_normal_log_prob).value.mean().backward()
    assert exact.shift.grad.abs() > 0.2
    assert exact.widen.grad.abs() > 0.1
    torch.testing.assert_close(estimated.shift.grad, exact.shift.grad, atol=0.02, rtol=0)
    torch.testing.assert_close(estimated.widen.grad, exact.widen.grad, atol=0.02, rtol=0)


@pytest.fixture
def vae():
    torch.manual_seed(0)
    return VAE(latent=3, hidden=(16,), pixels=20)


@pytest.fixture
def images():
    torch.manual_seed(1)
    return torch.rand(7, 20).round()


def test_elbo_is_its_parts_one_number_for_each_image(vae, images):
    bound = elbo(vae, images)
    assert isinstance(bound, Elbo)
    assert bound._fields == ("reconstruction", "kl")
    assert all(part.shape == (7,) for part in (*bound, bound.value))
    assert torch.equal(bound.value, bound.reconstruction - bound.kl)


def test_elbo_of_a_vae_is_made_of_the_densities_of_its_model(vae, images):
    torch.manual_seed(5)
    bound = elbo(vae, images)
    torch.manual_seed(5)
    mu, log_var = vae.encode(images)
    z = mu + torch.exp(0.5 * log_var) * torch.randn(7, 3)
    expected = Bernoulli(logits=vae.decode(z)).log_prob(images).sum(dim=-1)
    torch.testing.assert_close(bound.reconstruction, expected)
    assert torch.equal(bound.kl, kl_standard_normal(mu, log_var))


def test_elbo_takes_a_new_sample_each_time(vae, images):
    first, second = elbo(vae, images), elbo(vae, images)
    assert (first.reconstruction != second.reconstruction).all()
    assert torch.equal(first.kl, second.kl)


def test_log_likelihood_is_given_the_image_and_what_was_decoded(vae, images):
    seen = []

    def spy(x, decoded):
        seen.append((x, decoded))
        return x.sum(dim=-1)

    bound = elbo(vae, images, log_likelihood=spy)
    assert torch.equal(bound.reconstruction, images.sum(dim=-1))
    assert torch.equal(reconstruction(vae, images, log_likelihood=spy).value, images.sum(dim=-1))
    assert torch.equal(seen[0][0], images)
    torch.testing.assert_close(seen[1][1], vae.decode(vae.encode(images)[0]))


def test_reconstruction_decodes_the_mean_without_noise(vae, images):
    result = reconstruction(vae, images)
    assert isinstance(result, Reconstruction)
    expected = Bernoulli(logits=vae.decode(vae.encode(images)[0])).log_prob(images).sum(dim=-1)
    torch.testing.assert_close(result.reconstruction, expected)
    assert torch.equal(result.value, result.reconstruction)


def test_autoencoder_is_the_case_of_no_noise_whose_kl_is_infinite(images):
    model = Autoencoder(latent=3, hidden=(16,), pixels=20)
    bound = elbo(model, images)
    assert torch.equal(bound.reconstruction, reconstruction(model, images).reconstruction)
    assert (bound.kl == torch.inf).all()


def test_images_that_are_not_rows_of_pixels_are_caught(vae):
    with pytest.raises(TypeCheckError):
        elbo(vae, torch.rand(7, 4, 5))


@pytest.mark.parametrize("beta", [0.0, 0.1, 1.0, 30.0])
def test_beta_elbo_weighs_the_kl_of_the_same_two_parts(vae, images, beta):
    torch.manual_seed(5)
    expected = elbo(vae, images)
    torch.manual_seed(5)
    bound = beta_elbo(vae, images, beta=beta)
    assert torch.equal(bound.reconstruction, expected.reconstruction)
    assert torch.equal(bound.kl, expected.kl)
    torch.testing.assert_close(bound.value, expected.value + (1 - beta) * expected.kl, rtol=1e-6, atol=1e-4)
    assert all(part.shape == (7,) for part in (*bound, bound.value))


class ShiftedByLabel(LinearGaussian):
    """The linear-Gaussian model of each class, moved by the label in every pixel: log p(x|y) is exact."""

    def encode(self, x, label):
        return super().encode(x - label[:, None])

    def decode(self, z, label):
        return super().decode(z) + label[:, None]


def test_conditional_elbo_equals_the_classs_log_evidence_at_exact_posterior(weight, x):
    model, label = ShiftedByLabel(weight), torch.tensor([0, 1, 3, 0])
    rows = conditional_elbo(
        model, x.repeat(SAMPLES, 1), label.repeat(SAMPLES), log_likelihood=unit_normal_log_prob
    ).value.view(SAMPLES, len(x))
    exact = LinearGaussian(weight).log_evidence(x - label[:, None])
    assert ((rows.mean(dim=0) - exact).abs() < 3.5 * rows.std(dim=0) / SAMPLES**0.5).all()
    # Told another class, the same pictures are less probable or more, but not the same.
    assert (exact - LinearGaussian(weight).log_evidence(x - label.flip(0)[:, None])).abs().max() > 0.1


def test_conditional_elbo_is_the_elbo_of_a_model_whose_label_is_always_the_same(images):
    torch.manual_seed(0)
    model, label = DenseCVAE(latent=3, hidden=(16,), pixels=20), torch.full((7,), 4)

    class Told:
        def encode(self, x):
            return model.encode(x, label)

        def decode(self, z):
            return model.decode(z, label)

    torch.manual_seed(5)
    bound = conditional_elbo(model, images, label)
    torch.manual_seed(5)
    expected = elbo(Told(), images)
    assert torch.equal(bound.reconstruction, expected.reconstruction)
    assert torch.equal(bound.kl, expected.kl)
    assert isinstance(bound, Elbo)


@pytest.mark.parametrize("label", [[0, 3], [-1, 0]])
def test_a_label_that_is_no_class_is_named(label):
    """On a GPU PyTorch's own check would end the session."""
    with pytest.raises(ValueError, match=f"labels from 0 to 2, got {min(label)} to {max(label)}"):
        label_log_prob(lambda x: x, torch.zeros(2, 3), torch.tensor(label))


def test_told_nothing_is_the_bound_under_the_class_0_whatever_the_labels_are(images):
    torch.manual_seed(0)
    model, label = DenseCVAE(latent=3, hidden=(16,), pixels=20), torch.tensor([0, 9, 3, 3, 5, 1, 2])
    bounds = []
    for objective, told in ((told_nothing, label), (told_nothing, label.flip(0)), (conditional_elbo, 0 * label)):
        torch.manual_seed(5)
        bounds.append(objective(model, images, told))
    for bound in bounds[1:]:
        assert torch.equal(bound.value, bounds[0].value)
    assert not torch.equal(bounds[0].kl, conditional_elbo(model, images, label).kl)


def test_label_log_prob_is_the_log_of_the_labels_probability():
    torch.manual_seed(0)
    logits, label = torch.randn(6, 10), torch.tensor([0, 9, 3, 3, 5, 1])
    came = label_log_prob(lambda x: logits, torch.rand(6, 20), label)
    assert came._fields == ("log_prob",)
    torch.testing.assert_close(came.value, torch.distributions.Categorical(logits=logits).log_prob(label))


def test_the_room_offers_all_that_its_files_define():
    defined = {}
    # An old name of a file, and what wraps objectives without being one.
    for file in {each.name for each in pkgutil.iter_modules(objectives.__path__)} - {"charges", "likelihoods"}:
        module = importlib.import_module(f"vae_lib.objectives.{file}")
        own = {name: each for name, each in vars(module).items() if getattr(each, "__module__", "") == module.__name__}
        defined |= {name: each for name, each in own.items() if name[0] != "_"}
    assert set(objectives.__all__) == set(defined)
    assert all(getattr(objectives, name) is each for name, each in defined.items())


def test_every_objective_says_what_it_returns_and_every_result_has_a_value():
    results = [getattr(objectives, name) for name in objectives.__all__]
    results = {each.__name__ for each in results if hasattr(each, "_fields")}
    returned = {getattr(objectives, name).__annotations__["return"] for name in objectives.__all__ if name.islower()}
    assert results <= {getattr(each, "__name__", None) for each in returned}
    assert all(isinstance(vars(getattr(objectives, name))["value"], property) for name in results)
