"""What the one sentence of a digest is about: its kind, the metrics that moved, and other signals.

It chooses, it does not word: prose is `reports.words.verdict_text`. It cannot see importance beyond what was
tested and counted.
"""

from ouidire.measures.change import FEWEST_WEEKS
from reports.builders.metrics import Judged
from reports.data.context import (
    Convince,
    CoverageGaps,
    HistoryPeriod,
    ReviewEvents,
    Signal,
    Verdict,
    VerdictKind,
)

WAVE = 5
"""Withdrawn reviews from which a withdrawal is a signal: fewer vanish in any week, as accounts are closed."""


def verdict_of(
    judged: Judged,
    *,
    last: HistoryPeriod,
    past: int,
    gaps: CoverageGaps,
    convince: Convince | None,
    reviews: ReviewEvents,
) -> Verdict:
    """Choose what the one sentence is about.

    `last` is the digest's own period in the chart, `past` counts the periods before it that are in it.
    """
    metrics = judged.metrics
    signals = _signals(convince, reviews)
    incomplete = bool(last.broken)
    if not metrics["volume"].figure.n:
        return Verdict(kind=_silence(gaps, incomplete=incomplete), signals=signals, incomplete=incomplete)
    return Verdict(
        kind=_kind(judged, signals=bool(signals), uncompared=incomplete and past >= FEWEST_WEEKS),
        moved=judged.moved,
        signals=signals,
        incomplete=incomplete,
    )


def _silence(gaps: CoverageGaps, *, incomplete: bool) -> VerdictKind:
    """Return the kind of a verdict on a period without mentions: real only where every source was seen."""
    if gaps.blind:
        return "unseen"
    return "part_unseen" if gaps.missing or incomplete else "no_mentions"


def _kind(judged: Judged, *, signals: bool, uncompared: bool) -> VerdictKind:
    """Return the kind of a verdict on a period that has mentions."""
    if judged.moved:
        return "moved"
    if signals:
        return "signal"
    compared = any(metric.direction != "unknown" for metric in judged.metrics.values())
    if compared:
        return "quiet"
    return "uncompared" if uncompared else "first_weeks"


def _signals(convince: Convince | None, reviews: ReviewEvents) -> tuple[Signal, ...]:
    """Return what no metric shows: a hostile result that entered a page, a wave of withdrawn reviews."""
    rows = [row for page in convince.brand_pages for row in page.rows] if convince else []
    hostile = any(row.entrant and row.hostile for row in rows)
    found: list[Signal] = ["hostile_entrant"] if hostile else []
    if reviews.vanished >= WAVE:
        found.append("reviews_vanished")
    return tuple(found)
