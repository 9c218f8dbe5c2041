"""The command that makes and verifies checkpoints, as it is typed in a shell, and what has become of its old name."""

import subprocess
import sys
from pathlib import Path

import pytest

from recipes.shipped import RECIPES, RECORDINGS

ROOT = Path(__file__).parents[2]


def shell(*arguments):
    """What `python -m` with these arguments comes to in the root of the repository."""
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True)


def test_the_command_lists_what_it_can_do():
    run = shell("recipes", "--help")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("usage: python -m recipes ")
    for word in ("train", "measure", "verify"):
        assert f"    {word} " in run.stdout


def test_an_unknown_name_is_answered_with_those_that_can_be_trained():
    run = shell("recipes", "train", "vae_9d")
    assert (run.returncode, run.stdout) == (2, "")
    assert "invalid choice: 'vae_9d'" in run.stderr
    assert [name for name in (*RECIPES, *RECORDINGS) if name not in run.stderr] == []


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        (["train", "vae_2d"], "python -m recipes train vae_2d"),
        (["verify", "--full"], "python -m recipes verify --full"),
        ([], "python -m recipes --help"),
    ],
)
def test_the_old_command_says_in_one_sentence_where_it_has_gone(arguments, instead):
    run = shell("vae_lib.checkpoints", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    (sentence,) = run.stderr.splitlines()
    assert sentence.endswith(f": {instead}")
