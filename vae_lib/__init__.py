"""The library of the VAE book, one room per noun of the mathematics.

Read them in this order: `data` (digits as tensors), `distributions` (log-densities, KL divergences and samples),
`models` (networks that give a distribution its parameters), `objectives` (lower bounds on log p(x)), `training`
(one loop, and one for players), `evaluation` (what a trained model is worth), `checkpoints` (trained weights, each
with its card), `figures` (arrays into pictures), `widgets` (pictures you can drag). Import the room you need:
`from vae_lib.objectives import elbo`. Importing `vae_lib` itself loads nothing. `_checks`, `_renamed` and `_writing`
are no rooms and import none: what the library asks of a reader's data, old names that still work, and files written
whole or not at all.
`_command` is what `python -m vae_lib` runs: `python -m vae_lib train FOLDER` trains a VAE on a folder of pictures.
"""

__version__ = "0.1.0"
