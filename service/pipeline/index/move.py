"""A move of the index from one back-end to another: copied, counted, compared document by document.

The old one stays as it is.
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from ouidire.documents import MODELS, Document, Kind
from ouidire.errors import IndexUnavailable, UsageError
from ouidire.index import MentionIndex, Query
from ouidire.settings.index import Backend
from service.pipeline.index.rebuild import tombstones, with_progress
from service.pipeline.installation import Installation

_DIGEST_BYTES = 16


class IndexMove(NamedTuple):
    """The result of a move: live documents and their checksum, by kind; both back-ends hold the same."""

    source: Backend
    target: Backend
    counts: dict[str, int]
    checksums: dict[str, str]


class Checksum:
    """The checksum of one kind's documents in the order of their ids."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = blake2b(digest_size=_DIGEST_BYTES)

    def add(self, document: Document) -> None:
        """Take in the next document."""
        self.count += 1
        self._hash.update(document.model_dump_json().encode() + b"\n")

    @property
    def text(self) -> str:
        """The checksum so far."""
        return self._hash.hexdigest()


def move(
    installation: Installation, target: Backend, *, on_progress: Callable[[int], None] | None = None
) -> IndexMove:
    """Copy the configured index to another back-end and compare the two.

    Raises UsageError when it is there already, IndexUnavailable when either cannot be used or when they
    differ at the end.
    """
    source = installation.settings.index.backend
    if source == target:
        raise UsageError(f"the index is on {target} already; name the other back-end")
    held, made = installation.index, installation.index_on(target)
    sums = {kind: Checksum() for kind in MODELS}
    before = held.status().counts
    made.rebuild(
        with_progress(_scan_all(held, sums), on_progress),
        tombstones=tombstones(installation),
        expected=before,
    )
    copied = {kind: Checksum() for kind in MODELS}
    for _ in _scan_all(made, copied):
        pass
    wrong = [
        kind
        for kind in MODELS
        if (sums[kind].count, sums[kind].text) != (copied[kind].count, copied[kind].text)
    ]
    if wrong:
        shown = ", ".join(f"{copied[kind].count} {kind} for {sums[kind].count}" for kind in wrong)
        raise IndexUnavailable(
            f"the copy on {target} differs ({shown}): keep index.backend = {source!r}, "
            "and move again while nothing runs"
        )
    return IndexMove(
        source,
        target,
        {kind: each.count for kind, each in sums.items()},
        {kind: each.text for kind, each in sums.items()},
    )


def _scan_all(index: MentionIndex, sums: dict[Kind, Checksum]) -> Iterator[Document]:
    """Yield every live document of an index, kind by kind, by id, each taken into its kind's checksum."""
    for kind, model in MODELS.items():
        for row in index.scan(Query(kind=kind), tuple(model.model_fields)):
            document: Document = model.model_validate(row)
            sums[kind].add(document)
            yield document
