"""Making, loading and verifying trained weights; what is said of every damaged or foreign file."""

import hashlib
import json
import os
import pickle
import shutil
from contextlib import suppress
from functools import partial

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as bytes_of
from tiny import noise_mnist

from recipes.__main__ import main
from recipes.making import make, verify
from recipes.recipe import Recipe
from vae_lib.checkpoints import CheckpointError, load
from vae_lib.data import Mnist

TRAINING = {"steps": 30, "batch_size": 64, "learning_rate": 1e-2, "schedule": "one-cycle", "seed": 0}
TINY = {
    name: Recipe(
        model=model,
        arguments={"latent": 2, "hidden": (8,)},
        objective=objective,
        training=TRAINING,
    )
    for name, model, objective in [("tiny_vae", "VAE", "elbo"), ("tiny_autoencoder", "Autoencoder", "reconstruction")]
}


@pytest.fixture(scope="module")
def noise_digits():
    return noise_mnist()


@pytest.fixture(scope="module")
def made(noise_digits, tmp_path_factory):
    """A folder with the two tiny checkpoints, made once; no test writes to it."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recipes.making.RECIPES", TINY)
        lines = [make(name, noise_digits, folder=folder) for name in TINY]
    return folder, lines


@pytest.fixture
def folder(made, tmp_path):
    """A copy of that folder, to be damaged."""
    return shutil.copytree(made[0], tmp_path / "checkpoints")


# Round trip


@pytest.mark.parametrize("name", TINY)
def test_what_is_made_can_be_loaded_and_verified(made, noise_digits, name):
    folder, _ = made
    model = load(name, folder=folder)
    assert type(model).__name__ == TINY[name].model
    assert not model.training
    assert all(parameter.dtype == torch.float32 and not parameter.requires_grad for parameter in model.parameters())
    assert verify(name, noise_digits, folder=folder) == []


@pytest.mark.parametrize("name", TINY)
def test_card_says_where_the_weights_come_from_and_what_they_reach(made, noise_digits, name):
    card = load(name, folder=made[0]).card
    assert card.name == name
    assert card.recipe["command"] == f"python -m recipes train {name}"
    assert card.recipe["steps"] == 30
    assert card.made_with["torch"] == torch.__version__
    expected = {"loss", "reconstruction", "kl"} if name == "tiny_vae" else {"loss", "reconstruction"}
    assert set(card.metrics) == {f"{split} {term}" for split in ("test", "validation") for term in expected}
    if name == "tiny_vae":
        parts = card.metrics["test reconstruction"] + card.metrics["test kl"]
        assert card.metrics["test loss"] == pytest.approx(parts, abs=0.002)
    assert torch.equal(card.held_out_labels, noise_digits.test.labels[: len(card.held_out_labels)].to(torch.uint8))


def test_making_says_what_was_made(made):
    assert [line.split(":")[0] for line in made[1]] == list(TINY)
    assert all("MB" in line and "test loss" in line for line in made[1])


def test_a_recipe_makes_the_same_weights_again(made, noise_digits, tmp_path, monkeypatch):
    monkeypatch.setattr("recipes.making.RECIPES", TINY)
    make("tiny_vae", noise_digits, folder=tmp_path)
    assert (tmp_path / "tiny_vae.safetensors").read_bytes() == (made[0] / "tiny_vae.safetensors").read_bytes()


def test_verify_names_each_figure_that_does_not_hold(folder, noise_digits):
    edit_card(folder, {"metrics": {"test loss": 1.0, "validation loss": float("nan")}})
    problems = verify("tiny_autoencoder", noise_digits, folder=folder)
    assert [problem.split(" = ")[0] for problem in problems] == [
        f"tiny_autoencoder: the card says {split} {term}"
        for split in ("test", "validation")
        for term in ("loss", "reconstruction")
    ]
    assert "test loss = 1.0, recomputed" in problems[0]


def test_a_checkpoint_is_not_made_of_a_subset_nor_without_a_recipe(noise_digits, tmp_path, monkeypatch):
    monkeypatch.setattr("recipes.making.RECIPES", TINY)
    few = Mnist(train=noise_digits.test, validation=noise_digits.test, test=noise_digits.test, name="a few")
    with pytest.raises(CheckpointError, match="full digits, but a few came; set VAE_LIB_DATA"):
        make("tiny_vae", few, folder=tmp_path)
    with pytest.raises(CheckpointError, match="no recipe named 'vae_9d'; there are: tiny_autoencoder, tiny_vae"):
        make("vae_9d", noise_digits, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_the_old_checkpoint_whole(folder, noise_digits, monkeypatch):
    def fail(*paths):
        raise OSError("no space left on device")

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr("recipes.making.RECIPES", TINY)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        make("tiny_vae", noise_digits, folder=folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


# What is said of a damaged or foreign file


def edit_card(folder, fields, name="tiny_autoencoder"):
    """Change fields of a card; None takes a field away."""
    path = folder / f"{name}.json"
    card = json.loads(path.read_text()) | fields
    path.write_text(json.dumps({key: value for key, value in card.items() if value is not None}))


def put_weights(folder, content, name="tiny_autoencoder"):
    """Weights which their card vouches for."""
    (folder / f"{name}.safetensors").write_bytes(content)
    edit_card(folder, {"sha256": hashlib.sha256(content).hexdigest()}, name)


def refused(folder, *words, name="tiny_autoencoder"):
    with pytest.raises(CheckpointError) as caught:
        load(name, folder=folder)
    message = str(caught.value)
    remedy = f"Reinstall vae_lib, or, in its repository, run: python -m recipes train {name}"
    for word in (str(folder), name, remedy, *words):
        assert word in message


def test_an_unknown_name_is_answered_with_those_there_are(folder):
    for name in ("vae_9d", "", "../checkpoints/tiny_vae", "tiny_vae.json"):
        with pytest.raises(CheckpointError, match="there are: tiny_autoencoder, tiny_vae"):
            load(name, folder=folder)
    with pytest.raises(CheckpointError, match="there are: none"):
        load("tiny_vae", folder=folder / "nowhere")


def test_an_altered_byte_is_found(folder):
    path = folder / "tiny_autoencoder.safetensors"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    refused(folder, str(path), "damaged or foreign", "expected the SHA-256", "came")


def test_a_truncated_file_is_found(folder):
    path = folder / "tiny_autoencoder.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    refused(folder, str(path), "came 1,000 bytes")


def test_a_missing_weights_file_is_named(folder):
    (folder / "tiny_autoencoder.safetensors").unlink()
    refused(folder, "tiny_autoencoder.safetensors", "No such file")


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_raises_anything_but_a_checkpoint_error(made, tmp_path, data):
    """The card vouches for the damaged bytes, so that what reads them is tried, too."""
    folder = shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    content = bytearray((folder / "tiny_vae.safetensors").read_bytes())
    # The header, whose length stands in the first eight bytes, is where damage can mislead the reader.
    place = data.draw(st.integers(0, 8 + int.from_bytes(content[:8], "little")))
    if data.draw(st.booleans()):
        content = content[:place]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    put_weights(folder, bytes(content), name="tiny_vae")
    with suppress(CheckpointError):
        load("tiny_vae", folder=folder)


class Trap:
    """Unpickling it makes a directory."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickle_is_refused_and_never_run(folder, tmp_path):
    trap = tmp_path / "sprung"
    for content in (pickle.dumps(Trap(trap)), b"\x80\x02" + pickle.dumps(Trap(trap))):
        put_weights(folder, content)
        refused(folder, "tiny_autoencoder.safetensors: expected a safetensors file")
    torch.save(Trap(trap), folder / "tiny_autoencoder.safetensors")
    put_weights(folder, (folder / "tiny_autoencoder.safetensors").read_bytes())
    refused(folder, "tiny_autoencoder.safetensors: expected a safetensors file")
    assert not trap.exists()
    pickle.loads(pickle.dumps(Trap(trap)))
    assert trap.exists(), "the trap would have sprung"


@pytest.mark.parametrize("text", ["[]", '"a card"', "{}", "3", "null", '{"model": "VAE"}'])
def test_a_json_file_that_is_not_a_card_is_refused(folder, text):
    (folder / "tiny_autoencoder.json").write_text(text)
    refused(folder, "tiny_autoencoder.json is no card", "'sha256'")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"\x80\x04}\x94."])
def test_a_card_that_is_not_json_is_refused(folder, content):
    (folder / "tiny_autoencoder.json").write_bytes(content)
    refused(folder, "cannot read the checkpoint")


MISFITS = [
    {"model": "GAN"}, {"model": "VAE"}, {"model": None}, {"model": ["VAE"]}, {"metrics": None}, {"version": 2},
    {"arguments": None}, {"arguments": []}, {"arguments": {"depth": 2}}, {"arguments": {"latent": 2, "hidden": 8}},
    {"arguments": {"latent": 3, "hidden": [8]}}, {"name": "another"},
]  # fmt: skip


@pytest.mark.parametrize("fields", MISFITS, ids=str)
def test_a_card_that_does_not_fit_its_weights_is_refused(folder, fields):
    edit_card(folder, fields)
    refused(folder, "expected tiny_autoencoder.json and tiny_autoencoder.safetensors", "describe one model of vae_lib")


def test_weights_of_another_model_are_refused(folder):
    put_weights(folder, (folder / "tiny_vae.safetensors").read_bytes())
    refused(folder, "to describe one model of vae_lib")
    weights = tensors_from_bytes((folder / "tiny_vae.safetensors").read_bytes())
    put_weights(folder, bytes_of({"weight": torch.ones(3)}), name="tiny_vae")
    refused(folder, "to describe one model of vae_lib", name="tiny_vae")
    del weights["held_out.codes"]
    put_weights(folder, bytes_of(weights), name="tiny_vae")
    refused(folder, "'codes'", name="tiny_vae")


# The command


@pytest.fixture
def command(folder, noise_digits, monkeypatch):
    """The command, with the tiny recipes, on the copied folder."""
    room = "recipes.__main__"
    for recipes in ("recipes.making.RECIPES", f"{room}.RECIPES"):
        monkeypatch.setattr(recipes, TINY)
    monkeypatch.setattr(f"{room}.load_mnist", lambda: noise_digits)
    monkeypatch.setattr(f"{room}.make", partial(make, folder=folder))
    monkeypatch.setattr(f"{room}.verify", partial(verify, folder=folder))
    return main


def test_the_command_trains_and_verifies(command, folder, capsys):
    for path in folder.iterdir():
        path.unlink()
    assert command(["train", *TINY]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == list(TINY)
    assert command(["verify", *TINY]) == 0
    assert capsys.readouterr().out == "every figure on the cards holds\n"


def test_the_command_fails_when_a_figure_does_not_hold(command, folder, capsys):
    edit_card(folder, {"metrics": {}})
    assert command(["verify", *TINY]) == 1
    assert "tiny_autoencoder: the card says test loss = None, recomputed" in capsys.readouterr().out


def test_the_command_says_on_stderr_what_it_cannot_do(command, capsys):
    assert command(["verify", "vae_9d"]) == 1
    assert "there is no checkpoint named 'vae_9d'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command(["train", "vae_9d"])
    assert "invalid choice: 'vae_9d'" in capsys.readouterr().err
