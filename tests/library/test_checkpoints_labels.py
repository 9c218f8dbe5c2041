"""Checkpoints of models that are told the label, or tell it: making, loading and verifying them."""

from dataclasses import replace

import pytest
import torch
from tiny import noise_mnist

from recipes.conditional import measure_conditional
from recipes.making import make, verify
from recipes.recipe import Recipe
from vae_lib.checkpoints import load
from vae_lib.distributions import kl_standard_normal
from vae_lib.evaluation import mean_elbo
from vae_lib.models import DenseCVAE
from vae_lib.objectives import conditional_elbo

BUDGET = {"steps": 30, "batch_size": 64, "learning_rate": 1e-2, "schedule": "one-cycle", "seed": 0}
LABELLED = {
    "tiny_cvae": Recipe("DenseCVAE", {"latent": 2, "hidden": (8,)}, "conditional_elbo", BUDGET),
    "tiny_twin": Recipe("DenseCVAE", {"latent": 2, "hidden": (8,)}, "conditional_elbo", BUDGET, bits=8, twin=True),
    "tiny_reader": Recipe("Classifier", {"channels": (2, 2), "hidden": 4}, "label_log_prob", BUDGET),
}


@pytest.mark.parametrize("name", LABELLED)
def test_what_is_made_with_labels_can_be_loaded_and_verified(tmp_path, monkeypatch, name):
    noise_digits = noise_mnist()
    monkeypatch.setattr("recipes.making.RECIPES", LABELLED)
    make(name, noise_digits, folder=tmp_path)
    model = load(name, folder=tmp_path)
    assert verify(name, noise_digits, folder=tmp_path) == []
    terms = {"loss", "accuracy"} if name == "tiny_reader" else {"loss", "reconstruction", "kl"}
    expected = {f"{split} {term}" for split in ("test", "validation") for term in terms}
    asked = set() if name == "tiny_reader" else {"percent read as asked"}
    assert set(model.card.metrics) == expected | asked
    assert set(model.card.twin) == (expected if name == "tiny_twin" else set())
    if name == "tiny_reader":
        assert model.card.held_out_codes is None
        x = noise_digits.test.images.flatten(1).float() / 255
        right = (model(x).argmax(dim=-1) == noise_digits.test.labels).float().mean().item()
        assert model.card.metrics["test accuracy"] == pytest.approx(right, abs=1e-4)
        path = tmp_path / f"{name}.json"
        path.write_text(path.read_text().replace(f'"test accuracy": {right:g}', f'"test accuracy": {right + 0.001}'))
        assert [problem.split(" = ")[0] for problem in verify(name, noise_digits, folder=tmp_path)] == [
            "tiny_reader: the card says test accuracy"
        ]


def test_card_keeps_what_held_out_digits_cost_under_their_own_label(tmp_path, monkeypatch):
    noise_digits = noise_mnist()
    monkeypatch.setattr("recipes.making.RECIPES", LABELLED)
    make("tiny_cvae", noise_digits, folder=tmp_path)
    model = load("tiny_cvae", folder=tmp_path)
    terms = model.card.held_out_terms
    images, labels = noise_digits.test.images[: len(terms)], noise_digits.test.labels[: len(terms)]
    mean = mean_elbo(model, images, labels=labels, objective=conditional_elbo, samples=100)
    assert terms[:, 0].mean().item() == pytest.approx(-mean.reconstruction.item(), rel=0.01)
    assert terms[:, 1].mean().item() == pytest.approx(mean.kl.item(), rel=0.01)
    _, log_var = model.encode(images.flatten(1).float() / 255, labels)
    assert terms[:, 1].argmax() == kl_standard_normal(model.card.held_out_codes, log_var).argmax()
    make("tiny_reader", noise_digits, folder=tmp_path)
    assert load("tiny_reader", folder=tmp_path).card.held_out_terms is None


def test_card_counts_the_samples_that_are_read_as_the_digit_asked_for():
    """A decoder of one picture for each digit, whatever the code: the classifier reads it, or does not."""
    judge, shipped = load("digit_classifier"), load("cvae_2d")
    pictures = shipped.decode(torch.zeros(10, 2), torch.arange(10))
    assert judge(pictures.sigmoid()).argmax(dim=-1).tolist() == list(range(10))
    for order, expected in [(range(10), 100.0), ([1, 2, 0, *range(3, 10)], 70.0)]:
        figures = measure_conditional(Pictures(pictures[list(order)]), LABELLED["tiny_cvae"], {})
        assert figures == {"percent read as asked": expected}


class Pictures(DenseCVAE):
    """It knows ten pictures and heeds no code."""

    def __init__(self, logits):
        super().__init__(hidden=(8,))
        self.logits = logits

    def decode(self, z, label):
        return self.logits[label]


def test_a_twin_is_the_same_network_that_learns_without_labels(tmp_path, monkeypatch):
    """What it reaches is the same whatever the labels are; and it does not disturb the network that ships."""
    noise_digits = noise_mnist()
    monkeypatch.setattr("recipes.making.RECIPES", LABELLED)
    parts = {name: getattr(noise_digits, name) for name in ("train", "validation", "test")}
    parts = {name: replace(part, labels=(part.labels + 1) % 10) for name, part in parts.items()}
    made = {}
    for folder, digits in {"as they are": noise_digits, "all wrong": replace(noise_digits, **parts)}.items():
        (tmp_path / folder).mkdir()
        make("tiny_twin", digits, folder=tmp_path / folder)
        made[folder] = load("tiny_twin", folder=tmp_path / folder)
    right, wrong = made.values()
    assert right.card.twin["test loss"] == pytest.approx(wrong.card.twin["test loss"], abs=0.1)
    assert right.card.twin["test kl"] == pytest.approx(wrong.card.twin["test kl"], abs=1e-3)
    assert right.card.recipe["twin"] is True
    make("tiny_cvae", noise_digits, folder=tmp_path)
    assert load("tiny_cvae", folder=tmp_path).card.curve == right.card.curve


def test_rounded_weights_are_measured_as_they_ship_and_the_card_keeps_what_they_were_worth(tmp_path, monkeypatch):
    noise_digits = noise_mnist()
    monkeypatch.setattr("recipes.making.RECIPES", LABELLED)
    for name in ("tiny_cvae", "tiny_twin"):
        make(name, noise_digits, folder=tmp_path)
    whole, rounded = load("tiny_cvae", folder=tmp_path), load("tiny_twin", folder=tmp_path)
    before = rounded.card.recipe["before rounding"]
    assert before["test loss"] == pytest.approx(whole.card.metrics["test loss"], abs=0.1)
    assert before["test loss"] != rounded.card.metrics["test loss"]
    assert rounded.card.recipe["bits"] == 8
    assert "before rounding" not in whole.card.recipe
    size, half = ((tmp_path / f"{name}.safetensors").stat().st_size for name in ("tiny_twin", "tiny_cvae"))
    assert size < half
    for key, weight in whole.state_dict().items():
        came = rounded.state_dict()[key]
        assert (came - weight).abs().max() <= weight.abs().max() / 200
