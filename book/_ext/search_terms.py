"""Lets the search find a chapter by the terms and functions it explains, whether its text uses their names or not.

Where the glossary's entry of a term or the library's entry of a function links to a chapter, the chapter is found by
that name: by a term in either language, and by a function, ahead of pages that only call it. No name is listed here.
"""

from collections import defaultdict
from functools import cache

from docutils import nodes
from sphinx import addnodes
from sphinx.util import docname_join


def add_names(app, doctree, docname):
    """Add to the search index, for a page that entries link to, the names of those entries."""
    if names := _names(app.env).get(docname):
        entries = [("single", name, "", "main", None) for name in sorted(names)]
        doctree.append(addnodes.index(entries=entries))


@cache
def _names(env):
    """Return the names under which the glossary and the library's pages lead to each page."""
    names = defaultdict(set)
    for docname in env.found_docs:
        for entry, some in _entries(env.get_doctree(docname)):
            for link in entry.findall(addnodes.pending_xref):
                # Links to terms, equations and classes name no page, and match none.
                names[docname_join(link.get("refdoc", docname), link["reftarget"])].update(some)
    return dict(names)


def _entries(doctree):
    """Yield each entry of a glossary and of the library in the page, with its names."""
    for glossary in doctree.findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            yield item, [entry[1] for index in item.findall(addnodes.index) for entry in index["entries"]]
    for described in doctree.findall(addnodes.desc):
        signatures = [each for each in described.children if isinstance(each, addnodes.desc_signature)]
        yield described, [each["fullname"] for each in signatures if each.get("fullname")]


def setup(app):
    """Connect to Sphinx."""
    app.connect("doctree-resolved", add_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
