"""Where the figures of past periods are not those that the last digest showed, and why.

What was seen since is counted by when it was first seen; what is counted no more has left no trace in the
index, and its causes are those of which there is one: an erasure, a correction, an accepted change of a site.
It cannot see a period that has left the chart.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ouidire.index import Exists, Query, Range, Term
from reports.builders.period_sums import PeriodSums
from reports.data.context import HistoryPeriod, SiteChange
from reports.data.past_changes import ChangedPeriod, ChartedLevel, LossCause, ReportedFigures
from reports.data.scope import within

_A_MOMENT = timedelta(milliseconds=1)
"""What was first seen at the very moment of a digest was in it; indices hold moments to the millisecond."""


def reported_of(history: Sequence[HistoryPeriod], *, period: str, at: datetime) -> ReportedFigures:
    """Return what the digest of a period, made at a moment, shows of each period of its chart."""
    return ReportedFigures(
        period=period,
        at=at,
        counts={each.period.key: each.n for each in history},
        nps={
            each.period.key: round(each.nps.value)
            for each in history
            if each.nps is not None and each.nps.value is not None
        },
        positive={
            each.period.key: round(100 * each.positive_share.value)
            for each in history
            if each.positive_share is not None and each.positive_share.value is not None
        },
    )


def changed_periods(
    sums: PeriodSums,
    history: Sequence[HistoryPeriod],
    reported: ReportedFigures | None,
    *,
    by_sites: Sequence[SiteChange] = (),
) -> tuple[ChangedPeriod, ...]:
    """Return the past periods that count otherwise than the last digest showed, the latest first.

    Those that it showed as incomplete and that were completed since are told elsewhere, and left out.
    """
    if reported is None:
        return ()
    showing = reported_of(history, period="", at=reported.at)
    found: list[ChangedPeriod] = []
    for each in reversed(history[:-1]):
        key = each.period.key
        was = reported.counts.get(key)
        if was is None or each.completed:
            continue
        moved = _moved_level(key, reported, showing)
        if was == each.n and moved is None:
            continue
        came = max(_first_seen_since(sums, each, reported), each.n - was)
        gone = came - (each.n - was)
        level, level_was, level_now = moved or (None, 0, 0)
        found.append(
            ChangedPeriod(
                period=each.period,
                was=was,
                now=each.n,
                came=came,
                gone=gone,
                causes=_causes(sums, each, reported, by_sites) if gone else (),
                level=level,
                level_was=level_was,
                level_now=level_now,
            )
        )
    return tuple(found)


def _moved_level(
    key: str, reported: ReportedFigures, showing: ReportedFigures
) -> tuple[ChartedLevel, int, int] | None:
    """Return which level of a period is not as it was printed, then and now; a level asked comes first."""
    levels: tuple[tuple[ChartedLevel, dict[str, int], dict[str, int]], ...] = (
        ("nps", reported.nps, showing.nps),
        ("positive", reported.positive, showing.positive),
    )
    both = [(name, was[key], now[key]) for name, was, now in levels if key in was and key in now]
    return next((each for each in both[:1] if each[1] != each[2]), None)


def _first_seen_since(sums: PeriodSums, each: HistoryPeriod, reported: ReportedFigures) -> int:
    """Count the mentions of a period that were first seen after a digest was made."""
    since = Range(field="first_seen_at", gte=reported.at + _A_MOMENT)
    where = (*sums.scope.once, within(each.period.start, each.period.end), since)
    return sums.reader.sums(Query(where=where)).n


def _causes(
    sums: PeriodSums, each: HistoryPeriod, reported: ReportedFigures, by_sites: Sequence[SiteChange]
) -> tuple[LossCause, ...]:
    """Return why a period may have lost mentions: all of which there is a trace, else none in particular."""
    period = within(each.period.start, each.period.end)
    ours = Term(field="brands_collected", any_of=(sums.scope.brand,))
    still = Term(field="brands", any_of=(sums.scope.brand,), exclude=True)
    taken_out = Query(where=(ours, still, period, Exists(field="corrected")))
    causes: tuple[tuple[LossCause, bool], ...] = (
        ("erased", reported.erased > 0),
        ("corrected", sums.reader.sums(taken_out).n > 0),
        ("site", any(change.moved_since is not None for change in by_sites)),
    )
    return tuple(name for name, is_so in causes if is_so) or ("other",)
