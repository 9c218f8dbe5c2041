"""What a trained model is worth on images it has not seen. It knows no training and no figure."""

import torch
from jaxtyping import UInt8
from torch import Tensor, nn

from vae_lib.objectives import Elbo, elbo


@torch.no_grad()
def mean_elbo(
    model: nn.Module,
    images: UInt8[Tensor, "examples *size"],
    *,
    objective=elbo,
    samples: int = 1,
    chunk: int = 1000,
    seed: int = 0,
):
    """The objective's parts averaged over `images`, in nats per image, as the type that `objective` returns.

    Each image is visited `samples` times with fresh noise from `seed`, in chunks of bounded memory; the random state
    outside is left as it was. The parts are float64 tensors of no dimension.
    """
    device = next(model.parameters()).device
    totals: list[Tensor] = []
    kind: type = Elbo
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        for part in images.flatten(1).repeat(samples, 1).split(chunk):
            bound = objective(model, part.to(device).float().div_(255))
            kind = type(bound)
            totals.append(torch.stack([term.double().sum() for term in bound]))
    return kind(*(torch.stack(totals).sum(dim=0) / (len(images) * samples)))
