"""An epoch of the book's loop against the common example's: same model, mathematics, batch and digits."""

import torch

from benchmarks import floor
from benchmarks.baseline import CommonTraining
from benchmarks.digits import all_for_training, test_digits
from benchmarks.measuring import alternating, cores, ratios, row
from vae_lib.evaluation import mean_elbo
from vae_lib.models import VAE
from vae_lib.objectives import elbo
from vae_lib.training import train

ROUNDS = 5
BATCH = 128
TARGET = 0.40
TARGET_LOSS = 0.5  # nats between the two test losses


def measure() -> dict:
    """Seconds an epoch and their ratio with all cores and with one, the distance to the floor, the test losses."""
    rows, data = [], {}
    for threads in sorted({cores(), 1}, reverse=True):
        torch.set_num_threads(threads)
        name = f"{threads} thread{'s' if threads > 1 else ''}"
        more, data[name] = _with_threads(name, target=TARGET if threads == cores() else None)
        rows += more
    torch.set_num_threads(cores())
    more, data["test loss"] = _losses()
    return {"rows": rows + more, "data": data}


def _with_threads(name: str, target: float | None) -> tuple[list[dict], dict]:
    """The rows for the number of threads that is set."""
    images = all_for_training()
    common, model = CommonTraining(images, batch_size=BATCH), VAE(latent=20)

    def ours() -> None:
        train(model, images, elbo, epochs=1, batch_size=BATCH, progress=False)

    seconds = alternating({"common example": common.epoch, "train": ours}, ROUNDS)
    ratio = ratios(seconds["train"], seconds["common example"])
    least = floor.measured(BATCH, len(images) // BATCH)
    distance = [each / least.seconds for each in seconds["train"]]
    note = (
        f"floor {least.seconds:.2f} s: {least.gflop:.0f} GFLOP at the {least.gflops_a_second:.0f} GFLOP/s these shapes "
        f"reach, {least.adam:.2f} s for Adam at {least.gbytes_a_second:.0f} GB/s"
    )
    rows = [
        row(f"epoch, common example, {name}", seconds["common example"], "s"),
        row(f"epoch, `train`, {name}", seconds["train"], "s"),
        row(f"epoch, ratio, {name}", ratio, "", target=target),
        row(f"epoch, `train` over the floor, {name}", distance, "", note=note),
    ]
    return rows, {"seconds": seconds, "floor": least._asdict()}


def _losses() -> tuple[list[dict], dict]:
    """Both test losses after the same number of epochs at the same constant rate."""
    images, test = all_for_training(), test_digits()
    common = CommonTraining(images, batch_size=BATCH)
    for _ in range(ROUNDS):
        common.epoch()
    torch.manual_seed(0)
    model = VAE(latent=20)
    train(model, images, elbo, epochs=ROUNDS, batch_size=BATCH, seed=0, progress=False)
    theirs, ours = common.test_loss(test), -mean_elbo(model, test).value.item()
    note = f"common example {theirs:.2f}, `train` {ours:.2f} nats"
    rows = [row(f"test loss after {ROUNDS} epochs, difference", [abs(ours - theirs)], "nats", target=TARGET_LOSS)]
    return [rows[0] | {"note": note}], {"common example": theirs, "train": ours}
