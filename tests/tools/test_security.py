"""Nothing in the repository runs what it downloads: no code is loaded from data, and one file speaks to the network."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).parents[2]
LIBRARY = sorted(path for folder in ("vae_lib", "recipes") for path in (ROOT / folder).rglob("*.py"))
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
SCRIPTS = sorted([*(ROOT / "vae_lib" / "widgets").rglob("*.mjs"), *(ROOT / "book" / "_static").glob("*.js")])
# Modules whose files are programs, or that start programs.
RUN_WHAT_THEY_READ = {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "runpy", "code"}
START_PROGRAMS = {"subprocess", "pty", "ctypes", "multiprocessing"}
SPEAK_TO_THE_NETWORK = {"urllib.request", "http.client", "socket", "requests", "httpx", "aiohttp", "ftplib"}
RUN_TEXT = {"eval", "exec", "compile", "__import__"}
RUN_FILES = {"torch.load", "torch.hub.load", "torch.jit.load", "os.system", "os.popen", "os.execv", "yaml.load"}
# Scripts that make code of text, or ask the network.
REFUSED_IN_SCRIPTS = re.compile(
    r"\beval\(|new Function|innerHTML|outerHTML *=|insertAdjacentHTML|document\.write|\bfetch\(|XMLHttpRequest"
    r"|WebSocket|EventSource|sendBeacon|\bimport\("
)


def dotted(node):
    """The dotted name of `a.b.c`, or nothing."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dangers(source, allowed=()):
    """What in the code could run what it reads, start a program or speak to the network."""
    tree = ast.parse(source)
    modules = {name for name in imports(tree) if {name, name.split(".")[0]} & (RUN_WHAT_THEY_READ | START_PROGRAMS)}
    modules |= set(imports(tree)) & SPEAK_TO_THE_NETWORK
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = ({dotted(call.func) for call in calls} & (RUN_TEXT | RUN_FILES)) | (set(imports(tree)) & RUN_FILES)
    called |= {"allow_pickle" for call in calls for keyword in call.keywords if keyword.arg == "allow_pickle"}
    called |= {"shell" for call in calls for keyword in call.keywords if keyword.arg == "shell"}
    return (modules | called) - set(allowed)


@pytest.mark.parametrize(
    "source",
    ["import pickle", "from pickle import loads", "import urllib.request", "from urllib import request", "eval('1')",
     "torch.load(path)", "os.system('ls')", "np.load(path, allow_pickle=True)", "import subprocess as s",
     "def f():\n    import socket", "__import__('os')", "from torch import load", "torch.hub.load('a', 'b')",
     "from os import system as run"],
)  # fmt: skip
def test_every_danger_is_seen(source):
    assert dangers(source)


@pytest.mark.parametrize("source", ["import re\nre.compile('a')", "from safetensors.torch import load\nload(b'')",
                                    "model.eval()", "import json\njson.loads('1')", "np.load(path)"])  # fmt: skip
def test_what_is_harmless_passes(source):
    assert not dangers(source)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_library_runs_nothing_it_reads_and_asks_the_network_in_one_file(path):
    downloads = path.relative_to(ROOT).as_posix() == "vae_lib/data/files.py"
    allowed = {"urllib.request", "http.client"} if downloads else ()
    assert dangers(path.read_text(encoding="utf-8"), allowed) == set()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_runs_nothing_it_reads_and_installs_nothing_but_the_library(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    transform = TransformerManager().transform_cell
    for cell in cells:
        assert dangers(transform(cell.source)) == set(), cell.id
        shell = re.findall(r"^\s*[!%]\s*\w+", cell.source, flags=re.MULTILINE)
        assert [line.strip() for line in shell] == (["%pip"] if cell.id == "bootstrap" else []), cell.id


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_code_of_text_and_ask_the_network_nothing(path):
    assert REFUSED_IN_SCRIPTS.findall(path.read_text(encoding="utf-8")) == []
