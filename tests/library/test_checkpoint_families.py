"""Recipes with options, a protocol and a beginning; families of models; and the figures that take minutes."""

import json
import math

import pytest
import torch

from recipes import families
from recipes.__main__ import main
from recipes.families import Family
from recipes.making import make, measure_slowly, verify
from recipes.recipe import Recipe, recipe_of
from tests.library.test_checkpoints import TRAINING
from vae_lib import checkpoints, models
from vae_lib.checkpoints import CheckpointError, load
from vae_lib.data import Mnist, Split, halves, held_out
from vae_lib.evaluation import active_units, log_likelihood, mean_elbo

SMALL = {"latent": 2, "hidden": (8,)}
RECIPES = {
    "tiny_dynamic": Recipe("VAE", SMALL, "elbo", TRAINING, protocol="D", codes=20),
    "tiny_weighted": Recipe(
        "VAE", SMALL, "importance_weighted_bound", TRAINING | {"steps": 3, "learning_rate": 1e-9},
        options={"num_samples": 4}, protocol="D", start="tiny_dynamic",
    ),
    "tiny_beta": Recipe("VAE", SMALL, "beta_elbo", TRAINING, options={"beta": 4.0}),
}  # fmt: skip


@pytest.fixture(scope="module")
def noise_digits():
    """As many images as the full set has, of noise, few of them held out: they are measured again and again."""
    images = torch.randint(0, 256, (70_000, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    splits = [Split(part, torch.arange(len(part)) % 10) for part in images.split([67_000, 1_000, 2_000])]
    return Mnist(*splits, name="noise")


@pytest.fixture(scope="module", autouse=True)
def recipes():
    """The tiny recipes in the place of those that ship."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recipes.making.RECIPES", RECIPES)
        yield


@pytest.fixture(scope="module")
def folder(noise_digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    for name in RECIPES:
        make(name, noise_digits, folder=folder)
    return folder


@pytest.mark.parametrize("name", RECIPES)
def test_card_tells_the_whole_recipe(folder, name):
    card = load(name, folder=folder).card
    told = recipe_of(card)
    # JSON has no tuples.
    assert json.loads(json.dumps(vars(told))) == json.loads(json.dumps(vars(RECIPES[name])))
    assert ("grey cross entropy" in card.data["metrics"]) == (name == "tiny_beta")
    assert ("at every visit" in card.data["trained on"]) == (name != "tiny_beta")


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_made_is_verified_on_all_digits_and_on_those_a_reader_offline_has(folder, noise_digits, name):
    """The subset holds the validation digits in turns, class by class, and not in the order of the full files."""
    assert verify(name, noise_digits, folder=folder) == []
    digits = noise_digits.validation
    parts = [Split(digits.images[k::10], digits.labels[k::10]) for k in range(10)]
    images, labels = torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts])
    few = Split(images[:10], labels[:10])
    subset = Mnist(train=Split(images[10:], labels[10:]), validation=few, test=Split(few.images[:0], few.labels[:0]),
                   name="the same in another order")  # fmt: skip
    # `_together` puts the training digits first: within a class the order is that of the file, from the second on.
    subset = Mnist(few, Split(images[10:], labels[10:]), subset.test, subset.name)
    assert verify(name, subset, folder=folder) == []


def test_a_training_begins_with_the_weights_of_another_checkpoint(folder):
    start, after = load("tiny_dynamic", folder=folder), load("tiny_weighted", folder=folder)
    for key, weight in start.state_dict().items():
        torch.testing.assert_close(after.state_dict()[key], weight, atol=1e-3, rtol=1e-3)


def test_options_reach_the_objective(folder, noise_digits, tmp_path, monkeypatch):
    """A strong β leaves less KL than a weak one."""
    weak = Recipe("VAE", SMALL, "beta_elbo", TRAINING, options={"beta": 0.01})
    monkeypatch.setattr("recipes.making.RECIPES", {"weak": weak})
    make("weak", noise_digits, folder=tmp_path)
    strong = load("tiny_beta", folder=folder).card.metrics["test kl"]
    assert strong < 0.7 * load("weak", folder=tmp_path).card.metrics["test kl"]


def test_figures_are_those_of_the_evaluation_on_binary_digits(folder, noise_digits):
    model = load("tiny_dynamic", folder=folder)
    order = noise_digits.test.labels.argsort(stable=True)
    images = held_out(noise_digits.test.images[order], "D")
    figures = model.card.metrics
    assert figures["test loss"] == pytest.approx(-mean_elbo(model, images, samples=10).value.item(), abs=1e-3)
    assert figures["test active units"] == active_units(model, images)
    assert figures["test information"] + figures["test marginal kl"] == pytest.approx(figures["test kl"], abs=2e-3)
    assert figures["test quick nll"] == pytest.approx(-log_likelihood(model, images[::2], num_samples=100).value,
                                                      abs=1e-3)  # fmt: skip
    assert model.card.held_out_codes.shape == (20, 2)


def test_slow_figures_are_measured_apart_and_verified_when_asked(folder, noise_digits):
    assert load("tiny_dynamic", folder=folder).card.slow_metrics == {}
    assert "test nll" in measure_slowly("tiny_dynamic", noise_digits, samples=7, folder=folder)
    assert "no figure" in measure_slowly("tiny_beta", noise_digits, folder=folder)
    card = load("tiny_dynamic", folder=folder).card
    assert card.slow_metrics["samples"] == 7
    assert 0 < card.slow_metrics["test nll standard error"] < 1 < card.slow_metrics["test nll"]
    assert verify("tiny_dynamic", noise_digits, folder=folder, slow=True) == []
    few = Mnist(noise_digits.test, noise_digits.test, noise_digits.test, "a few")
    with pytest.raises(CheckpointError, match="full digits"):
        measure_slowly("tiny_dynamic", few, folder=folder)


def test_a_wrong_slow_figure_is_found_only_when_asked(folder, noise_digits):
    measure_slowly("tiny_dynamic", noise_digits, samples=7, folder=folder)
    path = folder / "tiny_dynamic.json"
    card = json.loads(path.read_text())
    card["slow_metrics"]["test nll"] += 1
    path.write_text(json.dumps(card))
    assert verify("tiny_dynamic", noise_digits, folder=folder) == []
    (problem,) = verify("tiny_dynamic", noise_digits, folder=folder, slow=True)
    assert "the card says test nll = " in problem


def test_the_command_measures_with_so_many_samples_and_verifies_in_full(noise_digits, monkeypatch):
    calls = []
    room = "recipes.__main__"
    monkeypatch.setattr(f"{room}.load_mnist", lambda: noise_digits)
    monkeypatch.setattr(f"{room}.measure_slowly", lambda name, mnist, samples: calls.append((name, samples)))
    monkeypatch.setattr(f"{room}.verify", lambda name, mnist, slow: calls.append((name, slow)) or [])
    assert main(["measure", "vae_20"]) == main(["measure", "vae_20", "--samples", "9"]) == 0
    assert main(["verify", "--full", "vae_20"]) == main(["verify", "vae_20"]) == 0
    assert calls == [("vae_20", 5000), ("vae_20", 9), ("vae_20", True), ("vae_20", False)]


class Mean(torch.nn.Module):
    """A model of another family: it knows the mean image, has no code and no bound."""

    def __init__(self):
        super().__init__()
        self.mean = torch.nn.Parameter(torch.zeros(784))


def fit_mean(model, mnist, recipe):
    model.mean.data = mnist.train.images.flatten(1).float().mean(dim=0) / 255
    return [0.0]


def distance(model, recipe, splits):
    return {
        f"{name} distance": round((split.images.flatten(1) / 255 - model.mean).square().sum(dim=1).mean().item(), 3)
        for name, split in splits.items()
    }


def test_another_family_brings_its_own_training_figures_and_tensors(noise_digits, tmp_path, monkeypatch):
    family = Family(fit_mean, distance, lambda recipe: "squared distance", lambda *_: {"labels": torch.zeros(3)})
    monkeypatch.setitem(families.FAMILIES, "nearness", family)
    monkeypatch.setitem(checkpoints.MODELS, "Mean", Mean)
    recipe = Recipe("Mean", {}, "nearness", {"seed": 0})
    monkeypatch.setattr("recipes.making.RECIPES", {"mean": recipe})
    make("mean", noise_digits, folder=tmp_path)
    model = load("mean", folder=tmp_path)
    assert isinstance(model, Mean)
    assert list(model.card.held_out) == ["labels"]
    assert set(model.card.metrics) == {"test distance", "validation distance"}
    assert model.card.data["metrics"] == "squared distance"
    assert verify("mean", noise_digits, folder=tmp_path, slow=True) == []


def test_a_recipe_for_half_of_the_digits_shows_the_model_the_first_half_only(noise_digits, tmp_path, monkeypatch):
    seen = []

    def fit(model, mnist, recipe):
        seen.append(mnist.train)
        return fit_mean(model, mnist, recipe)

    family = Family(fit, distance, lambda recipe: "squared distance")
    monkeypatch.setitem(families.FAMILIES, "nearness", family)
    monkeypatch.setitem(checkpoints.MODELS, "Mean", Mean)
    monkeypatch.setattr("recipes.making.RECIPES", {"mean": Recipe("Mean", {}, "nearness", {"seed": 0}, half=True)})
    make("mean", noise_digits, folder=tmp_path)
    first, _ = halves(noise_digits.train)
    assert torch.equal(seen[0].images, first.images)
    assert load("mean", folder=tmp_path).card.recipe["half"]


def test_a_generator_is_trained_against_its_discriminator_and_judged_by_what_is_read_in_its_samples(
    noise_digits, tmp_path, monkeypatch
):
    training = {"epochs": 1, "batch_size": 1000, "learning_rate": 1e-3, "schedule": "constant", "seed": 0}
    recipe = Recipe("Generator", SMALL, "non_saturating", training, {"discriminator": {"hidden": (8,)}})
    monkeypatch.setattr("recipes.making.RECIPES", {"tiny_gan": recipe})
    make("tiny_gan", noise_digits, folder=tmp_path)
    card = load("tiny_gan", folder=tmp_path).card
    # Twice the Jensen-Shannon divergence: a discriminator that tosses a coin finds 0, one that is never wrong log 4.
    (bound,) = card.curve
    assert 0 < bound < math.log(4)
    assert sum(card.metrics[f"percent read as {digit}"] for digit in range(10)) == pytest.approx(100, abs=0.05)
    assert card.metrics["percent sure"] >= 10
    assert card.data["metrics"].startswith("what digit_classifier reads in 10,000 samples")
    assert verify("tiny_gan", noise_digits, folder=tmp_path) == []


def test_the_protocol_of_a_shipped_recipe_is_one_there_is():
    from recipes.shipped import RECIPES as SHIPPED
    from vae_lib.data import PROTOCOLS

    for recipe in SHIPPED.values():
        assert recipe.protocol in PROTOCOLS
        assert recipe.objective in families.FAMILIES
        assert recipe.model in checkpoints.MODELS
        assert recipe.start is None or recipe.start in SHIPPED
        assert hasattr(models, recipe.model)
