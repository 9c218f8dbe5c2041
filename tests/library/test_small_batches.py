"""One example, none, and one of NaN among others, through every density, objective and model of the library."""

import inspect

import pytest
import torch
from tiny import quietly, small_vae

from vae_lib import distributions, models, objectives
from vae_lib.evaluation import active_units, kl_split, log_likelihood, mean_elbo
from vae_lib.models import CVAE, GAN, DenseCVAE, SequenceVAE
from vae_lib.training import train_in_turn

PIXELS, LATENT, CLASSES = 12, 2, 3


def rows(n, *size, seed=0):
    """`n` rows of numbers, the first of which are the same for every n."""
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([torch.randn(size, generator=generator) for _ in range(4)])[:n]


def grey(n, pixels=PIXELS):
    return rows(n, pixels).sigmoid()


def one_hot(n):
    return torch.eye(CLASSES)[torch.arange(4) % CLASSES][:n, None].repeat(1, LATENT, 1)


def words(n):
    return torch.tensor([[3, 2, 0], [2, 0, 0], [3, 3, 3], [0, 0, 0]])[:n]


def labels(n):
    return torch.arange(4)[:n]


# Functions of rows, each with what it is given for n of them. Those that draw are compared by their shapes only.
DENSITIES = {
    "kl_standard_normal": lambda n: (rows(n, LATENT), rows(n, LATENT, seed=1)),
    "kl_normal": lambda n: tuple(rows(n, LATENT, seed=seed) for seed in range(4)),
    "reparameterize": lambda n: (rows(n, LATENT), rows(n, LATENT, seed=1)),
    "score_function_surrogate": lambda n: (rows(n), rows(n, seed=1)),
    "bernoulli_log_prob": lambda n: (grey(n), rows(n, PIXELS)),
    "normal_log_prob": lambda n: (rows(n, PIXELS), rows(n, PIXELS, seed=1), rows(n, PIXELS, seed=2)),
    "discretized_logistic_log_prob": lambda n: (grey(n), rows(n, PIXELS, seed=1), rows(n, PIXELS, seed=2)),
    "bits_per_dimension": lambda n: (rows(n), PIXELS),
    "kl_categorical": lambda n: (rows(n, LATENT, CLASSES), rows(n, LATENT, CLASSES, seed=1)),
    "categorical_log_prob": lambda n: (one_hot(n), rows(n, LATENT, CLASSES)),
    "words_log_prob": lambda n: (words(n), rows(n, 3, 5)),
    "sample_gumbel": lambda n: (rows(n, CLASSES),),
    "straight_through": lambda n: (rows(n, CLASSES), rows(n, CLASSES, seed=1)),
    "gumbel_softmax": lambda n: (rows(n, LATENT, CLASSES), 0.5),
}
DRAWING = {"reparameterize", "sample_gumbel", "gumbel_softmax"}
# Its rows are draws and not examples, and a baseline needs two of them.
NOT_OF_ROWS = {"gradients_per_draw"}


def test_every_density_is_tried():
    public = {name for name, each in inspect.getmembers(distributions, inspect.isfunction)
              if each.__module__ == distributions.__name__ and name[0] != "_"}  # fmt: skip
    assert public == set(DENSITIES) | NOT_OF_ROWS


@pytest.mark.parametrize("name", DENSITIES)
@pytest.mark.parametrize("n", [0, 1])
def test_density_of_one_row_and_of_none(name, n):
    came = getattr(distributions, name)(*DENSITIES[name](n))
    assert came.shape[0] == n
    assert came.isfinite().all()
    if name not in DRAWING:
        torch.testing.assert_close(came, getattr(distributions, name)(*DENSITIES[name](3))[:n])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("name", [name for name in DENSITIES if name != "sample_gumbel"])
def test_what_is_not_finite_stays_in_its_row(name, bad):
    """A mean over the batch would be NaN all the same, but this tells which image to look at."""
    floats = [k for k, each in enumerate(DENSITIES[name](3)) if torch.is_tensor(each) and each.is_floating_point()]
    for place in floats:
        arguments = [each.clone() if torch.is_tensor(each) else each for each in DENSITIES[name](3)]
        arguments[place][1] = bad
        came = getattr(distributions, name)(*arguments).reshape(3, -1)
        assert came[[0, 2]].isfinite().all(), f"argument {place}"
        # A log variance of −∞ is a code without noise, as an autoencoder has it.
        if (name, place, bad) != ("reparameterize", 1, float("-inf")):
            assert not came[1].isfinite().all(), f"argument {place} of {bad} gives a number"


def vae():
    return small_vae()


def dense_cvae():
    torch.manual_seed(0)
    return DenseCVAE(latent=LATENT, hidden=(8,), pixels=PIXELS)


def gan():
    torch.manual_seed(0)
    generator = models.Generator(LATENT, (8,), PIXELS)
    return GAN(generator, models.Discriminator((8,), PIXELS), LATENT).eval()


def built(family):
    torch.manual_seed(0)
    return family(latent=LATENT, hidden=(8,), pixels=PIXELS)


OBJECTIVES = {
    "elbo": lambda n: objectives.elbo(vae(), grey(n)),
    "beta_elbo": lambda n: objectives.beta_elbo(vae(), grey(n), beta=2.0),
    "importance_weighted_bound": lambda n: objectives.importance_weighted_bound(vae(), grey(n), num_samples=3),
    "reconstruction": lambda n: objectives.reconstruction(vae(), grey(n)),
    "conditional_elbo": lambda n: objectives.conditional_elbo(dense_cvae(), grey(n), labels(n)),
    "told_nothing": lambda n: objectives.told_nothing(dense_cvae(), grey(n), labels(n)),
    "label_log_prob": lambda n: objectives.label_log_prob(torch.nn.Linear(PIXELS, 10), grey(n), labels(n)),
    "discriminator_bound": lambda n: objectives.discriminator_bound(gan(), grey(n)),
    "saturating": lambda n: objectives.saturating(gan(), grey(n)),
    "non_saturating": lambda n: objectives.non_saturating(gan(), grey(n)),
    "free_bits_elbo": lambda n: objectives.free_bits_elbo(vae(), grey(n), free=0.1),
    "warm_up": lambda n: objectives.warm_up(10)(vae(), grey(n)),
    "categorical_elbo": lambda n: objectives.categorical_elbo(built(models.CategoricalVAE), grey(n), temperature=0.5),
    "quantized_reconstruction": lambda n: objectives.quantized_reconstruction(
        built(models.VectorQuantizedAutoencoder), grey(n)
    ),
    "sequence_elbo": lambda n: objectives.sequence_elbo(SequenceVAE(5, LATENT, 4, 6), words(n) / 255),
}
# It gives [samples, batch] and is what the importance-weighted bound is made of; it gives no number of a model.
NOT_BOUNDS = {"log_importance_weights", "words_of"}


def test_every_objective_is_tried():
    public = {name for name in objectives.__all__ if inspect.isfunction(getattr(objectives, name))}
    assert public == set(OBJECTIVES) | NOT_BOUNDS


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("n", [0, 1])
def test_objective_of_one_image_and_of_none(name, n):
    bound = OBJECTIVES[name](n)
    for part in (*bound, bound.value):
        assert part.shape == (n,)
        assert part.isfinite().all()


# What a family is made with where its defaults are large or it takes other parts, and what it is given for n rows.
SMALL = {
    "CVAE": lambda: CVAE(latent=LATENT, channels=4),
    "Classifier": lambda: models.Classifier(channels=(2, 3), hidden=4),
    "ConvVAE": lambda: models.ConvVAE(LATENT, channels=4, image=(1, 28, 28)),
    "Discriminator": lambda: models.Discriminator((8,), 784),
    "GAN": gan,
    "Generator": lambda: models.Generator(LATENT, (8,)),
    "SequenceVAE": lambda: SequenceVAE(5, LATENT, 4, 6),
}


def through(model, n):
    """What a model makes of n rows: of its codes, or of whatever it is called with."""
    if isinstance(model, SequenceVAE):
        mu, log_var = model.encode(words(n))
        return mu, log_var, model.decode(mu, words(n)), model.write(mu, 3)
    if isinstance(model, GAN):
        return (model.generate(n),)
    if isinstance(model, models.Generator):
        return (model(rows(n, LATENT)),)
    if not hasattr(model, "encode"):
        return (model(grey(n, 784)),)
    told = [labels(n)] if "label" in inspect.signature(model.encode).parameters else []
    encoded = model.encode(grey(n, 784), *told)
    codes = encoded if isinstance(encoded, tuple) else (encoded,)
    return *codes, model.decode(codes[0], *told)


@pytest.mark.parametrize("family", models.__all__)
@pytest.mark.parametrize("n", [0, 1])
def test_model_takes_one_row_and_none(family, n):
    torch.manual_seed(0)
    model = SMALL.get(family, getattr(models, family))().eval()
    with torch.no_grad():
        assert [len(each) for each in through(model, n)] == [n] * len(through(model, n))


def test_one_image_is_enough_to_train_on_and_none_is_named():
    one = torch.full((1, 3, 4), 200, dtype=torch.uint8)
    history = quietly(small_vae(), images=one, steps=3, batch_size=1)
    assert history.value.isfinite().all()
    with pytest.raises(ValueError, match="number of examples, 0; got 16"):
        quietly(small_vae(), images=one[:0], steps=1)


def test_players_need_an_example_too():
    model = gan()
    turns = [(model.generator, objectives.non_saturating), (model.discriminator, objectives.discriminator_bound)]
    assert len(train_in_turn(model, grey(1), turns, steps=2, batch_size=1, progress=False)) == 2
    with pytest.raises(ValueError, match="number of examples, 0; got 16"):
        train_in_turn(model, grey(0), turns, steps=1, batch_size=16, progress=False)


def test_a_mean_needs_one_image_and_an_error_two():
    """The mean of one image is that image's; a standard error, a variance or a mixture of one is nothing."""
    images = torch.full((1, 3, 4), 255, dtype=torch.uint8)
    assert all(part.isfinite() for part in mean_elbo(small_vae(), images))
    with pytest.raises(ValueError, match="one image and one sample or more, got 0 images"):
        mean_elbo(small_vae(), images[:0])
    for measure in (active_units, kl_split, log_likelihood):
        for n in (0, 1):
            with pytest.raises(ValueError, match=f"two images or more.*got {n}"):
                measure(small_vae(), images[:n])
