"""Tries every mutant of the files named on the command line, or of all; exits with 1 if any survived.

Usage: make mutants, make mutants ONLY="evaluation/intervals.py".
"""

import argparse
import sys
from collections.abc import Iterator

from mutants import Mutant, by_hand, by_rule
from mutants.equivalent import reason
from mutants.trials import TESTS, Trial, case_of, trials, unchanged


def main() -> None:
    """Try the mutants, and print the survivors and a table."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", metavar="file", help="of vae_lib: " + ", ".join(TESTS))
    parser.add_argument("--jobs", type=int, default=1, help="how many at once")
    parser.add_argument("--verbose", action="store_true", help="say of each mutant which test kills it")
    options = parser.parse_args()
    unknown = set(options.files) - set(TESTS)
    if unknown:
        parser.error(f"expected some of {', '.join(TESTS)}; got {', '.join(sorted(unknown))}")
    files = options.files or list(TESTS)
    faults = {file: [each for each in mutants_of(file) if reason(each) is None] for file in files}
    (without,) = trials([unchanged(files)])
    if not without.survived:
        sys.exit(f"the tests fail without any fault:\n{without.said}")
    survivors: list[Mutant] = []
    for trial in trials([case_of(each) for file in files for each in faults[file]], options.jobs):
        if trial.survived:
            survivors.append(trial.mutant)
        if trial.survived or options.verbose:
            print(line_of(trial), flush=True)
    print_table(faults, survivors)
    sys.exit(1 if survivors else 0)


def mutants_of(file: str) -> list[Mutant]:
    """The mutants of a file: those planted by hand, and those by rule that are not among them."""
    return list({each.mutated: each for each in (*by_rule.mutants_of(file), *by_hand.mutants_of(file))}.values())


def line_of(trial: Trial) -> str:
    """Describe a trial."""
    if trial.survived:
        return f"SURVIVED {trial.seconds:.1f} s: {trial.mutant}"
    return f"killed {trial.seconds:.1f} s, by {trial.by}: {trial.mutant}"


def print_table(faults: dict[str, list[Mutant]], survivors: list[Mutant]) -> None:
    """How many faults were planted in each file and how many were killed."""
    for row in rows_of(faults, survivors):
        print("{:<26}{:>9}{:>9}{:>10}{:>14}".format(*row))


def rows_of(faults: dict[str, list[Mutant]], survivors: list[Mutant]) -> Iterator[tuple[str | int, ...]]:
    """The table's head, its rows and its sums."""
    yield "file", "planted", "killed", "survived", "equivalent"
    total = [0, 0, 0, 0]
    for file, mutants in faults.items():
        alive = sum(each.file == file for each in survivors)
        row = [len(mutants), len(mutants) - alive, alive, len(mutants_of(file)) - len(mutants)]
        total = [a + b for a, b in zip(total, row, strict=True)]
        yield file, *row
    yield "all", *total


if __name__ == "__main__":
    main()
