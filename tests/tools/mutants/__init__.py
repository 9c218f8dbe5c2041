"""Plants faults in the library, one at a time, to see whether its tests notice. No test is named here.

A mutant is the library with one change. One that fails some test is killed; one that passes all shows a gap in the
tests, or is no fault at all. Changes are written by hand (`by_hand`), each a mistake that people make, or derived from
the code by rule (`by_rule`), which finds what nobody thought of. `equivalent` explains those that change nothing.
"""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "vae_lib"


@cache
def source_of(file: str) -> str:
    """The text of a file of the library."""
    return (LIBRARY / file).read_text(encoding="utf-8")


@cache
def functions_of(file: str) -> list[tuple[int, int, str]]:
    """First line, last line and name of every function, the inner ones last."""
    nodes = ast.walk(ast.parse(source_of(file)))
    return [(node.lineno, node.end_lineno, node.name) for node in nodes if isinstance(node, ast.FunctionDef)]


class Mutant(NamedTuple):
    """A file of the library in which `text` stands from `start` to `end`."""

    file: str
    start: int
    end: int
    text: str
    meaning: str

    @property
    def mutated(self) -> str:
        """The file with the change."""
        source = source_of(self.file)
        return source[: self.start] + self.text + source[self.end :]

    @property
    def line(self) -> int:
        """The line on which the change begins, counted from 1."""
        return source_of(self.file).count("\n", 0, self.start) + 1

    @property
    def function(self) -> str:
        """The innermost function that is changed; empty outside of any."""
        around = [name for first, last, name in functions_of(self.file) if first <= self.line <= last]
        return around[-1] if around else ""

    @property
    def lines(self) -> str:
        """The changed lines as they become, joined into one."""
        first = source_of(self.file).rfind("\n", 0, self.start) + 1
        end = self.mutated.find("\n", self.start + len(self.text))
        return " ".join(self.mutated[first:end].split())

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.meaning}\n    {self.lines}"
