"""Making, loading and verifying recorded trainings; what is said of a damaged file; the recording that ships."""

import hashlib
import json
import shutil

import pytest
import torch
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as bytes_of

from recipes import __main__ as command
from recipes import recording as making
from recipes.recipe import RecordingRecipe
from recipes.shipped import RECORDINGS
from vae_lib.checkpoints import CheckpointError, recordings
from vae_lib.data import Mnist, Split
from vae_lib.distributions import kl_standard_normal
from vae_lib.models import VAE
from vae_lib.objectives import beta_elbo
from vae_lib.training import train

TINY = RecordingRecipe(
    model="VAE",
    arguments={"latent": 2, "hidden": (32,)},
    betas=(0.0, 2.0),
    frames=(0, 1, 5, 20, 30),
    per_class=2,
    training={"batch_size": 64, "learning_rate": 1e-3, "schedule": "constant", "seed": 0},
)


@pytest.fixture(scope="module")
def noise_digits():
    """As many images as the full set has, of noise: a recording can be made of them without a network."""
    generator = torch.Generator().manual_seed(0)

    def split(n):
        # Images of differing brightness: of noise alone all codes would be the same.
        images = torch.randint(0, 256, (n, 28, 28), generator=generator) * torch.rand(n, 1, 1, generator=generator)
        return Split(images.to(torch.uint8), torch.arange(n) % 10)

    return Mnist(train=split(55_000), validation=split(5_000), test=split(10_000), name="noise")


@pytest.fixture(scope="module", autouse=True)
def tiny_recipe():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RECORDINGS, "tiny", TINY)
        yield


@pytest.fixture(scope="module")
def made(noise_digits, tiny_recipe, tmp_path_factory):
    """A folder with a tiny recording; no test writes to it."""
    folder = tmp_path_factory.mktemp("made")
    line = making.make("tiny", noise_digits, folder=folder)
    assert line.startswith("tiny: ")
    return folder


@pytest.fixture
def folder(made, tmp_path):
    """A copy of that folder, to be damaged."""
    return shutil.copytree(made, tmp_path / "recordings")


def test_what_is_made_can_be_loaded_and_verified(made, noise_digits):
    recording = recordings.load("tiny", folder=made)
    assert (recording.betas, recording.steps) == (TINY.betas, TINY.frames)
    assert recording.mu.shape == recording.log_var.shape == (2, 5, 20, 2)
    assert recording.labels.tolist() == [digit for digit in range(10) for _ in range(2)]
    first = (noise_digits.test.labels == 3).nonzero()[:2, 0]
    assert torch.equal(recording.images[6:8], noise_digits.test.images[first])
    assert recording.recipe["command"] == "python -m recipes train tiny"
    assert making.verify("tiny", noise_digits, folder=made) == []


def test_bubbles_are_those_of_a_training_that_nobody_watches(made, noise_digits):
    """Looking must change nothing: the same loop without a recorder ends at the same codes."""
    recording = recordings.load("tiny", folder=made)
    for k, beta in enumerate(TINY.betas):
        torch.manual_seed(0)
        model = VAE(**TINY.arguments)
        train(
            model,
            noise_digits.train.images,
            lambda model, x, beta=beta: beta_elbo(model, x, beta=beta),
            steps=30,
            **TINY.training,
            progress=False,
        )
        with torch.no_grad():
            mu, log_var = model.encode(recording.images.flatten(1) / 255)
            all_mu, all_log_var = model.encode(noise_digits.test.images.flatten(1) / 255)
        torch.testing.assert_close(recording.mu[k, -1], mu, rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(recording.log_var[k, -1], log_var, rtol=1e-3, atol=1e-3)
        ends = {key: curve[k, -1].item() for key, curve in recording.curves.items()}
        assert ends["kl"] == pytest.approx(kl_standard_normal(all_mu, all_log_var).mean().item(), rel=1e-4)
        assert ends["sigma"] == pytest.approx((0.5 * all_log_var).exp().log().mean().exp().item(), rel=1e-4)
        distance = (all_mu - all_mu.mean(dim=0)).square().mean().sqrt().item()
        assert ends["spread"] == pytest.approx(distance, rel=1e-3)
    assert recording.curves["spread"][:, -1].min() > 0.01
    assert torch.equal(recording.mu[0, 0], recording.mu[1, 0]), "all trainings start from the same weights"


def edit_card(folder, change):
    path = folder / "tiny.json"
    card = json.loads(path.read_text())
    change(card)
    path.write_text(json.dumps(card))


def put_tensors(folder, change):
    """Tensors which their card vouches for."""
    path = folder / "tiny.safetensors"
    tensors = tensors_from_bytes(path.read_bytes())
    change(tensors)
    path.write_bytes(bytes_of(tensors))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    edit_card(folder, lambda card: card.update(sha256=sha256))


def test_verify_names_what_does_not_hold(folder, noise_digits):
    put_tensors(folder, lambda tensors: tensors["mu"][1, 2, 7, 1].add_(0.5))
    put_tensors(folder, lambda tensors: tensors["images"][0].zero_())
    edit_card(folder, lambda card: card["metrics"].update({"beta 2: test kl": 1.0}))
    problems = making.verify("tiny", noise_digits, folder=folder)
    assert [problem.split(" differs")[0].split(" = ")[0] for problem in problems] == [
        "tiny: the card says beta 2: test kl",
        "tiny: mu trained anew for 20 steps",
        "tiny: images trained anew for 20 steps",
    ]
    assert "0.5" in problems[1]


def test_without_the_full_digits_the_card_is_checked_and_nothing_is_made(folder, noise_digits):
    few = Mnist(train=noise_digits.test, validation=noise_digits.test, test=noise_digits.test, name="a few")
    assert making.verify("tiny", few, folder=folder) == []
    edit_card(folder, lambda card: card["metrics"].clear())
    assert len(making.verify("tiny", few, folder=folder)) == 8
    with pytest.raises(CheckpointError, match="full digits, but a few came"):
        making.make("tiny", few, folder=folder)
    with pytest.raises(CheckpointError, match="no recipe named 'bubbles_9d'; there are: bubbles_2d, tiny"):
        making.make("bubbles_9d", noise_digits, folder=folder)


DAMAGE = {
    "a tensor is missing": (lambda tensors: tensors.pop("log_var"), "'log_var'"),
    "a curve is missing": (lambda tensors: tensors.pop("curves.kl"), "'curves.kl'"),
    "a step is missing": (lambda tensors: tensors.update(mu=tensors["mu"][:, 1:].contiguous()), "mu of shape"),
    "a label is missing": (
        lambda tensors: tensors.update(labels=tensors["labels"][1:].contiguous()),
        "labels of shape",
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_tensors_that_do_not_fit_the_card_are_refused(folder, case):
    change, message = DAMAGE[case]
    put_tensors(folder, change)
    with pytest.raises(CheckpointError, match=message) as caught:
        recordings.load("tiny", folder=folder)
    assert "python -m recipes train tiny" in str(caught.value)


def test_a_card_of_something_else_is_refused(folder):
    edit_card(folder, lambda card: card["recipe"].pop("betas"))
    with pytest.raises(CheckpointError, match="to describe one recording; came KeyError: 'betas'"):
        recordings.load("tiny", folder=folder)
    with pytest.raises(CheckpointError, match="no checkpoint named 'other'"):
        recordings.load("other", folder=folder)


def test_the_command_records_and_verifies(noise_digits, made, monkeypatch, capsys):
    monkeypatch.setattr(command, "load_mnist", lambda: noise_digits)
    monkeypatch.setattr(command, "record", lambda name, mnist: f"{name} recorded from {mnist.name}")
    monkeypatch.setattr(command, "verify_recording", lambda name, mnist: [f"{name} does not hold"])
    assert command.main(["train", "bubbles_2d"]) == 0
    assert capsys.readouterr().out == "bubbles_2d recorded from noise\n"
    assert command.main(["verify", "bubbles_2d"]) == 1
    assert capsys.readouterr().out == "bubbles_2d does not hold\n"


# What ships


def test_recording_that_ships_is_small_and_made_by_the_recipe_in_force():
    assert recordings.names() == ["bubbles_2d"]
    files = sorted(path for path in recordings.FOLDER.iterdir() if path.suffix in {".json", ".safetensors"})
    assert [path.name for path in files] == ["bubbles_2d.json", "bubbles_2d.safetensors"]
    assert sum(path.stat().st_size for path in files) <= 300_000
    recipe, recording = RECORDINGS["bubbles_2d"], recordings.load("bubbles_2d")
    assert recording.model == recipe.model
    assert recording.arguments == json.loads(json.dumps(recipe.arguments))
    assert recording.recipe["command"] == "python -m recipes train bubbles_2d"
    made_by = {key: value for key, value in recording.recipe.items() if key not in {"command", "seconds", "objective"}}
    described = {"betas": recipe.betas, "frames": recipe.frames, "per_class": recipe.per_class, **recipe.training}
    assert made_by == json.loads(json.dumps(described))
    assert recording.mu.isfinite().all()
    assert recording.log_var.isfinite().all()


def test_recording_that_ships_shows_what_the_chapter_says():
    recording = recordings.load("bubbles_2d")
    sigma, spread = recording.curves["sigma"][:, -1], recording.curves["spread"][:, -1]
    assert (sigma.diff() > 0).all()
    assert (spread.diff() < 0).all()
    assert sigma[0] < 0.01 < 0.95 < sigma[-1] < 1.05
    kl = kl_standard_normal(recording.mu[:, -1].flatten(0, 1), recording.log_var[:, -1].flatten(0, 1)).view(5, 80)
    # Eighty digits against ten thousand.
    torch.testing.assert_close(kl.mean(dim=1), recording.curves["kl"][:, -1], rtol=0.25, atol=0.1)


def test_recording_that_ships_holds_on_the_full_digits(full_mnist):
    assert making.verify("bubbles_2d", full_mnist) == []


def test_card_of_the_recording_that_ships_holds_without_them(noise_digits):
    few = Mnist(train=noise_digits.test, validation=noise_digits.test, test=noise_digits.test, name="a few")
    assert making.verify("bubbles_2d", few) == []
