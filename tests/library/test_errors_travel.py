"""Every error of the library's own reaches another process and can be copied, with all that it knows."""

import copy
import importlib
import pickle
import pkgutil
from multiprocessing import get_context

import pytest
import torch
from tiny import quietly, small_vae

import vae_lib
from vae_lib._command import RefusedError
from vae_lib.checkpoints import CheckpointError
from vae_lib.data.files import DataError, UnreachableError
from vae_lib.training import History, NonFiniteLossError

COURSE = History({"value": torch.tensor([1.0, 2.0]), "kl": torch.tensor([0.5, 0.25])}, 2)
ERRORS = [
    NonFiniteLossError(3, "kl", float("inf"), COURSE),
    CheckpointError("there is no checkpoint"),
    DataError("no digits"),
    UnreachableError("no mirror"),
    RefusedError("no such folder"),
]


def own_errors():
    """Every class of error that the library defines, found by looking everywhere."""
    found = set()
    for module in pkgutil.walk_packages(vae_lib.__path__, "vae_lib."):
        if not module.name.endswith("__main__"):
            members = vars(importlib.import_module(module.name)).values()
            found |= {each for each in members if isinstance(each, type) and issubclass(each, BaseException)}
    return {each for each in found if each.__module__.startswith("vae_lib")}


def test_every_error_of_the_library_is_tried():
    assert own_errors() == {type(each) for each in ERRORS}


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_error_survives_with_its_message_fields_and_notes(error, way):
    error.add_note("seen by a reader")
    came = way(error)
    assert type(came) is type(error)
    assert str(came) == str(error)
    assert came.__notes__ == error.__notes__
    fields = {name for name in vars(error) if name != "__notes__"}
    assert fields == {name for name in vars(came) if name != "__notes__"}
    for name in fields - {"history"}:
        assert getattr(came, name) == getattr(error, name)
    if "history" in fields:
        assert came.history.steps_per_epoch == COURSE.steps_per_epoch
        assert all(torch.equal(came.history.terms[name], COURSE.terms[name]) for name in COURSE.terms)


def learn(rate):
    """The course at a learning rate: in another process, where one that explodes must not be waited for for ever."""
    return quietly(small_vae(), steps=20, learning_rate=rate).value[-1].item()


def test_a_pool_over_learning_rates_says_which_one_exploded():
    with get_context("spawn").Pool(1) as pool:
        came = pool.map_async(learn, [1e-3, 1e30])
        with pytest.raises(NonFiniteLossError, match="training stopped at step") as caught:
            came.get(timeout=120)
    assert len(caught.value.history.value) == caught.value.step - 1
