"""A folder of PNG and JPEG becomes splits of bytes, and no picture is dropped, turned or darkened without a word."""

import io
import tracemalloc

import numpy as np
import pytest
import torch
from PIL import Image

from vae_lib.data import DataError, load_images, pixels
from vae_lib.data.splits import SHARES

RNG = np.random.default_rng(0)


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = array if isinstance(array, Image.Image) else Image.fromarray(np.asarray(array, np.uint8))
    image.save(path, **options)


def noise(*shape):
    return RNG.integers(0, 256, shape, dtype=np.uint8)


def fill(folder, count, *shape, suffix="png"):
    for k in range(count):
        save(folder / f"{k}.{suffix}", noise(*shape))


def loaded(folder, **options):
    """All pictures of a folder by the name of their file."""
    pictures = load_images(folder, progress=False, **options)
    parts = (pictures.train, pictures.validation, pictures.test)
    return {name: image.numpy() for part in parts for name, image in zip(part.files, part.images, strict=True)}


def one(folder, name, **options):
    """What a picture becomes; others beside it make up the splits."""
    size = options.pop("size", 8)
    side = (size, size) if isinstance(size, int) else size
    for k in range(9):
        save(folder / f"other{k}.png", np.zeros(side))
    return loaded(folder, size=size, **options)[name]


class TestSplits:
    def test_subfolders_are_classes_in_the_same_proportions(self, tmp_path):
        fill(tmp_path / "cats", 60, 8, 8, 3)
        fill(tmp_path / "dogs" / "large", 40, 8, 8, 3)
        pictures = load_images(tmp_path, progress=False)
        assert pictures.classes == ("cats", "dogs")
        assert pictures.image == (3, 8, 8)
        for part, size in ((pictures.train, 80), (pictures.validation, 10), (pictures.test, 10)):
            assert len(part) == len(part.images) == len(part.labels) == len(part.files) == size
            share = (part.labels == 0).double().mean().item()
            assert share == pytest.approx(0.6, abs=1.01 / size)
            assert [("cats", "dogs")[each] for each in part.labels] == [name.split("/")[0] for name in part.files]

    def test_every_file_is_in_exactly_one_split_and_is_the_picture_of_that_file(self, tmp_path):
        fill(tmp_path, 25, 5, 7, 3)
        found = loaded(tmp_path)
        assert len(found) == 25
        for name, image in found.items():
            assert np.array_equal(image, np.moveaxis(np.asarray(Image.open(tmp_path / name)), 2, 0))

    def test_without_subfolders_there_are_no_labels(self, tmp_path):
        fill(tmp_path, 10, 8, 8)
        pictures = load_images(tmp_path, progress=False)
        assert pictures.train.labels is None
        assert pictures.classes == ()
        assert pictures.train.images.shape == (8, 8, 8)

    def test_the_seed_and_the_shares_choose_the_splits_and_stand_in_the_name(self, tmp_path):
        fill(tmp_path, 20, 8, 8)
        files = [load_images(tmp_path, seed=seed, progress=False).train.files for seed in (0, 0, 1)]
        assert files[0] == files[1] != files[2]
        pictures = load_images(tmp_path, shares=(0.5, 0.25, 0.25), seed=7, progress=False)
        assert [len(pictures.train), len(pictures.validation), len(pictures.test)] == [10, 5, 5]
        assert tmp_path.name in pictures.name
        assert "0.5 / 0.25 / 0.25" in pictures.name
        assert "seed 7" in pictures.name
        assert "8 × 8" in pictures.name

    def test_a_class_of_one_picture_is_trained_on(self, tmp_path):
        fill(tmp_path / "many", 29, 8, 8)
        for k in range(5):
            fill(tmp_path / f"rare{k}", 1, 8, 8)
        labels = load_images(tmp_path, progress=False).train.labels
        assert len(labels.unique()) == 6

    def test_rows_of_colour_pixels_have_all_channels(self, tmp_path):
        fill(tmp_path, 10, 4, 6, 3)
        images = load_images(tmp_path, progress=False).train.images
        assert pixels(images).shape == (8, 72)
        assert torch.equal(pixels(images)[0], images[0].reshape(-1) / 255)


class TestKinds:
    def test_a_photograph_held_upright_is_upright(self, tmp_path):
        top = np.zeros((8, 8, 3), np.uint8)
        top[:4] = 255
        # A sensor that lay on its side: stored turned by a quarter, which EXIF's orientation 6 undoes.
        exif = Image.Exif()
        exif[0x0112] = 6
        save(tmp_path / "held.png", Image.fromarray(np.rot90(top).copy()), exif=exif)
        assert np.array_equal(one(tmp_path, "held.png"), np.moveaxis(top, 2, 0))

    def test_the_size_asked_for_is_that_of_the_upright_picture(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 8
        for k in range(10):
            save(tmp_path / f"{k}.jpg", Image.fromarray(noise(6, 12, 3)), exif=exif)
        assert load_images(tmp_path, progress=False).image == (3, 12, 6)

    @pytest.mark.parametrize(("background", "expected"), [("white", (255, 255, 255)), ("#0080ff", (0, 128, 255))])
    def test_what_is_transparent_shows_the_background(self, tmp_path, background, expected):
        clear = noise(8, 8, 4)
        clear[..., 3] = 0
        save(tmp_path / "clear.png", clear)
        image = one(tmp_path, "clear.png", background=background)
        assert image.reshape(3, -1).T.tolist() == [list(expected)] * 64

    def test_half_transparent_black_on_white_is_grey(self, tmp_path):
        save(tmp_path / "half.png", Image.fromarray(np.full((8, 8, 2), (0, 128), np.uint8), "LA"))
        assert one(tmp_path, "half.png", colour=False) == pytest.approx(127, abs=1)

    def test_a_palette_gives_its_colours(self, tmp_path):
        image = Image.fromarray(np.full((8, 8), 1, np.uint8), "P")
        image.putpalette([9, 9, 9, 200, 100, 50])
        save(tmp_path / "palette.png", image)
        assert one(tmp_path, "palette.png")[:, 0, 0].tolist() == [200, 100, 50]

    def test_a_palette_with_a_transparent_colour_shows_the_background(self, tmp_path):
        image = Image.fromarray(np.full((8, 8), 1, np.uint8), "P")
        image.putpalette([9, 9, 9, 200, 100, 50])
        save(tmp_path / "palette.png", image, transparency=1)
        assert one(tmp_path, "palette.png")[:, 0, 0].tolist() == [255, 255, 255]

    def test_sixteen_bits_are_rounded_and_not_cut_off(self, tmp_path):
        levels = np.array([[0, 128, 129, 257], [32768, 65535, 65406, 385]], np.uint16).repeat(4, 0).repeat(2, 1)
        Image.fromarray(levels).save(tmp_path / "deep.png")
        assert np.array_equal(one(tmp_path, "deep.png"), np.rint(levels / 257).astype(np.uint8))

    def test_black_and_white_is_0_and_255(self, tmp_path):
        ink = noise(8, 8) > 127
        save(tmp_path / "ink.png", Image.fromarray(ink))
        assert np.array_equal(one(tmp_path, "ink.png"), ink * 255)

    def test_a_cmyk_photograph_is_taken(self, tmp_path):
        save(tmp_path / "print.jpg", Image.new("CMYK", (8, 8), (0, 255, 255, 0)))
        red, green, blue = one(tmp_path, "print.jpg")[:, 4, 4].tolist()
        assert red > 200
        assert max(green, blue) < 60

    def test_one_colour_picture_makes_all_of_them_colour_unless_told_otherwise(self, tmp_path):
        fill(tmp_path, 9, 8, 8)
        save(tmp_path / "colour.png", noise(8, 8, 3))
        assert load_images(tmp_path, progress=False).image == (3, 8, 8)
        assert load_images(tmp_path, colour=False, progress=False).image == (1, 8, 8)


class TestFits:
    @pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
    def test_a_wide_picture_is_fitted_as_asked(self, tmp_path, fit):
        wide = np.zeros((8, 16), np.uint8)
        wide[:, 4:12] = 200
        save(tmp_path / "wide.png", wide)
        image = one(tmp_path, "wide.png", fit=fit, background="white").astype(int)
        if fit == "crop":
            assert image == pytest.approx(200, abs=1)
        elif fit == "pad":
            assert image[[0, 1, 6, 7]] == pytest.approx(255)
            assert image[3:5, 3:5] == pytest.approx(200, abs=25)
        else:
            assert image[:, 3:5] == pytest.approx(200, abs=25)
            assert image[:, [0, 7]] == pytest.approx(0, abs=25)

    def test_without_a_choice_the_pictures_of_another_shape_are_named(self, tmp_path):
        fill(tmp_path, 9, 8, 8)
        save(tmp_path / "wide.png", noise(8, 16))
        with pytest.raises(DataError, match=r"1 of the files .*wide\.png: 8 × 16.*crop.*pad.*stretch"):
            load_images(tmp_path, size=8, progress=False)

    def test_shrinking_to_whole_pixels_needs_no_choice(self, tmp_path):
        fill(tmp_path, 10, 33, 100)
        assert load_images(tmp_path, size=(11, 33), progress=False).image == (1, 11, 33)

    def test_without_a_size_all_must_have_one(self, tmp_path):
        fill(tmp_path, 9, 8, 8)
        save(tmp_path / "large.png", noise(16, 16))
        with pytest.raises(DataError, match=r"there are 2: 8 × 8 \(9\), 16 × 16 \(1\).*size=32"):
            load_images(tmp_path, progress=False)


def truncated():
    content = io.BytesIO()
    Image.fromarray(noise(64, 64, 3)).save(content, "png")
    return content.getvalue()[:3000]


def animated():
    content = io.BytesIO()
    frames = [Image.fromarray(noise(8, 8)) for _ in range(2)]
    frames[0].save(content, "png", save_all=True, append_images=frames[1:])
    return content.getvalue()


def webp():
    content = io.BytesIO()
    Image.fromarray(noise(8, 8, 3)).save(content, "webp")
    return content.getvalue()


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("broken.png", truncated(), "broken.png: damaged"),
            ("empty.jpg", b"", "empty.jpg: empty"),
            ("text.png", b"not a picture", "text.png: neither PNG nor JPEG"),
            ("other.png", webp(), "other.png: neither PNG nor JPEG"),
            ("moving.png", animated(), "moving.png: an animation of 2"),
            ("photo.heic", b"", "photo.heic: .heic file"),
            ("moving.gif", b"", "moving.gif: .gif file"),
        ],
    )
    def test_a_picture_that_cannot_be_taken_is_named(self, tmp_path, name, content, words):
        fill(tmp_path, 12, 64, 64, 3)
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=r"1 of the files") as error:
            load_images(tmp_path, size=64, fit="crop", progress=False)
        assert words in str(error.value)

    def test_all_broken_pictures_are_counted_and_the_first_ten_named(self, tmp_path):
        fill(tmp_path, 5, 8, 8)
        for k in range(13):
            (tmp_path / f"bad{k}.png").write_bytes(b"bad")
        with pytest.raises(DataError, match=r"13 of the files .*bad0\.png.*bad9\.png.*and 3 more"):
            load_images(tmp_path, progress=False)

    def test_pictures_beside_subfolders_are_named(self, tmp_path):
        fill(tmp_path / "cats", 9, 8, 8)
        save(tmp_path / "stray.png", noise(8, 8))
        with pytest.raises(DataError, match=r"stray\.png: in no subfolder"):
            load_images(tmp_path, progress=False)

    def test_hidden_files_and_notes_are_no_pictures(self, tmp_path):
        fill(tmp_path, 10, 8, 8)
        for name in (".DS_Store", "._0.png", "notes.txt", "labels.csv"):
            (tmp_path / name).write_bytes(b"x")
        (tmp_path / "__MACOSX").mkdir()
        (tmp_path / "__MACOSX" / "0.png").write_bytes(b"x")
        assert len(loaded(tmp_path)) == 10

    def test_a_folder_that_is_none_or_empty_is_said(self, tmp_path):
        with pytest.raises(DataError, match="does not exist"):
            load_images(tmp_path / "nowhere")
        with pytest.raises(DataError, match="there are none"):
            load_images(tmp_path)
        (tmp_path / "file.png").write_bytes(b"x")
        with pytest.raises(DataError, match="is a file"):
            load_images(tmp_path / "file.png")

    def test_one_picture_is_too_few(self, tmp_path):
        save(tmp_path / "only.png", noise(8, 8))
        with pytest.raises(DataError, match=r"about 10; got 1"):
            load_images(tmp_path, progress=False)

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"fit": "squash"}, "one of crop, pad, stretch"),
            ({"size": 0}, "got 0"),
            ({"size": (8, 8, 3)}, "height, width"),
            ({"background": "no colour"}, "expected background as a colour"),
            ({"background": (300, 0, 0)}, "expected background as a colour"),
            ({"shares": (0.5, 0.5)}, "three shares"),
            ({"shares": (0.5, 0.5, 0.5)}, "add up to 1"),
            ({"shares": (1.5, -0.5, 0.0)}, "add up to 1"),
        ],
    )
    def test_a_choice_that_is_none_is_said(self, tmp_path, options, words):
        fill(tmp_path, 10, 8, 8)
        with pytest.raises(DataError, match=words):
            load_images(tmp_path, progress=False, **options)


def test_memory_is_that_of_the_bytes_and_little_more(tmp_path):
    """A thousand pictures of 256 × 256 in colour, shrunk to 32 × 32: 3 MB of bytes, of 197 MB decoded."""
    picture = io.BytesIO()
    Image.fromarray(np.zeros((256, 256, 3), np.uint8)).save(picture, "png")
    for k in range(1000):
        (tmp_path / f"{k}.png").write_bytes(picture.getvalue())
    tracemalloc.start()
    pictures = load_images(tmp_path, size=32, progress=False)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(pictures.train) == round(1000 * SHARES[0])
    assert peak < 2.5 * 1000 * 32 * 32 * 3


def test_loading_shows_its_progress(tmp_path, capsys):
    fill(tmp_path, 10, 8, 8)
    load_images(tmp_path)
    assert "reading" in capsys.readouterr().err
