"""The connections of one SQLite index: lent to one user at a time, kept for the next.

Those to an index that was replaced are dropped.

They are shared by the threads of a process and must not be carried into a forked one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from ouidire.errors import IndexUnavailable
from search.sqlite.files import REBUILD, IndexFiles, connect, translate_errors

CACHE_KIB = 16_384
"""Memory that a connection may keep pages in; a larger one gained nothing at 100,000 mentions."""
READ_CACHE_KIB = CACHE_KIB // 2
"""The same of a connection that only reads: 30,000 mentions were searched as fast, and digests stay small."""

_OPENINGS = 5
_KEPT = 8


class Connections:
    """Connections to the present generation of `files`.

    `wait_s` is how long one waits for another's write, in seconds.
    """

    def __init__(self, files: IndexFiles, *, wait_s: float) -> None:
        self._files = files
        self._wait_s = wait_s
        self._guard = Lock()
        self._idle: list[tuple[Path, bool, sqlite3.Connection]] = []

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that only reads, within one snapshot of the present generation."""
        place, connection = self._taken(writing=False)
        try:
            with translate_errors(self._files.path):
                connection.execute("BEGIN")
                yield connection
        except BaseException:
            connection.close()
            raise
        connection.execute("COMMIT")
        self._kept(place, connection, writing=False)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that writes.

        The shared lock keeps a rebuild from swapping the index away under it.
        """
        with self._files.lock("shared"):
            place, connection = self._taken(writing=True)
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._kept(place, connection, writing=True)

    def close(self) -> None:
        """Close idle connections; one that is lent (to a scan, say) is kept until the next close."""
        with self._guard:
            idle, self._idle = self._idle, []
        for _, _, connection in idle:
            connection.close()

    def _taken(self, *, writing: bool) -> tuple[Path, sqlite3.Connection]:
        """Return an idle connection to the present generation, or a new one."""
        for _ in range(_OPENINGS):
            place = self._files.current()
            if place is None:
                message = f"there is no index at {self._files.path}; {REBUILD}"
                raise IndexUnavailable(message)
            found = self._fitting(place, writing=writing)
            if found:
                return place, found
            try:
                cache = CACHE_KIB if writing else READ_CACHE_KIB
                connection = connect(
                    place, place=self._files.path, wait_s=self._wait_s, cache_kib=cache, writing=writing
                )
            except IndexUnavailable:
                if self._files.current() == place:
                    raise
                continue
            # Opened before the link moved, or else its WAL may be gone: then open the generation that took
            # its place.
            if self._files.current() == place:
                return place, connection
            connection.close()
        message = f"the index {self._files.path} is being replaced again and again; try again"
        raise IndexUnavailable(message)

    def _fitting(self, place: Path, *, writing: bool) -> sqlite3.Connection | None:
        """Take an idle connection to a generation, and close those to others."""
        with self._guard:
            gone = [each for each in self._idle if each[0] != place]
            fitting = [each for each in self._idle if each[0] == place and each[1] == writing]
            taken = fitting[-1:]
            self._idle = [each for each in self._idle if each not in gone and each not in taken]
        for _, _, connection in gone:
            connection.close()
        return taken[0][2] if taken else None

    def _kept(self, place: Path, connection: sqlite3.Connection, *, writing: bool) -> None:
        with self._guard:
            if len(self._idle) < _KEPT:
                self._idle.append((place, writing, connection))
                return
        connection.close()
