"""The measures of a period's mentions, each compared with past periods that were counted alike.

Figures shown come from every mention of the period; comparisons leave out, on both sides, the sources that
are too new or broken, so that a site added or lost is never drawn as a change of opinion. It computes no
measure itself.
"""

from collections.abc import Callable, Sequence

from ouidire.index import Bucket, Exists, FieldSum, MentionIndex, Query, Term
from ouidire.measures import (
    Basis,
    Change,
    Figure,
    Moments,
    change,
    combined_basis,
    delight_rate,
    irritation_rate,
    net_sentiment,
    nps,
    rate,
    rate_change,
    volume_change,
)
from ouidire.measures.change import FEWEST_WEEKS
from reports.builders.coverage import Coverage
from reports.data.context import Delight, Engage
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
# More source keys, places or sites than any brand has; a facet must be asked for all of them to exclude none
# silently.
EVERY = 10_000


class PeriodSums:
    """Sums of a scope's mentions by period: `shown` over all of them, `compared` over those counted alike.

    `usable` says which past periods may serve as a baseline; `left_out` are the source keys kept out of
    comparisons.
    """

    def __init__(self, reader: MentionIndex, scope: Scope, seen: Coverage, *, mixed: bool) -> None:
        self.reader = reader
        self.scope = scope
        self.seen = seen
        self.mixed = mixed
        where = scope.once
        self.edges = [*(period.start for period in seen.periods), seen.periods[-1].end]
        everything = (*where, within(self.edges[0], self.edges[-1]))
        self.keys = frozenset(
            str(bucket.value) for bucket in reader.facet(Query(where=everything), "source_key", size=EVERY)
        )
        self.broken = tuple(keys & self.keys for keys in seen.broken)
        self.new = seen.unsteady(FEWEST_WEEKS) & self.keys
        self.left_out = self.new | self.broken[-1]
        self.shown = reader.series(Query(where=where), "period_at", self.edges, fields=FIELDS)
        self.steady: Where = where
        self.compared = self.shown
        if self.left_out:
            self.steady = (
                *where,
                Term(field="source_key", any_of=tuple(sorted(self.left_out)), exclude=True),
            )
            self.compared = reader.series(Query(where=self.steady), "period_at", self.edges, fields=FIELDS)
        self.usable = _after_the_first(self.compared[:-1], seen.comparable(self.keys - self.left_out))

    @property
    def now(self) -> Bucket:
        """This period's sums over all its mentions."""
        return self.shown[-1]

    def moments(self, field: str, *, at: int = -1) -> Moments:
        """Sums of a field over all mentions of a period."""
        return moments(self.shown[at], field)

    def read(self, field: str) -> bool:
        """Whether any mention of these periods has the field at all."""
        return any(bucket.fields.get(field, FieldSum()).n for bucket in self.shown)

    def share(self, key: MeasureKey, having: Term) -> Metric:
        """Read the share of mentions that have a value, compared with past periods; not compared where versions are mixed."""
        here = self.reader.series(Query(where=(*self.scope.once, having)), "period_at", self.edges)
        alike = here
        if self.left_out:
            alike = self.reader.series(Query(where=(*self.steady, having)), "period_at", self.edges)
        pairs = [Moments.of_hits(hits.n, bucket.n) for hits, bucket in zip(alike, self.compared, strict=True)]
        before = [pair for pair, usable in zip(pairs[:-1], self.usable, strict=True) if usable]
        return Metric(
            key=key,
            figure=rate(Moments.of_hits(here[-1].n, self.now.n)),
            change=None if self.mixed else rate_change(pairs[-1], before),
        )

    def change(self, field: str, compare: Callable[[Moments, Sequence[Moments]], Change]) -> Change | None:
        """Compare a field with the usable past periods; None where analyser versions are mixed."""
        if self.mixed:
            return None
        return compare(
            moments(self.compared[-1], field), [moments(bucket, field) for bucket in self.baseline]
        )

    @property
    def baseline(self) -> list[Bucket]:
        """The usable past periods."""
        return [bucket for bucket, usable in zip(self.compared[:-1], self.usable, strict=True) if usable]


def moments(bucket: Bucket, field: str) -> Moments:
    """Sums of one field of a bucket."""
    found = bucket.fields.get(field, FieldSum())
    return Moments.unweighted(found.n, found.total, found.squares)


def delight_of(table: PeriodSums) -> Delight | None:
    """Read the peaks; None where no analyser looked for them."""
    if not table.read("delight"):
        return None
    return Delight(
        delight=Metric(
            key="delight",
            figure=delight_rate(table.moments("delight")),
            change=table.change("delight", rate_change),
        ),
        irritation=Metric(
            key="irritation",
            figure=irritation_rate(table.moments("irritation")),
            change=table.change("irritation", rate_change),
        ),
    )


def engage_of(reader: MentionIndex, table: PeriodSums, where: Where) -> Engage:
    """Read recommendation, sentiment and memory of the period's mentions (`where` keeps exactly those)."""
    bases = bases_of(reader, where) if table.read("advocacy_balance") else ()
    basis = basis_of(bases)
    sentiment = table.read("sentiment_balance")
    return Engage(
        nps=Metric(
            key="nps", figure=nps_of(table.now, basis), change=table.change("advocacy_balance", points_change)
        )
        if bases
        else None,
        promoters=rate(table.moments("p_promoter"), basis=basis) if bases else None,
        passives=rate(table.moments("p_passive"), basis=basis) if bases else None,
        detractors=rate(table.moments("p_detractor"), basis=basis) if bases else None,
        bases=bases,
        net_sentiment=Metric(
            key="net_sentiment", figure=net_of(table.now), change=table.change("sentiment_balance", change)
        )
        if sentiment
        else None,
        intents=tuple(
            (str(bucket.value), bucket.n)
            for bucket in reader.facet(Query(where=where), "intents", size=EVERY)
        ),
    )


def volume_of(table: PeriodSums) -> Metric:
    """Count the period's mentions."""
    n = table.now.n
    figure = Figure(value=n, n=n, weight=n, unit="count", basis="counted")
    return Metric(
        key="volume",
        figure=figure,
        change=volume_change(table.compared[-1].n, [bucket.n for bucket in table.baseline]),
    )


def nps_of(bucket: Bucket, basis: Basis) -> Figure:
    """The NPS of a bucket that has the advocacy sums."""
    balance = moments(bucket, "advocacy_balance")
    spread = bucket.fields.get("advocacy_spread", FieldSum()).total
    unsure = basis in ("estimated", "mixed")
    if not unsure and spread <= 0:
        return nps(balance, basis=basis)
    return nps(
        balance,
        basis=basis if unsure else "mixed",
        within=max(0.0, min(spread, balance.weight - balance.squares)),
    )


def net_of(bucket: Bucket) -> Figure:
    """The net sentiment of a bucket that has the sentiment sums."""
    balance = moments(bucket, "sentiment_balance")
    sure = sum(bucket.fields.get(name, FieldSum()).total for name in ("p_positive", "p_negative"))
    return net_sentiment(balance, within=max(0.0, min(sure, balance.weight) - balance.squares))


def basis_of(bases: Sequence[tuple[str, int]]) -> Basis:
    """Name where a figure made of these mentions comes from."""
    known: dict[str, Basis] = {"asked": "asked", "estimated": "estimated", "star_proxy": "star_proxy"}
    return combined_basis([known.get(name, "mixed") for name, _ in bases] or ["estimated"])


def keyed(*readings: Metric | None) -> dict[str, Change]:
    """Return the changes of these readings, by key: the family judged together."""
    return {
        reading.key: reading.change
        for reading in readings
        if reading is not None and reading.change is not None
    }


def points_change(now: Moments, before: Sequence[Moments]) -> Change:
    """Compare a balance with past periods, in points."""
    return change(now, before, unit="points")


def bases_of(reader: MentionIndex, where: Where) -> tuple[tuple[str, int], ...]:
    """Count the mentions that have a promoter class, by where it comes from."""
    found = reader.facet(
        Query(where=(*where, Exists(field="advocacy_balance"))), "advocacy_basis", size=EVERY
    )
    return tuple((str(bucket.value), bucket.n) for bucket in found)


def _after_the_first(buckets: Sequence[Bucket], usable: Sequence[bool]) -> tuple[bool, ...]:
    """Drop the periods before the first mention: they are no silence, nobody was listening yet."""
    first = next((at for at, bucket in enumerate(buckets) if bucket.n), len(buckets))
    return tuple(good and at >= first for at, good in enumerate(usable))
