"""Pictures you can drag: a folder each, with a thin Python class and its front end in plain JavaScript.

They show what a model decodes and never train, load or save one. How a new one is added: CONTRIBUTING.md.
"""

from importlib import import_module

# One row a figure: its name on a page, and its class, which lives in the folder of that name. Pages, bundles, tests and
# the library's documentation find the figures here.
REGISTRY = {
    "beta-family": "BetaFamily",
    "draw-a-digit": "DrawADigit",
    "em-steps": "EMSteps",
    "evidence-bound": "EvidenceBound",
    "gradient-clouds": "GradientClouds",
    "kl-divergence": "KLDivergence",
    "label-explorer": "LabelExplorer",
    "latent-bubbles": "LatentBubbles",
    "latent-explorer": "LatentExplorer",
    "noise-balance": "NoiseBalance",
    "push-forward": "PushForward",
    "simplex-temperature": "SimplexTemperature",
    "two-decoders": "TwoDecoders",
    "two-directions": "TwoDirections",
}
# Imported on first use: a page that only wants the front end (`bundle`) need not wait for torch.
_MODULES = {name: figure.replace("-", "_") for figure, name in REGISTRY.items()} | {"InteractiveFigure": "figure"}

__all__ = [
    "FIGURES",
    "REGISTRY",
    "BetaFamily",
    "DrawADigit",
    "EMSteps",
    "EvidenceBound",
    "GradientClouds",
    "InteractiveFigure",
    "KLDivergence",
    "LabelExplorer",
    "LatentBubbles",
    "LatentExplorer",
    "NoiseBalance",
    "PushForward",
    "SimplexTemperature",
    "TwoDecoders",
    "TwoDirections",
]


def __getattr__(name: str) -> object:
    """The class of that name, or FIGURES: each figure's class by the name its page element carries."""
    if name == "FIGURES":
        return {figure: __getattr__(each) for figure, each in REGISTRY.items()}
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What can be had here, the classes that wait for their first use too."""
    return [*globals(), *__all__]
