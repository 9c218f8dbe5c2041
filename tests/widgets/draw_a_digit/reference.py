"""What PyTorch says of drawings and their posteriors, NumPy of quantiles, for the tests of the figure under Node."""

import numpy as np
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from tests.widgets.kit.conditional_reference import half_precise, networks, packed
from vae_lib.widgets.draw_a_digit.reading import POINTS
from vae_lib.widgets.draw_a_digit.strokes import render_strokes
from vae_lib.widgets.stroke_examples import example_strokes

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


def reference():
    drawings = [
        {"name": name, "strokes": strokes, "pixels": rendered(strokes).ravel().tolist()}
        for name, strokes in DRAWINGS.items()
    ]
    seen = {name: torch.from_numpy(rendered(DRAWINGS[name])).flatten() for name in ("the example 5", "a dash")}
    cases = []
    for name, model in networks():
        half_precise(model)
        readings = [{"x": x.tolist(), **reading(model, x)} for x in seen.values()]
        cases.append({"name": name, **packed(model), "readings": readings})
    quantiles = np.quantile(np.random.default_rng(1).gamma(3, 20, 500), np.linspace(0, 1, 101))
    values = np.linspace(quantiles[0] - 5, quantiles[-1] + 5, 40)
    shares = np.interp(values, quantiles, np.linspace(0, 1, 101))
    among = {"quantiles": quantiles.tolist(), "values": values.tolist(), "shares": shares.tolist()}
    return {"drawings": drawings, "networks": cases, "among": among}
