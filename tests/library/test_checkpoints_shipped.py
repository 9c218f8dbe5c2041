"""The checkpoints that ship: their sizes, their recipes, and every figure on their cards recomputed."""

import json
import math

import pytest
import torch
from safetensors.torch import load as tensors_from_bytes

from recipes.making import verify
from recipes.recipe import LABELLED
from recipes.shipped import BETAS, RECIPES
from vae_lib import checkpoints
from vae_lib.checkpoints import load
from vae_lib.data import held_out, load_mnist, pixels
from vae_lib.evaluation import mean_elbo
from vae_lib.objectives import conditional_elbo

NAMES = checkpoints.names()
CONDITIONAL = ("cvae_2d", "cvae_conv")
WITHOUT_CODES = {"digit_classifier", *(name for name in NAMES if RECIPES[name].model == "Generator")}
WITH_CODES = [name for name in NAMES if name not in WITHOUT_CODES]
RIVALS = ("vae_half", "gan_half")


def test_the_checkpoints_the_chapters_need_are_there():
    assert {"vae_2d", "autoencoder_2d", "digit_classifier", "gan_2d", *CONDITIONAL} <= set(NAMES)
    assert {f"{stem}_{seed}" for stem in RIVALS for seed in range(3)} <= set(NAMES)


def test_every_checkpoint_is_a_pair_of_files():
    files = {path.name for path in checkpoints.FOLDER.iterdir() if path.suffix in {".json", ".safetensors"}}
    assert files == {f"{name}.{kind}" for name in NAMES for kind in ("json", "safetensors")}


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_is_at_most_2_megabytes_of_half_precision_or_less(name):
    content = (checkpoints.FOLDER / f"{name}.safetensors").read_bytes()
    assert len(content) + (checkpoints.FOLDER / f"{name}.json").stat().st_size <= 2_000_000
    assert {tensor.dtype for tensor in tensors_from_bytes(content).values()} <= {torch.float16, torch.int8, torch.uint8}


def test_all_checkpoints_together_are_at_most_14_megabytes():
    assert sum(path.stat().st_size for path in checkpoints.FOLDER.glob("*.safetensors")) <= 14_000_000


@pytest.mark.parametrize("name", NAMES)
def test_card_records_the_recipe_that_is_in_force(name):
    card, recipe = load(name).card, RECIPES[name]
    assert card.model == recipe.model
    assert card.arguments == json.loads(json.dumps(recipe.arguments))
    assert card.recipe["command"] == f"python -m recipes train {name}"
    beside = {"command", "seconds", "before rounding"}
    made_by = {key: value for key, value in card.recipe.items() if key not in beside}
    assert made_by == json.loads(json.dumps(recipe.on_card()))
    steps_per_epoch = (27_500 if recipe.half else 55_000) // recipe.training["batch_size"]
    assert card.data["trained on"].startswith("27,500, the first half," if recipe.half else "the 55,000 ")
    assert len(card.curve) == recipe.training.get("epochs", recipe.training.get("steps", 0) // steps_per_epoch)


def test_vae_2d_reaches_146_nats_on_the_test_digits():
    assert load("vae_2d").card.metrics["test loss"] <= 146


def test_the_classifier_reads_98_percent_and_a_half_of_the_test_digits():
    assert load("digit_classifier").card.metrics["test accuracy"] >= 0.985


def test_shipped_generators_write_every_digit():
    rivals = checkpoints.load_family("gan_half")
    for generator, least in ((load("gan_2d"), 7), *((rival, 4) for rival in rivals.values())):
        figures = generator.card.metrics
        shares = [figures[f"percent read as {digit}"] for digit in range(10)]
        assert sum(shares) == pytest.approx(100, abs=0.1)
        assert min(shares) > least
    assert load("gan_2d").card.metrics["percent sure"] > 95
    assert all(70 < rival.card.metrics["percent sure"] < 95 for rival in rivals.values())


def test_rivals_have_one_decoder_one_budget_and_one_half_of_the_digits():
    vaes, gans = (list(checkpoints.load_family(stem).values()) for stem in RIVALS)
    for model, generator in zip(vaes, gans, strict=True):
        shapes = [[each.shape for each in rival.decoder.parameters()] for rival in (model, generator)]
        assert shapes[0] == shapes[1]
        assert model.card.data["trained on"] == generator.card.data["trained on"]
        for option in ("steps", "batch_size", "seed", "half"):
            assert model.card.recipe[option] == generator.card.recipe[option]


def test_a_generator_begins_as_the_decoder_of_its_vae_and_stays_near():
    begun, ended = load("vae_2d").decoder, load("gan_2d").decoder
    for before, after in zip(begun.parameters(), ended.parameters(), strict=True):
        assert before.shape == after.shape
        assert 0 < (before - after).norm() < before.norm()


def test_told_the_digit_a_smaller_model_codes_it_in_fewer_nats():
    told, not_told = load("cvae_2d"), load("vae_2d")
    size, larger = (sum(each.numel() for each in model.parameters()) for model in (told, not_told))
    assert size < 0.6 * larger
    assert told.card.metrics["test loss"] < not_told.card.metrics["test loss"]


@pytest.mark.parametrize("name", CONDITIONAL)
def test_told_the_digit_a_network_codes_it_in_fewer_nats_than_its_twin(name):
    """And by more than the price of the label: two networks of one size, of which one is told nothing."""
    card = load(name).card
    assert card.metrics["test loss"] < card.twin["test loss"] - math.log(10)
    assert card.metrics["test kl"] < card.twin["test kl"]
    for figures in (card.metrics, card.twin):
        parts = figures["test reconstruction"] + figures["test kl"]
        assert figures["test loss"] == pytest.approx(parts, abs=0.002)


def test_the_network_that_is_told_early_is_obeyed_and_the_one_told_late_less():
    early, late = (load(name).card.metrics["percent read as asked"] for name in CONDITIONAL)
    assert early > 97 > late > 85


def test_rounding_to_eight_bits_costs_less_than_a_tenth_of_a_nat():
    for name in ("cvae_conv", *checkpoints.load_family("vae_half")):
        card = load(name).card
        assert card.recipe["bits"] == 8
        assert abs(card.metrics["test loss"] - card.recipe["before rounding"]["test loss"]) < 0.1


@pytest.mark.parametrize("name", NAMES)
def test_figures_on_the_card_hold_on_the_test_digits(full_mnist, name):
    assert verify(name, full_mnist, only=("test",)) == []


@pytest.mark.parametrize("name", NAMES)
def test_figures_on_the_card_hold_on_the_offline_subset(subset, name):
    """Which is the validation split, in another order."""
    assert verify(name, subset) == []


@pytest.fixture(scope="module")
def subset(tmp_path_factory):
    """The digits a reader without a network has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VAE_LIB_DATA", raising=False)
        patch.setenv("VAE_LIB_DOWNLOAD", "0")
        patch.setenv("VAE_LIB_CACHE", str(tmp_path_factory.mktemp("cache")))
        mnist = load_mnist()
    assert not mnist.full
    return mnist


def labels_for(name):
    """What the model of that name is told beside the first test digits."""
    card = load(name).card
    return [card.held_out_labels.long()] if RECIPES[name].objective in LABELLED else []


@pytest.mark.parametrize("name", WITH_CODES)
def test_held_out_codes_are_those_of_the_first_test_digits(full_mnist, name):
    model = load(name)
    codes, labels = model.card.held_out_codes, model.card.held_out_labels
    recipe = RECIPES[name]
    assert codes.shape == (recipe.codes, recipe.arguments["latent"])
    x = pixels(held_out(full_mnist.test.images[: recipe.codes], recipe.protocol))
    mu, _ = model.encode(x, *labels_for(name))
    # Half precision has eleven binary digits.
    torch.testing.assert_close(codes, mu, rtol=2**-11, atol=1e-3)
    assert torch.equal(labels.long(), full_mnist.test.labels[: recipe.codes])


@pytest.mark.parametrize("name", WITH_CODES)
def test_a_checkpoint_decodes_to_digits_at_once(name):
    model = load(name)
    label = [each[:1] for each in labels_for(name)]
    image = torch.sigmoid(model.decode(model.card.held_out_codes[:1], *label)).numpy()
    assert image.shape == (1, 784)
    # Ink in the middle, none in the corners.
    assert image.max() > 0.5
    assert image.reshape(28, 28)[[0, 0, -1, -1], [0, -1, 0, -1]].max() < 0.01


def test_a_classifier_has_a_card_but_no_codes():
    card = load("digit_classifier").card
    assert card.held_out_codes is None
    assert card.held_out_labels.shape == (1500,)


@pytest.mark.parametrize("name", CONDITIONAL)
def test_held_out_terms_are_those_of_the_first_test_digits(full_mnist, name):
    model = load(name)
    terms = model.card.held_out_terms
    images, (labels,) = full_mnist.test.images[: len(terms)], labels_for(name)
    mean = mean_elbo(model, images, labels=labels, objective=conditional_elbo, samples=10)
    assert abs(terms[:, 0].mean().item() + mean.reconstruction.item()) < 0.1
    assert abs(terms[:, 1].mean().item() - mean.kl.item()) < 0.01


def test_a_family_is_every_checkpoint_with_its_stem_in_the_name():
    family = checkpoints.load_family("beta_2d")
    assert {name: model.card.recipe["options"]["beta"] for name, model in family.items()} == {
        f"beta_2d_{beta:g}": beta for beta in BETAS
    }


def test_a_family_that_is_not_there_is_an_error_that_names_it():
    with pytest.raises(checkpoints.CheckpointError, match="no family of checkpoints named 'gamma_2d'"):
        checkpoints.load_family("gamma_2d")
