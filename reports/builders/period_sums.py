"""Sums of a scope's mentions, period by period: what a digest's metrics are computed from.

Figures shown come from every mention of the period; comparisons leave out, on both sides, the sources that
are too new, broken or seldom read, count past periods as they were known after the same delay, and compare
each source with its own past, so that a site added, lost or louder is never drawn as a change of opinion. It
computes no measure itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from ouidire.index import Bucket, FieldSum, MentionIndex, Query, Term
from ouidire.measures import Change, Moments, SourceMoments, rate, source_change
from ouidire.measures.change import FEWEST_WEEKS
from ouidire.measures.figure import Unit
from reports.builders.source_sums import SourceBuckets, known_then, merged, read_sources
from reports.coverage.coverage import Coverage
from reports.data.baseline import RECENT
from reports.data.metric import MeasureKey, Metric
from reports.data.scope import Scope, Where, within

FIELDS = (
    "delight",
    "irritation",
    "advocacy_balance",
    "advocacy_spread",
    "p_promoter",
    "p_passive",
    "p_detractor",
    "sentiment_balance",
    "p_positive",
    "p_negative",
    "memory_peak",
    "memory_end",
    "effort_score",
)
T = TypeVar("T")
EVERY = 10_000
"""More source keys, places or sites than any brand has: a facet of fewer would silently leave some out."""
BALANCE = (-1.0, 1.0)
SHARE = (0.0, 1.0)
"""The range of a field: a balance of good and bad, or the chance of a mark."""


class PeriodSums:
    """Sums of a scope's mentions for each period of a coverage.

    `shown` are over all mentions, `compared` over those of sources counted alike in all periods, as known
    after the same delay. Opinions are compared with all past periods, each source with those in which it was
    seen; `usable` says which of the last eight may serve as a baseline of counts. `left_out` are the source
    keys kept out of comparisons: the `new` ones, those broken in the last period (`broken` has a set for each
    period, `marked` those that were not caught up since), those seen in fewer than half of the periods since
    they began, those followed no more, and files of which none was imported for the last period. `mixed`
    names the analysers that ran in more than one version over these periods: their metrics are not compared.
    Counts leave out, besides, the `uncounted` keys: those watched too briefly whose past was read afterwards,
    which opinions are compared with and counts are not, since it lacks what was withdrawn meanwhile.
    """

    def __init__(self, reader: MentionIndex, scope: Scope, coverage: Coverage, *, now: datetime) -> None:
        self.reader = reader
        self.scope = scope
        self.coverage = coverage
        self.edges = [*(period.start for period in coverage.periods), coverage.periods[-1].end]
        everything = (*scope.once, within(self.edges[0], self.edges[-1]))
        self.mixed = _mixed_analysers(reader, everything)
        self.keys = frozenset(
            str(bucket.value) for bucket in reader.facet(Query(where=everything), "source_key", size=EVERY)
        )
        self.broken = tuple(keys & self.keys for keys in coverage.broken)
        self.marked = tuple(keys & self.keys for keys in coverage.marked)
        self.new = coverage.without_past(FEWEST_WEEKS) & self.keys
        self.uncounted = coverage.too_new(FEWEST_WEEKS) & self.keys
        self.left_out = self.new | self.broken[-1] | (coverage.kept_out & self.keys)
        self.compared_where = _without(scope.once, self.left_out)
        self.counted_where = _without(scope.once, self.left_out | self.uncounted)
        self.known = known_then(coverage, self.keys, now=now)
        self.shown = reader.series(Query(where=scope.once), "period_at", self.edges, fields=FIELDS)
        self.by_source = self._by_source((), FIELDS)
        self.compared = tuple(
            merged(bucket for key, bucket in buckets.items() if key not in self.uncounted)
            for buckets in self.by_source
        )
        comparable = coverage.comparable(self.keys - self.left_out - self.uncounted)
        self.unseen = coverage.unread
        self.usable = _usable_for_counts(self.compared[:-1], comparable)

    @property
    def where(self) -> Where:
        """The clauses that keep the last period's mentions, each text once."""
        return (*self.scope.once, within(self.edges[-2], self.edges[-1]))

    @property
    def now(self) -> Bucket:
        """The last period's sums over all its mentions."""
        return self.shown[-1]

    @property
    def baseline(self) -> list[Bucket]:
        """The sums of the past periods that counts are compared with."""
        return self.usable_of(self.compared[:-1])

    def usable_of(self, past: Sequence[T]) -> list[T]:
        """Return what belongs to the usable ones among the past periods."""
        return [each for each, usable in zip(past, self.usable, strict=True) if usable]

    def moments(self, field: str) -> Moments:
        """Sums of a field over all mentions of the last period."""
        return moments(self.now, field)

    def has(self, field: str) -> bool:
        """Whether any mention of these periods has the field at all."""
        return any(bucket.fields.get(field, FieldSum()).n for bucket in self.shown)

    def change(
        self, field: str, *, bounds: tuple[float, float] = BALANCE, unit: Unit = "ratio"
    ) -> Change | None:
        """Compare a field with the usable past periods, each source with its own past.

        None where analyser versions are mixed.
        """
        return self._change(_of_field(self.by_source, field), bounds=bounds, unit=unit)

    def change_of(self, having: Term, field: str, *, unit: Unit = "ratio") -> Change | None:
        """Compare a balance of the mentions that have a value, as `change`."""
        return self._change(_of_field(self._by_source((having,), (field,)), field), bounds=BALANCE, unit=unit)

    def series(self, having: Term, *, fields: tuple[str, ...] = ()) -> tuple[Bucket, ...]:
        """Return each period's sums over all its mentions that have a value."""
        return self.reader.series(
            Query(where=(*self.scope.once, having)), "period_at", self.edges, fields=fields
        )

    def share(self, key: MeasureKey, having: Term) -> Metric:
        """Return the share of mentions that have a value; not compared where versions are mixed."""
        moved = self.share_change(having)
        marked = Moments.of_hits(self.series(having)[-1].n, self.now.n)
        return Metric(key=key, figure=rate(marked, dispersion=dispersion_of(moved)), change=moved)

    def share_change(self, having: Term, *, among: Where = ()) -> Change | None:
        """Compare the share of mentions that have a value, of all or `among` some, as `change`."""
        shares = self.source_moments(None, having=among, mark=having)
        return self._change(shares, bounds=SHARE, unit="ratio")

    def source_moments(
        self, field: str | None, *, having: Where = (), mark: Term | None = None
    ) -> list[SourceMoments]:
        """Return each period's sums by source of a field, or of a mark that mentions have or have not.

        Without either, each mention counts 0. They are over the mentions that are compared and `having` some
        values.
        """
        if field:
            return _of_field(self._by_source(having, (field,)), field)
        weeks = self._by_source(having, ()) if having else self.by_source
        marked = self._by_source((*having, mark), ()) if mark else [{} for _ in weeks]
        return [
            {
                source: Moments.of_hits(found[source].n if source in found else 0, bucket.n)
                for source, bucket in of.items()
            }
            for found, of in zip(marked, weeks, strict=True)
        ]

    def compared_past(self, weeks: Sequence[SourceMoments]) -> list[SourceMoments]:
        """Return the past periods' sums of opinions, each without the sources not seen in it."""
        return [self.seen_in(at, week) for at, week in enumerate(weeks[:-1])]

    def seen_in(self, at: int, of: SourceMoments) -> SourceMoments:
        """Return a past period's sums without the sources not seen in it."""
        return {source: sums for source, sums in of.items() if source not in self.unseen[at]}

    def _change(
        self, weeks: Sequence[SourceMoments], *, bounds: tuple[float, float], unit: Unit
    ) -> Change | None:
        if self.mixed:
            return None
        return source_change(weeks[-1], self.compared_past(weeks), bounds=bounds, unit=unit)

    def _by_source(self, having: Where, fields: tuple[str, ...]) -> tuple[SourceBuckets, ...]:
        where = (*self.compared_where, *having)
        return read_sources(self.reader, where, self.coverage.periods, self.known, fields=fields)


def _without(where: Where, keys: frozenset[str]) -> Where:
    """Return clauses with one more that leaves out some source keys, where there are any."""
    return (*where, Term(field="source_key", any_of=tuple(sorted(keys)), exclude=True)) if keys else where


def _of_field(weeks: Sequence[SourceBuckets], field: str) -> list[SourceMoments]:
    return [{source: moments(bucket, field) for source, bucket in week.items()} for week in weeks]


def moments(bucket: Bucket, field: str) -> Moments:
    """Sums of one field of a bucket."""
    return as_moments(bucket.fields.get(field, FieldSum()))


def as_moments(found: FieldSum) -> Moments:
    """Return an index's sums of a field over documents of weight 1 as moments."""
    return Moments.unweighted(found.n, found.total, found.squares)


def dispersion_of(moved: Change | None) -> float:
    """Return how much more past periods differ than independent texts would (≥ 0); 1 where not known."""
    return 1.0 if moved is None or moved.dispersion is None else moved.dispersion


def _mixed_analysers(reader: MentionIndex, where: Where) -> tuple[str, ...]:
    """Names of the analysers that ran in more than one version."""
    buckets = reader.facet(Query(where=where), "versions", size=EVERY)
    names = [str(bucket.value).partition("@")[0] for bucket in buckets]
    return tuple(sorted({name for name in names if names.count(name) > 1}))


def _usable_for_counts(buckets: Sequence[Bucket], comparable: Sequence[bool]) -> tuple[bool, ...]:
    """Leave out what is long ago, and the periods before the first mention: nobody listened yet then."""
    first = next((at for at, bucket in enumerate(buckets) if bucket.n), len(buckets))
    first = max(first, len(buckets) - RECENT)
    return tuple(good and at >= first for at, good in enumerate(comparable))
