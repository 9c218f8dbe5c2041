"""Writes constraints.txt from the packages in this environment. Usage: make pins, in a fresh environment."""

import re
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"]
HEADER = """\
# What requirements.txt and tests/requirements.txt bring along, pinned so that the book builds the same in years.
# Renewed by: make pins
"""


def canonical(name):
    """Return the package's name in the form the package index uses."""
    return re.sub(r"[-_.]+", "-", name).lower()


named = {line.partition("==")[0] for path in REQUIREMENTS for line in path.read_text().splitlines()}
held = {canonical(each.metadata["Name"]): each.version.partition("+")[0] for each in distributions()}
pins = [f"{name}=={held[name]}\n" for name in sorted(held.keys() - named - {"pip", "setuptools", "wheel", "vae-lib"})]
(ROOT / "constraints.txt").write_text(HEADER + "".join(pins), encoding="utf-8")
