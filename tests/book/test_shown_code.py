"""What a chapter shows under a library name is what the library runs, and docstrings say truly where it is shown."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).parents[2]
CHAPTERS = {path.stem: path for path in sorted((ROOT / "book").glob("*.ipynb"))}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
# What is a picture is shown by drawing it, not by printing its code.
DRAWN = ("vae_lib/widgets/", "vae_lib/figures")
SHOWN_IN = re.compile(r"\bShown in\b(?:: (?P<chapters>[\w-]+(?:(?:, | and )[\w-]+)*)\.)?")


class Held(NamedTuple):
    """A definition of the library; `owner` is what a chapter must define to show it: a method's class, or itself."""

    where: str
    owner: str
    node: ast.AST


def bare(node):
    """The definition without docstrings, annotations and layout, as text: what is left is what it does."""
    return ast.dump(_Bare().visit(ast.parse(ast.unparse(node))))


class _Bare(ast.NodeTransformer):
    def visit_ClassDef(self, node):
        self.generic_visit(node)
        node.body = _without_docstring(node)
        return node

    def visit_FunctionDef(self, node):
        # An annotated assignment is an assignment in a function; in a class it may make a field, and stays apart.
        node.body = [_Assignments().visit(child) for child in node.body]
        self.generic_visit(node)
        node.body = _without_docstring(node)
        node.returns = None
        return node

    def visit_AsyncFunctionDef(self, node):
        return self.visit_FunctionDef(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        node.annotation = ast.Constant(...)
        return node


class _Assignments(ast.NodeTransformer):
    def visit_AnnAssign(self, node):
        return ast.Assign([node.target], node.value) if node.value else ast.Pass()

    def visit_ClassDef(self, node):
        return node


def _without_docstring(node):
    return (node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body) or [ast.Pass()]


def definitions(tree):
    """Every definition in the code, also under `if`, `with` or in a function, except the methods of classes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, DEFINITIONS):
            yield node
        if not isinstance(node, ast.ClassDef):
            yield from definitions(node)


def code_in(path, *, on_the_page=False):
    """The code cells of a chapter as trees, or only those that a reader of the built page sees.

    Lines with % and ! become the Python that IPython makes of them.
    """
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    if on_the_page:
        cells = [cell for cell in cells if not {"remove-cell", "remove-input"} & set(cell.metadata.get("tags", []))]
    transform = TransformerManager().transform_cell
    return [ast.parse(transform(cell.source)) for cell in cells]


def defined_in(path, *, on_the_page=False):
    return [node for tree in code_in(path, on_the_page=on_the_page) for node in definitions(tree)]


def used_in(path):
    """The names that a chapter calls."""
    calls = [node.func for tree in code_in(path) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {getattr(called, "attr", getattr(called, "id", None)) for called in calls}


def held_in(source, where):
    """The definitions of one library file: functions, classes, and the methods under their class."""
    for node in ast.parse(source).body:
        if isinstance(node, DEFINITIONS):
            yield Held(where, node.name, node)
        if isinstance(node, ast.ClassDef):
            yield from (Held(where, node.name, child) for child in node.body if isinstance(child, DEFINITIONS))


LIBRARY = [
    held
    for path in sorted((ROOT / "vae_lib").rglob("*.py"))
    for held in held_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
]
TOP_LEVEL = [held for held in LIBRARY if held.node.name == held.owner]


def named_chapters(node):
    """The chapters that the definition's docstring says it is shown in; None stands for words that name none."""
    match = SHOWN_IN.search(" ".join((ast.get_docstring(node) or "").split()))
    if match is None:
        return []
    return re.split(", | and ", match["chapters"]) if match["chapters"] else None


CLAIMS = [
    pytest.param(held, chapter, id=f"{held.where}:{held.node.name}-{chapter}")
    for held in LIBRARY
    for chapter in named_chapters(held.node) or []
]


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=list(CHAPTERS))
def test_shown_code_is_the_librarys(path):
    """A variant, as a chapter's wrong or slower way, needs a name of its own."""
    held = {}
    for each in TOP_LEVEL:
        held.setdefault(each.node.name, []).append(each)
    drifted = [
        f"{node.name} (see {', '.join(each.where for each in held[node.name])})"
        for node in defined_in(path)
        if node.name in held and bare(node) not in {bare(each.node) for each in held[node.name]}
    ]
    assert not drifted, f"{path.name} shows other code than vae_lib runs: {'; '.join(drifted)}"


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=list(CHAPTERS))
def test_what_a_chapter_shows_says_so_in_the_library(path):
    shown = {bare(node) for node in defined_in(path, on_the_page=True)}
    silent = [
        f"{held.node.name} in {held.where}"
        for held in TOP_LEVEL
        if bare(held.node) in shown and path.stem not in (named_chapters(held.node) or [])
    ]
    assert not silent, f"these docstrings lack 'Shown in: {path.stem}.': {'; '.join(silent)}"


@pytest.mark.parametrize(("held", "chapter"), CLAIMS)
def test_chapter_that_a_docstring_names_shows_it(held, chapter):
    assert chapter in CHAPTERS, f"there is no book/{chapter}.ipynb"
    if held.where.startswith(DRAWN):
        assert held.owner in used_in(CHAPTERS[chapter]), f"{chapter} does not draw {held.owner}"
    else:
        shown = {node.name for node in defined_in(CHAPTERS[chapter], on_the_page=True)}
        assert held.owner in shown, f"{chapter} does not define {held.owner}"


def test_docstrings_name_chapters_in_the_one_form():
    unreadable = [f"{held.node.name} in {held.where}" for held in LIBRARY if named_chapters(held.node) is None]
    assert not unreadable, f"write 'Shown in: chapter_file_stem, another_stem.': {unreadable}"


SAME = {
    "docstring": ("def f(x):\n    'Doubles.'\n    return 2 * x", "def f(x):\n    return 2 * x"),
    "annotations": ("def f(x: Float[T, 'b'], *, y: int = 1) -> T:\n    z: T = x\n    return z",
                    "def f(x, *, y=1):\n    z = x\n    return z"),
    "layout": ("def f(x):\n    # why\n    return (x +\n            1)", "def f(x): return x + 1"),
    "fields": ("class A(NamedTuple):\n    'Parts.'\n    kl: Float[T, 'b']", "class A(NamedTuple):\n    kl: Tensor"),
    "methods": ("class A:\n    def f(self, x: int):\n        'Doc.'\n        return x",
                "class A:\n    'Doc.'\n    def f(self, x):\n        return x"),
    "nested": ("def f():\n    def g(x: int) -> int:\n        'Doc.'\n        return x\n    return g",
               "def f():\n    def g(x):\n        return x\n    return g"),
    "asynchronous": ("async def f(x: int) -> int:\n    'Doc.'\n    return await x", "async def f(x): return await x"),
    "nothing but a docstring": ("class E(Exception):\n    'Why.'", "class E(Exception):\n    pass"),
}  # fmt: skip
OTHER = {
    "sum and mean": ("def f(x): return x.sum(dim=-1)", "def f(x): return x.mean(dim=-1)"),
    "default": ("def f(x, *, k=1): return x", "def f(x, *, k=2): return x"),
    "keyword only": ("def f(x, *, k=1): return x", "def f(x, k=1): return x"),
    "asynchronous": ("async def f(x): return x", "def f(x): return x"),
    "decorator": ("@torch.no_grad()\ndef f(x): return x", "def f(x): return x"),
    "base class": ("class A(nn.Module): pass", "class A: pass"),
    "field and constant": ("class A(NamedTuple):\n    k: int = 1", "class A(NamedTuple):\n    k = 1"),
    "one method less": ("class A:\n    def f(self): pass\n    def g(self): pass", "class A:\n    def f(self): pass"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "another"), SAME.values(), ids=list(SAME))
def test_same_code_is_seen_as_the_same(one, another):
    assert bare(ast.parse(one).body[0]) == bare(ast.parse(another).body[0])


@pytest.mark.parametrize(("one", "another"), OTHER.values(), ids=list(OTHER))
def test_other_code_is_seen_as_other(one, another):
    assert bare(ast.parse(one).body[0]) != bare(ast.parse(another).body[0])


def test_definitions_of_a_chapter_are_found_wherever_they_stand(tmp_path):
    cells = [
        "%matplotlib inline\ndef a():\n    def b(): pass",
        "if True:\n    class C:\n        def d(self): pass",
        "!ls",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.cells[1].metadata["tags"] = ["remove-cell"]
    nbformat.write(notebook, tmp_path / "chapter.ipynb")
    assert [node.name for node in defined_in(tmp_path / "chapter.ipynb")] == ["a", "b", "C"]
    assert [node.name for node in defined_in(tmp_path / "chapter.ipynb", on_the_page=True)] == ["a", "b"]


def test_names_that_a_chapter_calls_are_found(tmp_path):
    cells = ["from vae_lib.widgets import LatentExplorer, Unused\nLatentExplorer(model)", "figures.show_digits(ax, x)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "chapter.ipynb")
    assert used_in(tmp_path / "chapter.ipynb") == {"LatentExplorer", "show_digits"}


@pytest.mark.parametrize(
    ("docstring", "chapters"),
    [
        ("The ELBO. Shown in: vae.", ["vae"]),
        ("Shown in: vae, elbo and\n    em.", ["vae", "elbo", "em"]),
        ("Source: Kingma (2014).", []),
        ("Shown in chapter 3.", None),
        ("Shown in: vae", None),
    ],
)
def test_chapters_are_read_from_a_docstring(docstring, chapters):
    assert named_chapters(ast.parse(f"def f():\n    '''{docstring}'''").body[0]) == chapters
