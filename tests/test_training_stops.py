"""How a training stops: at a term that is not finite, by hand, on any device; and that nothing is lost by it."""

import pytest
import torch
from tiny import Fit, quietly, random_images, small_vae

from vae_lib.objectives import elbo
from vae_lib.training import NonFiniteLossError, best_device, loop


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
