"""Pictures you can drag: a thin Python class each, its front end in plain JavaScript under `static/`.

They show what a model decodes and never train, load or save one. How a new figure is added: see `base`.
"""

from importlib import import_module

# Imported on first use: a page that only wants the front end (`bundle`) need not wait for torch.
_CLASSES = {
    "BetaFamily": "beta_family",
    "DrawADigit": "draw_a_digit",
    "EMSteps": "em_steps",
    "EvidenceBound": "evidence_bound",
    "GradientClouds": "gradient_clouds",
    "InteractiveFigure": "base",
    "KLDivergence": "kl_divergence",
    "LabelExplorer": "label_explorer",
    "LatentBubbles": "latent_bubbles",
    "LatentExplorer": "latent_explorer",
    "NoiseBalance": "noise_balance",
    "PushForward": "push_forward",
    "SimplexTemperature": "simplex_temperature",
    "TwoDecoders": "two_decoders",
    "TwoDirections": "two_directions",
}

__all__ = [
    "FIGURES",
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
        classes = (__getattr__(each) for each in _CLASSES if each != "InteractiveFigure")
        return {each.figure: each for each in classes}
    if name in _CLASSES:
        return getattr(import_module(f"{__name__}.{_CLASSES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What can be had here, the classes that wait for their first use too."""
    return [*globals(), *__all__]
