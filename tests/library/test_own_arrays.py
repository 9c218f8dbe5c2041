"""Arrays, torch data sets and IDX files become the same splits of bytes, whatever axis their channels are."""

import gzip
import struct

import numpy as np
import pytest
import torch
from PIL import Image

from vae_lib.data import DataError, Pictures, load_arrays, load_dataset, load_idx, load_mnist
from vae_lib.data.splits import divide

RNG = np.random.default_rng(1)
PARTS = ("train", "validation", "test")


def noise(*shape):
    return RNG.integers(0, 256, shape, dtype=np.uint8)


def rows(pictures):
    """Every picture as bytes, with its label."""
    return {
        image.numpy().tobytes(): None if part.labels is None else pictures.classes[part.labels[k]]
        for part in (getattr(pictures, name) for name in PARTS)
        for k, image in enumerate(part.images)
    }


class TestArrays:
    @pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
    def test_bytes_stay_and_each_keeps_its_label(self, kind):
        images, labels = noise(40, 6, 5), np.arange(40) % 4
        pictures = load_arrays(kind(images), kind(labels))
        assert rows(pictures) == {image.tobytes(): str(k % 4) for k, image in enumerate(images)}
        assert [len(getattr(pictures, name)) for name in PARTS] == [32, 4, 4]
        assert torch.bincount(pictures.train.labels).tolist() == [8, 8, 8, 8]

    @pytest.mark.parametrize("shape", [(30, 6, 5, 3), (30, 3, 6, 5)])
    def test_channels_come_first_wherever_they_were(self, shape):
        images = noise(*shape)
        pictures = load_arrays(images)
        assert pictures.image == (3, 6, 5)
        expected = images if shape[1] == 3 else np.moveaxis(images, 3, 1)
        assert set(rows(pictures)) == {image.tobytes() for image in expected}

    def test_one_channel_is_grey(self):
        assert load_arrays(noise(30, 6, 5, 1)).train.images.shape == (24, 6, 5)
        assert load_arrays(noise(30, 1, 6, 5)).image == (1, 6, 5)

    def test_an_open_question_is_asked(self):
        with pytest.raises(DataError, match="either axis could hold the channels; say channels_last"):
            load_arrays(noise(30, 3, 6, 3))
        images = noise(30, 3, 6, 3)
        assert load_arrays(images, channels_last=True).image == (3, 3, 6)
        assert load_arrays(images, channels_last=False).image == (3, 6, 3)
        with pytest.raises(DataError, match="channels_last=True"):
            load_arrays(noise(30, 3, 6, 5), channels_last=True)

    def test_floats_become_the_nearest_levels(self):
        levels = noise(20, 4, 4)
        assert set(rows(load_arrays(levels / 255))) == {each.tobytes() for each in levels}
        assert set(rows(load_arrays(torch.from_numpy(levels).bfloat16().float() / 255))) != set()
        assert load_arrays(levels > 127).train.images.unique().tolist() == [0, 255]

    @pytest.mark.parametrize(
        ("images", "words"),
        [
            (np.linspace(-1, 1, 160).reshape(10, 4, 4), r"floats in \[0, 1\], got -1 to 1"),
            (np.full((10, 4, 4), np.nan), "got nan"),
            (np.full((10, 4, 4), 16), "at most 16, which are nearly black; images / 16"),
            (np.full((10, 4, 4), 256), "from 256 to 256"),
            (noise(10, 16), r"reshape\(-1, height, width\)"),
            (noise(10, 4, 4, 4), "transparency"),
            (np.zeros((10, 4, 4), complex), "complex"),
            (np.zeros((0, 4, 4), np.uint8), "one or more"),
        ],
    )
    def test_what_are_no_images_is_said(self, images, words):
        with pytest.raises(DataError, match=words):
            load_arrays(images)

    def test_labels_may_be_words_or_any_numbers(self):
        images = noise(30, 4, 4)
        assert load_arrays(images, ["cat", "dog", "owl"] * 10).classes == ("cat", "dog", "owl")
        pictures = load_arrays(images, [7, 3, -2] * 10)
        assert pictures.classes == ("-2", "3", "7")
        assert rows(pictures)[images[0].tobytes()] == "7"
        assert load_arrays(images, [0, 2, 2] * 10, classes=("a", "b", "c")).train.labels.max() == 2

    @pytest.mark.parametrize(
        ("labels", "classes", "words"),
        [
            ([1, 2], (), r"one label for each of the 30 images; got shape \(2,\)"),
            ([0.5] * 30, (), "whole numbers or words"),
            ([3] * 30, ("a", "b"), "from 0 to 1"),
            (["a"] * 30, ("a", "b"), "got words"),
            (None, ("a",), "got none"),
        ],
    )
    def test_labels_that_fit_nothing_are_refused(self, labels, classes, words):
        with pytest.raises(DataError, match=words):
            load_arrays(noise(30, 4, 4), labels, classes=classes)

    def test_the_digits_are_of_the_same_kind(self, mnist):
        assert isinstance(mnist, Pictures)
        assert mnist.image == (1, 28, 28)
        assert mnist.classes == tuple("0123456789")
        assert repr(mnist.test).endswith("images of 28 × 28)")


class Items(torch.utils.data.Dataset):
    def __init__(self, items, classes=()):
        self.items = items
        if classes:
            self.classes = classes

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


class TestDataset:
    @pytest.mark.parametrize("make", [Image.fromarray, lambda a: a, lambda a: torch.from_numpy(a).movedim(2, 0) / 255])
    def test_images_of_every_kind_are_taken(self, make):
        images = noise(20, 5, 7, 3)
        dataset = Items([(make(image), k % 2) for k, image in enumerate(images)], ["even", "odd"])
        pictures = load_dataset(dataset, progress=False)
        expected = {np.moveaxis(image, 2, 0).tobytes(): ("even", "odd")[k % 2] for k, image in enumerate(images)}
        assert rows(pictures) == expected
        assert "Items" in pictures.name

    def test_items_without_labels_have_none(self):
        assert load_dataset(Items(list(noise(20, 5, 7))), progress=False).test.labels is None

    def test_a_dark_picture_is_no_mistake_of_scale(self):
        assert load_dataset(Items([*np.ones((10, 4, 4), np.uint8)]), progress=False).train.images.max() == 1

    @pytest.mark.parametrize(
        ("dataset", "words"),
        [
            (iter([]), "with a length"),
            (Items([]), "without any"),
            (Items([noise(4, 4), noise(5, 4)] * 5), r"item 1 has 5 × 4"),
            (Items([(noise(4, 4), [1, 2])] * 10), r"item 0: expected a label"),
            (Items([(noise(4, 4), 1), noise(4, 4)] * 5), "a label with every item or with none; 5 of 10"),
            (Items([noise(4, 4) * 2.0] * 10), "item 0: expected floats"),
            (Items([noise(4)] * 10), "item 0: expected images of shape"),
        ],
    )
    def test_what_is_no_data_set_of_images_is_said(self, dataset, words):
        with pytest.raises(DataError, match=words):
            load_dataset(dataset, progress=False)


def idx(array):
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


NAMES = {
    "published": "{part}-{kind}-idx{axes}-ubyte",
    "dots": "{part}-{kind}.idx{axes}-ubyte",
    "packed": "{part}-{kind}-idx{axes}-ubyte.gz",
    "own folder": "{part}-{kind}-idx{axes}-ubyte/{part}-{kind}-idx{axes}-ubyte",
    "raw": "MNIST/raw/{part}-{kind}-idx{axes}-ubyte",
    "emnist": "emnist-letters-{part}-{kind}-idx{axes}-ubyte.gz",
}


def write(folder, images, labels, part="train", name=NAMES["published"]):
    for kind, array, axes in (("images", images, 3), ("labels", labels, 1)):
        path = folder / name.format(part=part, kind=kind, axes=axes)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = idx(np.asarray(array, np.uint8))
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


class TestIdx:
    @pytest.mark.parametrize("name", [each for each in NAMES if each != "emnist"])
    def test_files_are_found_by_every_name(self, tmp_path, name):
        images, test_images = noise(90, 6, 5), noise(10, 6, 5)
        write(tmp_path, images, np.arange(90) % 3, name=NAMES[name])
        write(tmp_path, test_images, np.arange(10) % 3, "t10k", NAMES[name])
        pictures = load_idx(tmp_path)
        assert np.array_equal(pictures.test.images, test_images)
        assert pictures.test.labels.tolist() == [k % 3 for k in range(10)]
        assert [len(getattr(pictures, part)) for part in PARTS] == [80, 10, 10]
        assert set(rows(pictures)) == {image.tobytes() for image in [*images, *test_images]}
        assert "published test split" in pictures.name

    def test_one_pair_is_divided_in_three(self, tmp_path):
        write(tmp_path, noise(50, 6, 5), np.arange(50) % 5, name="{kind}-idx{axes}-ubyte")
        pictures = load_idx(tmp_path, classes=tuple("abcde"), shares=(0.6, 0.2, 0.2))
        assert [len(getattr(pictures, part)) for part in PARTS] == [30, 10, 10]
        assert pictures.classes == tuple("abcde")
        assert torch.bincount(pictures.test.labels).tolist() == [2] * 5

    def test_emnist_is_set_upright_and_its_letters_are_named(self, tmp_path):
        images, labels = noise(50, 6, 5), np.arange(50) % 5 + 1
        for part in ("train", "test"):
            write(tmp_path / "gzip", images, labels, part, NAMES["emnist"])
            write(tmp_path / "gzip", noise(9, 6, 5), np.zeros(9), part, NAMES["emnist"].replace("letters", "digits"))
        mapping = "".join(f"{k + 1} {65 + k} {97 + k}\n" for k in range(5))
        (tmp_path / "gzip" / "emnist-letters-mapping.txt").write_text(mapping)
        pictures = load_idx(tmp_path, which="emnist-letters")
        assert pictures.classes == tuple("ABCDE")
        assert np.array_equal(pictures.test.images, images.transpose(0, 2, 1))
        assert [pictures.classes[k] for k in pictures.test.labels[:5]] == list("ABCDE")
        as_stored = load_idx(tmp_path, which="emnist-letters", transposed=False)
        assert np.array_equal(as_stored.test.images, images)

    def test_of_several_data_sets_one_must_be_chosen(self, tmp_path):
        for name in ("letters", "digits"):
            write(tmp_path, noise(9, 4, 4), np.zeros(9), name=NAMES["emnist"].replace("letters", name))
        with pytest.raises(DataError, match=r"'emnist-digits', 'emnist-letters'. Give which"):
            load_idx(tmp_path)
        with pytest.raises(DataError, match="named 'emnist-balanced'"):
            load_idx(tmp_path, which="emnist-balanced")

    def test_the_digits_in_their_own_files_are_the_digits(self, digit_files, tmp_path):
        for name, content in digit_files.items():
            (tmp_path / name).write_bytes(content)
        pictures, mnist = load_idx(tmp_path), load_mnist()
        assert torch.equal(pictures.test.images, mnist.test.images)
        assert torch.equal(pictures.test.labels, mnist.test.labels)
        assert len(pictures.train) + len(pictures.validation) == 60_000
        shares = torch.bincount(pictures.train.labels) / torch.bincount(mnist.train.labels)
        assert shares.std() < 0.05

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (lambda content: content[:-1], r"expected 166 bytes by its header, shape \(10, 5, 3\); got 165"),
            (lambda content: content + b"x", "got 167"),
            (lambda content: content[:3], "begins with 00 00 08"),
            (lambda content: b"", "begins with nothing"),
            (lambda content: b"<html>", "3c 68 74"),
            (lambda content: gzip.compress(content)[:-9], "cannot read"),
            (lambda content: b"\0\0\x0d" + content[3:], "00 00 0d"),
            (lambda content: idx(noise(9, 5, 3)), r"\(9, 5, 3\) and \(10,\)"),
            (lambda content: content[:8], "by its header"),
        ],
    )
    def test_a_damaged_file_is_said(self, tmp_path, spoil, words):
        write(tmp_path, noise(10, 5, 3), np.arange(10))
        path = tmp_path / "train-images-idx3-ubyte"
        path.write_bytes(spoil(path.read_bytes()))
        with pytest.raises(DataError, match=words):
            load_idx(tmp_path)

    def test_what_is_missing_is_said(self, tmp_path):
        with pytest.raises(DataError, match="there are: none"):
            load_idx(tmp_path)
        with pytest.raises(DataError, match="does not exist"):
            load_idx(tmp_path / "nowhere")
        write(tmp_path, noise(10, 5, 3), np.arange(10))
        (tmp_path / "train-labels-idx1-ubyte").unlink()
        with pytest.raises(DataError, match="expected the labels that belong to"):
            load_idx(tmp_path)

    def test_test_images_of_another_size_are_refused(self, tmp_path):
        write(tmp_path, noise(10, 5, 3), np.arange(10))
        write(tmp_path, noise(10, 5, 4), np.arange(10), "t10k")
        with pytest.raises(DataError, match=r"like the training images; got 5 × 4"):
            load_idx(tmp_path)


@pytest.mark.parametrize("seed", range(5))
def test_division_is_a_partition_and_every_class_has_its_share(seed):
    labels = np.random.default_rng(seed).integers(0, 7, 1000) ** 2
    shares = (0.7, 0.1, 0.2)
    parts = divide(labels, 1000, shares, seed)
    assert sorted(np.concatenate(parts)) == list(range(1000))
    for part, share in zip(parts, shares, strict=True):
        assert len(part) == round(1000 * share)
        for each in np.unique(labels):
            assert (labels[part] == each).sum() == pytest.approx(share * (labels == each).sum(), abs=2.5)


def test_the_first_pictures_of_a_split_are_a_fair_sample():
    labels = np.repeat(np.arange(4), 250)
    first = labels[divide(labels, 1000, (0.8, 0.1, 0.1), 0)[0][:100]]
    assert np.bincount(first, minlength=4).min() > 10
