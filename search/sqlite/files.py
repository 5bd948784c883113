"""The files of the SQLite index: generations, the lock between writers and a rebuild, and their errors.

`index.db` is a symbolic link to the present generation, `index.db.000007`. A rebuild makes the next
generation aside and moves the link by one `os.replace`: who was reading goes on reading the old one, whose
WAL can never be taken for the new one's, since SQLite names a WAL after the file that the link leads to.
Generations are never numbered twice. Locks are advisory (`flock`) and end with the process that held them;
they need a local file system, as SQLite's WAL does.
"""

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from ouidire.errors import IndexUnavailable
from ouidire.system.files import sync
from search.sqlite.schema import APPLICATION_ID, VERSIONS, statements

REBUILD = "run `ouidire index rebuild`"
PAGE_SIZE = 8192
"""Bytes a page: a typical document (3 kB) fits without an overflow page, and writing takes a tenth less than
with 4096."""
_POLL_S = 0.05
_FAULTS = {
    sqlite3.SQLITE_BUSY: "another process is writing to it; try again when it has finished",
    sqlite3.SQLITE_LOCKED: "another process is writing to it; try again when it has finished",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run the command again",
    sqlite3.SQLITE_IOERR: "the disk answers with an error; check it, then " + REBUILD,
    sqlite3.SQLITE_CANTOPEN: "there is none, or it leads nowhere; " + REBUILD,
    sqlite3.SQLITE_READONLY: "it may not be written; check its owner and permissions",
    sqlite3.SQLITE_PERM: "it may not be read; check its owner and permissions",
    sqlite3.SQLITE_CORRUPT: "it is damaged; " + REBUILD,
    sqlite3.SQLITE_NOTADB: "it is no index of ours, or is damaged; " + REBUILD,
}

_NO_ROOM = (
    "the disk is full, or this file may not grow; make room, then run the command again: nothing is lost"
)
_NOT_OURS = "it cannot be opened by this user; check who owns it and its folder, and their permissions"
_FOLDER = "a folder stands in its place; move that away, then " + REBUILD
_CANNOT_WRITE = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMMAP,
    }
)
"""Errors of the disk that come of writing: what is there is as it was."""


class IndexFiles:
    """The generations behind one path. `wait_s`: how long a writer waits for another one, in seconds."""

    def __init__(self, path: Path, *, wait_s: float) -> None:
        self.path = path
        self.wait_s = wait_s
        self._generation = re.compile(re.escape(path.name) + r"\.(\d{6,})(-journal|-wal|-shm)?")

    def current(self) -> Path | None:
        """Return the present generation, None where there is no index yet."""
        try:
            return self.path.parent / self.path.readlink()
        except FileNotFoundError:
            return None
        except OSError:
            return (
                self.path
            )  # a plain file in the link's place: opened as it is, replaced by the next rebuild

    def revision(self) -> str:
        """Return the present generation with the size and time of its file and of its WAL.

        Each commit writes one of the two: who reads a text that is still the same reads what was there.
        """
        place = self.current()
        if place is None:
            return ""
        parts = [place.name]
        for path in (place, place.with_name(f"{place.name}-wal")):
            try:
                found = path.stat()
            except OSError:
                parts.append("-")
            else:
                parts.append(f"{found.st_size}.{found.st_mtime_ns}")
        return " ".join(parts)

    def build(self) -> Path:
        """Return the path of a generation to come; the exclusive lock must be held."""
        numbers = [int(match[1]) for match in map(self._generation.fullmatch, self._names()) if match]
        return self.path.with_name(f"{self.path.name}.{max(numbers, default=0) + 1:06d}")

    def swap(self, built: Path) -> None:
        """Make a complete, closed generation the present one, durably, and remove all others."""
        with translate_errors(self.path):
            sync(built)
            link = self.path.with_name(f"{self.path.name}.link")
            link.unlink(missing_ok=True)
            link.symlink_to(built.name)
            os.replace(link, self.path)  # noqa: PTH105 (atomic)
            sync(self.path.parent)
        self.sweep()

    def sweep(self) -> None:
        """Remove what killed rebuilds and replaced generations left; the exclusive lock must be held."""
        current = self.current()
        kept = current.name if current else ""
        for name in self._names():
            match = self._generation.fullmatch(name)
            leftover = match is not None and name.removesuffix(match[2] or "") != kept
            beside = kept != self.path.name and name in {f"{self.path.name}-wal", f"{self.path.name}-shm"}
            if leftover or beside or name == f"{self.path.name}.link":
                (self.path.parent / name).unlink(missing_ok=True)

    @contextmanager
    def lock(self, mode: Literal["shared", "exclusive"], *, wait_s: float | None = None) -> Iterator[None]:
        """Hold the lock: shared by those who write to the present generation, exclusive for who replaces it.

        Raises IndexUnavailable when it is still held by others after `wait_s`.
        """
        until = time.monotonic() + (self.wait_s if wait_s is None else wait_s)
        operation = fcntl.LOCK_NB | (fcntl.LOCK_SH if mode == "shared" else fcntl.LOCK_EX)
        with translate_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(
                self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        try:
            while not _locked(handle, operation):
                if time.monotonic() >= until:
                    doing = "being rebuilt" if mode == "shared" else "being written to or rebuilt"
                    message = (
                        f"the index {self.path} is {doing} by another process; try again when it has finished"
                    )
                    raise IndexUnavailable(message)
                time.sleep(_POLL_S)
            yield
        finally:
            os.close(handle)

    def _names(self) -> list[str]:
        if not self.path.parent.is_dir():
            return []
        return sorted(os.listdir(self.path.parent))  # noqa: PTH208 (names are what is compared)


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the disk into IndexUnavailable, with what to do; our own stay as they are."""
    try:
        yield
    except sqlite3.Error as error:
        fault = _fault_of(error, path)
        if fault is None:
            raise
        message = f"the index {path} cannot be used: {fault} ({error})"
        raise IndexUnavailable(message) from error
    except OSError as error:
        why = f"{error.strerror or error}; check its folder and the space left on the disk"
        message = f"the index {path} cannot be used: {_FOLDER if path.is_dir() else why}"
        raise IndexUnavailable(message) from error


def _fault_of(error: sqlite3.Error, path: Path) -> str | None:
    """Return what an error of SQLite means and what to do; None for a fault of our own."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code in _CANNOT_WRITE:
        return _NO_ROOM
    if path.is_dir():
        return _FOLDER
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such table"):
        return "a part of it is missing; " + REBUILD
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN and path.exists():
        return _NOT_OURS
    return _FAULTS.get(code & 0xFF)


def create(built: Path, *, cache_kib: int) -> sqlite3.Connection:
    """Open a new generation to be filled in one transaction, without journal.

    A crash leaves a file that nothing links to.
    """
    connection = sqlite3.connect(built, isolation_level=None, check_same_thread=False)
    for statement in (
        f"PRAGMA page_size = {PAGE_SIZE}",
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA locking_mode = EXCLUSIVE",
        f"PRAGMA cache_size = -{cache_kib}",
        *statements(),
    ):
        connection.execute(statement).close()
    return connection


def finish(built: Path) -> None:
    """Turn a filled generation, closed by now, into one that is read and written through a WAL."""
    with closing(sqlite3.connect(built, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").close()


def connect(path: Path, *, place: Path, wait_s: float, cache_kib: int, writing: bool) -> sqlite3.Connection:
    """Open a generation. Raises IndexUnavailable when it is missing, not ours, or made for other versions."""
    with translate_errors(place):
        uri = f"file:{quote(str(path.absolute()))}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, timeout=wait_s
        )
        try:
            for statement in (
                f"PRAGMA cache_size = -{cache_kib}",
                "PRAGMA journal_mode = WAL",
                # a harvest is marked ingested on our word: a commit must survive a power cut
                "PRAGMA synchronous = FULL",
                f"PRAGMA query_only = {int(not writing)}",
            ):
                connection.execute(statement).close()
            _check_versions(connection, place)
        except BaseException:
            connection.close()
            raise
    return connection


def _check_versions(connection: sqlite3.Connection, place: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        message = f"{place} is no index of ours; {REBUILD}"
        raise IndexUnavailable(message)
    found = dict(connection.execute("SELECT name, value FROM meta ORDER BY name"))
    if found != VERSIONS:
        message = (
            f"the index {place} was built for other versions "
            f"({_shown(found)}; this program needs {_shown(VERSIONS)}); {REBUILD}"
        )
        raise IndexUnavailable(message)


def _shown(versions: dict[str, int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(versions.items()))


def _locked(handle: int, operation: int) -> bool:
    try:
        fcntl.flock(handle, operation)
    except BlockingIOError:
        return False
    return True
