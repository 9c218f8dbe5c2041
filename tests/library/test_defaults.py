"""The whole library, function by function, where new tensors have another precision or another device by default.

A notebook sets such a default at its top, and the library must do what it does without. The other device is `meta`,
whose tensors hold no numbers: what lands there by accident cannot come back.
"""

import inspect
import struct
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image
from tiny import random_images, small_vae
from torch import Tensor
from torch.utils.data import TensorDataset

from vae_lib import checkpoints, data, distributions, evaluation, figures, models, objectives, training, widgets
from vae_lib.checkpoints import recordings

ROOMS = (data, distributions, objectives, training, evaluation, checkpoints, figures)
QUICK = {"progress": False, "seed": 0, "batch_size": 16, "steps": 3}
# They compute nothing with tensors.
APART = {
    "keyword",
    "write_whole",
    "submodules",
    "best_device",
    "cache_folder",
    "names",
    "remedy",
    "use_style",
    "wilson_interval",
    "read_pair",
    "load_mnist",
}


def write_pictures(folder, images, labels):
    """The images as files in MNIST's format, and as PNG files in a folder for each class."""
    for name, array in {"train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels.astype(np.uint8)}.items():
        sizes = struct.pack(f">{array.ndim}I", *array.shape)
        (folder / name).write_bytes(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())
    for k, (image, label) in enumerate(zip(images, labels, strict=True)):
        (folder / "pictures" / f"{label}").mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / "pictures" / f"{label}" / f"{k}.png")


def spread_out(pictures):
    """The images and labels of all splits."""
    return [[each.images, each.labels] for each in (pictures.train, pictures.validation, pictures.test)]


class Inputs:
    """What the calls are given, made before the defaults change: on the CPU and in float32, as a reader's data are."""

    def __init__(self):
        torch.manual_seed(0)
        self.mu, self.log_var, self.x_logits = torch.randn(8, 2), torch.randn(8, 2), torch.randn(8, 12)
        self.x, self.label = torch.bernoulli(torch.rand(8, 12)), torch.arange(8) % 10
        self.images, self.labels = random_images(), torch.arange(64) % 10
        self.ink = (self.images > 127).to(torch.uint8) * 255
        self.logits, self.choice = torch.randn(8, 3, 4), torch.eye(4)[torch.arange(24) % 4].view(8, 3, 4)
        self.words = torch.tensor([[3, 1, 4, 0, 0], [2, 7, 1, 8, 0]])
        self.word_logits, self.letters = torch.randn(2, 5, 9), self.words / 255
        self.codes, self.pictures = torch.randn(30, 2), torch.rand(4, 784)
        self.vae, self.cvae = small_vae(), models.DenseCVAE(latent=2, hidden=(8,), pixels=12)
        self.categorical = models.CategoricalVAE(latent=3, classes=4, hidden=(8,), pixels=12)
        self.quantized = models.VectorQuantizedAutoencoder(pixels=12)
        generator, discriminator = models.Generator(2, (8,), 12), models.Discriminator((8,), 12)
        self.gan = models.GAN(generator, discriminator, 2).eval()
        self.speaker = models.SequenceVAE().eval()
        self.classifier = torch.nn.Linear(12, 10)
        self.split = data.Split(self.images, self.labels)
        self.folder = Path(tempfile.mkdtemp())
        write_pictures(self.folder, self.images.numpy(), self.labels.numpy())

    def saved(self):
        """A file with the model of these inputs."""
        made = {"latent": 2, "hidden": [8], "pixels": 12}
        path = self.folder / "model.safetensors"
        return checkpoints.save_file(self.vae, path, arguments=made, data={}, metrics={})

    def draw(self, function, *given, **options):
        fig, ax = plt.subplots()
        try:
            getattr(figures, function)(ax, *given, **options)
            fig.canvas.draw()
            return np.asarray(fig.canvas.buffer_rgba()).copy()
        finally:
            plt.close(fig)


CALLS = {
    "halves": lambda i: [[each.images, each.labels] for each in data.halves(i.split)],
    "load_arrays": lambda i: spread_out(data.load_arrays(i.images, i.labels)),
    "load_dataset": lambda i: spread_out(data.load_dataset(TensorDataset(i.images, i.labels), progress=False)),
    "load_idx": lambda i: spread_out(data.load_idx(i.folder)),
    "load_images": lambda i: spread_out(data.load_images(i.folder / "pictures", progress=False)),
    "bits_per_dimension": lambda i: distributions.bits_per_dimension(i.mu[:, 0], 12),
    "discretized_logistic_log_prob": lambda i: distributions.discretized_logistic_log_prob(i.x, i.x, i.x_logits),
    "save_file": lambda i: i.saved().read_bytes(),
    "load_file": lambda i: list(checkpoints.load_file(i.saved()).parameters()),
    "show_images": lambda i: i.draw("show_images", i.pictures.view(4, 28, 28)),
    "binarize_dynamic": lambda i: data.binarize_dynamic(i.x),
    "binarize_fixed": lambda i: data.binarize_fixed(i.images, seed=3),
    "binarize_threshold": lambda i: data.binarize_threshold(i.images),
    "held_out": lambda i: [data.held_out(i.images, each) for each in data.PROTOCOLS],
    "pixels": lambda i: data.pixels(torch.zeros_like(i.images).new_full((2, 28, 28), 128)),
    "kl_standard_normal": lambda i: distributions.kl_standard_normal(i.mu, i.log_var),
    "kl_normal": lambda i: distributions.kl_normal(i.mu, i.log_var, i.log_var, i.mu),
    "reparameterize": lambda i: distributions.reparameterize(i.mu, i.log_var),
    "score_function_surrogate": lambda i: distributions.score_function_surrogate(i.mu[:, 0], i.log_var[:, 0]),
    "gradients_per_draw": lambda i: distributions.gradients_per_draw(
        lambda z: z.square().sum(dim=-1), i.mu[0], i.log_var[0], 5
    ),
    "bernoulli_log_prob": lambda i: distributions.bernoulli_log_prob(i.x, i.x_logits),
    "normal_log_prob": lambda i: distributions.normal_log_prob(i.x, i.x_logits, i.x_logits),
    "kl_categorical": lambda i: distributions.kl_categorical(i.logits, i.logits[:1]),
    "categorical_log_prob": lambda i: distributions.categorical_log_prob(i.choice, i.logits),
    "words_log_prob": lambda i: distributions.words_log_prob(i.words, i.word_logits),
    "sample_gumbel": lambda i: distributions.sample_gumbel(i.logits),
    "straight_through": lambda i: distributions.straight_through(i.choice, i.logits),
    "gumbel_softmax": lambda i: [distributions.gumbel_softmax(i.logits, 0.5, hard=hard) for hard in (False, True)],
    "beta_elbo": lambda i: objectives.beta_elbo(i.vae, i.x, beta=2.0),
    "categorical_elbo": lambda i: objectives.categorical_elbo(i.categorical, i.x, temperature=0.5),
    "conditional_elbo": lambda i: objectives.conditional_elbo(i.cvae, i.x, i.label),
    "discriminator_bound": lambda i: objectives.discriminator_bound(i.gan, i.x),
    "elbo": lambda i: objectives.elbo(i.vae, i.x),
    "free_bits_elbo": lambda i: objectives.free_bits_elbo(i.vae, i.x, free=0.5),
    "importance_weighted_bound": lambda i: objectives.importance_weighted_bound(i.vae, i.x, num_samples=3),
    "label_log_prob": lambda i: objectives.label_log_prob(i.classifier, i.x, i.label),
    "log_importance_weights": lambda i: objectives.log_importance_weights(i.vae, i.x, num_samples=3),
    "non_saturating": lambda i: objectives.non_saturating(i.gan, i.x),
    "quantized_reconstruction": lambda i: objectives.quantized_reconstruction(i.quantized, i.x),
    "reconstruction": lambda i: objectives.reconstruction(i.vae, i.x),
    "saturating": lambda i: objectives.saturating(i.gan, i.x),
    "sequence_elbo": lambda i: objectives.sequence_elbo(i.speaker, i.letters, word_dropout=0.5),
    "told_nothing": lambda i: objectives.told_nothing(i.cvae, i.x, i.label),
    "warm_up": lambda i: objectives.warm_up(10)(i.vae, i.x),
    "words_of": lambda i: objectives.words_of(i.letters),
    "train": lambda i: [
        list(training.train(i.vae, i.images, objectives.elbo, **QUICK).terms.values()),
        list(training.train(i.cvae, i.images, objectives.conditional_elbo, labels=i.labels, **QUICK).terms.values()),
        list(i.vae.parameters()),
    ],
    "train_in_turn": lambda i: [
        list(each.terms.values())
        for each in training.train_in_turn(
            i.vae, i.images, [(i.vae.encoder, objectives.elbo), (i.vae.decoder, objectives.elbo)], **QUICK
        )
    ],
    "active_units": lambda i: evaluation.active_units(i.vae, i.images),
    "kl_split": lambda i: evaluation.kl_split(i.vae, i.images, samples=2),
    "log_likelihood": lambda i: evaluation.log_likelihood(i.vae, i.ink, num_samples=7),
    "mean_elbo": lambda i: evaluation.mean_elbo(
        i.cvae, i.images, labels=i.labels, objective=objectives.conditional_elbo, samples=2
    ),
    "from_shipped": lambda i: list(checkpoints.from_shipped({"a": i.mu.half()}).values()),
    "load": lambda i: [
        [*model.parameters(), *(model.card.held_out[each] for each in sorted(model.card.held_out))]
        for model in (checkpoints.load(name) for name in checkpoints.names())
    ],
    "load_family": lambda i: [list(each.parameters()) for each in checkpoints.load_family("beta_2d").values()],
    "as_array": lambda i: figures.as_array(i.mu),
    "show_digits": lambda i: i.draw("show_digits", i.pictures),
    "show_codes": lambda i: i.draw("show_codes", i.codes, i.labels[:30]),
    "show_prior": lambda i: i.draw("show_prior"),
    "show_plane": lambda i: i.draw("show_plane", i.pictures, extent=2.0),
    "show_curve": lambda i: i.draw("show_curve", i.mu[:, 0], label="a"),
    "show_flow": lambda i: i.draw("show_flow", {"a": figures.Box(0, "a"), "b": figures.Box(1, "b")}, arrows=["ab"]),
}
FIGURES = {
    "beta-family": lambda: widgets.BetaFamily(checkpoints.load_family("beta_2d")),
    "draw-a-digit": lambda: widgets.DrawADigit(checkpoints.load("cvae_2d")),
    "label-explorer": lambda: widgets.LabelExplorer(checkpoints.load("cvae_2d")),
    "latent-bubbles": lambda: widgets.LatentBubbles(recordings.load("bubbles_2d")),
    "latent-explorer": lambda: widgets.LatentExplorer(checkpoints.load("vae_2d")),
    "two-decoders": lambda: widgets.TwoDecoders(checkpoints.load("vae_2d"), checkpoints.load("gan_2d")),
}


def flat(value):
    """Everything in nested results that holds numbers, in order."""
    if isinstance(value, Tensor):
        return [(value.dtype, value.device.type, value.detach().numpy().copy())]
    if isinstance(value, np.ndarray):
        return [(value.dtype, "cpu", value)]
    if isinstance(value, bytes):
        return [(bytes, "cpu", np.frombuffer(value, np.uint8))]
    if isinstance(value, list | tuple):
        return [each for part in value for each in flat(part)]
    return [(type(value), "cpu", np.asarray(value))]


def fresh_inputs():
    """Inputs made with PyTorch's own defaults, and the generator at the same place each time."""
    inputs = Inputs()
    torch.manual_seed(1)
    return inputs


@pytest.fixture(params=["float64", "meta"])
def other_default(request):
    """A context in which new tensors are float64, or go to a device without numbers; and back again."""

    def switch(on):
        if request.param == "float64":
            torch.set_default_dtype(torch.float64 if on else torch.float32)
        else:
            torch.set_default_device("meta" if on else None)

    yield switch
    switch(False)


def test_every_function_is_called_here_or_computes_nothing():
    functions = {
        name
        for room in ROOMS
        for name, value in vars(room).items()
        if inspect.isfunction(value) and not name.startswith("_") and value.__module__.startswith("vae_lib.")
    }
    assert functions - APART == set(CALLS)
    assert set(FIGURES) < set(widgets.FIGURES)


@pytest.mark.parametrize("name", CALLS)
def test_function_gives_the_same_under_other_defaults(name, other_default):
    expected = flat(CALLS[name](fresh_inputs()))
    inputs = fresh_inputs()
    other_default(True)
    came = flat(CALLS[name](inputs))
    other_default(False)
    assert len(came) == len(expected) > 0
    for (dtype, device, numbers), (wanted, _, right) in zip(came, expected, strict=True):
        assert (dtype, device) == (wanted, "cpu")
        np.testing.assert_array_equal(numbers, right)


@pytest.mark.parametrize("name", sorted(widgets.FIGURES))
def test_figure_is_the_same_under_other_defaults(name, other_default, mnist):
    def made():
        if name == "laboratory":
            return widgets.Laboratory(mnist)
        return FIGURES[name]() if name in FIGURES else widgets.FIGURES[name]()

    def shown(figure):
        return figure.html(), figure.payload(), figure.still()

    expected = shown(made())
    other_default(True)
    came = shown(made())
    other_default(False)
    assert came == expected


@pytest.mark.parametrize("name", sorted(set(models.__all__) - {"GAN"}))
def test_model_of_one_device_and_precision_is_made_and_used_under_other_defaults(name, other_default):
    """A model made before the defaults change stays where it is, with all that it computes."""
    torch.manual_seed(0)
    model = getattr(models, name)().eval()
    label = torch.tensor([3, 5])

    def used():
        torch.manual_seed(1)
        if name == "SequenceVAE":
            words = torch.ones_like(label)[:, None].expand(2, 5)
            return model.encode(words), model.decode(model.encode(words)[0], words, word_dropout=0.5)
        if name == "Generator":
            return model(model.decoder[0].weight.new_ones(2, 20))
        x = next(model.parameters()).new_full((2, 3 * 32 * 32 if name == "ConvVAE" else 784), 0.5)
        if not hasattr(model, "encode"):
            return model(x)
        told = (label,) if "CVAE" in name else ()
        coded = model.encode(x, *told)
        return coded, *(
            [] if name in ("CategoricalVAE", "VectorQuantizedAutoencoder") else [model.decode(coded[0], *told)]
        )

    expected = flat(list(flatten(used())))
    other_default(True)
    came = flat(list(flatten(used())))
    other_default(False)
    for (dtype, device, numbers), (wanted, _, right) in zip(came, expected, strict=True):
        assert (dtype, device) == (wanted, "cpu")
        np.testing.assert_array_equal(numbers, right)


def flatten(value):
    """Tensors out of nested tuples, and a lone one as well."""
    if isinstance(value, Tensor):
        yield value
    else:
        for each in value:
            yield from flatten(each)
