"""What p(x|z) is beside its mean picture: Bernoulli pixels, or a learned spread, normal or logistic.

`decode` gives the logits of the mean picture in every case, so that `decode(z).sigmoid()` is what a reader looks at.
`log_likelihood(x, decoded)` turns them into log p(x|z), with one spread for each channel that is learned beside the
networks; `objectives` and `evaluation` find it there by themselves.
"""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vae_lib.distributions import bernoulli_log_prob, discretized_logistic_log_prob, normal_log_prob

LIKELIHOODS = ("bernoulli", "normal", "logistic")
START = math.log(0.1)  # of the spread: a tenth of the range from black to white


def takes_images(family: type[nn.Module]) -> type[nn.Module]:
    """Let a family that is made for so many `pixels` be made with `image=` and `likelihood=` instead.

    `image` is (channels, height, width), and `likelihood` one of LIKELIHOODS. Classes get it below their definition,
    since chapters show some of these whole; without the two a model is what it was, down to its state dict.
    """
    made = family.__init__

    @functools.wraps(made)
    def made_for(self, *args: Any, image: Any = None, likelihood: str = "bernoulli", **kwargs: Any):
        if image is not None:
            if "pixels" in kwargs:
                raise ValueError("expected the size as image=(channels, height, width) or as pixels=…; got both")
            kwargs["pixels"] = math.prod(expect_image(image))
        made(self, *args, **kwargs)
        add_likelihood(self, likelihood, None if image is None else tuple(image))

    own = inspect.signature(made)
    # Not by their names: Sphinx reads each default where it is written, and these are not written with the others.
    more = inspect.Parameter("image_and_likelihood", inspect.Parameter.VAR_KEYWORD)
    made_for.__signature__ = own.replace(parameters=[*own.parameters.values(), more])
    family.__init__ = made_for
    return with_likelihood(family)


def with_likelihood(family: type[nn.Module]) -> type[nn.Module]:
    """Give a family, whose models call `add_likelihood`, the property `log_likelihood`."""
    family.log_likelihood = property(_log_likelihood, doc=_log_likelihood.__doc__)
    return family


def add_likelihood(model: nn.Module, likelihood: str, image: tuple[int, int, int] | None) -> None:
    """Tell a model its likelihood, and give it a log spread to learn for each channel if it needs one.

    Without an image, whose shape is then not known, all pixels share one.

    Raises ValueError for a name that is not one of LIKELIHOODS.
    """
    if likelihood not in LIKELIHOODS:
        raise ValueError(f"expected likelihood as one of {', '.join(LIKELIHOODS)}; got {likelihood!r}")
    model.likelihood, model.image = likelihood, image
    if likelihood != "bernoulli":
        model.log_spread = nn.Parameter(torch.full((1 if image is None else image[0],), START))


def expect_image(image: Any) -> tuple[int, int, int]:
    """The shape of a picture as three whole numbers. Raises ValueError for what is none."""
    sides = tuple(image) if isinstance(image, Sequence) else (image,)
    if len(sides) != 3 or not all(isinstance(side, int) and side >= 1 for side in sides):
        raise ValueError(f"expected image as (channels, height, width), such as (3, 32, 32); got {image!r}")
    return sides


def _log_likelihood(model: nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
    """log p(x|z) of x and what `decode` gives, in nats: for bytes divided by 255 if logistic, a density if normal."""
    # A copy of an older model, or one made without the wrapper, has no such attribute and Bernoulli pixels.
    likelihood = getattr(model, "likelihood", "bernoulli")
    if likelihood == "bernoulli":
        return bernoulli_log_prob
    return functools.partial(_with_spread, model, likelihood)


def _with_spread(
    model: nn.Module, likelihood: str, x: Float[Tensor, "batch pixels"], decoded: Float[Tensor, "batch pixels"]
) -> Float[Tensor, " batch"]:
    """log p(x|z) around the mean picture, sigmoid of what was decoded, with the model's spread."""
    channels = model.log_spread.shape[0]
    log_spread = model.log_spread.repeat_interleave(x.shape[1] // channels)[None]
    if likelihood == "normal":
        return normal_log_prob(x, decoded.sigmoid(), 2 * log_spread)
    return discretized_logistic_log_prob(x, decoded.sigmoid(), log_spread)
