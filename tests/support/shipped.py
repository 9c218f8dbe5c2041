"""The library as readers install it: its wheel, and an environment that holds what the wheel asks for and no more."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGED = ("pyproject.toml", "README.md", "LICENSE")
# Folders of Python beside the library, which whoever installs the repository builds from, too.
BESIDE = ("recipes", "benchmarks")
# What a package leaves in site-packages under no name of its own.
SHARED = {"__pycache__", "bin", "share", "etc"}


def build_wheel(source, out):
    """Build the wheel in `out` from a copy in `source`, since a build leaves its own files beside what it is given."""
    for folder in ("vae_lib", *BESIDE):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in PACKAGED:
        shutil.copy(ROOT / name, source)
    options = ["--quiet", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", out]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, source], check=True)
    (wheel,) = out.glob("*.whl")
    return wheel


def needed(requirements):
    """The installed distributions that these requirements lead to, each by its name, and those they need in turn."""
    found, waiting = {}, [(each, "") for each in requirements]
    while waiting:
        text, extra = waiting.pop()
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        asked = {"", *requirement.extras} - found.setdefault(name, set())
        found[name] |= asked
        waiting += [(each, extra) for extra in asked for each in metadata.requires(name) or []]
    return {name: metadata.distribution(name) for name in found}


def empty_environment(folder, wheel):
    """Make an environment in `folder` of the wheel and what it needs, linked from this one; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    asked = re.findall(r"^Requires-Dist: (.*)$", _metadata_of(wheel), re.MULTILINE)
    for distribution in needed(asked).values():
        for file in distribution.files:
            top = file.parts[0]
            if top != ".." and top not in SHARED and not (site / top).exists():
                (site / top).symlink_to(Path(distribution.locate_file(top)).resolve())
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", python]
    # Without an index: what the wheel asks for has to be there already.
    options = ["--no-index", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *options, wheel], check=True, env=os.environ | {"PYTHONPATH": ""})
    return python


def _metadata_of(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()
