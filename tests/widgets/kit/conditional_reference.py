"""What PyTorch says of the decoders of conditional VAEs, for the tests of `kit/conditional.mjs` under Node."""

import base64

import torch
from torch import nn

from vae_lib.checkpoints import load
from vae_lib.models import DenseCVAE
from vae_lib.widgets import LabelExplorer

PLACES = [[0.0, 0.0], [0.5, -1.25], [-2.0, 1.5], [3.5, 3.5]]


def networks():
    """Conditional VAEs of several shapes with the card's numbers that travel with them, and the one that ships."""
    torch.manual_seed(7)
    yield "one hidden layer", DenseCVAE(latent=2, hidden=(30,))
    yield "two hidden layers of odd sizes", DenseCVAE(latent=2, hidden=(13, 7))
    leaky = DenseCVAE(latent=2, hidden=(9,))
    leaky.encoder[-1], leaky.decoder[1] = nn.LeakyReLU(0.3), nn.Tanh()
    yield "other activations", leaky
    yield "cvae_2d", load("cvae_2d")


def half_precise(model):
    """The same weights, rounded as they travel: what is left between the two sides is arithmetic."""
    model.load_state_dict({key: weight.half().float() for key, weight in model.state_dict().items()})
    return model.eval()


def packed(model):
    """The model's payload as JSON can carry it."""
    header, buffer = LabelExplorer(model).payload()
    return {"header": header, "buffer": base64.b64encode(buffer).decode()}


@torch.no_grad()
def conditional_fixture():
    cases = []
    for name, model in networks():
        half_precise(model)
        pixels = [model.decode(torch.tensor([z] * 10), torch.arange(10)).sigmoid().tolist() for z in PLACES]
        cases.append({"name": name, **packed(model), "pixels": pixels})
    return {"places": PLACES, "networks": cases}
