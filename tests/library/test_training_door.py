"""What a training is given is looked at first: what can be taken safely is taken, and all else is refused in words."""

from inspect import unwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny import quietly, random_images, small_vae
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from vae_lib._checks import expect_classes
from vae_lib.data import Mnist, Split
from vae_lib.evaluation import mean_elbo
from vae_lib.models import DenseCVAE
from vae_lib.objectives import conditional_elbo, elbo
from vae_lib.training import train, train_in_turn

LABELS = torch.arange(64) % 10


def freely(data, objective=elbo, *, model=None, **options):
    """As a reader calls it, whose shapes nobody checks."""
    model = small_vae() if model is None else model
    options = {"steps": 2, "batch_size": 16, "seed": 0, "progress": False} | options
    return unwrap(train)(model, data, unwrap(objective), **options)


def split():
    return Split(torch.zeros(64, 28, 28, dtype=torch.uint8), LABELS)


class Table:
    """A data frame, as far as it can be told from anything else."""

    def to_numpy(self):
        return random_images().flatten(1).numpy()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DataLoader(TensorDataset(random_images())), "got DataLoader; batches are made here.*tensors"),
        (TensorDataset(random_images()), "got TensorDataset; batches are made here.*tensors"),
        (list(random_images()), "got list; .*torch.stack one of a list of tensors"),
        (random_images().tolist(), "got list; torch.as_tensor"),
        ("digits/train", "got str; a path is not read here"),
        (Path("digits"), "a path is not read here"),
        (Table(), r"got Table; torch.as_tensor\(table.to_numpy\(\)\)"),
        (split(), "got Split; the pictures of the split are meant, its .images"),
        (Mnist(split(), split(), split(), "noise"), "got Mnist; one split of the data is meant.*data.train.images"),
        (None, "got NoneType"),
    ],
    ids=lambda value: "" if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.parametrize("way", ["train", "train_in_turn", "mean_elbo"])
def test_data_of_another_type_are_refused_by_their_type(way, data, message):
    """Before anything is asked of their length, which a loader has too."""
    model = small_vae()
    call = {
        "train": lambda: freely(data, model=model),
        "train_in_turn": lambda: unwrap(train_in_turn)(model, data, [(model, elbo)], steps=1, progress=False),
        "mean_elbo": lambda: unwrap(mean_elbo)(model, data),
    }[way]
    with pytest.raises(ValueError, match=f"expected images as a tensor of bytes.*{message}"):
        call()


@pytest.mark.parametrize(
    "objective",
    [
        lambda model, x: elbo(model, x).value,
        lambda model, x: tuple(elbo(model, x)),
        lambda model, x: elbo(model, x).value.mean().item(),
        lambda model, x: None,
        lambda model, x: elbo(model, x)._replace(kl=0.0),
    ],
    ids=["a tensor", "a tuple", "a number", "nothing", "a part that is a number"],
)
def test_objective_that_returns_no_named_parts_is_told_what_to_return(objective):
    came = r"got (a tensor of shape \(16,\)|tuple|float|NoneType|Elbo)\. .*Reconstruction\(values\)"
    with pytest.raises(ValueError, match="expected the objective to return named tensors with a `value`.*" + came):
        freely(random_images(), objective)


@pytest.mark.parametrize(
    "labels",
    [LABELS.tolist(), LABELS.numpy(), LABELS.numpy().astype(np.uint8), tuple(LABELS.tolist()), LABELS.to(torch.int32)],
    ids=["list", "array", "bytes", "tuple", "int32"],
)
def test_labels_of_every_whole_number_type_are_taken(labels):
    def course(labels):
        torch.manual_seed(0)
        model = DenseCVAE(latent=2, hidden=(8,), pixels=12)
        history = freely(random_images(), conditional_elbo, model=model, labels=labels)
        return *history.terms.values(), mean_elbo(model, random_images(), labels=labels, objective=conditional_elbo).kl

    assert all(torch.equal(came, expected) for came, expected in zip(course(labels), course(LABELS), strict=True))


@pytest.mark.parametrize(
    "labels", [["three"] * 64, [*LABELS.tolist()[:-1], None], np.full(64, 0.5)], ids=["words", "one missing", "halves"]
)
def test_labels_that_are_no_classes_are_refused(labels):
    with pytest.raises(ValueError, match="expected labels as whole numbers, one class for each example; got"):
        freely(random_images(), conditional_elbo, labels=labels)


def test_one_label_too_few_is_counted():
    with pytest.raises(ValueError, match=r"one label for each of the 64 examples, got shape \(63,\)"):
        freely(random_images(), conditional_elbo, labels=LABELS[:-1].tolist())


def test_a_list_of_labels_for_a_model_is_refused():
    with pytest.raises(ValueError, match=r"expected labels as a tensor of integers.*got list; torch.as_tensor"):
        expect_classes([1, 2], 2, 10)


@pytest.mark.parametrize("seed", [np.int64(3), np.uint8(3), torch.tensor(3), True + 2])
def test_every_whole_number_is_a_seed(seed):
    assert torch.equal(quietly(small_vae(), steps=2, seed=3).value, freely(random_images(), seed=seed).value)


@pytest.mark.parametrize("seed", [1.5, "3", (3,)])
def test_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(ValueError, match="expected seed to be a whole number or None, got"):
        freely(random_images(), seed=seed)


@pytest.mark.parametrize("option", ["epochs", "steps", "batch_size"])
def test_budget_that_is_no_number_is_refused(option):
    with pytest.raises(ValueError, match=f"expected {option} to be a whole number, got str '3'"):
        freely(random_images(), **{"steps": None if option == "epochs" else 2, option: "3"})


def test_half_precision_is_refused_by_name():
    with pytest.raises(ValueError, match=r"float32, float64 or bfloat16; got a model with weights in torch.float16"):
        freely(random_images(), model=small_vae().half())
    with (
        torch.autocast("cpu", torch.float16),
        pytest.raises(ValueError, match=r"got autocast to torch.float16.*dtype=torch.bfloat16 works"),
    ):
        freely(random_images())


@pytest.mark.parametrize("way", ["train", "train_in_turn"])
def test_autocast_sees_the_weights_of_each_step(way):
    """Copies that autocast keeps of the first step's weights would let every later step climb from the same place."""

    images = (torch.arange(256) % 2 * 255).to(torch.uint8).view(-1, 1, 1).expand(-1, 3, 4)

    def course(model):
        options = {"steps": 150, "batch_size": 64, "learning_rate": 1e-2, "seed": 0, "progress": False}
        if way == "train":
            return train(model, images, elbo, **options).value
        return train_in_turn(model, images, [(model, elbo)], **options)[0].value

    expected = course(small_vae())
    model = small_vae()
    with torch.autocast("cpu", torch.bfloat16):
        came = course(model).float()
        inside = mean_elbo(model, images)
    outside = mean_elbo(model, images)
    gain = expected[-20:].mean() - expected[0]
    assert gain > 5
    assert (came[-20:].mean() - expected[-20:].mean()).abs() < 0.1 * gain
    assert (inside.value - outside.value).abs() < 0.1 * gain


def test_inference_mode_is_overruled_for_weights_that_can_learn():
    expected = quietly(small_vae(), steps=3).value
    model = small_vae()
    with torch.inference_mode():
        assert torch.equal(quietly(model, steps=3).value, expected)
        born_there = small_vae()
        turns = [(model.encoder, elbo), (model.decoder, elbo)]
        train_in_turn(model, random_images(), turns, steps=2, batch_size=16, progress=False)
        assert torch.is_inference_mode_enabled()
        with pytest.raises(ValueError, match=r"weights that can be trained; these were made under .*inference_mode"):
            quietly(born_there, steps=1)
    with pytest.raises(ValueError, match=r"weights that can be trained; these were made under .*inference_mode"):
        quietly(born_there, steps=1)


def test_a_network_that_takes_pictures_is_told_that_rows_arrive():
    class Pictures(nn.Module):
        def __init__(self, *first):
            super().__init__()
            self.encoder = nn.Sequential(*first, nn.Conv2d(3, 4, 3, padding=1), nn.Flatten(), nn.Linear(4 * 36, 4))
            self.decoder = nn.Linear(2, 3 * 36)

        def encode(self, x):
            return self.encoder(x).chunk(2, dim=-1)

        def decode(self, z):
            return self.decoder(z)

    images = torch.randint(0, 256, (64, 3, 6, 6), dtype=torch.uint8)
    with pytest.raises(RuntimeError) as caught:
        freely(images, model=Pictures())
    assert "nn.Unflatten(1, (channels, height, width))" in caught.value.__notes__[0]
    freely(images, model=Pictures(nn.Unflatten(1, (3, 6, 6))))
