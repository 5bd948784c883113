"""Writes to Elasticsearch: one `_bulk` request a batch, whole documents under their revision.

A revision is the server's external version: a lower one is a conflict, counted as stale; an equal or higher
one replaces. So whatever was sent twice, or sent and never answered, does no harm. What is busy is sent again
with growing waits; what the server refuses for good goes to the dead letters with its reason.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch
from pydantic_core import to_json

from ouidire.documents import Document, Kind
from ouidire.errors import IndexUnavailable
from ouidire.index import UpsertReport
from search.bodies import LARGEST, body_of
from search.dead_letters import DeadLetters
from search.elastic.cluster import BUSY, NOT_ALLOWED, Busy, Cluster, explain, explain_refusal
from search.elastic.mappings import TOMBSTONE

CHUNK_BYTES = 8 << 20
"""Size of one request, in bytes: well below the server's limit of 100 MB, large enough to be worth its while.
"""

_STALE, _FORBIDDEN, _MISSING, _TOO_LARGE = 409, 403, 404, 413
_FAULTS = 500
_ANSWER = "errors,items.*.status,items.*.error.type,items.*.error.reason"
"""What is read of an answer: of what went well, nothing but its status."""
_ENDLESS = "a number in it has no end (NaN, an infinity, or beyond 64 bits)"


class Operation(NamedTuple):
    """One document or tombstone to write: its action and its body, as lines of a bulk request."""

    kind: Kind
    id: str
    revision: int
    action: bytes
    body: bytes


def write(
    cluster: Cluster, documents: Iterable[Document], name_of: Callable[[Kind], str], dead_letters: DeadLetters
) -> UpsertReport:
    """Write one batch of documents, each under the alias of its kind; see `send`."""
    operations: list[Operation] = []
    refused = 0
    for document in documents:
        body = body_of(document)
        if body is None:
            dead_letters.keep(document.kind, document.id, document.revision, _ENDLESS, None)
            refused += 1
        else:
            operations.append(
                _operation(document.kind, document.id, document.revision, name_of(document.kind), body)
            )
    return send(cluster, operations, dead_letters) + UpsertReport(refused=refused)


def write_tombstones(
    cluster: Cluster, kind: Kind, revisions: Iterable[tuple[str, int]], name: str, dead_letters: DeadLetters
) -> UpsertReport:
    """Write one batch of tombstones of a kind under an alias; see `send`."""
    operations = [_tombstone(kind, each, revision, name) for each, revision in revisions]
    return send(cluster, operations, dead_letters)


def send(cluster: Cluster, operations: Sequence[Operation], dead_letters: DeadLetters) -> UpsertReport:
    """Write one batch.

    Raises IndexUnavailable when patience is at its end; what was taken by then is idempotent.
    """
    return sum((_send_chunk(cluster, chunk, dead_letters) for chunk in _chunks(operations)), UpsertReport())


class _BulkRequest:
    """A chunk that is being sent: the operations not taken yet, and the counts of the others."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.left = list(operations)
        self.written = self.stale = 0
        self.refused: list[tuple[Operation, str]] = []

    def send(self, client: Elasticsearch) -> None:
        """Send what is left once. Raises Busy when some of it must be sent again."""
        lines: list[Any] = [line for each in self.left for line in (each.action, each.body)]
        answer = client.bulk(operations=lines, require_alias=True, filter_path=_ANSWER)
        if not answer["errors"]:
            self.written += len(self.left)
            self.left = []
            return
        again: list[Operation] = []
        busy = ""
        taken: dict[tuple[Kind, str], int] = {}
        for operation, item in reversed(list(zip(self.left, answer["items"], strict=True))):
            result = item["index"]
            status, error = result["status"], result.get("error") or {}
            kind, reason = error.get("type", ""), error.get("reason", "")
            if status < 300:  # noqa: PLR2004 (HTTP's success)
                self.written += 1
                taken[operation.kind, operation.id] = max(
                    operation.revision, taken.get((operation.kind, operation.id), 0)
                )
            elif status == _STALE:
                self.stale += 1
            elif status in BUSY or kind == "cluster_block_exception":
                if taken.get((operation.kind, operation.id), -1) >= operation.revision:
                    self.written += 1  # a later one of this batch took its place already
                else:
                    again.append(operation)
                    busy = explain_refusal(kind, reason)
            else:
                _raise_unless_the_document(status, kind, reason)
                self.refused.append((operation, f"{kind}: {reason}"))
        self.left = again[::-1]
        if busy:
            raise Busy(busy)


class _NotTheDocument(Exception):  # noqa: N818 (it says whose fault it is)
    """A refusal that has nothing to do with the document: rights, or an index that is not there."""


def _raise_unless_the_document(status: int, kind: str, reason: str) -> None:
    if status == _FORBIDDEN:
        message = NOT_ALLOWED.format(what="writing", reason=reason)
        raise _NotTheDocument(message)
    if status == _MISSING:
        message = "there is no index yet, or it was removed: `ouidire index rebuild` makes it"
        raise _NotTheDocument(message)
    if status >= _FAULTS:
        message = f"it failed ({kind}: {reason})"
        raise _NotTheDocument(message)


def _send_chunk(cluster: Cluster, operations: Sequence[Operation], dead_letters: DeadLetters) -> UpsertReport:
    request = _BulkRequest(operations)
    try:
        cluster.write(request.send)
    except _NotTheDocument as problem:
        raise cluster.unavailable(str(problem)) from problem
    except IndexUnavailable as problem:
        if not (isinstance(problem.__cause__, ApiError) and problem.__cause__.status_code == _TOO_LARGE):
            raise
        return _send_halves(cluster, request.left, dead_letters, explain(problem.__cause__))
    for operation, reason in request.refused:
        dead_letters.keep(operation.kind, operation.id, operation.revision, reason, operation.body)
    return UpsertReport(written=request.written, stale=request.stale, refused=len(request.refused))


def _send_halves(
    cluster: Cluster, operations: Sequence[Operation], dead_letters: DeadLetters, reason: str
) -> UpsertReport:
    """Send in two a request that the server finds too large; one document alone too large is refused."""
    if len(operations) == 1:
        (alone,) = operations
        dead_letters.keep(alone.kind, alone.id, alone.revision, reason, alone.body)
        return UpsertReport(refused=1)
    middle = len(operations) // 2
    return _send_chunk(cluster, operations[:middle], dead_letters) + _send_chunk(
        cluster, operations[middle:], dead_letters
    )


def _tombstone(kind: Kind, document_id: str, revision: int, name: str) -> Operation:
    return _operation(
        kind,
        document_id,
        revision,
        name,
        to_json({"kind": kind, "id": document_id, "revision": revision, TOMBSTONE: True}),
    )


def _operation(kind: Kind, document_id: str, revision: int, name: str, body: bytes) -> Operation:
    version = min(max(revision, 0), LARGEST - 1)
    action = to_json(
        {"index": {"_index": name, "_id": document_id, "version": version, "version_type": "external_gte"}}
    )
    return Operation(kind, document_id, revision, action, body)


def _chunks(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    chunk: list[Operation] = []
    size = 0
    for each in operations:
        length = len(each.action) + len(each.body)
        if chunk and size + length > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += length
    if chunk:
        yield chunk
