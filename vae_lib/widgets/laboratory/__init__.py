"""A small VAE that learns in the page: its digits, its weights on their way to Python and back, its settings.

The training itself is JavaScript (`training.mjs`), which runs without a kernel. It knows no data set and no objective.
"""

from vae_lib.widgets.laboratory.digits import SmallDigits, grey_levels, pack_digits, small_digits
from vae_lib.widgets.laboratory.exchange import first_weights, model_to_weights, weights_to_model
from vae_lib.widgets.laboratory.settings import check_setting, check_settings

__all__ = [
    "SmallDigits",
    "check_setting",
    "check_settings",
    "first_weights",
    "grey_levels",
    "model_to_weights",
    "pack_digits",
    "small_digits",
    "weights_to_model",
]
