"""Lets `pytest --nbval` run the chapters as `make chapters` ran them."""

import pytest
from execute import ENVIRONMENT

ON_SUBSET = pytest.StashKey[bool]()
NOT_COMPARED = "The full MNIST is not available: the chapters ran on its subset, and their outputs were not compared."


def pytest_collection_modifyitems(config, items):
    """Compare outputs only with the digits that produced them; without those the chapters must still run."""
    cells = [item for item in items if item.path.suffix == ".ipynb" and hasattr(item, "options")]
    if not cells:
        return
    from vae_lib.data import load_mnist

    if load_mnist().full:
        return
    config.stash[ON_SUBSET] = True
    for cell in cells:
        cell.options["check"] = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Give the chapter's kernel, which nbval starts before the first cell, the environment of `make chapters`."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        if item.config.stash.get(ON_SUBSET, False):
            # A property, not the stash, since the summary may be written by another process than ran the test.
            item.user_properties.append(("not compared", True))
            # We know by now, so no kernel need wait for the network again.
            patch.setenv("VAE_LIB_DOWNLOAD", "0")
        return (yield)


def pytest_terminal_summary(terminalreporter):
    """Say what was not checked."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    if any(("not compared", True) in getattr(report, "user_properties", ()) for report in reports):
        terminalreporter.section("chapters")
        terminalreporter.line(NOT_COMPARED)
