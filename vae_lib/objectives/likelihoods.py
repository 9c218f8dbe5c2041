"""Which likelihood an objective takes for a model: the one it is given, else the model's own, else Bernoulli pixels.

It wraps objectives and knows no formula. They are wrapped below their definitions: chapters show those whole.
"""

import functools
from collections.abc import Callable
from typing import Any


def by_the_models_likelihood(objective: Callable[..., Any]) -> Callable[..., Any]:
    """The objective, with `model.log_likelihood` as its `log_likelihood` where the caller names none.

    A model without that attribute keeps the objective's default. Without this a model of bytes would be trained on
    Bernoulli pixels and no error would say so.
    """

    @functools.wraps(objective)
    def with_its_likelihood(model: Any, *args: Any, **kwargs: Any) -> Any:
        own = getattr(model, "log_likelihood", None)
        if own is not None and "log_likelihood" not in kwargs:
            kwargs["log_likelihood"] = own
        return objective(model, *args, **kwargs)

    return with_its_likelihood


def making_such_objectives(maker: Callable[..., Callable]) -> Callable[..., Callable]:
    """A function that makes objectives, whose objectives go by the model's likelihood too."""

    @functools.wraps(maker)
    def making(*args: Any, **kwargs: Any) -> Callable:
        return by_the_models_likelihood(maker(*args, **kwargs))

    return making
