"""The benchmarks compare equals, their GPU code runs on a CPU, and the table says what the results say."""

import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import device, digits, floor, growth, likelihood, plots, table, useful
from benchmarks.__main__ import BENCHMARKS
from benchmarks.baseline import CommonTraining, CommonVAE, PilDigits, loss_of
from benchmarks.measuring import alternating, ratios, row
from vae_lib.models import VAE
from vae_lib.objectives import elbo
from vae_lib.training import train

ROOT = Path(__file__).parents[2]


def random_digits(n=256):
    return torch.randint(0, 256, (n, 28, 28), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def with_weights_of(vae):
    """The common example's model with the same weights under its own names."""
    names = {"encoder.0.0": "hidden", "to_mu": "mean", "to_log_var": "log_variance", "decoder.0": "back"}
    names["decoder.2"] = "out"
    common = CommonVAE()
    weights = {}
    for name, tensor in vae.state_dict().items():
        layer, kind = name.rsplit(".", 1)
        weights[f"{names[layer]}.{kind}"] = tensor
    common.load_state_dict(weights)
    return common


def test_common_example_computes_what_the_book_computes():
    torch.manual_seed(0)
    vae = VAE(latent=20)
    common, x = with_weights_of(vae), random_digits(64).flatten(1).float() / 255
    torch.manual_seed(1)
    ours = -elbo(vae, x).value.sum()
    torch.manual_seed(1)
    theirs = loss_of(x, *common(x))
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=0)


def test_common_example_sees_the_digits_and_learns():
    images = random_digits(64)
    assert torch.equal(PilDigits(images)[5], images[5][None] / 255)
    training = CommonTraining(images, batch_size=16)
    before = training.test_loss(images)
    losses = [training.epoch() for _ in range(3)]
    assert losses[2] < losses[0]
    assert training.test_loss(images) < before - 2


def test_floor_counts_the_products_that_pytorch_counts():
    vae, x = VAE(latent=20), torch.rand(32, 784)
    with FlopCounterMode(display=False) as counter:
        elbo(vae, x).value.mean().backward()
    assert floor.flop_per_step(32) == counter.get_total_flops()
    assert sum(parameter.numel() for parameter in vae.parameters()) == floor.PARAMETERS


def test_floor_is_measured_from_what_it_counts():
    least = floor.measured(16, 10, repeats=3)
    assert least.gflop == pytest.approx(floor.flop_per_step(16) * 10 / 1e9)
    assert least.gflops_a_second == pytest.approx(least.gflop / least.products)
    assert least.seconds > least.products > 0 < least.adam


def test_captured_step_trains_as_train_does():
    images = random_digits()
    models = []
    for _ in range(2):
        torch.manual_seed(0)
        models.append(VAE(latent=4, hidden=(16,)))
    train(models[0], images, elbo, epochs=1, batch_size=64, seed=3, progress=False)
    step = device.CapturedStep(models[1], images, batch_size=64)
    torch.manual_seed(3)
    step.epoch()
    for ours, theirs in zip(*(model.parameters() for model in models), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_half_precision_is_in_the_networks_only():
    torch.manual_seed(0)
    vae = VAE(latent=20)
    half, x = device.HalfPrecision(vae), random_digits(64).flatten(1).float() / 255
    mu, log_var = half.encode(x)
    assert mu.dtype == log_var.dtype == half.decode(mu).dtype == torch.float32
    assert not torch.equal(mu, vae.encode(x)[0])
    torch.testing.assert_close(mu, vae.encode(x)[0], atol=0.02, rtol=0.05)
    torch.testing.assert_close(half.decode(mu), vae.decode(mu), atol=0.02, rtol=0.05)


# Without a C++ compiler too: the compiler's front half, and eager kernels behind it. In a process of its own, since
# shapes that are checked at every call cannot be compiled.
ON_THE_CPU = """
import torch
from functools import partial
from benchmarks import device
from vae_lib.objectives import elbo
torch.compile = partial(torch.compile, backend="eager")
images = torch.randint(0, 256, (256, 28, 28), dtype=torch.uint8)
x = images.flatten(1).float() / 255
for name, (model, epoch) in device.contestants(images, torch.device("cpu")).items():
    before = elbo(model, x).value.mean().item()
    for _ in range(5):
        epoch()
    assert elbo(model, x).value.mean().item() > before + 1, name
    print(name)
"""


def test_every_way_to_train_on_a_gpu_also_runs_and_learns_here():
    run = subprocess.run([sys.executable, "-c", ON_THE_CPU], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2000:]
    assert len(run.stdout.splitlines()) == 4


def test_without_a_gpu_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    rows = device.measure()["rows"]
    assert len(rows) == 4
    lines = table.page({"device": {"day": "", "load": 0.0, "cores": 2, "machine": {}, "rows": rows}}).splitlines()
    assert sum("not measured" in line for line in lines) == 4


def test_rounds_alternate_and_ratios_are_paired():
    order = []
    seconds = alternating({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=3)
    assert "".join(order) == "abababab"  # the first round is not measured
    assert {name: len(times) for name, times in seconds.items()} == {"a": 3, "b": 3}
    assert ratios([1.0, 3.0], [2.0, 4.0]) == [0.5, 0.75]


def test_training_to_a_goal_stops_at_the_first_epoch_that_reaches_it():
    losses = iter([130.0, 108.0, 105.9, 104.0])
    taken = []
    epochs, loss, looking = useful._to_the_goal(lambda: taken.append(1), lambda: next(losses))
    assert (epochs, loss, len(taken)) == (3, 105.9, 3)
    assert looking >= 0


@pytest.mark.parametrize("name", ["common example", "the book's recipe"])
def test_both_contestants_train_and_report(name, monkeypatch):
    for split in ("all_for_training", "test_digits"):
        monkeypatch.setattr(digits, split, random_digits)
    monkeypatch.setitem(useful.RECIPE, "epochs", 2)
    monkeypatch.setattr(useful, "GOOD_ENOUGH", 10_000.0)
    monkeypatch.setenv("ASKED_AT", repr(time.time()))
    result = useful.contestant(name)
    assert 500 < result["loss"] < 600  # of noise, where a bit a pixel is 543 nats
    assert result["epochs"] == (1 if name == "common example" else 2)
    assert result["seconds"] > result["imports"] + result["digits"] > 0


def test_likelihood_and_growth_measure_what_they_say(monkeypatch, tmp_path):
    monkeypatch.setattr(plots, "FOLDER", tmp_path)
    for module, options in (
        (growth, {"DIGITS": (128, 256), "LATENTS": (2, 4), "BATCHES": (16, 128, 1024), "SOME": 1024}),
        (likelihood, {"PART": 4, "GROWTH_IMAGES": (2, 4), "GROWTH_SAMPLES": (10, 20), "FEW_IMAGES": 2, "SAMPLES": 20}),
    ):
        for split in {"all_for_training", "test_digits"} & set(vars(module)):
            monkeypatch.setattr(module, split, lambda: random_digits(1024))
        for option, value in {"ROUNDS": 1, **options}.items():
            monkeypatch.setattr(module, option, value)
        result = module.measure()
        assert all(line["value"] is not None for line in result["rows"])
        assert all((tmp_path / plot["file"].removeprefix("results/")).exists() for plot in result["plots"])
        assert all(cost > 0 for curve in result["data"].values() for cost in curve.values())


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_exponent_of_a_power_is_the_power(power):
    assert plots.exponent({n: 3 * n**power for n in (10, 20, 40)}) == pytest.approx(power)


def test_a_plot_says_its_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "FOLDER", tmp_path)
    shown = plots.growth("some", {"digits": {1000: 0.5, 2000: 1.0}}, "seconds", "Seconds")
    assert shown == {"file": "results/some.png", "alt": "Seconds. digits: from 0.5 at 1,000 to 1 at 2,000."}
    assert (tmp_path / "some.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (row("a", [0.4, 0.3, 0.5], "", target=0.4), "met"),
        (row("a", [0.41], "", target=0.4), "**missed**"),
        (row("a", [29.0], "", target=30, at_least=True), "**missed**"),
        (row("a", [31.0], "", target=30, at_least=True), "met"),
        (row("a", [31.0], ""), ""),
        (row("a", [], "s", target=30), ""),
    ],
)
def test_verdict_compares_the_median_with_the_target(line, verdict):
    assert table.verdict(line) == verdict


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.0021, "s", "2.1 ms"), (1.234, "s", "1.23 s"), (216.0, "s", "3.6 min"), (0.4, "", "0.4"), (60.2, "s", "60.2 s")],
)
def test_numbers_are_written_to_be_read(value, unit, text):
    assert table.number(value, unit) == text


def test_committed_table_is_the_one_of_the_committed_results():
    assert table.PAGE.read_text(encoding="utf-8") == table.page(table.stored())


def test_every_benchmark_has_its_place_in_the_table():
    assert set(BENCHMARKS) == set(table.TITLES)
    assert all(callable(import_module(f"benchmarks.{name}").measure) for name in BENCHMARKS)


@pytest.mark.parametrize(("load", "busy"), [(2.0, False), (3.4, False), (15.0, True), (float("nan"), False)])
def test_times_from_a_busy_machine_are_marked(load, busy):
    result = {"day": "", "load": load, "cores": 2, "machine": {}, "rows": [row("an epoch", [1.0], "s")]}
    assert ("Measure again" in table.page({"training": result})) == busy


def test_results_are_stored_with_their_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "FOLDER", tmp_path / "results")
    table.store("training", {"rows": [row("an epoch", [1.0, 2.0, 3.0], "s")], "data": {}})
    kept = SimpleNamespace(**table.stored()["training"])
    assert {"processor", "torch", "gpu"} <= set(kept.machine)
    assert "| an epoch | 2 s (1 s to 3 s) |" in table.page({"training": vars(kept)})
