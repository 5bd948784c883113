"""What could not be seen: sources that failed, were refused, were not read, and what was left aside.

It reads runs, and what the state knows of harvests that wait. It cannot see a source that nobody configured.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import get_args

from ouidire.index import MentionIndex
from reports.builders.period_sums import PeriodSums
from reports.coverage.coverage import Coverage, broken_since, last_good
from reports.coverage.observation import GOOD, RunView
from reports.data.baseline import RECENT
from reports.data.collection import CollectionFacts, CompletedPeriod
from reports.data.context import CompletedSpan, CoverageGap, CoverageGaps, GapStatus, MissedRuns, SourceInfo
from reports.data.source_names import source_label
from reports.typography import shortened, tame

_LATE_AFTER = 1.5
"""Of a source's intervals since its last run: a missed run is then certain, however it was jittered."""
_UNTIL = timedelta(days=1)
"""A good run so long before a period's end has seen it: a daily one, at whatever hour."""
_REASON = 160
_ENGINES = 6
_STATUSES = get_args(GapStatus)
_HARVESTED = (*GOOD, "degraded")
"""The statuses of runs that have a harvest to be indexed; the others have brought nothing."""
_RunsByKey = Mapping[str, Sequence[RunView]]


def read_coverage_gaps(
    sums: PeriodSums,
    sources: Sequence[SourceInfo],
    *,
    now: datetime,
    facts: CollectionFacts,
) -> CoverageGaps:
    """Gather the sources of a scope that were not wholly seen, and what was left aside in its last window.

    Broken is a source with a run that was neither ok nor empty in the last window or since.
    """
    scope = sums.scope
    coverage = sums.coverage.only(scope.sources)
    listed = [info for info in sources if not scope.sources or info.source in scope.sources]
    runs: dict[str, list[RunView]] = {}
    for run in (*coverage.runs, *coverage.others):
        runs.setdefault(run.source_key, []).append(run)
    names = {info.source_key: info.label for info in listed}
    gaps = list(_waiting(sums.reader, coverage, names, now))
    for found in (
        _broken(sums.reader, runs, names, now),
        _late(sums.reader, coverage, runs, listed, now),
        _unread(sums.reader, coverage, runs, listed, now),
    ):
        told = {gap.source_key for gap in gaps if not gap.recovered}
        gaps += [gap for gap in found if gap.source_key not in told]
    return CoverageGaps(
        spots=tuple(sorted(gaps, key=lambda gap: (gap.recovered, gap.source_key))),
        sources=len((coverage.keys - coverage.retired) | names.keys()),
        refused_by_robots=sum(run.refused_by_robots for run in coverage.runs),
        rejected=sum(run.rejected for run in coverage.runs),
        missed=_missed({run.source_key: runs[run.source_key] for run in coverage.runs}, names),
        unsent=facts.unsent,
        completed=_completed(facts.completed, names),
        marked_periods=sum(bool(keys) for keys in sums.marked[-1 - RECENT : -1]),
        new_sources=tuple(sorted(source_label(key, names) for key in sums.new)),
        past_read_at=_past_read_at(sums),
        retired=tuple(sorted(source_label(key, names) for key in coverage.retired & sums.keys)),
        left_out=bool(sums.left_out),
        mixed_analysers=sums.mixed,
    )


def _past_read_at(sums: PeriodSums) -> datetime | None:
    """Return when the first source whose past was read afterwards began to be watched; None without any."""
    coverage = sums.coverage
    compared = sums.keys - sums.left_out
    keys = {key for read in coverage.afterwards[:-1] for key in read & compared}
    return min((coverage.since[key] for key in keys), default=None)


def _completed(completed: Sequence[CompletedPeriod], names: Mapping[str, str]) -> tuple[CompletedSpan, ...]:
    """Return the periods of which more was read since the last digest, oldest first."""
    return tuple(
        CompletedSpan(
            period=each.period,
            mentions=each.lately,
            sources=tuple(sorted(source_label(key, names) for key in each.source_keys)),
        )
        for each in completed
        if each.lately
    )


def _missed(runs: _RunsByKey, names: Mapping[str, str]) -> tuple[MissedRuns, ...]:
    """Count the planned runs that did not take place, by source."""
    counted = sorted(
        (source_label(key, names), sum(run.missed for run in some)) for key, some in runs.items()
    )
    return tuple(MissedRuns(name=name, runs=n) for name, n in counted if n)


def _waiting(
    reader: MentionIndex, coverage: Coverage, names: Mapping[str, str], now: datetime
) -> Iterator[CoverageGap]:
    """Yield each source of which a harvest was not taken into the index, whenever it was collected."""
    harvested = sorted(
        (each for each in coverage.waiting if each.status in _HARVESTED),
        key=lambda each: (each.source_key, each.started_at),
    )
    for key, group in groupby(harvested, key=lambda each: each.source_key):
        some = list(group)
        yield CoverageGap(
            source=some[0].source,
            source_key=key,
            name=source_label(key, names),
            status="damaged" if any(each.damaged for each in some) else "waiting",
            since=some[0].started_at,
            last_good=last_good(reader, key, now=now),
            runs=len(some),
        )


def _broken(
    reader: MentionIndex, runs: _RunsByKey, names: Mapping[str, str], now: datetime
) -> Iterator[CoverageGap]:
    """Yield each source that had a bad run, with its last one's status."""
    for key, some in runs.items():
        bad = [run for run in some if run.status not in GOOD]
        if not bad:
            continue
        last = bad[-1]
        status: GapStatus = last.status if last.status in _STATUSES else "failed"  # type: ignore[assignment]  # narrowed by membership
        yield CoverageGap(
            source=last.source,
            source_key=key,
            name=source_label(key, names),
            status=status,
            reason=shortened(tame(last.reason), _REASON),
            since=broken_since(reader, key, now=now) or bad[0].started_at,
            last_good=last_good(reader, key, now=now),
            recovered=some[-1].good,
            runs=len(bad),
            silent=tuple(tame(each) for each in last.silent[:_ENGINES]),
        )


def _late(
    reader: MentionIndex,
    coverage: Coverage,
    runs: _RunsByKey,
    sources: Sequence[SourceInfo],
    now: datetime,
) -> Iterator[CoverageGap]:
    """Yield each source whose next run should have begun by now."""
    names = {info.source_key: info.label for info in sources}
    every = {info.source_key: info.every for info in sources}
    slugs = coverage.sources | {info.source_key: info.source for info in reversed(sources)}
    for key in sorted((coverage.keys - coverage.retired) | every.keys()):
        last = runs[key][-1].started_at if key in runs else None
        interval = every.get(key)
        if interval is None and (last is not None or key not in coverage.keys):
            continue  # without a schedule, only one with no run at all is late
        if _is_recent(last, interval, now):
            continue
        good = last_good(reader, key, now=now)
        if last is None and _is_recent(good, interval, now):
            continue
        yield CoverageGap(
            source=slugs.get(key, key),
            source_key=key,
            name=source_label(key, names),
            status="late",
            since=None if interval is None else last or good,
            last_good=good,
            runs=0,
        )


def _is_recent(run: datetime | None, interval: timedelta | None, now: datetime) -> bool:
    """Whether a run is so recent that the next one is not late yet."""
    return run is not None and interval is not None and now - run <= _LATE_AFTER * interval


def _unread(
    reader: MentionIndex,
    coverage: Coverage,
    runs: _RunsByKey,
    sources: Sequence[SourceInfo],
    now: datetime,
) -> Iterator[CoverageGap]:
    """Yield each source that no good run looked at in the period, or none near its end, late or not.

    Whoever looked on Wednesday knows nothing of Thursday, whatever the interval.
    """
    period = coverage.periods[-1]
    labels = {info.source_key: info.label for info in sources}
    slugs = coverage.sources | {info.source_key: info.source for info in reversed(sources)}
    for key in sorted((coverage.keys - coverage.retired) | labels.keys()):
        until = max((run.started_at for run in runs.get(key, ()) if run.good), default=period.start)
        if until >= period.end - _UNTIL:
            continue
        yield CoverageGap(
            source=slugs.get(key, key),
            source_key=key,
            name=source_label(key, labels),
            status="unread" if until <= period.start + _UNTIL else "end_unread",
            last_good=last_good(reader, key, now=now),
        )
