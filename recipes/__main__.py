"""Train the checkpoints and recordings that ship, and check the figures on their cards.

Run it in the root of the book's repository; what it makes is written beside what `vae_lib` loads.
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
from vae_lib.data import Mnist, load_mnist


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 1 when a figure does not hold or a checkpoint cannot be made or read."""
    chosen = _parser().parse_args(arguments)
    mnist = load_mnist()
    try:
        if chosen.command == "verify":
            failures = _failures(chosen.names, mnist, full=chosen.full)
            print("\n".join(failures) or "every figure on the cards holds")
            return int(bool(failures))
        for name in chosen.names:
            if chosen.command == "measure":
                print(measure_slowly(name, mnist, samples=chosen.samples))
            else:
                print((record if name in RECORDINGS else make)(name, mnist))
    except checkpoints.CheckpointError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m recipes", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="train by the recipe and write the weights and the card")
    known = sorted({*RECIPES, *RECORDINGS})
    training.add_argument("names", nargs="+", choices=known, metavar="NAME", help=", ".join(known))
    measuring = commands.add_parser("measure", help="measure the figures that take minutes and write them on the cards")
    measuring.add_argument("names", nargs="+", metavar="NAME", help="a checkpoint that ships")
    measuring.add_argument(
        "--samples", type=int, default=SLOW_SAMPLES, help="importance samples for each likelihood, default %(default)s"
    )
    checking = commands.add_parser("verify", help="recompute the figures on the cards and compare")
    checking.add_argument(
        "names", nargs="*", metavar="NAME", help="a checkpoint or a recording, default: all that ship"
    )
    checking.add_argument("--full", action="store_true", help="also recompute the figures that take minutes")
    return parser


def _failures(names: list[str], mnist: Mnist, *, full: bool) -> list[str]:
    """What does not hold on the cards of those names, or of all that ship."""
    failures = []
    for name in names or [*checkpoints.names(), *recordings.names()]:
        if name in recordings.names():
            failures += verify_recording(name, mnist)
        else:
            failures += verify(name, mnist, slow=full)
    return failures


if __name__ == "__main__":
    sys.exit(main())
