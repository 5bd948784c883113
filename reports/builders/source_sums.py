"""Sums of a scope's mentions by source and period, each period as it was known after the same delay.

What was published last week goes on arriving for weeks: counted as it is known today, every past period is
fuller than this one was on its Monday. Here a past period counts what had been found as long after its end as
this one's is now. It cannot know what a file held before it was read: keys without crawls count as they
stand.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ouidire.index import Bucket, FieldSum, MentionIndex, Query, Range, Term
from ouidire.period import Period
from reports.coverage.coverage import Coverage
from reports.data.scope import Where, within

_EVERY_KEY = 10_000
# More source keys than any brand has: a facet of fewer would silently leave some out.
_TICK = timedelta(microseconds=1)
SourceBuckets = Mapping[str, Bucket]
"""The sums of one period's mentions, by source key."""


class KnownThen:
    """The clauses that keep what was known of each period as long after its end as `now` is after the last's.

    `read_otherwise` are the keys that no crawl reads (files): what they hold of a period was never known
    sooner or later than the rest of it. `afterwards` are, by the start of a period, further keys of which the
    same holds: their past was read at once, when they began to be watched.
    """

    def __init__(
        self,
        periods: Sequence[Period],
        *,
        now: datetime,
        read_otherwise: Iterable[str] = (),
        afterwards: Mapping[datetime, frozenset[str]] | None = None,
    ) -> None:
        self.delay = max(timedelta(), now - periods[-1].end)
        self.otherwise = frozenset(read_otherwise)
        self.afterwards = afterwards or {}

    def read_otherwise(self, period: Period) -> frozenset[str]:
        """Return the keys of which all that is known of a period counts, whenever it was found."""
        return self.otherwise | self.afterwards.get(period.start, frozenset())

    def ways(self, period: Period) -> tuple[Where, ...]:
        """Return the disjoint ways in which a mention of a period was known in time."""
        known = Range(field="first_seen_at", lt=period.end + self.delay + _TICK)
        otherwise = tuple(sorted(self.read_otherwise(period)))
        if not otherwise:
            return ((known,),)
        return (
            (known, Term(field="source_key", any_of=otherwise, exclude=True)),
            (Term(field="source_key", any_of=otherwise),),
        )


def known_then(coverage: Coverage, keys: frozenset[str], *, now: datetime) -> KnownThen:
    """Return what was known of a coverage's periods; of `keys`, those without crawls are read otherwise."""
    starts = [period.start for period in coverage.periods]
    return KnownThen(
        coverage.periods,
        now=now,
        read_otherwise=keys - coverage.keys,
        afterwards=dict(zip(starts, coverage.afterwards, strict=True)),
    )


def read_sources(
    reader: MentionIndex,
    where: Where,
    periods: Sequence[Period],
    known: KnownThen,
    *,
    fields: tuple[str, ...] = (),
) -> tuple[SourceBuckets, ...]:
    """Return each period's sums by source key, as known then: one facet for each period and way."""
    return tuple(
        {
            str(bucket.value): bucket
            for way in known.ways(period)
            for bucket in reader.facet(
                Query(where=(*where, within(period.start, period.end), *way)),
                "source_key",
                size=_EVERY_KEY,
                fields=fields,
            )
        }
        for period in periods
    )


def count_known(
    reader: MentionIndex, where: Where, edges: Sequence[datetime], period: Period, known: KnownThen
) -> list[int]:
    """Count the mentions of a period between consecutive edges, as known then."""
    counted = [reader.series(Query(where=(*where, *way)), "period_at", edges) for way in known.ways(period)]
    return [sum(bucket.n for bucket in column) for column in zip(*counted, strict=True)]


def merged(buckets: Iterable[Bucket]) -> Bucket:
    """Return the sums over several buckets together."""
    listed = list(buckets)
    names = sorted({name for bucket in listed for name in bucket.fields})
    return Bucket(
        n=sum(bucket.n for bucket in listed),
        fields={name: _sum(bucket.fields.get(name, FieldSum()) for bucket in listed) for name in names},
    )


def _sum(parts: Iterable[FieldSum]) -> FieldSum:
    listed = list(parts)
    return FieldSum(
        n=sum(part.n for part in listed),
        total=sum(part.total for part in listed),
        squares=sum(part.squares for part in listed),
    )
