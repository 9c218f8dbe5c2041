"""The table of faults names for each one tests that exist, and none stands in it twice."""

import ast
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "book" / "when_something_goes_wrong.ipynb"


def rows():
    """The table's rows: what breaks, what the reader sees, what its tests are named."""
    prose = nbformat.read(PAGE, as_version=4).cells[-1].source
    lines = [line.strip(" |").split(" | ") for line in prose.splitlines() if line.startswith("| ")]
    return [line for line in lines if "---" not in line[0]][1:]


def defined_in(path):
    """The names of the tests in a file, those in classes too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_"}


TESTS = {name for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__) for name in defined_in(path)}


def test_the_table_has_its_three_columns_and_no_fault_twice():
    assert len(rows()) > 30
    assert {len(row) for row in rows()} == {3}
    faults = [row[0] for row in rows()]
    assert len(faults) == len(set(faults))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_fault_has_a_test(row):
    fault, seen, tests = row
    named = {f"test_{claim.replace(' ', '_')}" for claim in tests.split("; ")}
    assert named <= TESTS, f"{fault}: there is no {sorted(named - TESTS)}"
    assert seen.strip()
