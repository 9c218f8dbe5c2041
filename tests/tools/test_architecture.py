"""Imports go one way, `import vae_lib` is free, and files and functions stay short enough to be read at once."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat
import pytest

from vae_lib.widgets import FIGURES, REGISTRY

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "vae_lib"
FILES = sorted(LIBRARY.rglob("*.py"))
RECIPES = sorted((ROOT / "recipes").rglob("*.py"))
# Chapters may import every room; no room knows a chapter.
MAY_IMPORT = {
    "__init__": set(),
    "__main__": {"_command"},
    "_checks": set(),
    # What a shell runs joins the rooms as a notebook does.
    "_command": {"data", "distributions", "models", "objectives", "training", "evaluation", "checkpoints", "widgets"},
    "_renamed": set(),
    "_writing": set(),
    "data": {"_checks", "_writing"},
    "distributions": {"_renamed"},
    "training": {"_checks", "_renamed"},
    "figures": set(),
    "models": {"distributions", "_checks"},
    "objectives": {"distributions", "_checks", "_renamed"},
    "evaluation": {"distributions", "objectives", "_checks", "_renamed"},
    "checkpoints": {"models", "_writing"},
    "widgets": {"models", "_writing"},
}
# What makes checkpoints draws on the mathematics, writes what `checkpoints` loads, and shows nothing.
RECIPES_MAY_IMPORT = {"data", "models", "objectives", "training", "evaluation", "checkpoints", "_writing"}
SOURCES = sorted(
    path
    for folder in ("vae_lib", "recipes", "book", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".js", ".mjs", ".css"} and "node_modules" not in path.parts
)
OF_THE_LIBRARY = [path for path in SOURCES if path.is_relative_to(LIBRARY)]
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 25


def imported_modules(source, package):
    """The dotted names of all that `source`, a module of `package`, imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = parents[: len(parents) - node.level + 1] if node.level else []
            base += [node.module] if node.module else []
            # Whether a name is a module or belongs to one does not matter: the dotted path starts the same way.
            yield from (".".join([*base, alias.name]) for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", None))
            if called in {"import_module", "__import__"}:
                yield str(node.args[0].value)


def imports_of(path):
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    return set(imported_modules(path.read_text(encoding="utf-8"), package))


def rooms_among(modules):
    """The rooms of vae_lib among dotted names; a bare `import vae_lib` gives all of them away."""
    parts = [module.split(".") for module in modules if module.split(".")[0] == "vae_lib"]
    return {part[1] if len(part) > 1 else "every room" for part in parts}


@pytest.mark.parametrize(
    ("source", "rooms"),
    [
        ("import vae_lib.data", {"data"}),
        ("import vae_lib", {"every room"}),
        ("from vae_lib import data, models as m", {"data", "models"}),
        ("from vae_lib.data import load_mnist", {"data"}),
        ("from . import recordings", {"checkpoints"}),
        ("from .rounding import from_shipped", {"checkpoints"}),
        ("from .. import data", {"data"}),
        ("from ..models.vae import VAE", {"models"}),
        ("def f():\n    from vae_lib.figures import digits", {"figures"}),
        ("class A:\n    def f(self):\n        import vae_lib.data as d", {"data"}),
        ("import importlib\nimportlib.import_module('vae_lib.data')", {"data"}),
        ("import torch\nfrom torch import nn\nfrom data import x", set()),
    ],
)
def test_every_way_to_import_is_seen(source, rooms):
    assert rooms_among(imported_modules(source, "vae_lib.checkpoints")) == rooms


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_room_imports_only_what_it_may(path):
    room = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
    assert room in MAY_IMPORT, f"the new room {room} needs a line in MAY_IMPORT, and in vae_lib/__init__.py"
    foreign = rooms_among(imports_of(path)) - MAY_IMPORT[room] - {room}
    assert not foreign, f"{room} may import {sorted(MAY_IMPORT[room])} of vae_lib, not {sorted(foreign)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_library_imports_nothing_else_of_the_repository(path):
    """The wheel holds the library alone: who loads a checkpoint needs nothing of what made it."""
    beside = {"recipes", "benchmarks", "tests", "book"}
    assert {module.split(".")[0] for module in imports_of(path)} & beside == set()


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: str(path.relative_to(ROOT)))
def test_recipes_import_only_the_rooms_they_may(path):
    foreign = rooms_among(imports_of(path)) - RECIPES_MAY_IMPORT
    assert not foreign, f"recipes may import {sorted(RECIPES_MAY_IMPORT)} of vae_lib, not {sorted(foreign)}"


def test_no_file_imports_itself_by_a_detour():
    """A room's __init__ may gather its files, which then import each other and not the room."""
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
    imports = {}
    for module, path in modules.items():
        nearest = {name if name in modules else name.rpartition(".")[0] for name in imports_of(path)}
        imports[module] = nearest & set(modules)
    assert {"vae_lib.objectives.evidence", "vae_lib.objectives.sequence"} <= imports["vae_lib.objectives"]
    TopologicalSorter(imports).prepare()


def test_every_room_that_may_be_imported_exists():
    rooms = {path.relative_to(LIBRARY).parts[0].removesuffix(".py") for path in FILES}
    assert set(MAY_IMPORT) == rooms


def test_every_room_is_introduced():
    introduction = ast.get_docstring(ast.parse((LIBRARY / "__init__.py").read_text(encoding="utf-8")))
    assert [room for room in MAY_IMPORT if room[:2] != "__" and f"`{room}`" not in introduction] == []


def imports_of_chapters():
    """What the code of all chapters imports; the bootstrap cell, which installs the library, is no Python."""
    for path in (ROOT / "book").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and cell.id != "bootstrap":
                yield from imported_modules(cell.source, "")


def test_library_and_chapters_import_only_what_the_library_declares():
    """A wheel alone must bring along all that a reader needs: no Sphinx, no notebook tool, nothing by luck."""
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    declared = {dependency.split(">")[0].strip().lower() for dependency in dependencies}
    imported = [*(module for path in FILES for module in imports_of(path)), *imports_of_chapters()]
    top_level = {module.split(".")[0] for module in imported}
    foreign = top_level - set(sys.stdlib_module_names) - {"vae_lib"}
    distributions = packages_distributions()
    undeclared = {name for name in foreign if not declared & {d.lower() for d in distributions.get(name, [name])}}
    assert not undeclared


def test_importing_vae_lib_loads_no_room_and_no_torch():
    code = "import sys; before = set(sys.modules); import vae_lib; print(*sorted(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["vae_lib"]


@pytest.mark.parametrize("path", OF_THE_LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_of_the_library_is_short(path):
    """Elsewhere the limit is only advice, since a long file of tests breaks nothing."""
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE_LINES


def test_nine_functions_in_ten_are_short():
    lengths = []
    for path in [*FILES, *RECIPES]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths.append((node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno}"))
    percentile = statistics.quantiles([length for length, _ in lengths], n=10)[-1]
    assert percentile <= MAX_FUNCTION_LINES, f"the longest functions are {sorted(lengths)[-5:]}"


def test_no_room_is_called_utils():
    """A helper lives in the room it serves."""
    vague = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert [path.name for path in SOURCES if path.stem in vague] == []


WIDGETS = LIBRARY / "widgets"
# What each figure's folder has; arithmetic and picture where they are its own and not the kit's alone.
PARTS = {"__init__.py", "still.py", "figure.mjs"}
FIGURE_FOLDERS = sorted(path.parent for path in WIDGETS.glob("*/figure.mjs"))


def test_each_figure_has_its_row_in_the_registry_and_its_class_in_a_folder_of_its_name():
    assert {folder.name.replace("_", "-") for folder in FIGURE_FOLDERS} == set(REGISTRY)
    for figure, name in REGISTRY.items():
        assert FIGURES[figure].__name__ == name
        assert FIGURES[figure].__module__ == f"vae_lib.widgets.{figure.replace('-', '_')}"
        assert FIGURES[figure].figure == figure


@pytest.mark.parametrize("folder", FIGURE_FOLDERS, ids=lambda path: path.name)
def test_each_figure_has_the_same_parts_and_tests(folder):
    parts = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    assert parts >= PARTS
    assert {Path(part).suffix for part in parts} <= {".py", ".mjs", ".json"}
    tests = {path.name for path in (ROOT / "tests" / "widgets" / folder.name).iterdir()}
    assert tests >= {"test_python.py", "test_page.py"}
    # What is computed in the page is held against PyTorch, beside the figure's other tests.
    assert ("arithmetic.mjs" in parts) == ("arithmetic.test.mjs" in tests) == ("reference.py" in tests)


@pytest.mark.parametrize("folder", FIGURE_FOLDERS, ids=lambda path: path.name)
def test_no_figure_lodges_in_another(folder):
    others = {each.name for each in FIGURE_FOLDERS} - {folder.name}
    imported = {name for path in folder.glob("*.py") for name in imports_of(path)}
    assert {name.split(".")[2] for name in imported if name.startswith("vae_lib.widgets.")}.isdisjoint(others)
    paths = {path for file in folder.glob("*.mjs") for path in re.findall(r'from "(.*?)"', file.read_text("utf-8"))}
    assert {path.split("/")[1] for path in paths if path.startswith("../")} <= {"kit"}


def test_the_kit_and_the_shared_modules_know_no_figure():
    figures = {folder.name for folder in FIGURE_FOLDERS}
    for path in [*WIDGETS.glob("kit/*.mjs"), *WIDGETS.glob("*.py")]:
        text = path.read_text("utf-8")
        paths = re.findall(r'^import .* from "\.\./(\w+)/', text, re.M) if path.suffix == ".mjs" else []
        names = imports_of(path) if path.suffix == ".py" else set()
        assert figures.isdisjoint(paths)
        assert figures.isdisjoint(name.split(".")[2] for name in names if name.startswith("vae_lib.widgets."))
