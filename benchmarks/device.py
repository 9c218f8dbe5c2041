"""Ten epochs on a GPU: the book's loop as it is, and what graphs, compilation and half precision add to it.

A step of this model is so small that a GPU mostly waits to be told what to do: the limit is launching, and replaying a
captured step shows how far the loop is from it. Without a GPU the same code runs on the CPU, in the tests.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from benchmarks.digits import all_for_training, test_digits
from benchmarks.measuring import row, timed
from vae_lib.evaluation import mean_elbo
from vae_lib.models import VAE
from vae_lib.objectives import elbo
from vae_lib.training import best_device, train

EPOCHS = 10
BATCH = 128
ROUNDS = 3
SAME_LOSS = 0.2  # nats
WAYS = ("`train`", "`train`, bfloat16 networks", "`train`, `torch.compile`d objective", "captured step")
WARM_UP = 3  # steps before a capture, which must not see the first allocations


class HalfPrecision(nn.Module):
    """A VAE whose two networks compute in bfloat16; weights, densities and sums stay in float32."""

    def __init__(self, model: VAE):
        super().__init__()
        self.model = model

    def encode(self, x: Float[Tensor, "batch pixels"]) -> tuple[Tensor, Tensor]:
        """The mean and the log variance of q(z|x), in float32."""
        with torch.autocast(x.device.type, torch.bfloat16):
            mu, log_var = self.model.encode(x)
        return mu.float(), log_var.float()

    def decode(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch pixels"]:
        """The logits of p(x|z), in float32."""
        with torch.autocast(z.device.type, torch.bfloat16):
            return self.model.decode(z).float()


class CapturedStep:
    """One training step over resident digits, captured once as a CUDA graph and replayed; on a CPU, simply run.

    The batch's indices are copied into a fixed tensor, the only input of a replay.
    """

    def __init__(self, model: nn.Module, images: Tensor, *, batch_size: int = BATCH, learning_rate: float = 1e-3):
        self.model, self.images = model, images.flatten(1).to(next(model.parameters()).device)
        on_gpu = self.images.is_cuda
        self.optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True, capturable=on_gpu)
        self.index = torch.zeros(batch_size, dtype=torch.long, device=self.images.device)
        self.run: Callable[[], None] = self._capture() if on_gpu else self._step

    def epoch(self) -> None:
        """One pass over the digits in a new order."""
        order = torch.randperm(len(self.images), device=self.images.device)
        for index in order.split(len(self.index))[: len(order) // len(self.index)]:
            self.index.copy_(index)
            self.run()

    def _step(self) -> None:
        """What `training.train` does in one step, except for its record."""
        x = self.images.index_select(0, self.index).to(torch.float32).div_(255)
        loss = -elbo(self.model, x).value.mean()
        self.optimizer.zero_grad(set_to_none=False)
        loss.backward()
        self.optimizer.step()

    def _capture(self) -> Callable[[], None]:
        """Record the step after warm-up steps on a separate stream, as CUDA requires."""
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                self._step()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step()
        return graph.replay


def contestants(images: Tensor, device: torch.device) -> dict[str, tuple[nn.Module, Callable[[], object]]]:
    """Each of `WAYS` to train: the model and a function that gives it one epoch."""
    images = images.to(device)
    plain, half, compiled, captured = (_fresh(device) for _ in WAYS)
    half = HalfPrecision(half)

    def by_train(model: nn.Module, objective=elbo) -> Callable[[], object]:
        return lambda: train(model, images, objective, epochs=1, batch_size=BATCH, progress=False)

    trained = (plain, half, compiled, captured)
    epochs = (
        by_train(plain),
        by_train(half),
        by_train(compiled, torch.compile(elbo)),
        CapturedStep(captured, images).epoch,
    )
    return dict(zip(WAYS, zip(trained, epochs, strict=True), strict=True))


def measure() -> dict:
    """Seconds for ten epochs, steps a second and test losses on the GPU; without one, what was not measured."""
    if not torch.cuda.is_available():
        return {"rows": [row(f"{EPOCHS} epochs, {name}", [], "s", note="no GPU here") for name in WAYS], "data": {}}
    images, rows, data = all_for_training(), [], {}
    for name, (model, epoch) in contestants(images, best_device()).items():
        epoch()  # compilation and first allocations
        seconds = [timed(lambda epoch=epoch: [epoch() for _ in range(EPOCHS)]) for _ in range(ROUNDS)]
        data[name] = {"seconds": seconds, "loss": -mean_elbo(model, test_digits()).value.item()}
    steps = EPOCHS * (len(images) // BATCH)
    plain, half, _, captured = data.values()
    least = min(captured["seconds"])
    for name, result in data.items():
        share = least / min(result["seconds"])
        difference = result["loss"] - plain["loss"]
        note = f"{steps / min(result['seconds']):,.0f} steps/s, {share:.0%} of a replayed step's rate"
        note += f"; test loss {result['loss']:.2f} ({difference:+.2f})"
        rows.append(row(f"{EPOCHS} epochs, {name}", result["seconds"], "s", note=note))
    difference = abs(half["loss"] - plain["loss"])
    rows.append(row("bfloat16: difference in test loss", [difference], "nats", target=SAME_LOSS))
    return {"rows": rows, "data": data}


def _fresh(device: torch.device) -> VAE:
    torch.manual_seed(0)
    return VAE(latent=20).to(device)
