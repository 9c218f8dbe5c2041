"""Knows the order of the chapters: the evening's stations, what lies deeper, and the line below each chapter's title.

It does not know what a chapter teaches, nor how minutes are counted. The order is that of `_toc.yml`; what a chapter
needs is in `chapters/NAME.yml`, and which chapters leave the evening at which station in `course.yml`.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
import yaml
from reading_time import LINE, body_of

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "book"
START, EVENING, DEEP, REFERENCE = "Start here", "One evening", "In depth", "Reference"
TITLE = re.compile(r"^# +(.+)$", re.MULTILINE)


@cache
def parts():
    """Return the names of the chapters of each part of the contents, in their order, by the part's caption."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return {part["caption"]: [Path(each["file"]).stem for each in part["chapters"]] for part in toc["parts"]}


def divided():
    """Return the chapters that were divided off, by the chapter in which their content once stood."""
    return yaml.safe_load((BOOK / "course.yml").read_text(encoding="utf-8"))["divided"]


def stations():
    """Return the names of the evening's chapters, in their order."""
    return parts()[EVENING]


def groups():
    """Return the names of the chapters in depth, by the subject of their group."""
    return {caption.partition(": ")[2]: names for caption, names in parts().items() if caption.startswith(DEEP)}


def lessons():
    """Return the names of all chapters that are worked through, in their order: notebooks outside the reference."""
    named = [name for caption, names in parts().items() if caption != REFERENCE for name in names]
    return [name for name in named if not (BOOK / f"{name}.md").exists()]


@cache
def about(name):
    """Return what `chapters/NAME.yml` says: what the chapter needs, and what its claims rest on."""
    return yaml.safe_load((BOOK / "chapters" / f"{name}.yml").read_text(encoding="utf-8"))


@cache
def course():
    """Return, by station, its picture in words and the chapters that leave the evening there."""
    return yaml.safe_load((BOOK / "course.yml").read_text(encoding="utf-8"))["stations"]


def read(name):
    """Return the notebook of a chapter."""
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


@cache
def title(name):
    """Return the title of a chapter."""
    return TITLE.search(read(name).cells[0].source)[1].strip()


@cache
def minutes(name):
    """Return how many minutes the body of a chapter takes."""
    return body_of(read(name)).minutes


def all_needs(name):
    """Return the names of all chapters that a reader of `name` must have read, also those that its needs need."""
    return {name for each in about(name)["needs"] for name in (each, *all_needs(each))}


def line(name, notebook):
    """Return the line that stands below the title of the chapter `name`, whose text is that of `notebook`."""
    caption = next(caption for caption, names in parts().items() if name in names)
    if caption == EVENING:
        place = f"{EVENING}, station {stations().index(name) + 1} of {len(stations())}"
    else:
        place = caption.partition(":")[0]
    return f"*{place} · {body_of(notebook).minutes} minutes · needs {_needs(name)}*"


def _needs(name):
    """Name what is needed, without what is needed for that anyway; all stations together are the evening."""
    direct, everything = about(name)["needs"], all_needs(name)
    if whole := everything.issuperset(stations()):
        direct = [each for each in direct if each not in stations()]
    implied = {deeper for each in direct for deeper in all_needs(each)}
    links = ["[the evening](intro)"] if whole else []
    links += [f"[{title(each)}]({each})" for each in direct if each not in implied]
    return ", ".join(links) or "no other chapter"


def write_line(name, notebook):
    """Write the line below the title of `notebook`, in place of the one that stands there."""
    first = notebook.cells[0]
    heading, _, rest = LINE.sub("", first.source).partition("\n")
    rest = rest.strip("\n")
    first.source = f"{heading}\n\n{line(name, notebook)}" + (f"\n\n{rest}" if rest else "")
