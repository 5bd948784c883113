"""What is worth correcting: the mentions of the last days whose side is uncertain and counts.

The order is uncertainty × influence, as `docs/explorer.md` says: the entropy of the three chances (0–1) times
the points by which the brand's net sentiment of these days is expected to move once a person has said. A
second reader sees one corrected mention in ten, chosen by its id, and not what the first one said.
"""

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ouidire.documents import MentionDocument
from ouidire.frozen import Frozen
from ouidire.ids import digest
from ouidire.index import Exists, Query
from ouidire.state.people.corrections import Correction, all_corrections, all_second_readings
from reports.data.scope import PRESENT, Scope, within
from service.pipeline.people.agreement import KAPPA_FIELDS
from service.pipeline.people.side import DecisionSide

DAYS = 7
SECOND_READ = 10
"""One corrected mention in so many is read by a second person."""
_BALANCE = {"p_negative": -1.0, "p_neutral": 0.0, "p_positive": 1.0}


class UncertainMention(Frozen):
    """One mention to look at: what the model says, how unsure it is (0–1), and what is at stake (points)."""

    id: str
    uncertainty: float
    influence: float
    document: MentionDocument

    @property
    def worth(self) -> float:
        """Uncertainty × influence: what orders the queue."""
        return self.uncertainty * self.influence


def correction_queue(
    installation: DecisionSide, scope: Scope, *, size: int, end: datetime | None = None
) -> tuple[UncertainMention, ...]:
    """Return the mentions of the seven days before `end` that are worth correcting, the most so first."""
    until = end or installation.clock()
    with installation.state.read() as connection:
        done = {
            each.mention_id for each in all_corrections(connection) if each.field in ("side", "irrelevant")
        }
    where = (*scope.once, *PRESENT, Exists(field="p_positive"), within(until - timedelta(days=DAYS), until))
    n = installation.index.sums(Query(where=where)).n
    rows = installation.index.scan(Query(where=where), ("id", "corrected", *_BALANCE))
    ranked = heapq.nlargest(size, _ranked(rows, done, n))
    documents = installation.index.get_many("mention", [key for *_, key in ranked])
    return tuple(
        UncertainMention(id=key, uncertainty=uncertainty, influence=influence, document=document)
        for _, uncertainty, influence, key in ranked
        if isinstance(document := documents.get(key), MentionDocument)
    )


def _ranked(
    rows: Iterable[Mapping[str, Any]], done: set[str], n: int
) -> Iterator[tuple[float, float, float, str]]:
    for row in rows:
        if row["id"] in done or "side" in (row["corrected"] or ()):
            continue
        uncertainty, influence = uncertainty_of(row), influence_of(row, n)
        yield uncertainty * influence, uncertainty, influence, str(row["id"])


def uncertainty_of(row: Mapping[str, Any]) -> float:
    """Return the entropy of a mention's three chances, 0 (sure) to 1 (one of three alike)."""
    chances = [float(row[name] or 0.0) for name in _BALANCE]
    return -sum(p * math.log(p) for p in chances if p > 0) / math.log(len(chances))


def influence_of(row: Mapping[str, Any], n: int) -> float:
    """Return the points (of 100) by which net sentiment over `n` mentions is expected to move."""
    chances = {name: float(row[name] or 0.0) for name in _BALANCE}
    mean = sum(p * _BALANCE[name] for name, p in chances.items())
    moved = sum(p * abs(_BALANCE[name] - mean) for name, p in chances.items())
    return 100 * moved / n if n else 0.0


def second_queue(installation: DecisionSide, *, by: str) -> tuple[Correction, ...]:
    """Return the corrections that await a second reader other than `by`, the oldest first."""
    with installation.state.read() as connection:
        read = {(each.mention_id, each.field) for each in all_second_readings(connection)}
        waiting = [
            each
            for each in all_corrections(connection)
            if is_second_read(each.mention_id)
            and each.by != by
            and (each.mention_id, each.field) not in read
            and each.field in KAPPA_FIELDS
        ]
    return tuple(reversed(waiting))


def is_second_read(mention_id: str) -> bool:
    """Return whether a corrected mention is one of those that a second person reads."""
    return int(digest("second reader", mention_id)[:8], 16) % SECOND_READ == 0
