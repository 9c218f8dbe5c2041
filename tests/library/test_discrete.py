"""Choices: densities, draws and relaxed draws against torch.distributions and counting; their models by enumeration."""

from itertools import product

import pytest
import torch
from jaxtyping import TypeCheckError
from torch.distributions import Independent, OneHotCategorical, kl_divergence
from torch.nn import functional

from vae_lib.distributions import (
    bernoulli_log_prob,
    categorical_log_prob,
    gumbel_softmax,
    kl_categorical,
    sample_gumbel,
    straight_through,
)
from vae_lib.models import CategoricalVAE, VectorQuantizedAutoencoder
from vae_lib.objectives import CategoricalElbo, categorical_elbo, quantized_reconstruction

EULER = 0.5772156649015329


def choices(logits):
    return Independent(OneHotCategorical(logits=logits), 1)


def test_density_and_divergence_of_choices_are_those_of_torch():
    torch.manual_seed(0)
    q, p = (5 * torch.randn(7, 3, 4, dtype=torch.float64) for _ in range(2))
    z = choices(p).sample()
    torch.testing.assert_close(categorical_log_prob(z, q), choices(q).log_prob(z))
    torch.testing.assert_close(kl_categorical(q, p), kl_divergence(choices(q), choices(p)))
    torch.testing.assert_close(kl_categorical(q, q + 3.0), torch.zeros(7, dtype=torch.float64), atol=1e-12, rtol=0)


def test_sure_choice_pays_the_logarithm_of_the_classes_and_has_a_finite_gradient():
    logits = torch.tensor([[[200.0, 0.0, -200.0, 0.0]] * 2], requires_grad=True)
    kl = kl_categorical(logits, torch.zeros(1, 1, 4))
    assert kl.item() == pytest.approx(2 * torch.tensor(4.0).log().item())
    kl.sum().backward()
    assert logits.grad.isfinite().all()


def test_gumbel_noise_has_the_mean_the_variance_and_the_law_of_its_name():
    torch.manual_seed(0)
    n = 100_000
    noise = sample_gumbel(torch.empty(n, dtype=torch.float64)).sort().values
    variance = torch.pi**2 / 6
    assert abs(noise.mean() - EULER) < 3 * (variance / n) ** 0.5
    # The fourth central moment of a Gumbel number is 5.4 squared variances.
    assert abs(noise.var() - variance) < 3 * variance * (4.4 / n) ** 0.5
    law = torch.exp(-torch.exp(-noise))
    heights = torch.arange(1, n + 1, dtype=torch.float64) / n
    assert (law - heights).abs().max() < 1.63 / n**0.5


@pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
def test_hard_draws_are_exact_draws_at_every_temperature(temperature):
    torch.manual_seed(0)
    n, logits = 100_000, torch.tensor([1.0, -1.0, 0.0, 3.0])
    z = gumbel_softmax(logits.expand(n, 4), temperature, hard=True)
    assert ((z - z.round()).abs() < 1e-6).all()
    p = logits.softmax(dim=-1)
    assert ((z.mean(dim=0) - p).abs() < 4 * (p * (1 - p) / n) ** 0.5).all()


@pytest.mark.parametrize("hard", [False, True])
def test_value_and_gradient_are_those_of_the_function_that_torch_has(hard):
    ours, theirs = (torch.linspace(-2, 2, 15).reshape(5, 3).requires_grad_() for _ in range(2))
    weight = torch.arange(15.0).reshape(5, 3).sin()
    torch.manual_seed(0)
    z = gumbel_softmax(ours, 0.7, hard=hard)
    torch.manual_seed(0)
    other = functional.gumbel_softmax(theirs, tau=0.7, hard=hard)
    torch.testing.assert_close(z, other)
    (weight * z).sum().backward()
    (weight * other).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_relaxed_draws_go_to_the_middle_when_hot_and_to_the_same_corner_when_cold():
    logits = torch.tensor([0.5, 0.0, -1.0]).expand(2000, 3)
    draws = {}
    for temperature in (1e-4, 1.0, 1e4):
        torch.manual_seed(0)
        draws[temperature] = gumbel_softmax(logits, temperature)
    assert torch.allclose(draws[1e4], torch.full((1, 3), 1 / 3), atol=1e-3)
    assert draws[1e-4].max(dim=-1).values.mean() > 0.999
    assert torch.equal(draws[1e-4].argmax(dim=-1), draws[1.0].argmax(dim=-1))


def test_straight_through_has_the_value_of_one_and_the_gradient_of_the_other():
    hard, soft = torch.tensor([[0.0, 1.0]], requires_grad=True), torch.tensor([[0.4, 0.6]], requires_grad=True)
    z = straight_through(hard, soft)
    assert torch.equal(z, hard)
    (z * torch.tensor([[3.0, 5.0]])).sum().backward()
    assert soft.grad.tolist() == [[3.0, 5.0]]
    assert hard.grad is None


def test_shapes_that_do_not_match_are_refused():
    with pytest.raises(TypeCheckError):
        kl_categorical(torch.zeros(4, 3, 2), torch.zeros(4, 3, 5))
    with pytest.raises(TypeCheckError):
        categorical_log_prob(torch.zeros(4, 2), torch.zeros(4, 2))


def every_code(latent, classes):
    return functional.one_hot(torch.tensor(list(product(range(classes), repeat=latent))), classes).double()


def test_exact_draws_estimate_the_bound_that_enumeration_gives():
    torch.manual_seed(0)
    model = CategoricalVAE(latent=2, classes=3, hidden=(8,), pixels=6).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2.0)
        x = torch.rand(4, 6, dtype=torch.float64).round()
        codes, logits = every_code(2, 3), model.encode(x)
        log_joint = torch.stack([bernoulli_log_prob(each.expand(9, -1), model.decode(codes)) for each in x])  # (4, 9)
        log_q = torch.stack([categorical_log_prob(codes, each[None]) for each in logits])
        exact = (log_q.exp() * (log_joint - log_q)).sum(dim=1) - 2 * torch.tensor(3.0).log()
        bounds = torch.stack([categorical_elbo(model, x, temperature=0.5, hard=True).value for _ in range(4000)])
    assert ((bounds.mean(dim=0) - exact).abs() < 4 * bounds.std(dim=0) / 4000**0.5).all()
    assert (exact < torch.logsumexp(log_joint, dim=1) - 2 * torch.tensor(3.0).log()).all()


@pytest.mark.parametrize("options", [{}, {"hard": True}])
def test_bound_of_choices_decodes_the_draw_that_it_is_asked_for(options):
    torch.manual_seed(0)
    model, x = CategoricalVAE(latent=2, classes=3, hidden=(8,), pixels=6), torch.rand(4, 6).round()
    torch.manual_seed(1)
    bound = categorical_elbo(model, x, temperature=0.7, **options)
    assert isinstance(bound, CategoricalElbo)
    assert torch.equal(bound.value, bound.reconstruction - bound.kl)
    torch.manual_seed(1)
    z = functional.gumbel_softmax(model.encode(x), tau=0.7, **options)
    torch.testing.assert_close(bound.reconstruction, bernoulli_log_prob(x, model.decode(z)))
    uniform = choices(torch.zeros(4, 2, 3))
    torch.testing.assert_close(bound.kl, kl_divergence(choices(model.encode(x)), uniform))


def test_categorical_vae_has_one_row_of_logits_for_each_choice():
    model = CategoricalVAE()
    logits = model.encode(torch.rand(5, 784))
    assert logits.shape == (5, 20, 10)
    assert model.decode(gumbel_softmax(logits, 1.0)).shape == (5, 784)
    assert sum(each.numel() for each in model.parameters()) == 2 * (784 * 400 + 400 * 200) + 400 + 200 + 400 + 784


def test_nearest_entry_is_chosen_and_the_gradient_passes_it_by():
    torch.manual_seed(0)
    model = VectorQuantizedAutoencoder(latent=3, entries=8, size=2, hidden=(16,), pixels=5)
    with torch.no_grad():
        model.codebook.normal_()
    x = torch.rand(6, 5)
    vectors = model.encode(x)
    found = model.quantize(vectors)
    distances = (vectors[:, :, None] - model.codebook).square().sum(dim=-1)
    assert torch.equal(found.index, distances.argmin(dim=-1))
    assert torch.equal(found.entry, model.codebook[found.index])
    bound = quantized_reconstruction(model, x, commitment=0.5)
    assert torch.allclose(bound.codebook, distances.min(dim=-1).values.sum(dim=-1), atol=1e-5)
    assert torch.allclose(bound.commitment, 0.5 * bound.codebook)
    torch.testing.assert_close(bound.reconstruction, bernoulli_log_prob(x, model.decode(found.entry)))
    assert torch.equal(bound.value, bound.reconstruction - bound.codebook - bound.commitment)
    # A quarter is what the paper takes.
    assert torch.allclose(quantized_reconstruction(model, x).commitment, 0.25 * bound.codebook)
    parts = {name: getattr(bound, name).sum() for name in bound._fields}
    reached = {}
    for name, part in parts.items():
        weights = (model.codebook, *model.encoder.parameters())
        gradients = torch.autograd.grad(part, weights, retain_graph=True, allow_unused=True)
        reached[name] = (gradients[0] is not None, gradients[1] is not None)
    # The codebook learns from its own term alone, the encoder from the other two.
    assert reached == {"reconstruction": (False, True), "codebook": (True, False), "commitment": (False, True)}
