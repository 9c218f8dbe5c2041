"""The command that retrains a checkpoint or a recording, and the one that recomputes every card's figures.

`python -m recipes train NAME …` and `python -m recipes verify [NAME …]`. It knows no model:
recipes and cards say what to make and what to expect.
"""

import argparse
import sys

from recipes.families import SLOW_SAMPLES
from recipes.making import make, measure_slowly, verify
from recipes.recording import make as record
from recipes.recording import verify as verify_recording
from recipes.shipped import RECIPES, RECORDINGS
from vae_lib import checkpoints
from vae_lib.checkpoints import recordings
from vae_lib.data import load_mnist


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 1 when a figure does not hold or a checkpoint cannot be made or read."""
    parser = argparse.ArgumentParser(prog="python -m recipes", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="train a checkpoint by its recipe and write it with its card")
    known = sorted({*RECIPES, *RECORDINGS})
    training.add_argument("names", nargs="+", choices=known, metavar="NAME", help=", ".join(known))
    measuring = commands.add_parser(
        "measure", help="measure the figures that take minutes, and write them on the cards"
    )
    measuring.add_argument("names", nargs="+", metavar="NAME", help="checkpoints")
    measuring.add_argument("--samples", type=int, default=SLOW_SAMPLES, help="for each likelihood, default %(default)s")
    checking = commands.add_parser("verify", help="recompute the figures on the cards and compare")
    checking.add_argument("names", nargs="*", metavar="NAME", help="default: all that ship")
    checking.add_argument("--full", action="store_true", help="also the figures that take minutes for each checkpoint")
    chosen = parser.parse_args(arguments)
    mnist = load_mnist()
    try:
        if chosen.command == "train":
            for name in chosen.names:
                print((record if name in RECORDINGS else make)(name, mnist))
            return 0
        if chosen.command == "measure":
            for name in chosen.names:
                print(measure_slowly(name, mnist, samples=chosen.samples))
            return 0
        failures = []
        for name in chosen.names or [*checkpoints.names(), *recordings.names()]:
            if name in recordings.names():
                failures += verify_recording(name, mnist)
            else:
                failures += verify(name, mnist, slow=chosen.full)
    except checkpoints.CheckpointError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(failures) or "every figure on the cards holds")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
