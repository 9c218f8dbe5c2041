"""What PyTorch writes for the tests of `kit/`: half precision, dense decoders, a payload, conditional networks."""

import base64

import numpy as np
import torch
from torch import nn

from tests.widgets.kit.conditional_reference import conditional_fixture
from vae_lib import checkpoints
from vae_lib.models import VAE
from vae_lib.widgets import LatentExplorer

POINTS = [[0.0, 0.0], [0.5, -1.25], [-2.0, 1.5], [3.5, 3.5], [-3.99, 0.01], [8.0, -8.0]]


def reference():
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    return {
        "halves": encoded(halves.tobytes()),
        "decoders": [decoder_fixture(*each) for each in decoders()],
        "payload": payload_fixture(),
        "conditional": conditional_fixture(),
    }


def encoded(content):
    return base64.b64encode(content).decode()


def decoders():
    """Decoders of every kind the explorer takes, with how far half precision may move a pixel."""
    torch.manual_seed(3)
    yield "784-400-2", VAE(latent=2), 2e-3
    odd = nn.Sequential(nn.Linear(2, 7), nn.ReLU(), nn.Linear(7, 5, bias=False), nn.Tanh(), nn.Linear(5, 9))
    yield "sizes that are no multiples of four", odd, 2e-3
    yield "one layer", nn.Linear(2, 4), 2e-3
    yield "dropout and nesting", nn.Sequential(nn.Sequential(nn.Linear(2, 6), nn.Dropout(0.5)), nn.Linear(6, 16)), 2e-3
    yield "a sigmoid of its own", nn.Sequential(nn.Linear(2, 16), nn.Sigmoid()), 2e-3
    for activation in (nn.LeakyReLU(0.3), nn.Tanh(), nn.Sigmoid(), nn.SiLU(), nn.ELU(1.5)):
        yield str(activation), nn.Sequential(nn.Linear(2, 30), activation, nn.Linear(30, 25)), 2e-3
    for name in checkpoints.names():
        model = checkpoints.load(name)
        # Others decode nothing, or from more than two latents.
        if hasattr(model, "decoder") and getattr(model.decoder[0], "in_features", None) == 2:
            yield f"checkpoint {name}", model, 2e-3


def decoder_fixture(name, model, tolerance):
    header, buffer = LatentExplorer(model).payload()
    with torch.no_grad():
        decoder = getattr(model, "decoder", model).eval()
        pixels = decoder(torch.tensor(POINTS))
        if not (isinstance(decoder, nn.Sequential) and isinstance(decoder[-1], nn.Sigmoid)):
            pixels = pixels.sigmoid()
    cases = [{"z": z, "pixels": row} for z, row in zip(POINTS, pixels.tolist(), strict=True)]
    return {"name": name, "header": header, "buffer": encoded(buffer), "cases": cases, "tolerance": tolerance}


def payload_fixture():
    """An odd-sized decoder with labelled codes, and the medians of their classes."""
    torch.manual_seed(4)
    codes, labels = torch.randn(301, 2).half().float(), torch.randint(0, 4, (301,)) * 3
    explorer = LatentExplorer(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 9)), codes=codes, labels=labels)
    header, buffer = explorer.payload()
    present = [codes[labels == label] for label in labels.unique()]
    return {
        "header": header,
        "buffer": encoded(buffer),
        "shapes": [[2, 3], [3, 9]],
        "codes": codes.tolist(),
        "labels": labels.tolist(),
        "counts": [[int(label), int((labels == label).sum())] for label in labels.unique()],
        "medians": [torch.quantile(each, 0.5, dim=0).tolist() for each in present],
    }
