"""How the checkpoints that ship are made; no part of the wheel."""
