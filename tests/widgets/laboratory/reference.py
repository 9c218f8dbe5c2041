"""What PyTorch says of the laboratory's network: gradients, courses from the same chance, what experiments end in."""

import itertools
from contextlib import contextmanager
from functools import cache
from unittest import mock

import numpy as np
import torch

from tests.widgets.kit.reference import encoded
from tests.widgets.laboratory.experiments import experiments, informations, objective
from vae_lib.data import load_mnist
from vae_lib.models import VAE, DenseCVAE
from vae_lib.widgets.draws import fixed_draws, uniform_draws
from vae_lib.widgets.laboratory import (
    check_settings,
    first_weights,
    grey_levels,
    model_to_weights,
    pack_digits,
    small_digits,
    weights_to_model,
)
from vae_lib.widgets.laboratory.digits import CONSTANTS

# Small and odd, so that no loop over four at a time comes out even; and the laboratory's own.
SHAPES = [(9, 7, 2), (9, 6, 1), (196, 64, 2)]
COURSES = {
    "the ELBO": {},
    "beta of 4, Gaussian": {"beta": 4, "likelihood": "gaussian", "variance": 0.05, "latents": 1, "hidden": 23},
    "told the label": {"told": True},
    "no noise": {"noise": False, "hidden": 32, "count": 100},
}
STEPS = 200


def reference():
    digits = laboratory_digits()
    header, buffer = pack_digits(digits)
    return {
        "digits": {"header": header, "buffer": encoded(buffer), "ink": ink(digits)},
        "draws": {"seed": 5, "normal": fixed_draws(4, 5).ravel().tolist(), "weights": first_weights(5).tolist()[:50]},
        "gradients": [gradient_case(*each) for each in cases()],
        "courses": [course_case(name, given) for name, given in COURSES.items()],
        "theory": [theory_case(likelihood, told) for likelihood in ("bernoulli", "gaussian") for told in (False, True)],
        "settled": settled(),
        "long": [long_course(seed) for seed in (1, 2)],
        "experiments": experiments(*training_tensors()),
    }


@cache
def laboratory_digits():
    mnist = load_mnist()
    train, held_out = mnist.train, mnist.validation
    return small_digits(train.images, train.labels, held_out.images, held_out.labels)


def training_tensors():
    """(images, labels) to train on and held out, as bytes."""
    digits = laboratory_digits()
    return (
        (grey_levels(digits.training), torch.from_numpy(digits.training_labels).long()),
        (grey_levels(digits.held_out), torch.from_numpy(digits.held_out_labels).long()),
    )


def ink(digits):
    """The sum of each held-out digit's levels, and of the first digit every pixel."""
    sums = digits.held_out.reshape(len(digits.held_out), -1).sum(axis=1, dtype=int)
    return {"heldOut": sums.tolist(), "first": digits.training[0].ravel().tolist()}


@contextmanager
def noise_given(*draws):
    """Inside, `reparameterize` takes its ε from these, one batch after the other."""
    waiting = iter(draws)
    with mock.patch("torch.randn_like", lambda like: next(waiting).to(like.dtype)):
        yield


def cases():
    small = itertools.product(SHAPES[:2], ("bernoulli", "gaussian"), (0, 1, 100), (False, True), (True, False))
    return [*small, *itertools.product(SHAPES[2:], ("bernoulli", "gaussian"), (1,), (False, True), (True,))]


def gradient_case(shape, likelihood, beta, told, noise):
    """The weights of a network, a batch, and what autograd says, in float64."""
    pixels, hidden, latents = shape
    settings = {"likelihood": likelihood, "variance": 0.3, "beta": beta, "told": told, "noise": noise}
    torch.manual_seed(7)
    kind = DenseCVAE if told else VAE
    model = kind(latent=latents, hidden=(hidden,), pixels=pixels)
    weights, _ = model_to_weights(model, pixels=pixels)
    model.double()
    rows = 5
    x = torch.rand(rows, pixels).round(decimals=1) * (torch.rand(rows, pixels) < 0.6)
    label, epsilon = torch.randint(0, 10, (rows,)), torch.randn(rows, latents)
    with noise_given(epsilon):
        bound = objective(settings)(model, x.double(), *([label] if told else []))
    (-bound.value.mean()).backward()
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    extras = ", label" * told + ", no noise" * (not noise)
    return {
        "name": f"{pixels}-{hidden}-{latents}, {likelihood}, β = {beta}{extras}",
        "settings": settings,
        "shape": {"pixels": pixels, "hidden": hidden, "latents": latents, "classes": 10 if told else 0},
        "x": x.flatten().tolist(),
        "label": label.tolist(),
        "epsilon": epsilon.flatten().tolist(),
        "weights": encoded(weights.astype("<f4").tobytes()),
        "sizes": [p.numel() for p in model.parameters()],
        "gradients": encoded(torch.cat([g.flatten() for g in gradients]).numpy().astype("<f8").tobytes()),
        "reconstruction": -bound.reconstruction.mean().item(),
        "kl": bound.kl.mean().item() if noise else 0,
    }


def batches(count, batch, seed, steps):
    """The digits of each step, by Fisher and Yates from the page's own draws, a new order for each epoch."""
    each = count // batch
    draws = iter(uniform_draws((count - 1) * -(-steps // each), seed ^ CONSTANTS["streams"]["order"]))
    order = list(range(count))
    for step in range(steps):
        if step % each == 0:
            for i in range(count - 1, 0, -1):
                other = int(next(draws) * (i + 1))
                order[i], order[other] = order[other], order[i]
        at = step % each * batch
        yield order[at : at + batch]


def course(settings, steps, *, dtype=torch.float32):
    """The model after so many steps by torch.optim.Adam, and the terms of each step, from the chance of the page."""
    form = {key: settings[key] for key in ("latents", "hidden", "told")}
    model = weights_to_model(first_weights(settings["seed"], **form), **form).to(dtype)
    (images, labels), _ = training_tensors()
    x = images.flatten(1).to(dtype) / 255
    count = min(settings["count"], len(x))
    batch, latents = min(settings["batch"], count), settings["latents"]
    normal = fixed_draws(steps * batch * latents // 2, settings["seed"] ^ CONSTANTS["streams"]["noise"])
    noise = torch.from_numpy(normal.reshape(steps, batch, latents))
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["learningRate"])
    climbed, terms = objective(settings), []
    with noise_given(*noise) if settings["noise"] else mock.MagicMock():
        for chosen in batches(count, batch, settings["seed"], steps):
            bound = climbed(model, x[chosen], *([labels[chosen]] if settings["told"] else []))
            terms.append([-bound.reconstruction.mean().item(), bound.kl.mean().item() if settings["noise"] else 0])
            optimizer.zero_grad()
            (-bound.value.mean()).backward()
            optimizer.step()
    return model, terms


def course_case(name, given):
    settings = check_settings(given)
    _, terms = course(settings, STEPS)
    return {"name": name, "settings": settings, "terms": terms}


def long_course(seed, steps=2000):
    """The held-out −ELBO after so many steps, by the noise with which the page measures it."""
    settings = check_settings({"seed": seed})
    model, _ = course(settings, steps)
    _, (images, _) = training_tensors()
    noise = fixed_draws(len(images), seed ^ CONSTANTS["streams"]["evaluation"])[: len(images)]
    with torch.no_grad(), noise_given(torch.from_numpy(noise)):
        negative_elbo = -objective(settings)(model, images.flatten(1) / 255).value.mean().item()
    return {"settings": settings, "steps": steps, "negativeElbo": negative_elbo}


def theory_case(likelihood, told):
    """The Fisher information of each latent at some points, by the Jacobian that `torch.func` takes."""
    torch.manual_seed(11)
    pixels, hidden, latents = 9, 7, 2
    settings = {"likelihood": likelihood, "variance": 0.3}
    model = (DenseCVAE if told else VAE)(latent=latents, hidden=(hidden,), pixels=pixels)
    weights, _ = model_to_weights(model, pixels=pixels)
    model.double()
    z, label = torch.randn(6, latents, dtype=torch.float64), torch.randint(0, 10, (6,))
    return {
        "settings": settings,
        "shape": {"pixels": pixels, "hidden": hidden, "latents": latents, "classes": 10 if told else 0},
        "weights": encoded(weights.astype("<f4").tobytes()),
        "z": z.tolist(),
        "label": label.tolist(),
        "informations": informations(model, settings, z, label if told else None).tolist(),
    }


def settled():
    """Where Adam leaves σ of a linear Gaussian decoder with β-weighted KL, against the rule: [β, information, σ]."""
    found = []
    for beta, information in ((1.0, 24.0), (0.1, 24.0), (7.0, 3.0), (2.0, 0.0)):
        log_var = torch.tensor([0.3], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([log_var], max_iter=200, tolerance_grad=1e-12, tolerance_change=1e-15)

        def cost(log_var=log_var, beta=beta, information=information, optimizer=optimizer):
            optimizer.zero_grad()
            # E ε² = 1: the noise's cost of a column of squared norm I s² is σ² I / 2.
            value = (information * log_var.exp() / 2 + beta * 0.5 * (torch.expm1(log_var) - log_var)).sum()
            value.backward()
            return value

        optimizer.step(cost)
        found.append([beta, information, float(np.exp(log_var.item() / 2))])
    return found
