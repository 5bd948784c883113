"""The reviews that are worth an answer, the most urgent first, read from the index.

Only reviews that still stand on their site, on sources where owners' replies show, count: where none ever
does, nobody can be seen to answer. Rows are streamed; documents are fetched for the lines shown alone.
"""

import heapq
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ouidire.documents import MentionDocument
from ouidire.frozen import Frozen
from ouidire.index import MentionIndex, Query, Range, Term
from reports.answering.rule import ANSWERABLE_FOR, FIELDS, AnswerReason, points_of, reasons_to_answer
from reports.data.scope import PRESENT, Scope, Where, within

EVERY = 10_000
"""More source keys or domains than any brand has."""
CLOSED = ("answered", "dismissed")
"""The states of which nothing is asked any more."""
REVIEWS: Where = (Term(field="mention_kind", any_of=("review",)),)
"""The clause that keeps what an owner can answer."""


class AwaitingReview(Frozen):
    """One review that is worth an answer, and why; `points` orders the queue."""

    document: MentionDocument
    reasons: tuple[AnswerReason, ...]
    points: int


class AwaitingReviews(Frozen):
    """The first lines of the queue, and how many reviews it holds."""

    total: int
    lines: tuple[AwaitingReview, ...]


def awaiting_reviews(
    reader: MentionIndex,
    scope: Scope,
    *,
    end: datetime,
    now: datetime,
    size: int,
    keep: Callable[[str], bool] | None = None,
) -> AwaitingReviews:
    """Return the reviews of a scope published in the weeks before `end` that are worth an answer.

    Those that are answered or dismissed, as the index knows it, are left out. `keep`, given a mention's id,
    decides instead where people may have decided something since the index was written.
    """
    keys = replying_sources(reader, scope)
    if not keys:
        return AwaitingReviews(total=0, lines=())
    where: Where = (
        *scope.once,
        *PRESENT,
        Term(field="source_key", any_of=keys),
        *REVIEWS,
        Term(field="answered", any_of=(False,)),
        within(end - ANSWERABLE_FOR, end),
    )
    if keep is None:
        where = (*where, Term(field="answer_state", any_of=CLOSED, exclude=True))
    first_page = first_page_sites(reader, scope.brand, end=end)
    found: dict[str, tuple[AnswerReason, ...]] = {}
    ranked: list[tuple[int, float, str]] = []
    for row in reader.scan(Query(where=where), FIELDS):
        key = str(row["id"])
        reasons = reasons_to_answer(row, first_page=first_page, now=now)
        if reasons and (keep is None or keep(key)):
            found[key] = reasons
            ranked.append(_rank(row, reasons))
    chosen = [key for *_, key in heapq.nsmallest(size, ranked)]
    documents = reader.get_many("mention", chosen)
    lines = [
        AwaitingReview(document=document, reasons=found[key], points=points_of(found[key]))
        for key in chosen
        if isinstance(document := documents.get(key), MentionDocument)
    ]
    return AwaitingReviews(total=len(found), lines=tuple(lines))


def _rank(row: dict[str, Any], reasons: tuple[AnswerReason, ...]) -> tuple[int, float, str]:
    """Return what orders the queue: points, then the newest, then ids."""
    return -points_of(reasons), -row["period_at"].timestamp(), str(row["id"])


def replying_sources(reader: MentionIndex, scope: Scope) -> tuple[str, ...]:
    """Return the keys of the scope's sources on which an owner's reply has ever been seen."""
    replied = Query(where=(*scope.where, *REVIEWS, Term(field="answered", any_of=(True,))))
    return tuple(sorted(str(bucket.value) for bucket in reader.facet(replied, "source_key", size=EVERY)))


def first_page_sites(reader: MentionIndex, brand: str, *, end: datetime) -> frozenset[str]:
    """Return the sites that first pages of searches for the brand showed in the weeks before `end`."""
    shown = Query(
        kind="search_result",
        where=(
            Term(field="brands", any_of=(brand,)),
            Term(field="query_kind", any_of=("brand",)),
            Term(field="page_number", any_of=(1,)),
            Term(field="type", any_of=("organic",)),
            Range(field="captured_at", gte=end - ANSWERABLE_FOR),
        ),
    )
    domains = (str(bucket.value) for bucket in reader.facet(shown, "domain", size=EVERY))
    return frozenset(domain.removeprefix("www.") for domain in domains)
