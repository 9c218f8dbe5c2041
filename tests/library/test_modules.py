"""Models as modules: what they say when called, and which of PyTorch's tools for modules take their parts."""

import inspect
import warnings

import pytest
import torch
from torch import nn

from vae_lib import models, objectives
from vae_lib.models import CVAE, GAN, VAE, CategoricalVAE, SequenceVAE
from vae_lib.objectives import elbo

SMALL = {
    "CVAE": lambda: CVAE(latent=2, channels=4),
    "ConvVAE": lambda: models.ConvVAE(latent=2, channels=4, image=(1, 28, 28)),
    "GAN": lambda: GAN(models.Generator(2, (8,)), models.Discriminator((8,)), latent=2),
    "SequenceVAE": lambda: SequenceVAE(5, 2, 4, 6),
}
CALLED = {"Classifier", "Discriminator", "Generator"}
WORDS = torch.tensor([[3, 2, 0], [2, 0, 0], [1, 1, 1], [4, 3, 2], [0, 0, 0]])


def small(family):
    torch.manual_seed(0)
    return SMALL.get(family, lambda: getattr(models, family)(latent=2, hidden=(8,)))().eval()


@pytest.mark.parametrize("family", sorted(set(models.__all__) - CALLED))
def test_model_that_is_called_names_methods_and_an_objective_that_there_are(family):
    model = small(family)
    with pytest.raises(NotImplementedError, match=f"^{family} is not called as a whole: call ") as caught:
        model(torch.rand(1, 784))
    said = str(caught.value)
    assert "\n" not in said
    named = [part.partition("(")[0] for part in said.split("model.")[1:]]
    assert len(named) > 1
    assert all(callable(getattr(model, name)) for name in named)
    objective = said.split("vae_lib.objectives.")[1].partition("(")[0]
    assert objective in objectives.__all__
    arguments = [each.split("=")[0] for each in said.rpartition("(")[2].rstrip(")").split(", ")]
    assert arguments == list(inspect.signature(getattr(objectives, objective)).parameters)[: len(arguments)]


def test_forward_of_ones_own_is_called():
    class Reconstructing(VAE):
        def forward(self, x):
            return self.decode(self.encode(x)[0])

    assert Reconstructing(latent=2, hidden=(8,))(torch.rand(3, 784)).shape == (3, 784)


class Part(nn.Module):
    """One method of a model, as a module that is called."""

    def __init__(self, model, method):
        super().__init__()
        self.model, self.method = model, method

    def forward(self, *given):
        return getattr(self.model, self.method)(*given)


def given_to(model, method, n):
    """What the method takes, for n rows."""
    generator = torch.Generator().manual_seed(1)
    if method == "encode":
        first = WORDS[:n] if isinstance(model, SequenceVAE) else torch.rand(n, 784, generator=generator)
    elif isinstance(model, CategoricalVAE):
        first = torch.rand(n, 2, 10, generator=generator)
    else:
        size = (2, 4) if hasattr(model, "quantize") else (2,)
        first = torch.randn(n, *size, generator=generator)
    names = inspect.signature(getattr(model, method)).parameters
    return first, *([WORDS[:n]] if list(names)[1:2] == ["words"] else [torch.arange(n)] if "label" in names else [])


def exported(part, given):
    rows = {0: torch.export.Dim.AUTO}
    with warnings.catch_warnings():
        # PyTorch's own recurrent layers keep their weights in a second list, of which an export warns.
        warnings.simplefilter("ignore", UserWarning)
        return torch.export.export(part, given, dynamic_shapes=(tuple(rows for _ in given),)).module()


def traced(part, given):
    with warnings.catch_warnings():
        # TorchScript is on its way out, and a trace says that it does not keep the check of a label's range.
        warnings.simplefilter("ignore")
        return torch.jit.trace(part, given)


def spread(part, given):
    return nn.DataParallel(part)


PARTS = [
    (family, method)
    for family in sorted(set(models.__all__) - CALLED - {"GAN"})
    for method in ("encode", "decode")
] + [("VectorQuantizedAutoencoder", "quantize")]  # fmt: skip


@pytest.mark.parametrize("tool", [exported, traced, spread])
@pytest.mark.parametrize(("family", "method"), PARTS)
def test_part_of_a_model_passes_through_the_tool_and_takes_another_number_of_rows(family, method, tool):
    part = Part(small(family), method)
    with torch.no_grad():
        came = tool(part, given_to(part.model, method, 3))
        for n in (2, 5):
            given = given_to(part.model, method, n)
            torch.testing.assert_close(tuple(came(*given)), tuple(part(*given)))


@pytest.mark.parametrize("tool", [exported, traced])
@pytest.mark.parametrize("label", [-1, 10])
def test_label_that_is_no_class_is_refused_after_the_tool_too(tool, label):
    """Neither keeps the library's check of a label's value; the one-hot rows that PyTorch makes have their own."""
    part = Part(small("DenseCVAE"), "decode")
    came = tool(part, given_to(part.model, "decode", 3))
    with pytest.raises(RuntimeError, match=r"Class values must be"):
        came(torch.zeros(1, 2), torch.tensor([label]))
    with pytest.raises(ValueError, match=r"labels from 0 to 9"):
        part(torch.zeros(1, 2), torch.tensor([label]))


@pytest.mark.parametrize("tool", [exported, traced, spread])
def test_whole_model_says_in_the_tool_what_it_says_elsewhere(tool):
    x = torch.rand(2, 784)
    with pytest.raises(NotImplementedError, match="VAE is not called as a whole"):
        tool(small("VAE"), (x,))(x)


def test_objective_of_a_model_spread_over_devices_is_refused():
    with pytest.raises(Exception, match=r"DataParallel|LatentVariableModel"):
        elbo(nn.DataParallel(small("VAE")), torch.rand(2, 784))
