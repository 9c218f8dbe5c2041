"""A device that runs out of memory: what to reduce is said, the model and the course so far are kept."""

import gc
import weakref

import pytest
import torch
from tiny import quietly, random_images, small_vae

from vae_lib.objectives import elbo
from vae_lib.training import train_in_turn

# What PyTorch says where memory ends: CUDA by a type of its own, MPS and the CPU in words.
CUDA = torch.OutOfMemoryError(
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB of which 1.2 GiB is free."
)
MPS = RuntimeError(
    "MPS backend out of memory (MPS allocated: 17.9 GB, max allowed: 18.1 GB). Tried to allocate 1 GB on private pool."
)
CPU = RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried 8 bytes.")


def failing(step, error, objective=elbo):
    """The objective until the given step, at which it raises this error."""
    count = 0

    def until(model, x, *label):
        nonlocal count
        count += 1
        if count == step:
            raise error
        return objective(model, x, *label)

    return until


@pytest.mark.parametrize("error", [CUDA, MPS, CPU], ids=["CUDA", "MPS", "CPU"])
def test_out_of_memory_says_what_to_reduce_and_keeps_model_and_history(error):
    model = small_vae()
    start = model.to_mu.weight.detach().clone()
    with pytest.raises(MemoryError) as caught:
        quietly(model, failing(4, error), steps=8)
    message = str(caught.value)
    for part in ("cpu ran out of memory: expected room for 16 rows of 12 numbers", "came: ", "smaller batch_size"):
        assert part in message
    assert "GPU 0 has a total" not in message
    assert caught.value.__cause__ is error
    assert caught.value.history.value.shape == (3,)
    assert "after 3 of 8 steps" in caught.value.__notes__[0]
    assert not torch.equal(model.to_mu.weight, start)
    assert not model.training
    assert quietly(model, steps=2, batch_size=4).value.isfinite().all(), "a smaller batch does it"


def test_device_without_room_for_the_images_says_so():
    """The first thing that a full device refuses is all the digits at once."""

    class Full(torch.Tensor):
        def to(self, *_):
            raise CUDA

    model = small_vae()
    start = model.to_mu.weight.clone()
    with pytest.raises(MemoryError, match=r"room for 64 rows of 12 numbers .*, or train on the CPU") as caught:
        quietly(model, images=random_images().as_subclass(Full), steps=1)
    assert caught.value.__cause__ is CUDA
    assert torch.equal(model.to_mu.weight, start)


def test_out_of_memory_leaves_nothing_of_the_step_behind():
    """A notebook keeps the last error, whose frames keep what they hold: a smaller batch would fail as well."""
    kept = []

    def objective(model, x):
        bound = elbo(model, x)
        kept.extend([weakref.ref(x), weakref.ref(bound.reconstruction)])
        if len(kept) == 6:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return bound

    model = small_vae()
    with pytest.raises(MemoryError) as caught:
        quietly(model, objective, steps=8)
    gc.collect()
    assert caught.value.__traceback__ is not None
    assert len(kept) == 6
    assert [each() for each in kept] == [None] * 6
    assert all(parameter.grad is None for parameter in model.parameters())


def test_out_of_memory_between_players_keeps_every_players_course():
    model = small_vae()
    turns = [(model.encoder, elbo), (model.decoder, failing(3, CUDA))]
    with pytest.raises(MemoryError, match="smaller batch_size") as caught:
        train_in_turn(model, random_images(), turns, steps=8, batch_size=16, progress=False)
    assert [len(history.value) for history in caught.value.history] == [3, 2]
    assert not model.training
