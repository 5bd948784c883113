"""What people went through and will do: effort, journey, customer service, what stays of it, word of mouth, leaving.

Each block stands only where an analyser filled its field in the period; it cannot tell a text in which
nothing of the kind was said from one that no analyser read, but for that.
"""

from collections.abc import Mapping
from typing import get_args

from ouidire.annotations import Stage
from ouidire.documents import MentionDocument
from ouidire.index import MentionIndex, Query, Range, Term
from ouidire.measures import Moments, change, net_sentiment, rate, rate_change
from reports.builders.figures import EVERY, PeriodSums, basis_of, moments, net_of, nps_of
from reports.builders.quotes import quote_of
from reports.data.context import Engage
from reports.data.metric import Metric
from reports.data.scope import Where
from reports.data.sections import (
    EffortSection,
    Experience,
    Journey,
    Leaving,
    MemorySection,
    Service,
    StageRow,
    WordOfMouth,
)

SERVICE = "customer_service"
WELL, BADLY = 0.2, -0.2
"""A story's end (−1…1) at or above the one is good, at or below the other bad: the bounds of the sentiment labels."""
LEAVERS = 4
FEWEST_AT_A_STAGE = 5
"""A stage that fewer mentions speak of is not told: its figure would say nothing."""
_STAGES = get_args(Stage)
_FIELDS = ("sentiment_balance", "p_positive", "p_negative", "advocacy_balance", "advocacy_spread")


def experience_of(
    table: PeriodSums,
    where: Where,
    engage: Engage,
    *,
    moment: MentionDocument | None,
    names: Mapping[str, str],
) -> Experience:
    """Read every block that the period filled.

    `where` keeps the period's mentions, `moment` is the strongest of them (`reports.builders.quotes.strongest`),
    `names` are those of brands.
    """
    reader = table.reader
    return Experience(
        effort=_effort(reader, table, where),
        journey=_journey(reader, where),
        service=_service(reader, table, engage),
        memory=_memory(reader, table, where, moment),
        word_of_mouth=_word_of_mouth(reader, table, where),
        leaving=_leaving(reader, table, where, names),
    )


def _effort(reader: MentionIndex, table: PeriodSums, where: Where) -> EffortSection | None:
    if not table.moments("effort_score").n:
        return None
    counts = {
        str(bucket.value): bucket.n for bucket in reader.facet(Query(where=where), "effort", size=EVERY)
    }
    reading = Metric(
        key="effort",
        figure=rate(table.moments("effort_score")),
        change=table.change("effort_score", rate_change),
    )
    return EffortSection(
        reading=reading, none=counts.get("none", 0), some=counts.get("some", 0), a_lot=counts.get("a_lot", 0)
    )


def _journey(reader: MentionIndex, where: Where) -> Journey | None:
    buckets = {
        str(bucket.value): bucket
        for bucket in reader.facet(Query(where=where), "stages", size=EVERY, fields=_FIELDS)
    }
    rows = [
        StageRow(stage=stage, n=buckets[stage].n, net=net_of(buckets[stage]))
        for stage in _STAGES
        if stage in buckets and buckets[stage].n >= FEWEST_AT_A_STAGE
    ]
    return Journey(rows=tuple(rows), of=reader.sums(Query(where=where)).n) if rows else None


def _service(reader: MentionIndex, table: PeriodSums, engage: Engage) -> Service | None:
    """Read what is said of customer service; it weighs most on recommendation (DESIGN, §2)."""
    at = Term(field="stages", any_of=(SERVICE,))
    here = reader.series(Query(where=(*table.scope.once, at)), "period_at", table.edges, fields=_FIELDS)
    now = here[-1]
    if not now.n:
        return None
    alike = (
        reader.series(Query(where=(*table.steady, at)), "period_at", table.edges, fields=_FIELDS)
        if table.left_out
        else here
    )
    before = [
        moments(bucket, "sentiment_balance")
        for bucket, usable in zip(alike[:-1], table.usable, strict=True)
        if usable
    ]
    reading = Metric(
        key="service",
        figure=net_of(now),
        change=None if table.mixed else change(moments(alike[-1], "sentiment_balance"), before, unit="score"),
    )
    return Service(
        reading=reading,
        n=now.n,
        nps=nps_of(now, basis_of(engage.bases))
        if engage.nps and moments(now, "advocacy_balance").n
        else None,
    )


def _memory(
    reader: MentionIndex, table: PeriodSums, where: Where, moment: MentionDocument | None
) -> MemorySection | None:
    n = table.moments("memory_end").n
    if not n:
        return None
    well = reader.sums(Query(where=(*where, Range(field="memory_end", gte=WELL)))).n
    badly = reader.sums(Query(where=(*where, Range(field="memory_end", lt=BADLY + 1e-9)))).n
    return MemorySection(
        peak=net_sentiment(table.moments("memory_peak")),
        end=net_sentiment(table.moments("memory_end")),
        ends_well=rate(Moments.of_hits(well, n)),
        ends_badly=rate(Moments.of_hits(badly, n)),
        moment=None if moment is None else quote_of(moment, "peak"),
    )


def _word_of_mouth(reader: MentionIndex, table: PeriodSums, where: Where) -> WordOfMouth | None:
    intents = {
        str(bucket.value): bucket.n for bucket in reader.facet(Query(where=where), "intents", size=EVERY)
    }
    if not intents:
        return None
    reading = table.share("word_of_mouth", Term(field="intents", any_of=("tells_others",)))
    return WordOfMouth(
        reading=reading, for_us=intents.get("recommends", 0), against_us=intents.get("warns_off", 0)
    )


def _leaving(
    reader: MentionIndex, table: PeriodSums, where: Where, names: Mapping[str, str]
) -> Leaving | None:
    if not reader.facet(Query(where=where), "intents", size=1):
        return None
    leaves = Term(field="intents", any_of=("leaves",))
    found = reader.facet(Query(where=(*where, leaves)), "leaves_for", size=LEAVERS)
    reading = table.share("leaving", leaves)
    return Leaving(
        reading=reading,
        n=reader.sums(Query(where=(*where, leaves))).n,
        to=tuple((names.get(str(bucket.value), str(bucket.value)), bucket.n) for bucket in found),
    )
