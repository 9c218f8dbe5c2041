"""Fills in, when pages are built, what follows from the order of the chapters: minutes, the map, and moved addresses.

It does not know the order itself, which is `book/course.py`'s. `{minutes}` names a chapter, or the evening for their
sum; `{course-map}` draws every chapter: the evening's stations as a line, and what lies deeper as its branches.
"""

import html
import json
import re
import sys
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective, SphinxRole

sys.path.insert(0, str(Path(__file__).parents[1]))

import course

GENERATED = re.compile(r"id\d+|cell-id-.*|index-\d+")


class MinutesRole(SphinxRole):
    """Says how many minutes a chapter takes, or `evening` in all."""

    def run(self):
        """Return the words; the page is read again when a notebook has changed."""
        names = course.stations() if self.text == "evening" else [self.text]
        for name in names:
            self.env.note_dependency(str(course.BOOK / f"{name}.ipynb"))
        return [nodes.Text(f"{sum(map(course.minutes, names))} minutes")], []


class CourseMap(SphinxDirective):
    """Draws the map of all chapters as nested lists, which the style sheet makes a line with branches."""

    def run(self):
        """Return the lists in their box."""
        box = nodes.container(classes=["course-map"])
        self.state.nested_parse(StringList(map_lines(), self.env.docname), self.content_offset, box)
        return [box]


def map_lines():
    """Return the map in Markdown: where to start, then each station with the groups of chapters that leave it."""
    lines = [f"- *{course.START}:* {_links(course.parts()[course.START])}"]
    for name, station in course.course().items():
        minutes = f"{course.minutes(name)} minutes"
        lines += ["", f"1. ![{station['picture']}](_static/stations/{name}.svg) []({name}) {minutes}", ""]
        for group, members in course.groups().items():
            if leaving := [each for each in members if each in station["deeper"]]:
                lines.append(f"   - *{group[0].upper()}{group[1:]}:* {_links(leaving)}")
    return lines


def _links(names):
    return " · ".join(f"[]({name})" for name in names)


def lead_on(app, pagename, templatename, context, doctree):
    """Give a page that a chapter was divided off from the names that now live there, for addresses from before."""
    here = _names(doctree) if doctree else set()
    parted = course.divided().get(Path(pagename).name, [])
    moved = {}
    for name in parted if doctree else []:
        there = _names(app.env.get_doctree(f"book/{name}")) - here
        moved |= dict.fromkeys(sorted(there), f"{name}.html")
    if moved:
        context["body"] += f'<template id="moved" data-pages="{html.escape(json.dumps(moved))}"></template>'


def _names(doctree):
    """Return the names by which places in a page can be reached: no generated ones, which mean another place there."""
    names = {name for node in doctree.findall(nodes.Element) for name in node.get("ids", ())}
    return {name for name in names if not GENERATED.fullmatch(name)}


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", lead_on)
    app.add_role("minutes", MinutesRole())
    app.add_directive("course-map", CourseMap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
