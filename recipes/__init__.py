"""How the checkpoints that ship are trained, judged and rounded, and how their cards are checked.

The package stays out of the wheel: readers only load weights, and those who make them anew have the repository.
`python -m recipes train NAME` makes a checkpoint or a recording by its recipe; `python -m recipes verify` recomputes
the figures on the cards. `vae_lib.checkpoints` loads what is made here and never imports this package.

Read the files in this order: `recipe` (what a recipe says), `shipped` (the recipes of all that ships), `families` with
`conditional`, `adversarial` and `judging` (how each kind of model is trained and measured), `making` with `rounding`
(from a recipe to two files, and back to its figures), `recording` (the same for a recorded training).
"""
