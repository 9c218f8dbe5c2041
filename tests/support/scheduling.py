"""Decides which process of `pytest -n` runs which tests, and in what order.

Of the tests it knows only the names of the files that take longest."""

from xdist.scheduler import LoadFileScheduling

# What takes minutes goes first: a slow file started last would leave the other processes idle.
SLOW = ("test_book.py", "test_alone.py", ".ipynb", "test_training.py", "test_checkpoints_shipped.py")


class ByFileAndChapter(LoadFileScheduling):
    """Keeps the tests of a file together, since they share fixtures, but hands out each chapter that runs alone."""

    def _split_scope(self, nodeid):
        return unit_of(nodeid)


def unit_of(nodeid):
    """Return the name of what must stay in one process: a file, or a chapter of `test_alone`."""
    path, _, test = nodeid.partition("::")
    _, bracket, parameter = test.partition("[")
    return f"{path}::{parameter.removesuffix(']')}" if bracket and path.endswith("test_alone.py") else path


def slow_first(nodeid):
    """Return the sort key that puts test ids from slow files first and keeps the order of the rest."""
    path = nodeid.partition("::")[0]
    return next((rank for rank, ending in enumerate(SLOW) if path.endswith(ending)), len(SLOW))
