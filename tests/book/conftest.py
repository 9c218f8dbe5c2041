"""The chapters, one by one, for the tests that ask something of each."""

import pytest
from chapters import CHAPTERS, LESSONS, Chapter


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    """Every notebook of the book."""
    return Chapter(request.param)


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    """Every notebook that is worked through and not looked up."""
    return Chapter(request.param)
