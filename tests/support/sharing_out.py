"""How the processes of `pytest -n` share the tests among them. It knows the names of the dear files, and no test."""

from xdist.scheduler import LoadFileScheduling

# What takes minutes comes first: a dear unit taken up last would leave the other processes idle.
DEAR = ("test_book.py", "test_alone.py", ".ipynb", "test_training.py", "test_checkpoints_shipped.py")


class ByFileAndChapter(LoadFileScheduling):
    """The tests of a file stay together, for its fixtures; only the chapters run alone are units of their own."""

    def _split_scope(self, nodeid):
        return unit_of(nodeid)


def unit_of(nodeid):
    """Return the name of what must stay on one process: a file, or a chapter of `test_alone`."""
    path, _, test = nodeid.partition("::")
    _, bracket, parameter = test.partition("[")
    return f"{path}::{parameter.removesuffix(']')}" if bracket and path.endswith("test_alone.py") else path


def dear_first(nodeid):
    """Return the key that sorts test ids by how dear their file is, in their own order otherwise."""
    path = nodeid.partition("::")[0]
    return next((rank for rank, ending in enumerate(DEAR) if path.endswith(ending)), len(DEAR))
