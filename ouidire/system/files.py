"""Atomic writing of files: whole or not at all."""

import os
from pathlib import Path


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
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)
    return path


def sync(path: Path) -> None:
    """Put a file's bytes, or a folder's entries, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
