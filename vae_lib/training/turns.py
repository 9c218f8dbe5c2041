"""The old name of `vae_lib.training.adversarial`."""

from vae_lib._renamed import moved

moved(__name__, "vae_lib.training.adversarial")
