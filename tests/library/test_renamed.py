"""Names of the library that have changed: the old ones work, warn, and say the new one."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from vae_lib import evaluation, objectives, training
from vae_lib._renamed import keyword
from vae_lib.distributions import gradients_per_draw, score_function_surrogate

ROOT = Path(objectives.__file__).parents[2]
MOVED = {
    "vae_lib.objectives.charges": "vae_lib.objectives.annealing",
    "vae_lib.evaluation.shares": "vae_lib.evaluation.intervals",
    "vae_lib.evaluation.visits": "vae_lib.evaluation.measuring",
    "vae_lib.training.turns": "vae_lib.training.adversarial",
}
# The ways in which code from before the change reaches a module, and what it has then.
WAYS = [
    ("from vae_lib.objectives import charges", "charges.free_bits_elbo"),
    ("import vae_lib.objectives.charges", "vae_lib.objectives.charges.warm_up"),
    ("from vae_lib.objectives.charges import warm_up", "warm_up"),
    ("from vae_lib.objectives.charges import *", "warm_up"),
    ("import vae_lib.evaluation.shares", "vae_lib.evaluation.shares.wilson_interval"),
    ("from vae_lib import evaluation", "evaluation.shares.wilson_interval"),
    ("from vae_lib.evaluation.visits import evaluating, noise_from", "evaluating, noise_from"),
    ("from vae_lib.training.turns import train_in_turn", "train_in_turn"),
    ("import vae_lib.training", "vae_lib.training.turns.train_in_turn"),
]


RUN = """
import json, sys, warnings
said = []
for code in json.loads(sys.argv[1]):
    for old in json.loads(sys.argv[2]):  # as in a kernel that has not yet met the old name
        package, _, name = old.rpartition(".")
        sys.modules.pop(old, None)
        vars(sys.modules.get(package, sys)).pop(name, None)
    space = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile(code, "reader", "exec"), space)
    warned = [(each.filename, each.lineno, each.category.__name__, str(each.message)) for each in caught]
    said.append([repr(space["came"]), warned])
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said():
    """What each way gave and warned of, in an interpreter without the checks of shapes, whose frames stand between."""
    codes = [f"{imported}\ncame = {used}" for imported, used in WAYS]
    command = [sys.executable, "-c", RUN, json.dumps(codes), json.dumps(list(MOVED))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("way", range(len(WAYS)), ids=[f"{imported}: {used}" for imported, used in WAYS])
def test_old_path_works_and_warns_at_the_line_that_took_it(said, way):
    came, warned = said[way]
    assert came.startswith(("<function", "(<function"))
    (old,) = [old for old in MOVED if old.rpartition(".")[2] in " ".join(WAYS[way])]
    line = 1 if old.rpartition(".")[2] in WAYS[way][0] else 2
    assert warned[0] == ["reader", line, "DeprecationWarning", f"{old} is now called {MOVED[old]}"]
    assert {each[0] for each in warned} == {"reader"}


def test_old_path_is_the_same_module_and_not_a_copy():
    for old, new in MOVED.items():
        sys.modules.pop(old, None)
        with pytest.warns(DeprecationWarning, match=f"{old} is now called {new}"):
            came = importlib.import_module(old)
        assert came is importlib.import_module(new)


def test_new_names_and_rooms_warn_of_nothing():
    rooms = "data distributions models objectives training evaluation"
    code = f"import warnings; warnings.simplefilter('error'); from vae_lib import {', '.join(rooms.split())}"
    code += "\nfrom vae_lib.objectives import annealing\nfrom vae_lib.evaluation import intervals, measuring"
    code += "\nfrom vae_lib.training import adversarial"
    code += f"\nimport sys; print([each for each in {list(MOVED)} if each in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "[]", "")


def test_a_name_that_never_was_is_missing_as_usual():
    for room in (objectives, evaluation, training):
        with pytest.raises(AttributeError, match=rf"module '{room.__name__}' has no attribute 'never'"):
            room.never  # noqa: B018
        assert not hasattr(room, "never")


def test_every_module_that_moved_is_tried():
    stubs = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "vae_lib").rglob("*.py")
        if "import moved" in path.read_text(encoding="utf-8")
    }
    assert stubs == set(MOVED)
    tried = " ".join(part for way in WAYS for part in way)
    assert [old for old in MOVED if old.rpartition(".")[2] not in tried] == []


@keyword(images="data")
def add(data, more=0, *, scale=1):
    """Adds."""
    return scale * (data + more)


def test_old_keyword_is_taken_for_the_new_one_and_warns():
    with pytest.warns(DeprecationWarning, match=r"'images' of add\(\) is now called 'data'"):
        assert add(images=2, more=3, scale=2) == 10
    assert add(2, 3) == add(data=2, more=3) == 5
    assert add.__doc__ == "Adds."


def test_argument_under_both_of_its_names_is_refused():
    for given in ({"data": 1, "images": 2}, {"images": 2, "more": 3}):
        arguments = () if "data" in given else (1,)
        with pytest.raises(TypeError, match="'data' and its old name 'images'; give 'data'"):
            add(*arguments, **given)


def test_f_is_still_taken_where_it_was_a_function_or_its_values():
    mu, log_var = torch.zeros(2), torch.zeros(2)
    with pytest.warns(DeprecationWarning, match=r"'f' of gradients_per_draw\(\) is now called 'h'"):
        came = gradients_per_draw(f=lambda z: z.sum(dim=-1), mu=mu, log_var=log_var, draws=3)
    assert came.pathwise.shape == (3, 4)
    with pytest.warns(DeprecationWarning, match=r"'f' of score_function_surrogate\(\) is now called 'value'"):
        score_function_surrogate(log_prob=torch.zeros(3), f=torch.ones(3))
