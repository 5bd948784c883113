"""Every metric of a digest: read, put into one dict, and judged together once.

A metric's change may be announced only beside all the others that the digest looked at
(`ouidire.measures.announce`); sections are made from the judged ones. What was asked, what stars say and what
words say are read apart: a level of NPS rests on asked scores alone. It computes no measure itself.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from ouidire.index import Bucket, Exists, Query, Term
from ouidire.measures import (
    Announcement,
    Change,
    Figure,
    Moments,
    announce,
    delight_rate,
    irritation_rate,
    nps,
    rate,
    volume_change,
)
from ouidire.measures.anchored import FEWEST_PAIRS, Pairs, anchored_nps
from reports.builders.figures import (
    ASKED,
    BY_STARS,
    EIGHT_WEEKS,
    FEWEST_ASKED_EIGHT_WEEKS,
    asked_nps,
    count_figure,
    net_sentiment_figure,
    positive_figure,
)
from reports.builders.period_sums import EVERY, SHARE, PeriodSums, as_moments, dispersion_of, moments
from reports.data.context import Delight, Engage
from reports.data.metric import MeasureKey, Metric
from reports.data.scope import Scope, within

DETAILS: tuple[MeasureKey, ...] = ("effort", "service", "word_of_mouth", "leaving", "spike")
WEIGHTS = {"nps": 4.0, "positive": 4.0, "nps_stars": 2.0, "volume": 2.0} | dict.fromkeys(DETAILS, 0.5)
"""Shares of the allowed 5% of false announcements, fixed before any data is seen (others: 1).

Headline figures' come first, details' last.
"""
_NO_LEVEL_OF_MENTIONS: tuple[MeasureKey, ...] = ("volume", "spike", "voice", "first_page", "consideration")
"""Counts, and what search pages show."""
MetricsByKey = Mapping[MeasureKey, Metric]
Intents = tuple[tuple[str, int], ...]
"""Counts of mentions by what their authors intend."""
ANCHORED_OVER = timedelta(weeks=26)
"""How far back pairs of a score and words anchor what is read."""
_SCORES = ("advocacy_balance", "p_promoter", "p_passive", "p_detractor")


class Judged(NamedTuple):
    """MetricsByKey by key, marked where their change may be announced, and the judgement that says so."""

    metrics: dict[MeasureKey, Metric]
    announcement: Announcement

    @property
    def moved(self) -> tuple[MeasureKey, ...]:
        """Keys of the metrics whose change is announced, surest first."""
        by_name: dict[str, MeasureKey] = {key: key for key in self.metrics}
        return tuple(by_name[name] for name in self.announcement.announced if name in by_name)


def judge(metrics: Sequence[Metric | None], scope: Scope) -> Judged:
    """Judge the changes of all metrics together; None stands for what was not read.

    Of places, levels of too few mentions are left out, and not tested.

    The busiest day (`spike`) is kept only where it is announced as a rise: every period has one.
    """
    read = [
        metric
        for metric in metrics
        if metric is not None and (metric.key in _NO_LEVEL_OF_MENTIONS or scope.shows_level(metric.figure.n))
    ]
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


def intents_of(sums: PeriodSums) -> Intents:
    """Count the period's mentions by what their authors intend."""
    found = sums.reader.facet(Query(where=sums.where), "intents", size=EVERY)
    return tuple((str(bucket.value), bucket.n) for bucket in found)


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
    delight, irritation = (sums.change(field, bounds=SHARE) for field in ("delight", "irritation"))
    return (
        Metric(
            key="delight",
            figure=delight_rate(sums.moments("delight"), dispersion=dispersion_of(delight)),
            change=delight,
        ),
        Metric(
            key="irritation",
            figure=irritation_rate(sums.moments("irritation"), dispersion=dispersion_of(irritation)),
            change=irritation,
        ),
    )


def delight_section(metrics: MetricsByKey) -> Delight | None:
    """Return the peaks; None where no analyser looked for them."""
    if "delight" not in metrics or "irritation" not in metrics:
        return None
    return Delight(delight=metrics["delight"], irritation=metrics["irritation"])


class Scores(NamedTuple):
    """Sums of asked scores and of stars, period by period."""

    asked: tuple[Bucket, ...]
    starred: tuple[Bucket, ...]

    def asked_sums(self, at: int) -> Moments:
        """Return the sums of the scores asked in one period."""
        return moments(self.asked[at], "advocacy_balance")


def read_scores(sums: PeriodSums) -> Scores:
    """Read the asked scores and the stars of every period."""
    return Scores(sums.series(ASKED, fields=_SCORES), sums.series(BY_STARS, fields=_SCORES))


def advocacy_metrics(sums: PeriodSums, scores: Scores) -> tuple[Metric, ...]:
    """Return the NPS by asked scores, the one by stars, and what words say, as far as each was read.

    Net sentiment is shown beside the share of positive texts but not compared: a second look at the same
    words would cost the others power.
    """
    metrics = [_asked(sums, scores), _by_stars(sums, scores)]
    if sums.has("p_positive"):
        moved = sums.change("p_positive", bounds=SHARE)
        figure = positive_figure(sums.now, dispersion=dispersion_of(moved))
        metrics.append(Metric(key="positive", figure=figure, change=moved))
    if sums.has("sentiment_balance"):
        spread = dispersion_of(sums.change("sentiment_balance"))
        metrics.append(Metric(key="net_sentiment", figure=net_sentiment_figure(sums.now, dispersion=spread)))
    return tuple(metric for metric in metrics if metric is not None)


def engage_section(scores: Scores, metrics: MetricsByKey, intents: Intents) -> Engage:
    """Return recommendation, sentiment and intents of the period's mentions."""
    levels = [metrics[key] for key in ("nps", "nps_eight_weeks", "nps_anchored") if key in metrics]
    promoters, passives, detractors = (
        rate(moments(scores.asked[-1], field), basis="asked") if "nps" in metrics else None
        for field in ("p_promoter", "p_passive", "p_detractor")
    )
    return Engage(
        nps=levels[0] if levels else None,
        asked=scores.asked_sums(-1).n,
        promoters=promoters,
        passives=passives,
        detractors=detractors,
        stars=metrics.get("nps_stars"),
        positive=metrics.get("positive"),
        net_sentiment=metrics.get("net_sentiment"),
        intents=intents,
    )


def _asked(sums: PeriodSums, scores: Scores) -> Metric | None:
    """Return the NPS asked in the period, or over eight weeks, or anchored; None where too few were asked."""
    moved = sums.change_of(ASKED, "advocacy_balance", unit="points")
    spread = dispersion_of(moved)
    figure = asked_nps(scores.asked_sums(-1), dispersion=spread)
    if figure is not None:
        return Metric(key="nps", figure=figure, change=moved)
    weeks = Moments.merged(moments(bucket, "advocacy_balance") for bucket in scores.asked[-EIGHT_WEEKS:])
    if sums.coverage.periods[-1].kind == "week" and weeks.n >= FEWEST_ASKED_EIGHT_WEEKS:
        return Metric(key="nps_eight_weeks", figure=nps(weeks, basis="asked", dispersion=spread))
    anchored = _anchored(sums)
    return Metric(key="nps_anchored", figure=anchored) if anchored else None


def _anchored(sums: PeriodSums) -> Figure | None:
    """Return the NPS read in the words of surveys, anchored on their scores of 26 weeks; None where too few.

    The texts are those of the source keys that the pairs come from: scores of other people anchor nothing.
    """
    period = sums.coverage.periods[-1]
    since = within(period.end - ANCHORED_OVER, period.end)
    query = Query(where=(*sums.scope.once, ASKED, Exists(field="read_balance"), since))
    pairs, keys = [], set()
    for row in sums.reader.scan(query, ("source_key", "advocacy_balance", "read_balance")):
        pairs.append((float(row["advocacy_balance"]), float(row["read_balance"])))
        keys.add(str(row["source_key"]))
    if len(pairs) < FEWEST_PAIRS:
        return None
    theirs = Term(field="source_key", any_of=tuple(sorted(keys)))
    read = sums.reader.sums(Query(where=(*sums.where, theirs)), ("read_balance",)).fields
    spread = dispersion_of(sums.change_of(theirs, "read_balance"))
    return anchored_nps(as_moments(read["read_balance"]), Pairs.of(pairs), dispersion=spread)


def _by_stars(sums: PeriodSums, scores: Scores) -> Metric | None:
    """Return the NPS by the stars given in the period; None where nobody gave any."""
    given = moments(scores.starred[-1], "advocacy_balance")
    if not given.n:
        return None
    moved = sums.change_of(BY_STARS, "advocacy_balance", unit="points")
    figure = nps(given, basis="star_proxy", dispersion=dispersion_of(moved))
    return Metric(key="nps_stars", figure=figure, change=moved)
