"""Parses every finished page once, and lets other extensions change its elements before it is written again.

They connect to the event `page-finished`; nothing here depends on which elements they change.
"""

import functools
import gc
import os
from collections import defaultdict
from pathlib import Path

from bs4 import BeautifulSoup
from sphinx.util.parallel import ParallelTasks, SerialTasks, make_chunks, parallel_available


def finish(app, exception):
    """Emit `page-finished` for each page, with its elements by their tag's name."""
    if exception is not None or app.builder.format != "html":
        return
    # Parsing all pages takes seconds: hence a process per core, and no garbage collection of what the build left.
    gc.freeze()
    cores = os.cpu_count() or 1
    tasks = ParallelTasks(cores) if parallel_available else SerialTasks()
    for paths in make_chunks(sorted(Path(app.outdir).rglob("*.html")), cores):
        tasks.add_task(functools.partial(_finish_pages, app), paths)
    tasks.join()


def _finish_pages(app, paths):
    for path in paths:
        # As in a browser, the first of two attributes with the same name counts.
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser", on_duplicate_attribute="ignore")
        elements = defaultdict(list)
        for element in page.find_all(True):
            elements[element.name].append(element)
        app.emit("page-finished", elements)
        path.write_text(str(page), encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.add_event("page-finished")
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
