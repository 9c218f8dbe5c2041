"""The laboratory's experiments in PyTorch, by the book's own loop and with torch's own chance: what each ends in."""

import math
from functools import partial

import torch

from vae_lib.distributions import bernoulli_log_prob, kl_standard_normal, normal_log_prob
from vae_lib.objectives import BetaElbo, beta_elbo, conditional_elbo, elbo, reconstruction
from vae_lib.training import train
from vae_lib.widgets.laboratory import check_settings, first_weights, weights_to_model

SEEDS = (1, 2, 3, 4, 5)
SMALL = {"hidden": 32}
ONE_LATENT = {"latents": 1, "likelihood": "gaussian", "variance": 0.1, "beta": 0}
# The KL raises σ by one learning rate a step at most, from the little that the first steps leave.
FAST = {"hidden": 32, "learningRate": 0.01}
# By name: what differs from the page's settings, and how many steps.
EXPERIMENTS = {
    "no KL": ({**SMALL, "beta": 0}, 600),
    "beta of 100": ({**SMALL, "beta": 100}, 200),
    "one digit without KL": ({**ONE_LATENT, "count": 1}, 2000),
    "two digits without KL": ({**ONE_LATENT, "count": 2}, 2000),
    "one digit": ({**FAST, "count": 1}, 1000),
    "two digits": ({**FAST, "count": 2}, 1000),
    "not told": (SMALL, 500),
    "told": ({**SMALL, "told": True}, 500),
    "Gaussian": ({**SMALL, "likelihood": "gaussian", "variance": 0.1}, 1500),
}


def experiments(training, held_out):
    """Each experiment's settings, and for each seed what it begins and ends with."""
    return {
        name: {
            "settings": check_settings(given),
            "steps": steps,
            "torch": [experiment(check_settings(given | {"seed": seed}), steps, training, held_out) for seed in SEEDS],
        }
        for name, (given, steps) in EXPERIMENTS.items()
    }


def experiment(settings, steps, training, held_out):
    """What the held-out digits measure, or with few digits to train on these, before and after."""
    form = {key: settings[key] for key in ("latents", "hidden", "told")}
    torch.manual_seed(settings["seed"])
    model = weights_to_model(first_weights(settings["seed"] + 1000, **form), **form)
    count = min(settings["count"], len(training[0]))
    images, labels = (each[:count] for each in training)
    seen = (images, labels) if count < 10 else held_out
    start = measured(model, settings, *seen)
    given = {"labels": labels} if settings["told"] else {}
    train(
        model,
        images,
        objective(settings),
        steps=steps,
        batch_size=min(settings["batch"], count),
        learning_rate=settings["learningRate"],
        seed=settings["seed"],
        progress=False,
        **given,
    )
    return {"start": start, "end": measured(model, settings, *seen)}


@torch.no_grad()
def measured(model, settings, images, labels):
    """Each latent's mean σ and the σ at which theory has it rest; the mean KL and −ELBO in nats."""
    x = images.flatten(1) / 255
    given = [labels] if settings["told"] else []
    mu, log_var = model.encode(x, *given)
    bound = objective({**settings, "beta": 1})(model, x, *given)
    predicted = resting_sigma(model, settings, mu, None) if settings["beta"] and not given else None
    return {
        "sigma": (log_var / 2).exp().mean(dim=0).tolist(),
        "predicted": predicted.tolist() if predicted is not None else None,
        "kl": kl_standard_normal(mu, log_var).mean().item(),
        "negativeElbo": -bound.value.mean().item(),
    }


def resting_sigma(model, settings, mu, labels):
    """√(β / (β + E I_j))."""
    information = informations(model, settings, mu, labels).mean(dim=0)
    return (settings["beta"] / (settings["beta"] + information)).sqrt()


def informations(model, settings, z, labels):
    """The Fisher information of each latent at each z, by the Jacobian that `torch.func` takes: ‖∂_j g‖² / s² …"""
    # A label is looked at before it is used, which no batched function may do: one class after the other.
    if labels is not None:
        rows = [informations(Told(model, labels[i : i + 1]), settings, z[i : i + 1], None) for i in range(len(z))]
        return torch.cat(rows)

    def decode(point):
        return model.decode(point[None])[0]

    jacobian = torch.func.vmap(torch.func.jacrev(decode))(z)  # (rows, pixels, latents)
    p = model.decode(z).sigmoid()[..., None]
    weight = p * (1 - p) if settings["likelihood"] == "bernoulli" else 1 / settings["variance"]
    return (weight * jacobian**2).sum(dim=1)


def objective(settings):
    """What the book has for these settings, with the β-weighted KL beside a label, for which it has nothing."""
    likelihood = log_likelihood(settings["likelihood"], settings["variance"])
    if not settings["noise"]:
        return partial(told_reconstruction if settings["told"] else reconstruction, log_likelihood=likelihood)
    if settings["told"]:
        return partial(conditional_beta_elbo, beta=float(settings["beta"]), log_likelihood=likelihood)
    if settings["beta"] == 1:
        return partial(elbo, log_likelihood=likelihood)
    return partial(beta_elbo, beta=float(settings["beta"]), log_likelihood=likelihood)


def log_likelihood(likelihood, variance):
    if likelihood == "bernoulli":
        return bernoulli_log_prob
    return lambda x, mu: normal_log_prob(x, mu, torch.full_like(mu[:1, :1], math.log(variance)))


def conditional_beta_elbo(model, x, label, *, beta, log_likelihood):
    bound = conditional_elbo(model, x, label, log_likelihood=log_likelihood)
    return BetaElbo(bound.reconstruction, bound.kl, beta * bound.kl)


class Told:
    """A conditional model that has been told the labels, for what knows no labels."""

    def __init__(self, model, label):
        self.model, self.label = model, label

    def encode(self, x):
        return self.model.encode(x, self.label)

    def decode(self, z):
        return self.model.decode(z, self.label)


def told_reconstruction(model, x, label, *, log_likelihood):
    return reconstruction(Told(model, label), x, log_likelihood=log_likelihood)
