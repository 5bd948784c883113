"""What people went through and will do: effort, journey, customer service, memory, word of mouth, leaving.

Each section stands only where an analyser filled its field in the period; it cannot tell a text in which
nothing of the kind was said from one that no analyser read, but for that.
"""

from collections.abc import Mapping
from typing import NamedTuple, get_args

from ouidire.annotations import Stage
from ouidire.documents import MentionDocument
from ouidire.index import Bucket, Query, Range, Term
from ouidire.measures import Moments, effort_index, net_sentiment, rate, reply_delay
from ouidire.measures.transfer import read_positive_sd, read_sentiment_sd
from reports.answering.queue import REVIEWS, replying_sources
from reports.builders.figures import net_sentiment_figure
from reports.builders.metrics import Intents, MetricsByKey
from reports.builders.period_sums import EVERY, SHARE, PeriodSums, dispersion_of
from reports.builders.quotes import quote_of
from reports.data.metric import Metric
from reports.data.sections import (
    EffortSection,
    Journey,
    Leaving,
    MemorySection,
    Replies,
    ServiceSection,
    StageRow,
    WordOfMouth,
)

SERVICE = "customer_service"
WELL, BADLY = 0.2, -0.2
"""A story's end (−1…1) at or above the one is good, at or below the other bad: bounds of the labels."""
LEAVERS = 4
FEWEST_AT_A_STAGE = 5
"""A stage that fewer mentions speak of is not shown: its figure would say nothing."""
_STAGES = get_args(Stage)
_FIELDS = ("sentiment_balance", "p_positive", "p_negative")
_LEAVES = Term(field="intents", any_of=("leaves",))


class ServiceMentions(NamedTuple):
    """The mentions that speak of customer service: their net sentiment, compared, and their sums."""

    metric: Metric
    bucket: Bucket


def service_mentions(sums: PeriodSums) -> ServiceMentions | None:
    """Read what is said of customer service, which weighs most on recommendation; None where nothing is."""
    spoken = Term(field="stages", any_of=(SERVICE,))
    shown = sums.series(spoken, fields=_FIELDS)[-1]
    if not shown.n:
        return None
    moved = sums.change_of(spoken, "sentiment_balance", unit="score")
    figure = net_sentiment_figure(shown, dispersion=dispersion_of(moved))
    metric = Metric(key="service", figure=figure, change=moved)
    return ServiceMentions(metric, shown)


def effort_metric(sums: PeriodSums) -> Metric | None:
    """Return the effort index (0 to 1); None where no mention of the period says anything of effort."""
    effort = sums.moments("effort_score")
    if not effort.n:
        return None
    moved = sums.change("effort_score", bounds=SHARE)
    figure = effort_index(effort, dispersion=dispersion_of(moved))
    return Metric(key="effort", figure=figure, change=moved)


def intent_metrics(sums: PeriodSums, intents: Intents) -> tuple[Metric, ...]:
    """Return the shares of mentions that tell others and that leave; none where no intent was found."""
    if not intents:
        return ()
    tells = Term(field="intents", any_of=("tells_others",))
    return sums.share("word_of_mouth", tells), sums.share("leaving", _LEAVES)


def reply_metrics(sums: PeriodSums) -> tuple[Metric, ...]:
    """Return the reply rate, and the delay where the period has replies; nothing where replies never show.

    They are levels, not compared: a week's last reviews have had less time to be answered. The share is of
    reviews published in the period, the delay that of replies published in it: a delay of the period's own
    reviews would leave out the slow ones.
    """
    keys = replying_sources(sums.reader, sums.scope)
    if not keys:
        return ()
    shown = (*REVIEWS, Term(field="source_key", any_of=keys))
    n, answered = (
        sums.reader.sums(Query(where=(*sums.where, *shown, *clauses))).n
        for clauses in ((), (Term(field="answered", any_of=(True,)),))
    )
    if not n:
        return ()
    metrics = [Metric(key="reply_rate", figure=rate(Moments.of_hits(answered, n), basis="counted"))]
    replied = Range(field="replied_at", gte=sums.edges[-2], lt=sums.edges[-1])
    rows = sums.reader.scan(
        Query(where=(*sums.scope.once, *shown, replied, Range(field="reply_days", gte=0))), ("reply_days",)
    )
    days = [float(row["reply_days"]) for row in rows]
    if days:
        metrics.append(Metric(key="reply_days", figure=reply_delay(days)))
    return tuple(metrics)


def effort_section(sums: PeriodSums, metrics: MetricsByKey) -> EffortSection | None:
    """Return the effort index, and how many mentions tell of which level."""
    if "effort" not in metrics:
        return None
    buckets = sums.reader.facet(Query(where=sums.where), "effort", size=EVERY)
    counts = {str(bucket.value): bucket.n for bucket in buckets}
    return EffortSection(
        reading=metrics["effort"],
        none=counts.get("none", 0),
        some=counts.get("some", 0),
        a_lot=counts.get("a_lot", 0),
    )


def journey_section(sums: PeriodSums) -> Journey | None:
    """Return the stages that enough mentions speak of, in the order of a purchase."""
    found = sums.reader.facet(Query(where=sums.where), "stages", size=EVERY, fields=_FIELDS)
    buckets = {str(bucket.value): bucket for bucket in found}
    rows = tuple(
        StageRow(stage=stage, n=buckets[stage].n, net=net_sentiment_figure(buckets[stage]))
        for stage in _STAGES
        if stage in buckets and buckets[stage].n >= FEWEST_AT_A_STAGE
        if sums.scope.shows_level(buckets[stage].n)
    )
    return Journey(rows=rows, of=sums.reader.sums(Query(where=sums.where)).n) if rows else None


def service_section(service: ServiceMentions | None, metrics: MetricsByKey) -> ServiceSection | None:
    """Return what is said of customer service."""
    if service is None or "service" not in metrics:
        return None
    return ServiceSection(reading=metrics["service"], n=service.bucket.n)


def memory_section(sums: PeriodSums, moment: MentionDocument | None) -> MemorySection | None:
    """Return the mean peak and end of stories, how they end, and the strongest moment, quoted."""
    n = sums.moments("memory_end").n
    if not n or not sums.scope.shows_level(n):
        return None
    well = Range(field="memory_end", gte=WELL)
    badly = Range(field="memory_end", lt=BADLY + 1e-9)
    ends_well, ends_badly = (
        sums.reader.sums(Query(where=(*sums.where, ending))).n for ending in (well, badly)
    )
    return MemorySection(
        peak=net_sentiment(sums.moments("memory_peak"), transfer_sd=read_sentiment_sd()),
        end=net_sentiment(sums.moments("memory_end"), transfer_sd=read_sentiment_sd()),
        ends_well=rate(Moments.of_hits(ends_well, n), transfer_sd=read_positive_sd()),
        ends_badly=rate(Moments.of_hits(ends_badly, n), transfer_sd=read_positive_sd()),
        moment=None if moment is None else quote_of(moment, "peak"),
    )


def word_of_mouth_section(metrics: MetricsByKey, intents: Intents) -> WordOfMouth | None:
    """Return the share of mentions whose authors tell others, and how many recommend and warn off."""
    if "word_of_mouth" not in metrics:
        return None
    counts = dict(intents)
    return WordOfMouth(
        reading=metrics["word_of_mouth"],
        for_us=counts.get("recommends", 0),
        against_us=counts.get("warns_off", 0),
    )


def replies_section(metrics: MetricsByKey) -> Replies | None:
    """Return how owners reply; None where no source shows replies."""
    if "reply_rate" not in metrics:
        return None
    return Replies(reading=metrics["reply_rate"], delay=metrics.get("reply_days"))


def leaving_section(sums: PeriodSums, metrics: MetricsByKey, names: Mapping[str, str]) -> Leaving | None:
    """Return the share of mentions whose authors leave, and for whom; `names` are those of brands."""
    if "leaving" not in metrics:
        return None
    leaving = Query(where=(*sums.where, _LEAVES))
    found = sums.reader.facet(leaving, "leaves_for", size=LEAVERS)
    return Leaving(
        reading=metrics["leaving"],
        n=sums.reader.sums(leaving).n,
        to=tuple((names.get(str(bucket.value), str(bucket.value)), bucket.n) for bucket in found),
    )
