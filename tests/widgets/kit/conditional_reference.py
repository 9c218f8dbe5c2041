"""What PyTorch says of conditional VAEs and of drawings, for the tests of their figures under Node."""

import base64

import numpy as np
import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

from vae_lib.checkpoints import load
from vae_lib.models import DenseCVAE
from vae_lib.widgets import LabelExplorer
from vae_lib.widgets.conditional import POINTS
from vae_lib.widgets.stroke_examples import example_strokes
from vae_lib.widgets.strokes import render_strokes

PLACES = [[0.0, 0.0], [0.5, -1.25], [-2.0, 1.5], [3.5, 3.5]]
# Drawings of every awkward kind: dots, a point that stands still, lines along an edge of the sheet, much ink.
DRAWINGS = {
    "nothing": [],
    "a dot": [[[0.5, 0.5]]],
    "two dots far apart": [[[0.01, 0.9]], [[0.98, 0.02]]],
    "a pen that stands still": [[[0.3, 0.3], [0.3, 0.3], [0.3, 0.3]]],
    "a mark too short to be blown up": [[[0.5, 0.5], [0.51, 0.505]]],
    "a dash": [[[0.0, 0.0], [1.0, 0.0]]],
    "a cross": [[[0.1, 0.0], [0.9, 1.0]], [[0.9, 0.0], [0.1, 1.0]]],
    "an empty stroke between two": [[[0.1, 0.2], [0.3, 0.4]], [], [[0.8, 0.4], [0.3, 0.9]]],
    "a scribble": np.random.default_rng(0).random((1, 200, 2)).tolist(),
    **{f"the example {digit}": example_strokes(digit) for digit in range(10)},
}


def rendered(strokes):
    """The picture of strokes that came as lists."""
    return render_strokes([[(x, y) for x, y in stroke] for stroke in strokes])


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


@torch.no_grad()
def reading(model, x):
    """The posterior and the ELBO of a picture under every label, by PyTorch's own distributions."""
    label = torch.arange(10)
    x = x.expand(10, -1)
    mu, log_var = model.encode(x, label)
    q = Normal(mu, (0.5 * log_var).exp())
    kl = kl_divergence(q, Normal(torch.zeros(2), torch.ones(2))).sum(-1)
    codes = [q.loc + q.scale * epsilon for epsilon in POINTS]
    likelihoods = [Bernoulli(logits=model.decode(z, label), validate_args=False).log_prob(x).sum(-1) for z in codes]
    reconstruction = torch.stack(likelihoods).mean(0)
    value = reconstruction - kl
    numbers = {"mu": mu, "logVar": log_var, "kl": kl, "reconstruction": reconstruction, "value": value}
    return {name: each.tolist() for name, each in numbers.items()} | {"probabilities": value.softmax(0).tolist()}


def conditional_fixture():
    drawings = [
        {"name": name, "strokes": strokes, "pixels": rendered(strokes).ravel().tolist()}
        for name, strokes in DRAWINGS.items()
    ]
    seen = {name: torch.from_numpy(rendered(DRAWINGS[name])).flatten() for name in ("the example 5", "a dash")}
    cases = []
    for name, model in networks():
        half_precise(model)
        header, buffer = LabelExplorer(model).payload()
        with torch.no_grad():
            pixels = [model.decode(torch.tensor([z] * 10), torch.arange(10)).sigmoid().tolist() for z in PLACES]
        readings = [{"x": x.tolist(), **reading(model, x)} for x in seen.values()]
        buffer = base64.b64encode(buffer).decode()
        cases.append({"name": name, "header": header, "buffer": buffer, "pixels": pixels, "readings": readings})
    quantiles = np.quantile(np.random.default_rng(1).gamma(3, 20, 500), np.linspace(0, 1, 101))
    values = np.linspace(quantiles[0] - 5, quantiles[-1] + 5, 40)
    shares = np.interp(values, quantiles, np.linspace(0, 1, 101))
    among = {"quantiles": quantiles.tolist(), "values": values.tolist(), "shares": shares.tolist()}
    return {"drawings": drawings, "places": PLACES, "networks": cases, "among": among}
