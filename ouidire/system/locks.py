"""A lock between processes that names its holder; the system releases it when the holder ends, however.

It holds between processes that see the same file system; on a network file system, only where that one keeps
`flock`.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ouidire.errors import OuidireError


class LockHeld(OuidireError):  # noqa: N818 (what is the matter, as in ouidire.errors)
    """Another process holds the lock; the message names it."""


@contextmanager
def lock(path: Path, *, now: datetime, busy: str) -> Iterator[None]:
    """Hold a lock for a block.

    `busy` is the message of the error, with a hole for its `{holder}`.

    Raises:
        LockHeld: another process has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise LockHeld(busy.format(holder=file.read().strip() or "unknown")) from error
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M} UTC, on {socket.gethostname()}")
        file.flush()
        yield
