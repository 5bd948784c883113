"""Atomic writing of files: whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO

_UMASK = Lock()


def write_atomically(path: Path, data: bytes) -> Path:
    """Write a file under another name, put it on disk and rename it; its folder is made if need be.

    Readers see the old file or the whole new one, and what a power cut leaves is one of the two.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return replace_file(path, data)


def replace_file(path: Path, data: bytes) -> Path:
    """Write a file as `write_atomically` does, in a folder that must exist already.

    Raises:
        OSError: the file cannot be written.
    """
    with new_file(path) as (part, file):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        part.replace(path)
    sync(path.parent)
    return path


@contextmanager
def new_file(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a new file beside `path`, under a name that nobody can guess, to be renamed once it is whole.

    Yields its path and the open file; what was not renamed is removed. It has the permissions that a file
    made by `open` would have. Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            yield part, file
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    """Return the process's file mode mask; it can only be read by setting it."""
    with _UMASK:
        mask = os.umask(0o077)
        os.umask(mask)
    return mask


def sync(path: Path) -> None:
    """Put a file's bytes, or a folder's entries, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
