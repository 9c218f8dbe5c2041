"""Runs the benchmarks named on the command line, all of them by default, and writes the table anew."""

import argparse
from importlib import import_module

from benchmarks import table

# Quick ones first, so that a mistake shows early.
BENCHMARKS = (
    "importing",
    "training",
    "device",
    "useful",
    "growth",
    "likelihood",
    "building",
    "laboratory",
    "pages",
    "chapters",
)


def main() -> None:
    """Measure, store each result as it comes, and write RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="benchmark", help=", ".join(BENCHMARKS))
    parser.add_argument("--table", action="store_true", help="measure nothing, write RESULTS.md from what is stored")
    options = parser.parse_args()
    for name in [] if options.table else options.names or BENCHMARKS:
        print(f"{name} ...", flush=True)
        table.store(name, import_module(f"benchmarks.{name}").measure())
    table.write()
    print(f"see {table.PAGE}")


if __name__ == "__main__":
    main()
