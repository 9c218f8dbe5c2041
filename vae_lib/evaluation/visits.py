"""The old name of `vae_lib.evaluation.measuring`."""

from vae_lib._renamed import moved

moved(__name__, "vae_lib.evaluation.measuring")
