"""What a trained model is worth on images it has not seen. It knows nothing of training or figures."""

from vae_lib._renamed import submodules
from vae_lib.evaluation.aggregate import KlSplit, active_units, kl_split
from vae_lib.evaluation.bounds import mean_elbo
from vae_lib.evaluation.intervals import wilson_interval
from vae_lib.evaluation.likelihood import LogLikelihood
from vae_lib.evaluation.likelihood import importance_sampled as log_likelihood

__all__ = [
    "KlSplit",
    "LogLikelihood",
    "active_units",
    "kl_split",
    "log_likelihood",
    "mean_elbo",
    "wilson_interval",
]

__getattr__ = submodules(__name__, shares="intervals", visits="measuring")
