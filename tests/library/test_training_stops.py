"""How a training stops: at a term that is not finite, by hand, for want of memory; and that nothing is lost by it."""

import os
import subprocess
import sys
from inspect import unwrap
from pathlib import Path

import pytest
import torch
from tiny import Fit, quietly, random_images, small_vae

from vae_lib.models import DenseCVAE
from vae_lib.objectives import conditional_elbo, elbo
from vae_lib.training import NonFiniteLossError, best_device, loop, train, train_in_turn

ROOT = Path(__file__).parents[2]


def breaking(step, **broken):
    """An objective whose terms named in `broken` take that value from the given step on."""
    count = 0

    def objective(model, x):
        nonlocal count
        count += 1
        bound = Fit(model.encode(x)[0].sum(dim=-1), model.encode(x)[1].sum(dim=-1))
        if count >= step:
            bound = bound._replace(**{term: 0 * getattr(bound, term) + value for term, value in broken.items()})
        return bound

    return objective


@pytest.fixture(params=[1, 3, 7, 100], ids="looking every {} steps".format)
def looks(request, monkeypatch):
    """A GPU is looked at in chunks of steps; here the CPU is, too."""
    monkeypatch.setattr(loop, "STEPS_BETWEEN_LOOKS", {"cpu": request.param})
    return request.param


@pytest.mark.parametrize("step", [1, 2, 3, 6, 8])
@pytest.mark.parametrize(
    ("broken", "term"),
    [
        ({"cost": float("nan")}, "cost"),
        ({"fit": float("-inf")}, "fit"),
        ({"fit": float("nan"), "cost": float("nan")}, "fit"),
    ],
)
def test_first_step_that_is_not_finite_is_named_with_its_term_and_history(looks, step, broken, term):
    model = small_vae()
    with pytest.raises(NonFiniteLossError, match=f"stopped at step {step}: .*'{term}' is") as caught:
        quietly(model, breaking(step, **broken), steps=8)
    error = caught.value
    assert (error.step, error.term) == (step, term)
    assert list(error.history.terms) == ["fit", "cost", "value"]
    assert all(len(course) == step - 1 and course.isfinite().all() for course in error.history.terms.values())
    assert not model.training


def test_value_is_named_when_it_breaks_though_its_parts_do_not(looks):
    with pytest.raises(NonFiniteLossError, match="'value' is inf") as caught:
        quietly(small_vae(), breaking(4, fit=3e38, cost=-3e38), steps=8, batch_size=1)
    assert caught.value.step == 4


def test_history_does_not_depend_on_how_often_the_loss_is_looked_at(looks):
    model = small_vae()
    history = quietly(model, steps=10)
    assert history.value.shape == (10,)
    assert torch.equal(history.value, trained_every_step().value)


def trained_every_step():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "STEPS_BETWEEN_LOOKS", {"cpu": 1})
        return quietly(small_vae(), steps=10)


def test_on_a_cpu_the_weights_stay_as_they_were_before_the_broken_step():
    model = small_vae()
    with pytest.raises(NonFiniteLossError):
        quietly(model, breaking(4, fit=float("nan")), steps=8)
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_probabilities_instead_of_logits_break_and_are_told_so():
    def by_probabilities(model, x):
        p = torch.sigmoid(300 * model.decode(model.encode(x)[0]))
        return Fit((x * p.log() + (1 - x) * (1 - p).log()).sum(dim=-1), torch.zeros(len(x)))

    with pytest.raises(NonFiniteLossError, match="use logits"):
        quietly(small_vae(), by_probabilities, steps=50)


def test_an_interrupt_by_hand_keeps_model_and_history():
    count = 0

    def objective(model, x):
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt
        return elbo(model, x)

    model = small_vae()
    start = model.to_mu.weight.detach().clone()
    with pytest.raises(KeyboardInterrupt) as caught:
        quietly(model, objective, steps=8)
    assert caught.value.history.value.shape == (4,)
    assert "after 4 of 8 steps" in caught.value.__notes__[0]
    assert not torch.equal(model.to_mu.weight, start)
    assert not model.training


def test_an_interrupt_before_the_first_step_has_an_empty_history():
    def objective(model, x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        quietly(small_vae(), objective, steps=8)
    assert caught.value.history.terms == {}


@pytest.mark.skipif(best_device().type == "cpu", reason="no CUDA and no MPS device here")
def test_an_accelerator_trains_and_finds_the_broken_step_too():
    model = small_vae().to(best_device())
    history = quietly(model, images=random_images(640), epochs=30, learning_rate=1e-2)
    assert history.value.device.type == "cpu"
    assert history.epochs()[-1] > history.epochs()[0]
    with pytest.raises(NonFiniteLossError) as caught:
        quietly(small_vae().to(best_device()), breaking(120, cost=float("nan")), steps=250)
    assert caught.value.step == 120
    assert len(caught.value.history.value) == 119


def test_a_learning_rate_that_explodes_stops_and_is_told_so():
    with pytest.raises(NonFiniteLossError, match=r"expected finite terms.*too high a learning rate") as caught:
        quietly(small_vae(), steps=200, learning_rate=1e3)
    assert caught.value.history.value.isfinite().all()


def test_images_of_another_size_are_named_with_theirs():
    larger = torch.zeros(64, 5, 5, dtype=torch.uint8)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied") as caught:
        unwrapped_train(small_vae(), larger)
    (note,) = caught.value.__notes__
    assert note.startswith(
        "The model was given x of shape (16, 25) on cpu, one row for each image. If that is not its size, make it for "
        "25 pixels or give it images of the size it takes."
    )


def unwrapped_train(model, images, **options):
    """As a reader calls it, whose shapes nobody checks."""

    def objective(model, x):
        mu = model.encoder(x)[:, :2]
        return Fit(mu.sum(dim=-1), torch.zeros(len(x)))

    return unwrap(train)(model, images, objective, **{"steps": 1, "batch_size": 16, "progress": False} | options)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (
            random_images().float(),
            r"pixels in \[0, 1\], got torch.float32 in whole numbers up to 255.*divide them by 255",
        ),
        (
            random_images().long(),
            r"as bytes, 0 to 255 \(torch.uint8\), or .* floats, pixels in \[0, 1\]; got torch.int64",
        ),
        (
            random_images() > 127,
            r"as bytes, 0 to 255 \(torch.uint8\), or .* floats, pixels in \[0, 1\]; got torch.bool",
        ),
        (torch.full((64, 3, 4), float("nan")), r"finite points, got NaN or infinity in 64 of 64 rows"),
        (torch.rand(64), r"data of shape \[examples, …\], got shape \(64,\)"),
        (random_images().numpy(), "as a tensor of bytes.*got ndarray; torch.as_tensor"),
        (random_images().flatten(), r"of shape \[examples, …\], got shape \(768,\)"),
        ((random_images() > 127).to(torch.uint8), "grey levels from 0 to 255, got bytes of at most 1.*by 255"),
    ],
    ids=["grey floats", "integers", "booleans", "NaN", "one number each", "an array", "one axis", "ink of 1"],
)
def test_images_of_another_kind_are_refused_with_what_to_do(images, message):
    model = small_vae()
    start = model.to_mu.weight.detach().clone()
    with pytest.raises(ValueError, match=message):
        unwrapped_train(model, images)
    assert torch.equal(model.to_mu.weight, start)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_points_that_are_not_finite_are_counted(bad):
    points = torch.randn(64, 12)
    points[3, 5] = points[40, 0] = bad
    model = small_vae()
    with pytest.raises(ValueError, match=r"finite points, got NaN or infinity in 2 of 64 rows; .* leaves them out"):
        train_in_turn(model, points, [(model, elbo)], steps=1, batch_size=16, progress=False)
    with pytest.raises(ValueError, match=r"finite points, got NaN or infinity in 2 of 64 rows; .* leaves them out"):
        quietly(model, images=points, steps=1)
    left = points[points.isfinite().all(dim=1)]
    train_in_turn(model, left, [(model, elbo)], steps=1, batch_size=16, progress=False)


def test_a_notebook_that_has_switched_gradients_off_trains_again():
    """As when it is run twice, and its second half only looks."""
    expected = quietly(small_vae(), steps=3).value
    with torch.no_grad():
        assert torch.equal(quietly(small_vae(), steps=3).value, expected)
        model = small_vae()
        turns = [(model.encoder, elbo), (model.decoder, elbo)]
        train_in_turn(model, random_images(), turns, steps=2, batch_size=16, progress=False)
        assert not torch.equal(model.decoder[0].weight, small_vae().decoder[0].weight)
        assert not torch.is_grad_enabled()


def test_a_label_out_of_range_stops_at_the_first_step():
    torch.manual_seed(0)
    model = DenseCVAE(latent=2, hidden=(8,), pixels=12)
    with pytest.raises(ValueError, match=r"labels from 0 to 9, got 10 to 10"):
        quietly(model, conditional_elbo, labels=torch.full((64,), 10), steps=2)
    assert not model.training


def test_without_a_visible_gpu_the_cpu_is_the_best_device():
    code = "from vae_lib.training import best_device; import torch; print(torch.cuda.is_available(), best_device())"
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[0] == "False"
    assert run.stdout.split()[1] in ("cpu", "mps")
