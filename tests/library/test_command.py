"""`python -m vae_lib train` as typed in a shell: a folder in, a model, its card and its page out, or a sentence."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_lib.checkpoints import load_file
from vae_lib.widgets import LatentExplorer

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "vae_lib", "train"]
QUICK = ["--hidden", "8", "--epochs", "2", "--batch-size", "16"]


def shell(*arguments, folder):
    """What the command comes to; files that it names without a folder lie in `folder`."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "OMP_NUM_THREADS": "1"}
    run = [*COMMAND, *map(str, arguments)]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, env=environment, timeout=600)


@pytest.fixture
def photographs(tmp_path):
    """Forty small photographs of two classes, in colour."""
    generator = np.random.default_rng(0)
    for name, level in (("dark", 60), ("bright", 190)):
        (tmp_path / "photographs" / name).mkdir(parents=True)
        for k in range(20):
            noise = level + 20 * generator.standard_normal((6, 8, 3))
            Image.fromarray(noise.clip(0, 255).astype(np.uint8)).save(tmp_path / "photographs" / name / f"{k}.png")
    return tmp_path / "photographs"


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_a_folder_becomes_a_model_a_card_and_a_page(photographs, out):
    run = shell(photographs, *QUICK, "--out", "m.safetensors", "--page", "p.html", "--seed", 3, folder=out)
    assert run.returncode == 0, run.stderr
    assert sorted(each.name for each in out.iterdir()) == ["m.json", "m.safetensors", "p.html"]
    card = json.loads((out / "m.json").read_text())
    assert card["model"] == "VAE"
    assert card["recipe"]["seed"] == 3
    assert re.fullmatch(r"photographs \(40 images of 3 × 6 × 8, split .* with seed 3\)", card["data"]["name"])
    assert card["data"]["classes"] == "bright, dark"
    assert len(card["curve"]) == 2
    metrics = card["metrics"]
    assert metrics["held-out pictures"] == 8
    assert metrics["its standard error"] > 0
    assert metrics["held-out bound"] == pytest.approx(-metrics["rate"] - metrics["distortion"], abs=2e-3)
    bits = -metrics["held-out bound"] / (144 * np.log(2))
    assert metrics["bits per dimension, at most"] == pytest.approx(bits, abs=1e-3)
    assert 0 <= metrics["active units"] <= 2
    for word in ("held-out bound", "bits per dimension", "active units", "load_file"):
        assert word in run.stdout
    assert "4/4" in run.stderr
    assert "step" in run.stderr
    model = load_file(out / "m.safetensors")
    assert model.image == (3, 6, 8)
    assert model.card.held_out_codes.shape == (8, 2)
    assert LatentExplorer(model).payload()[0]["codes"] == 8
    assert "<!doctype html>" in (out / "p.html").read_text("utf-8")


def test_the_same_seed_gives_the_same_model(photographs, out):
    for name in ("a", "b"):
        assert shell(photographs, *QUICK, "--out", f"{name}.safetensors", folder=out).returncode == 0
    assert (out / "a.safetensors").read_bytes() == (out / "b.safetensors").read_bytes()


def test_other_choices_stand_on_the_card(photographs, out):
    choices = ["--grey", "--size", "5x4", "--fit", "pad", "--likelihood", "normal", "--beta", "2", "--latents", "3"]
    run = shell(photographs, *QUICK, *choices, folder=out)
    assert run.returncode == 0, run.stderr
    card = json.loads((out / "model.json").read_text())
    assert card["arguments"] == {"latent": 3, "hidden": [8], "image": [1, 5, 4], "likelihood": "normal"}
    assert card["recipe"]["beta"] == 2
    assert card["metrics"]["bits per dimension, at most"] is None


def test_one_class_is_said_and_trained_on(photographs, out):
    run = shell(photographs / "dark", *QUICK, folder=out)
    assert run.returncode == 0, run.stderr
    one = out.parent / "one"
    one.mkdir()
    (photographs / "dark").rename(one / "dark")
    run = shell(one, *QUICK, folder=out)
    assert run.returncode == 0
    assert "All pictures are of one class, 'dark'." in run.stderr


def said(run):
    """The sentence of a run that was refused."""
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    return run.stderr[run.stderr.index("vae_lib: ") :]


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--out", "nowhere/m.safetensors"], "there is no folder nowhere"),
            (["--out", "m.pt"], "ends in .safetensors"),
            (["--page", "nowhere/p.html"], "there is no folder nowhere"),
            (["--page", "p.htm"], "ends in .html"),
            (["--page", "p.html", "--latents", "3"], "a page shows a plane"),
            (["--beta", "0"], "--beta"),
            (["--size", "3", "--fit", "crop", "--background", "no colour"], "background as a colour"),
        ],
    )
    def test_a_wrong_choice_is_said_before_the_training(self, photographs, out, arguments, words):
        assert words in said(shell(photographs, *QUICK, *arguments, folder=out))
        assert list(out.iterdir()) == []

    def test_a_target_that_is_a_folder_is_said(self, photographs, out):
        (out / "m.safetensors").mkdir()
        assert "that is a folder" in said(shell(photographs, *QUICK, "--out", "m.safetensors", folder=out))

    def test_pictures_of_different_sizes_are_said_with_what_to_type(self, photographs, out):
        Image.new("RGB", (9, 9)).save(photographs / "dark" / "other.png")
        sentence = said(shell(photographs, *QUICK, folder=out))
        assert "there are 2: 6 × 8 (40), 9 × 9 (1)" in sentence
        assert "--size 32" in sentence
        sentence = said(shell(photographs, *QUICK, "--size", "6x8", folder=out))
        assert "dark/other.png: 9 × 9" in sentence
        assert "--fit crop, pad or stretch" in sentence
        assert list(out.iterdir()) == []

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (lambda folder: [each.unlink() for each in folder.rglob("*.png")], "there are none"),
            (lambda folder: [each.unlink() for each in sorted(folder.rglob("*.png"))[1:]], "got 1. Add images"),
            (lambda folder: (folder / "dark" / "0.png").write_bytes(b"x"), "dark/0.png: neither PNG nor JPEG"),
            (lambda folder: folder.rename(folder.with_name("away")), "does not exist"),
        ],
    )
    def test_a_bad_folder_is_said(self, photographs, out, spoil, words):
        spoil(photographs)
        assert words in said(shell(photographs, *QUICK, folder=out))
        assert list(out.iterdir()) == []

    @pytest.mark.parametrize("arguments", [["--latents", "0"], ["--size", "big"], ["--likelihood", "gauss"]])
    def test_a_wrong_word_is_answered_with_usage(self, photographs, out, arguments):
        run = shell(photographs, *arguments, folder=out)
        assert run.returncode == 2
        assert "usage: python -m vae_lib train" in run.stderr


def test_an_interrupt_keeps_what_was_learned(photographs, out):
    run = [*COMMAND, str(photographs), "--hidden", "8", "--epochs", "1000000", "--batch-size", "16"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "OMP_NUM_THREADS": "1"}
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE}
    # Tests that run in the background may have been told to ignore what is sent here, and a child would do as they do.
    hearing = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(run, cwd=out, env=environment, **pipes, **hearing) as process:
        seen = b""
        while not re.search(rb"[1-9]\d*/\d{6,} ", seen):
            seen += process.stderr.read1(4096)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert re.search(rb"Stopped after [\d,]+ steps; what was learned is kept", errors)
    assert b"Traceback" not in errors
    card = load_file(out / "model.safetensors").card
    assert card.recipe["stopped"].startswith("stopped after")
    assert card.metrics["held-out bound"] < 0


def test_files_of_mnists_format_are_a_folder_too(out, tmp_path):
    import gzip
    import struct

    folder = tmp_path / "idx"
    folder.mkdir()
    images = np.random.default_rng(0).integers(0, 256, (40, 5, 6), np.uint8)
    for kind, array in (("images-idx3", images), ("labels-idx1", np.arange(40, dtype=np.uint8) % 4)):
        header = b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        (folder / f"train-{kind}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))
    run = shell(folder, *QUICK, folder=out)
    assert run.returncode == 0, run.stderr
    assert json.loads((out / "model.json").read_text())["arguments"]["image"] == [1, 5, 6]
