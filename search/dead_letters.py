"""Documents that an index refused for good, kept in one file of lines with the reason.

A line is on disk before the batch that it was part of is acknowledged. Retrying takes the file aside, so that
a crash in the middle loses nothing: what was set aside is read again first, and writing twice does no harm.
"""

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from ouidire.documents import Document, Kind
from ouidire.index import UpsertReport
from ouidire.system.files import write_atomically

_log = structlog.get_logger("search")
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)


class DeadLetters:
    """The dead letters of one index, in a file that exists only when there are any."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside = path.with_name(path.name + ".retried")

    def keep(self, kind: Kind, document_id: str, revision: int, reason: str, body: bytes | None) -> None:
        """Keep one refused document (its JSON, or None where it has none that can be written), durably."""
        line = {
            "kind": kind,
            "id": document_id,
            "revision": revision,
            "reason": reason,
            "document": from_json(body) if body else None,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        _log.warning("index_refused", kind=kind, id=document_id, reason=reason[:300])

    def count(self) -> int:
        """Return how many documents are kept, each once."""
        return len(self.reasons())

    def reasons(self) -> dict[tuple[str, str], str]:
        """Return why each (kind, id) was refused last."""
        return {(each["kind"], each["id"]): each["reason"] for each in self._lines()}

    def retry(self, write: Callable[[Iterable[Document]], UpsertReport]) -> UpsertReport:
        """Write everything kept once more, the last of each; what is refused again is kept again.

        Raises what `write` raises; then all is still there.
        """
        if self.path.exists():
            if self._aside.exists():
                with self._aside.open("ab") as file:
                    file.write(self.path.read_bytes())
                self.path.unlink()
            else:
                self.path.rename(self._aside)
        if not self._aside.exists():
            return UpsertReport()
        last = {(each["kind"], each["id"]): each for each in _lines_of(self._aside)}
        report = write(_documents(last.values()))
        for each in last.values():
            if _document(each) is None:
                body = None if each["document"] is None else json.dumps(each["document"]).encode()
                self.keep(each["kind"], each["id"], each["revision"], each["reason"], body)
        self._aside.unlink()
        return report

    def forget(self, kind: Kind, ids: Collection[str]) -> None:
        """Drop what is kept of some documents: somebody asked to be forgotten, or their time has come."""
        for path in (self._aside, self.path):
            if path.exists():
                kept = [each for each in _lines_of(path) if each["kind"] != kind or each["id"] not in ids]
                write_atomically(
                    path, "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in kept).encode()
                )

    def _lines(self) -> Iterator[dict[str, Any]]:
        for path in (self._aside, self.path):
            if path.exists():
                yield from _lines_of(path)


def _lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file; a last one cut short by a crash was never acknowledged, and is left out."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)


def _documents(lines: Iterable[dict[str, Any]]) -> Iterator[Document]:
    yield from (document for each in lines if (document := _document(each)) is not None)


def _document(line: dict[str, Any]) -> Document | None:
    """Return the document of a line.

    None where it has none, or one of an older schema, which a rebuild makes again.
    """
    try:
        return _DOCUMENT.validate_python(line["document"])
    except ValidationError:
        return None
