"""Views as queries of the index protocol, the same for every back-end.

Days become moments in the reader's timezone. Whether a mention was edited is known from events, not from its
document: their ids are looked up first, the newest 10,000 at most.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ouidire.index import Exists, MentionIndex, Query, Range, Sort, Term
from reports.data.scope import Where
from reports.explore.date_span import DateSpan, moment_of
from reports.explore.filters import EXCLUDING, PEAK_FROM, RANGES, VALUES, Flag, Order
from reports.explore.view import MentionView

MOST_EDITED = 10_000
_ORDERS: dict[Order, Sort] = {
    "newest": Sort(field="period_at"),
    "oldest": Sort(field="period_at", descending=False),
    "imported": Sort(field="first_seen_at"),
    "worst": Sort(field="polarity", descending=False),
    "best": Sort(field="polarity"),
    "lowest-stars": Sort(field="stars", descending=False),
    "highest-stars": Sort(field="stars"),
    "reach": Sort(field="reach"),
}


class ReaderTime(NamedTuple):
    """What a reader means by a day: a timezone, and the day that it is there."""

    timezone: str
    today: date

    @classmethod
    def at(cls, now: datetime, timezone: str) -> "ReaderTime":
        """Return the reader's day at a moment."""
        return cls(timezone, now.astimezone(ZoneInfo(timezone)).date())


def query_of(view: MentionView, reader: MentionIndex, *, time: ReaderTime) -> Query:
    """Return the query that keeps a view's mentions, in its order.

    Raises IndexUnavailable where edited mentions are asked for and the index cannot be reached.
    """
    edited = _edited_ids(reader) if view.flag("edited") is not None else ()
    return Query(
        text=view.text,
        where=tuple(_clauses(view, time=time, edited=edited)),
        sort=_sort(view),
    )


def _sort(view: MentionView) -> tuple[Sort, ...]:
    order = view.order or ("relevance" if view.text else "newest")
    if order == "relevance":
        return () if view.text else (_ORDERS["newest"],)
    return (_ORDERS[order],)


def _clauses(
    view: MentionView, *, time: ReaderTime, edited: tuple[str, ...]
) -> Iterator[Term | Range | Exists]:
    for chosen in view.values:
        left_out = chosen.name.startswith(EXCLUDING)
        field = VALUES[chosen.name.removeprefix(EXCLUDING)].field
        yield Term(field=field, any_of=chosen.values, exclude=left_out)
    for flag in view.flags:
        yield flag_clause(flag.name, flag.value, edited=edited)
    for span in view.ranges:
        yield from _numbers(span.name, span.low, span.high)
    for field, dates in (("period_at", view.published), ("first_seen_at", view.imported)):
        if dates is not None:
            yield from days_clause(field, dates, time=time)
    if view.duplicates == "folded":
        yield Exists(field="duplicate_of", exclude=True)


def days_clause(field: str, dates: DateSpan, *, time: ReaderTime) -> Where:
    """Return the clause that keeps what lies within days; none where they are open at both ends."""
    first, last = dates.bounds(time.today)
    if first is None and last is None:
        return ()
    start = moment_of(first, time.timezone) if first is not None else None
    end = moment_of(last + timedelta(days=1), time.timezone) if last is not None else None
    return (Range(field=field, gte=start, lt=end),)


def own_clauses(view: MentionView, name: str, reader: MentionIndex, *, time: ReaderTime) -> Where:
    """Return the clauses of a view's query that one of its filters makes; none where it is not in use."""
    without = view.without(name)
    if without == view:
        return ()
    others = query_of(without, reader, time=time).where
    return tuple(each for each in query_of(view, reader, time=time).where if each not in others)


def flag_clause(name: str, value: Flag, *, edited: tuple[str, ...] = ()) -> Term | Range | Exists:
    """Return the clause of a yes-or-no filter; `edited` holds the ids of edited mentions, for that one."""
    wanted = value == "yes"
    if name in ("delight", "irritation"):
        return Range(field=name, gte=PEAK_FROM) if wanted else Range(field=name, lt=PEAK_FROM)
    if name == "suspicious":
        return Exists(field="suspicion", exclude=not wanted)
    if name == "edited":
        return Term(field="id", any_of=edited, exclude=not wanted)
    # answered, verified: what is not known to be so is `no`
    return Term(field=name, any_of=(True,), exclude=not wanted)


def _numbers(name: str, low: int, high: int) -> Where:
    """Return the clause of whole numbers: what lies between two is rounded, and the ends are open."""
    spec = RANGES[name]
    if (low, high) == (spec.lowest, spec.highest):
        return (Exists(field=spec.field),)
    least = None if low == spec.lowest else low - 0.5
    below = None if high == spec.highest else high + 0.5
    return (Range(field=spec.field, gte=least, lt=below),)


def _edited_ids(reader: MentionIndex) -> tuple[str, ...]:
    query = Query(kind="event", where=(Term(field="type", any_of=("edited",)),))
    return tuple(str(bucket.value) for bucket in reader.facet(query, "subject_id", size=MOST_EDITED))
