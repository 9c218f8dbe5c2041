"""Files that are written whole or not at all. It knows no format and no room of the library."""

import contextlib
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path


@contextlib.contextmanager
def whole(*targets: Path) -> Iterator[list[Path]]:
    """Names beside the targets to write to. They take their places together at the end; none is left if one fails."""
    beside = [target.with_name(f".{target.name}.{uuid.uuid4().hex}") for target in targets]
    try:
        yield beside
        for new, target in zip(beside, targets, strict=True):
            os.replace(new, target)
    finally:
        for new in beside:
            with contextlib.suppress(OSError):
                new.unlink()


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write a reader's files. Raises OSError, which names the first and says what to do, and leaves nothing behind."""
    try:
        with whole(*contents) as beside:
            for new, content in zip(beside, contents.values(), strict=True):
                new.write_bytes(content)
    except OSError as error:
        reason, path = error.strerror or str(error), next(iter(contents))
        raise OSError(f"cannot write {path} ({reason}); name a file in a folder that exists and is yours") from error
