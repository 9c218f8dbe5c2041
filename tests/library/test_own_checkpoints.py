"""A reader's own model comes back from its two files as it was, and bad files are errors to read."""

import json
import os

import pytest
import torch
from torch import nn

from vae_lib.checkpoints import CheckpointError, load_file, save_file
from vae_lib.models import VAE, ConvVAE, DenseCVAE

ARGUMENTS = {"latent": 2, "hidden": (8,), "image": (3, 4, 5), "likelihood": "logistic"}
ABOUT = {"arguments": ARGUMENTS, "data": {"name": "noise"}, "metrics": {"bound": -1.5, "bits": None}}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return VAE(**ARGUMENTS)


@pytest.fixture
def path(model, tmp_path):
    return save_file(
        model, tmp_path / "mine.v2.safetensors", **ABOUT, held_out={"codes": torch.ones(3, 2)}, curve=[1.0]
    )


def test_a_model_comes_back_with_its_card(model, path):
    came = load_file(path)
    x, z = torch.rand(2, 60), torch.randn(2, 2)
    assert torch.equal(came.decode(z), model.decode(z))
    assert torch.equal(came.log_likelihood(x, z @ torch.ones(2, 60)), model.log_likelihood(x, z @ torch.ones(2, 60)))
    assert not came.training
    assert not any(each.requires_grad for each in came.parameters())
    assert came.image == (3, 4, 5)
    assert came.card.metrics == ABOUT["metrics"]
    assert torch.equal(came.card.held_out_codes, torch.ones(3, 2))
    assert came.card.held_out_labels is None
    assert sorted(each.name for each in path.parent.iterdir()) == ["mine.v2.json", "mine.v2.safetensors"]


@pytest.mark.parametrize(
    ("family", "arguments"),
    [
        (ConvVAE, {"latent": 3, "channels": 4, "image": (1, 6, 5), "likelihood": "normal"}),
        (DenseCVAE, {"latent": 2, "hidden": (8,), "image": (1, 6, 5), "classes": 4}),
        (VAE, {"latent": 2, "hidden": (8,), "pixels": 12}),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_every_family_and_precision_comes_back(tmp_path, family, arguments, dtype):
    model = family(**arguments).to(dtype)
    came = load_file(save_file(model, tmp_path / "m.safetensors", **ABOUT | {"arguments": arguments}))
    assert type(came) is family
    for name, tensor in model.state_dict().items():
        assert torch.equal(came.state_dict()[name], tensor)


def test_where_new_tensors_go_by_default_is_of_no_account(path):
    with torch.device("meta"):
        assert all(each.device.type == "cpu" for each in load_file(path).parameters())


def test_a_model_that_could_not_be_loaded_is_not_saved(tmp_path, model):
    class Mine(VAE):
        pass

    for each in (Mine(**ARGUMENTS), nn.Linear(2, 2)):
        with pytest.raises(CheckpointError, match=r"model of vae_lib.models"):
            save_file(each, tmp_path / "m.safetensors", **ABOUT)
    with pytest.raises(CheckpointError, match=r"ends in .safetensors"):
        save_file(model, tmp_path / "m.pt", **ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_be_written_nothing_is(tmp_path, model, monkeypatch):
    with pytest.raises(OSError, match=r"cannot write .*a folder that exists"):
        save_file(model, tmp_path / "nowhere" / "m.safetensors", **ABOUT)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left"):
        save_file(model, tmp_path / "m.safetensors", **ABOUT)
    assert list(tmp_path.iterdir()) == []


def altered(path):
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def without_card(path):
    path.with_suffix(".json").unlink()


def of_another_model(path):
    card = path.with_suffix(".json")
    content = json.loads(card.read_text())
    content["arguments"]["hidden"] = [9]
    card.write_text(json.dumps(content))


def of_no_model(path):
    card = path.with_suffix(".json")
    content = json.loads(card.read_text())
    content["model"] = "Unknown"
    card.write_text(json.dumps(content))


@pytest.mark.parametrize("spoil", [altered, without_card, of_another_model, of_no_model])
def test_files_that_are_no_pair_are_said(path, spoil):
    spoil(path)
    with pytest.raises(CheckpointError, match=r"expected .*mine\.v2\.safetensors and its card mine\.v2\.json") as error:
        load_file(path)
    assert "Reinstall" not in str(error.value)
    assert "Keep the two files together" in str(error.value)
