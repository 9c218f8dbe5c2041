"""Training: one loop that raises one objective (`train`), and one for players who take turns (`train_in_turn`)."""

from vae_lib._renamed import submodules
from vae_lib.training.adversarial import train_in_turn
from vae_lib.training.loop import SCHEDULES, Bound, History, NonFiniteLossError, Objective, best_device, train

__all__ = [
    "SCHEDULES",
    "Bound",
    "History",
    "NonFiniteLossError",
    "Objective",
    "best_device",
    "train",
    "train_in_turn",
]

__getattr__ = submodules(__name__, turns="adversarial")
