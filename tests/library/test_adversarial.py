"""Two players in turn: the discriminator's bound against exact divergences, who is moved by what, and the ring."""

import math
from inspect import unwrap

import pytest
import torch
from tiny import Fit, random_images
from torch import nn
from torch.distributions import Normal

from vae_lib.models import GAN, Discriminator, Generator
from vae_lib.models.networks import dense
from vae_lib.objectives import Deception, Discrimination, discriminator_bound, non_saturating, saturating
from vae_lib.training import NonFiniteLossError, train_in_turn

DATA, SAMPLES = Normal(0.0, 1.0), Normal(1.5, 0.7)


class ShiftAndScale(nn.Module):
    """z in, a sample of SAMPLES out."""

    def __init__(self):
        super().__init__()
        self.loc, self.scale = nn.Parameter(torch.tensor(1.5)), nn.Parameter(torch.tensor(0.7))

    def forward(self, z):
        return self.loc + self.scale * z


class ExactLogOdds(nn.Module):
    """log p − log p_g of the two normals, with an error on top."""

    def __init__(self, error=0.0):
        super().__init__()
        self.error = nn.Parameter(torch.tensor(error))

    def forward(self, x):
        return (DATA.log_prob(x) - SAMPLES.log_prob(x)).squeeze(-1) + self.error


def jensen_shannon():
    """Of the two normals, by a fine sum."""
    x = torch.linspace(-12, 12, 200_001, dtype=torch.float64)
    p, g = DATA.log_prob(x).exp(), SAMPLES.log_prob(x).exp()
    m = 0.5 * (p + g)
    terms = torch.xlogy(p, p / m) + torch.xlogy(g, g / m)
    return 0.5 * terms.nan_to_num().sum().item() * (24 / 200_000)


def test_bound_is_twice_jensen_shannon_at_the_exact_log_odds_and_lower_elsewhere():
    torch.manual_seed(0)
    x = torch.randn(400_000, 1)
    values = {}
    for error in (0.0, 0.7, -0.7):
        bound = discriminator_bound(GAN(ShiftAndScale(), ExactLogOdds(error), latent=1), x)
        assert bound.on_data.shape == bound.on_generated.shape == (400_000,)
        values[error] = bound.value.mean().item() + math.log(4)
    assert values[0.0] == pytest.approx(2 * jensen_shannon(), abs=0.005)
    assert max(values[0.7], values[-0.7]) < values[0.0] - 0.05


def test_saturating_is_minus_the_discriminators_value_on_the_same_samples():
    model = GAN(ShiftAndScale(), ExactLogOdds(), latent=1)
    x = torch.zeros(50, 1)
    torch.manual_seed(1)
    discrimination = discriminator_bound(model, x)
    torch.manual_seed(1)
    torch.testing.assert_close(saturating(model, x).value, -discrimination.on_generated)
    torch.manual_seed(1)
    log_d = non_saturating(model, x).value
    torch.testing.assert_close(log_d.exp() + discrimination.on_generated.exp(), torch.ones(50))


def test_a_sure_discriminator_stills_only_the_saturating_generator():
    """The slope in the log odds a is −σ(a) for the one and σ(−a) for the other."""
    slopes = {}
    for objective in (saturating, non_saturating):
        model = GAN(ShiftAndScale(), ExactLogOdds(-20.0), latent=1)
        torch.manual_seed(0)
        objective(model, torch.zeros(1000, 1)).value.mean().backward()
        slopes[objective] = model.generator.loc.grad.abs().item()
    assert slopes[saturating] < 1e-4 * slopes[non_saturating]
    assert slopes[non_saturating] > 0.1


def test_no_gradient_of_the_bound_reaches_the_generator():
    model = GAN(Generator(2, (8,), 12), Discriminator((8,), 12), latent=2)
    discriminator_bound(model, torch.rand(16, 12)).value.mean().backward()
    assert all(weight.grad is None for weight in model.generator.parameters())
    assert all(weight.grad is not None for weight in model.discriminator.parameters())


class Two(nn.Module):
    """A model of two parts that are a number each."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
        self.a.weight.data.fill_(1.0)
        self.b.weight.data.fill_(1.0)


def product(sign):
    """± a b, the same for each example: one number the first player raises and the second lowers."""

    def objective(model, x):
        value = sign * model.a.weight * model.b.weight * torch.ones(len(x), 1)
        return Fit(value[:, 0], torch.zeros(len(x)))

    return objective


def test_players_move_in_turn_each_its_own_weights_up_its_own_objective():
    """Against steps of Adam that are taken here by hand."""
    model, mirror = Two(), Two()
    turns = [(model.a, product(1)), (model.b, product(-1))]
    options = {"batch_size": 4, "learning_rate": 0.1, "seed": 0, "progress": False}
    histories = train_in_turn(model, torch.zeros(8, 1), turns, steps=5, **options)
    optimizers = [torch.optim.Adam(part.parameters(), 0.1, betas=(0.5, 0.999)) for part in (mirror.a, mirror.b)]
    course = []
    for _ in range(5):
        for optimizer, sign in zip(optimizers, (1, -1), strict=True):
            optimizer.zero_grad()
            value = sign * mirror.a.weight * mirror.b.weight
            course.append(value.item())
            (-value).backward()
            optimizer.step()
    torch.testing.assert_close(model.a.weight, mirror.a.weight)
    torch.testing.assert_close(model.b.weight, mirror.b.weight)
    came = torch.stack([history.value for history in histories], dim=1).flatten()
    torch.testing.assert_close(came, torch.tensor(course))
    assert not model.training


def test_points_reach_the_players_as_they_are_and_bytes_as_grey_levels():
    seen = []

    def objective(model, x):
        seen.append(x)
        return Fit(model(x)[:, 0], torch.zeros(len(x)))

    model = nn.Linear(12, 1)
    options = {"steps": 4, "batch_size": 16, "seed": 0, "progress": False}
    train_in_turn(model, random_images(), [(model, objective)], **options)
    grey = torch.cat(seen)
    assert torch.equal((255 * grey).round().sort(dim=0).values, random_images().flatten(1).float().sort(dim=0).values)
    seen.clear()
    points = 100 * torch.randn(64, 12)
    train_in_turn(model, points, [(model, objective)], **options)
    assert torch.equal(torch.cat(seen).sort(dim=0).values, points.sort(dim=0).values)
    with pytest.raises(ValueError, match=r"expected images as bytes, .* or data as floats"):
        unwrap(train_in_turn)(model, torch.zeros(64, 12, dtype=torch.int64), [(model, objective)], **options)


def test_same_seed_trains_the_same_pair_and_a_broken_turn_is_named():
    def trained(objective=non_saturating):
        torch.manual_seed(0)
        model = GAN(Generator(2, (8,), 12), Discriminator((8,), 12), latent=2)
        turns = [(model.discriminator, discriminator_bound), (model.generator, objective)]
        options = {"batch_size": 16, "schedule": "one-cycle", "learning_rate": 1e-3, "progress": False}
        return model, train_in_turn(model, random_images(), turns, epochs=3, seed=5, **options)

    (one, histories), (other, again) = trained(), trained()
    assert [list(history.terms) for history in histories] == [
        ["on_data", "on_generated", "value"],
        ["deception", "value"],
    ]
    assert [history.epochs().shape for history in histories] == [(3,), (3,)]
    assert torch.equal(histories[1].value, again[1].value)
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    with pytest.raises(NonFiniteLossError, match=r"step 1: .*'deception' is inf"):
        trained(lambda model, x: Deception(torch.full((len(x),), torch.inf)))


def test_generator_is_a_decoder_and_the_discriminator_one_number_for_each_picture():
    generator = Generator(latent=2, hidden=(400, 200, 100))
    assert [tuple(weight.shape) for weight in generator.decoder.parameters()][::2] == [
        (100, 2), (200, 100), (400, 200), (784, 400),
    ]  # fmt: skip
    z = torch.randn(5, 2)
    torch.testing.assert_close(generator(z), generator.decode(z).sigmoid())
    assert Discriminator()(torch.rand(5, 784)).shape == (5,)
    assert sum(weight.numel() for weight in Discriminator((300, 100)).parameters()) == (
        784 * 300 + 300 + 300 * 100 + 100 + 100 + 1
    )
    model = GAN(generator, Discriminator(), latent=2)
    torch.manual_seed(0)
    came = model.generate(7)
    torch.manual_seed(0)
    assert torch.equal(came, generator(torch.randn(7, 2)))


def test_adversarial_training_finds_a_shifted_gaussian():
    """A generator that can make the data makes them, from far away."""
    torch.manual_seed(0)
    data = 2.0 + 0.5 * torch.randn(4000, 1)
    discriminator = nn.Sequential(dense(1, 32, 1), nn.Flatten(0))
    model = GAN(nn.Linear(1, 1), discriminator, latent=1)
    turns = [(model.discriminator, discriminator_bound), (model.generator, non_saturating)]
    train_in_turn(model, data, turns, steps=1500, learning_rate=4e-3, schedule="one-cycle", seed=0, progress=False)
    with torch.no_grad():
        samples = model.generate(20_000)
        value = discriminator_bound(model, data).value.mean() + math.log(4)
    assert abs(samples.mean().item() - 2.0) < 0.15
    assert abs(samples.std().item() - 0.5) < 0.15
    assert value.item() < 0.1


def test_parts_of_a_discrimination_add_up():
    parts = Discrimination(torch.tensor([-1.0, -2.0]), torch.tensor([-0.5, -0.25]))
    assert parts.value.tolist() == [-1.5, -2.25]
    assert Deception(torch.tensor([-1.0])).value.tolist() == [-1.0]
