"""Digits are stored whole or not at all: on a disk that is full or closed, by two processes at once, by one killed."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from mirror import left_in, send, serve

from vae_lib.data import DataError, cache_folder, files, load_mnist

ROOT = Path(__file__).parents[2]
IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = files.SHA256
NOBODY = 65534


@pytest.fixture(autouse=True)
def cache(empty_cache):
    return empty_cache


class TestStoring:
    def test_cache_that_cannot_be_written_is_named(self, cache, digit_files_gz, mirror):
        cache.write_text("a file where the folder should be")
        mirror(serve(digit_files_gz))
        with pytest.raises(DataError, match=rf"cannot write {cache / IMAGES} .* set VAE_LIB_CACHE"):
            load_mnist()

    def test_full_disk_leaves_nothing_behind(self, cache, digit_files_gz, mirror, monkeypatch):
        def full(descriptor):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        mirror(serve(digit_files_gz))
        with pytest.raises(DataError, match=rf"cannot write {cache / IMAGES} .*No space left.* 55 MB"):
            load_mnist()
        assert left_in(cache) == []

    def test_file_that_another_process_reads_need_not_be_replaced(
        self, cache, digit_files, digit_files_gz, mirror, monkeypatch
    ):
        """Windows refuses it: here the other process was quicker by a moment."""

        def refused(source, target):
            target.write_bytes(digit_files[target.name])
            raise PermissionError(errno.EACCES, "Access is denied")

        monkeypatch.setattr(os, "replace", refused)
        mirror(serve(digit_files_gz))
        assert load_mnist().full
        assert left_in(cache) == sorted(digit_files)

    def test_disk_that_ends_within_a_file_keeps_no_half_of_it(self, cache, digit_files_gz, mirror):
        """No simulation: a process that may write no file over 5 MB, where the images need 47."""
        mirror(serve(digit_files_gz))
        process = start_load("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))")
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out) == (1, "")
        assert f"DataError: cannot write {cache / IMAGES} ([Errno {errno.EFBIG}]" in err.splitlines()[-1]
        assert left_in(cache) == []

    def test_relative_cache_is_named_in_full(self, monkeypatch, tmp_path):
        """A notebook's working folder is seldom the one its reader thinks of."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("VAE_LIB_CACHE", "digits")
        assert cache_folder() == tmp_path / "digits"


@contextlib.contextmanager
def as_nobody():
    """The rights of a user: root may read and write whatever is closed."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shut(monkeypatch):
    """Gives a folder with these files, the modes of folder and files, and the variable that names it."""
    folder = Path(tempfile.mkdtemp())  # a user may enter it, unlike pytest's own

    def close(variable, contents, *, folder_mode, file_mode=0o444):
        for name, content in contents.items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(file_mode)
        folder.chmod(folder_mode)
        monkeypatch.setenv(variable, str(folder))
        return folder

    yield close
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="closes folders as Unix does")
class TestClosed:
    def test_read_only_cache_is_named_and_gets_nothing(self, shut, digit_files_gz, mirror):
        folder = shut("VAE_LIB_CACHE", {}, folder_mode=0o555)
        mirror(serve(digit_files_gz))
        with as_nobody(), pytest.raises(DataError) as caught:
            load_mnist()
        assert str(caught.value).startswith(f"cannot write {folder / IMAGES} (")
        assert str(caught.value).endswith("set VAE_LIB_CACHE to a folder with 55 MB free")
        assert left_in(folder) == []

    def test_read_only_cache_that_is_full_is_as_good_as_any(self, shut, digit_files):
        shut("VAE_LIB_CACHE", digit_files, folder_mode=0o555)
        with as_nobody():
            assert load_mnist().full

    def test_closed_cache_is_named(self, shut, mirror, digit_files_gz):
        folder = shut("VAE_LIB_CACHE", {}, folder_mode=0o000)
        mirror(serve(digit_files_gz))
        with as_nobody(), pytest.raises(DataError, match=rf"cannot (look|write) .*{folder}.*set VAE_LIB_CACHE"):
            load_mnist()

    def test_unreadable_file_of_the_cache_is_named(self, shut):
        folder = shut("VAE_LIB_CACHE", {IMAGES: b"closed"}, folder_mode=0o777, file_mode=0o000)
        with as_nobody(), pytest.raises(DataError, match=f"cannot read {folder / IMAGES} .*Let this user read it"):
            load_mnist()

    @pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o000, 0o444), (0o555, 0o000)])
    def test_closed_folder_of_ones_own_is_named(self, shut, digit_files, folder_mode, file_mode):
        folder = shut("VAE_LIB_DATA", digit_files, folder_mode=folder_mode, file_mode=file_mode)
        with as_nobody(), pytest.raises(DataError, match=f"{folder}.*unset VAE_LIB_DATA"):
            load_mnist()


def start_load(first="pass"):
    """Another process which loads from this test's cache and mirrors, after its first line."""
    code = f"from vae_lib.data import files, load_mnist; files.MIRRORS = {files.MIRRORS}; print(load_mnist().full)"
    code = f"{first}\n{code}"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", code], text=True, cwd=ROOT, **pipes)


class TestProcesses:
    def test_two_processes_at_once_both_load(self, cache, digit_files_gz, digit_files, mirror):
        both_ask = threading.Barrier(2, timeout=60)

        def together(handler, name):
            both_ask.wait()
            send(handler, digit_files_gz[name])

        asked = mirror(together)
        for process in [start_load(), start_load()]:
            out, err = process.communicate(timeout=120)
            assert (process.returncode, out) == (0, "True\n"), err
        assert sorted(asked) == sorted([*files.SHA256, *files.SHA256])
        assert left_in(cache) == sorted(digit_files)

    def test_killed_download_leaves_nothing_and_the_next_load_works(self, cache, digit_files_gz, digit_files, mirror):
        halfway, released = threading.Event(), threading.Event()

        def stop_halfway(handler, name):
            if name == TEST_IMAGES and not halfway.is_set():
                send(handler, digit_files_gz[name][:500_000], size=len(digit_files_gz[name]))
                halfway.set()
                released.wait(60)
            else:
                send(handler, digit_files_gz[name])

        mirror(stop_halfway)
        process = start_load()
        assert halfway.wait(60)
        process.kill()
        process.communicate()
        released.set()
        assert left_in(cache) == sorted([IMAGES, LABELS])
        assert load_mnist().full
        assert left_in(cache) == sorted(digit_files)

    def test_process_killed_while_it_writes_leaves_no_half_file_that_is_taken_for_one(
        self, cache, digit_files_gz, digit_files, mirror
    ):
        mirror(serve(digit_files_gz))
        process = start_load("import os, signal; os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL)")
        process.communicate(timeout=120)
        assert process.returncode == -9
        (half,) = cache.iterdir()
        assert half.name.startswith(f".{IMAGES}.")
        assert load_mnist().full
        assert left_in(cache) == sorted([half.name, *digit_files]), "it might be another process's, still at work"
        os.utime(half, (time.time() - 2 * files.ABANDONED,) * 2)
        assert load_mnist().full
        assert left_in(cache) == sorted(digit_files)
