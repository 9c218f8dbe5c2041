"""The old name of `vae_lib.objectives.annealing`."""

from vae_lib._renamed import moved

moved(__name__, "vae_lib.objectives.annealing")
