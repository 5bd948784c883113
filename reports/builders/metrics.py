"""Every metric of a digest: read, put into one dict, and judged together once.

A metric's change may be announced only beside all the others that the digest looked at
(`ouidire.measures.announce`); sections are made from the judged ones. It computes no measure itself.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ouidire.index import Query
from ouidire.measures import (
    Announcement,
    Change,
    announce,
    delight_rate,
    irritation_rate,
    rate,
    volume_change,
)
from reports.builders.figures import (
    Bases,
    bases_of,
    basis_of,
    count_figure,
    net_sentiment_figure,
    nps_figure,
)
from reports.builders.period_sums import EVERY, SHARE, PeriodSums
from reports.data.context import Delight, Engage
from reports.data.metric import MeasureKey, Metric

DETAILS: tuple[MeasureKey, ...] = ("effort", "service", "word_of_mouth", "leaving", "spike")
WEIGHTS = {"nps": 4.0, "net_sentiment": 4.0, "volume": 2.0} | dict.fromkeys(DETAILS, 0.5)
"""Shares of the allowed 5% of false announcements, fixed before any data is seen (others: 1).

Headline figures' come first, details' last.
"""
MetricsByKey = Mapping[MeasureKey, Metric]


class Judged(NamedTuple):
    """MetricsByKey by key, marked where their change may be announced, and the judgement that says so."""

    metrics: dict[MeasureKey, Metric]
    announcement: Announcement

    @property
    def moved(self) -> tuple[MeasureKey, ...]:
        """Keys of the metrics whose change is announced, surest first."""
        by_name: dict[str, MeasureKey] = {key: key for key in self.metrics}
        return tuple(by_name[name] for name in self.announcement.announced if name in by_name)


def judge(metrics: Sequence[Metric | None]) -> Judged:
    """Judge the changes of all metrics together; None stands for what was not read.

    The busiest day (`spike`) is kept only where it is announced as a rise: every period has one.
    """
    read = [metric for metric in metrics if metric is not None]
    changes: dict[str, Change] = {each.key: each.change for each in read if each.change is not None}
    announcement = announce(changes, weights=WEIGHTS)
    judged = {
        metric.key: Metric(
            key=metric.key,
            figure=metric.figure,
            change=metric.change,
            announced=metric.key in announcement.announced,
        )
        for metric in read
    }
    if "spike" in judged and judged["spike"].direction != "up":
        del judged["spike"]
    return Judged(judged, announcement)


class MentionCounts(NamedTuple):
    """Counts of a period's mentions: by where their promoter class comes from, and by intent."""

    bases: Bases
    intents: tuple[tuple[str, int], ...]


def counts_of(sums: PeriodSums) -> MentionCounts:
    """Count the period's mentions by basis and by intent; no bases where no mention ever has a class."""
    intents = sums.reader.facet(Query(where=sums.where), "intents", size=EVERY)
    return MentionCounts(
        bases=bases_of(sums.reader, sums.where) if sums.has("advocacy_balance") else (),
        intents=tuple((str(bucket.value), bucket.n) for bucket in intents),
    )


def volume_metric(sums: PeriodSums) -> Metric:
    """Count the period's mentions."""
    past = [bucket.n for bucket in sums.baseline]
    return Metric(
        key="volume",
        figure=count_figure(sums.now.n),
        change=volume_change(sums.compared[-1].n, past),
    )


def peak_metrics(sums: PeriodSums) -> tuple[Metric, ...]:
    """Return the rates of delight and of irritation; none where no analyser looked for peaks."""
    if not sums.has("delight"):
        return ()
    return (
        Metric(
            key="delight",
            figure=delight_rate(sums.moments("delight")),
            change=sums.change("delight", bounds=SHARE),
        ),
        Metric(
            key="irritation",
            figure=irritation_rate(sums.moments("irritation")),
            change=sums.change("irritation", bounds=SHARE),
        ),
    )


def advocacy_metrics(sums: PeriodSums, counts: MentionCounts) -> tuple[Metric, ...]:
    """Return NPS and net sentiment, as far as they were read.

    Beside an NPS, net sentiment is shown but not compared: a second look at the same words would cost the
    others power.
    """
    metrics = []
    if counts.bases:
        metrics.append(
            Metric(
                key="nps",
                figure=nps_figure(sums.now, basis_of(counts.bases)),
                change=sums.change("advocacy_balance", unit="points"),
            )
        )
    if sums.has("sentiment_balance"):
        metrics.append(
            Metric(
                key="net_sentiment",
                figure=net_sentiment_figure(sums.now),
                change=None if counts.bases else sums.change("sentiment_balance"),
            )
        )
    return tuple(metrics)


def delight_section(metrics: MetricsByKey) -> Delight | None:
    """Return the peaks; None where no analyser looked for them."""
    if "delight" not in metrics:
        return None
    return Delight(delight=metrics["delight"], irritation=metrics["irritation"])


def engage_section(sums: PeriodSums, metrics: MetricsByKey, counts: MentionCounts) -> Engage:
    """Return recommendation, sentiment and intents of the period's mentions."""
    basis = basis_of(counts.bases)
    promoters, passives, detractors = (
        rate(sums.moments(field), basis=basis) if counts.bases else None
        for field in ("p_promoter", "p_passive", "p_detractor")
    )
    return Engage(
        nps=metrics.get("nps"),
        promoters=promoters,
        passives=passives,
        detractors=detractors,
        bases=counts.bases,
        net_sentiment=metrics.get("net_sentiment"),
        intents=counts.intents,
    )
