"""Checkpoints of models that are told the label, or tell it: making, loading and verifying them."""

import pytest
from tiny import noise_mnist

from vae_lib.checkpoints import load
from vae_lib.checkpoints.making import make, verify
from vae_lib.checkpoints.recipes import Recipe
from vae_lib.distributions import kl_standard_normal
from vae_lib.evaluation import mean_elbo
from vae_lib.objectives import conditional_elbo

BUDGET = {"steps": 30, "batch_size": 64, "learning_rate": 1e-2, "schedule": "one-cycle", "seed": 0}
LABELLED = {
    "tiny_cvae": Recipe("DenseCVAE", {"latent": 2, "hidden": (8,)}, "conditional_elbo", BUDGET),
    "tiny_reader": Recipe("Classifier", {"channels": (2, 2), "hidden": 4}, "label_log_prob", BUDGET),
}


@pytest.mark.parametrize("name", LABELLED)
def test_what_is_made_with_labels_can_be_loaded_and_verified(tmp_path, monkeypatch, name):
    noise_digits = noise_mnist()
    monkeypatch.setattr("vae_lib.checkpoints.making.RECIPES", LABELLED)
    make(name, noise_digits, folder=tmp_path)
    model = load(name, folder=tmp_path)
    assert verify(name, noise_digits, folder=tmp_path) == []
    expected = {"loss", "reconstruction", "kl"} if name == "tiny_cvae" else {"loss", "accuracy"}
    assert set(model.card.metrics) == {f"{split} {term}" for split in ("test", "validation") for term in expected}
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
    monkeypatch.setattr("vae_lib.checkpoints.making.RECIPES", LABELLED)
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
