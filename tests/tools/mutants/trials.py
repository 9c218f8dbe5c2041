"""Tries a mutant: makes a copy of the library with the change, and runs the tests of its module. It names no mutant.

Each trial is a fork of one process that has imported PyTorch and pytest, but not `vae_lib`: it starts its first test
after a tenth of a second, where a new interpreter needs seconds.
"""

import multiprocessing
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

from mutants import LIBRARY, ROOT, Mutant

# The tests of each file; those that name the changed function most often go first.
TESTS = {
    "distributions.py": ("divergences", "distributions", "score_function", "discrete", "sequence"),
    "objectives/adversarial.py": ("adversarial",),
    "objectives/annealing.py": ("annealing",),
    "objectives/conditional.py": ("objectives",),
    "objectives/discrete.py": ("discrete",),
    "objectives/evidence.py": ("objectives",),
    "objectives/importance.py": ("importance",),
    "objectives/sequence.py": ("sequence",),
    "evaluation/aggregate.py": ("aggregate",),
    "evaluation/bounds.py": ("evaluation",),
    "evaluation/intervals.py": ("intervals",),
    "evaluation/likelihood.py": ("likelihood",),
    "evaluation/measuring.py": ("evaluation", "aggregate"),
}
IMPORTED_BEFORE = ["torch", "torch._dynamo", "torch.distributions", "scipy.stats", "hypothesis.extra.numpy", "beartype"]
IMPORTED_BEFORE += ["jaxtyping", "pytest", "selenium.webdriver", "xdist.plugin", "tqdm.auto", "safetensors.torch"]
# Loading these plugins takes longer than most trials.
WITHOUT = ("nbval", "anyio", "unraisableexception", "cacheprovider")
FOREIGN = 99
# A change may make a loop endless; whatever takes this long has failed.
SECONDS = 600
TOO_LONG = -signal.SIGKILL


class Trial(NamedTuple):
    """The outcome of the tests: pytest's exit code, the seconds they took, and their output."""

    mutant: Mutant | None
    code: int
    seconds: float
    said: str

    @property
    def survived(self) -> bool:
        """Whether no test noticed."""
        return self.code == 0

    @property
    def by(self) -> str:
        """The test that failed."""
        named = [line for line in self.said.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        return named[0].split(" - ")[0].split(" ", 1)[1] if named else f"exit code {self.code}"


class Case(NamedTuple):
    """The library with a change, or as it is, and the test files that must notice."""

    mutant: Mutant | None
    tests: list[str]


def case_of(mutant: Mutant) -> Case:
    """A mutant and the tests of its file, first those which name the changed function most often."""
    paths = [path_of(name) for name in TESTS[mutant.file]]
    if mutant.function:
        paths.sort(key=lambda path: -path.read_text(encoding="utf-8").count(mutant.function))
    return Case(mutant, [str(path) for path in paths])


def unchanged(files: Sequence[str]) -> Case:
    """The library as it is with the tests of these files, whose failure would make every trial meaningless."""
    return Case(None, [str(path_of(name)) for name in sorted({name for file in files for name in TESTS[file]})])


def path_of(name: str) -> Path:
    """Where the tests of that name are."""
    return ROOT / "tests" / "library" / f"test_{name}.py"


def trials(cases: Sequence[Case], jobs: int = 1) -> Iterator[Trial]:
    """Try the cases, `jobs` at once, and yield each trial as it ends.

    Raises RuntimeError where the tests did not run on the copy, or could not run.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED_BEFORE)
    waiting, running = list(reversed(cases)), {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        while waiting or running:
            while waiting and len(running) < jobs:
                (mutant, tests), here = waiting.pop(), Path(tempfile.mkdtemp(dir=folder))
                copy_library(here, mutant)
                process = context.Process(target=run_tests, args=(here, tests))
                process.start()
                running[process.sentinel] = process, mutant, here, time.monotonic()
            oldest = min(since for *_, since in running.values())
            ended = wait(list(running), timeout=max(0.0, oldest + SECONDS - time.monotonic()))
            for sentinel in ended or [next(each for each in running if running[each][-1] == oldest)]:
                yield ending(*running.pop(sentinel))


def ending(process, mutant: Mutant | None, here: Path, since: float) -> Trial:
    """The outcome of a process that has ended, or has taken too long and is killed here."""
    if process.is_alive():
        process.kill()
    process.join()
    seconds = time.monotonic() - since
    said = (here / "said").read_text(encoding="utf-8", errors="replace")
    shutil.rmtree(here)
    if process.exitcode not in {0, 1, 2, TOO_LONG}:
        raise RuntimeError(f"expected tests that pass or fail, got exit code {process.exitcode} for {mutant}:\n{said}")
    return Trial(mutant, process.exitcode, seconds, said)


def copy_library(here: Path, mutant: Mutant | None) -> None:
    """The library's code as it is, with the mutant's file in place of its own."""
    ignored = shutil.ignore_patterns("__pycache__", "*.safetensors", "*.mjs")
    shutil.copytree(LIBRARY, here / "vae_lib", ignore=ignored)
    if mutant is not None:
        (here / "vae_lib" / mutant.file).write_text(mutant.mutated, encoding="utf-8")


def run_tests(here: Path, tests: list[str]) -> None:
    """In a process of its own: run the tests up to the first that fails, with the copy of the library."""
    said = os.open(here / "said", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    import hypothesis
    import pytest

    # Shrinking is a waste of time: a fault need not be the smallest one.
    hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
    hypothesis.settings.load_profile("mutants")
    options = ["-x", "-q", "--tb=no", *(f"-pno:{plugin}" for plugin in WITHOUT)]
    paths = " ".join(shlex.quote(str(path)) for path in (here, ROOT / "tests" / "support"))
    code = pytest.main([*tests, *options, "-o", f"pythonpath={paths}"])
    loaded = getattr(sys.modules.get("vae_lib"), "__file__", "")
    if not Path(loaded).is_relative_to(here):
        print(f"expected vae_lib from {here}, came {loaded or 'none'}")
        code = FOREIGN
    sys.stdout.flush()
    os._exit(code)
