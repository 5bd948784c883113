"""What could not be seen: sources that failed, were refused, came late, and what was left aside.

It reads runs alone. It cannot see a source that nobody configured.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

from ouidire.index import MentionIndex
from ouidire.period import Period
from reports.builders.coverage import Coverage, RunView, last_good
from reports.builders.period_sums import PeriodSums
from reports.data.context import CoverageGap, CoverageGaps, GapStatus, MissedRuns, SourceInfo
from reports.typography import shortened, tame

_LATE_AFTER = 1.5
"""Of a source's intervals since its last run: a missed run is then certain, however it was jittered."""
_REASON = 160
_STATUSES = get_args(GapStatus)
_RunsByKey = Mapping[str, Sequence[RunView]]


def read_coverage_gaps(
    sums: PeriodSums, sources: Sequence[SourceInfo], *, now: datetime, unsent: Sequence[Period]
) -> CoverageGaps:
    """Gather the broken and the late sources of a scope, and what was left aside in its last window.

    Broken is a source with a run that was neither ok nor empty in the last window or since. `unsent` are the
    periods just before this one whose digests went to nobody.
    """
    scope = sums.scope
    coverage = sums.coverage.only(scope.sources)
    listed = [info for info in sources if not scope.sources or info.source in scope.sources]
    runs: dict[str, list[RunView]] = {}
    for run in coverage.runs:
        runs.setdefault(run.source_key, []).append(run)
    names = {info.source_key: info.label for info in listed}
    gaps = [*_broken(sums.reader, runs, names, now), *_late(sums.reader, coverage, runs, listed, now)]
    return CoverageGaps(
        spots=tuple(sorted(gaps, key=lambda gap: (gap.recovered, gap.source_key))),
        sources=len(coverage.keys | names.keys()),
        refused_by_robots=sum(run.refused_by_robots for run in coverage.runs),
        rejected=sum(run.rejected for run in coverage.runs),
        missed=_missed(runs, names),
        unsent=tuple(unsent),
        marked_periods=sum(bool(keys) for keys in sums.broken[:-1]),
        new_sources=tuple(sorted(names.get(key, key) for key in sums.new)),
        left_out=bool(sums.left_out),
        mixed_analysers=sums.mixed,
    )


def _missed(runs: _RunsByKey, names: Mapping[str, str]) -> tuple[MissedRuns, ...]:
    """Count the planned runs that did not take place, by source."""
    counted = sorted((names.get(key, key), sum(run.missed for run in some)) for key, some in runs.items())
    return tuple(MissedRuns(name=name, runs=n) for name, n in counted if n)


def _broken(
    reader: MentionIndex, runs: _RunsByKey, names: Mapping[str, str], now: datetime
) -> Iterator[CoverageGap]:
    """Yield each source that had a bad run, with its last one's status."""
    for key, some in runs.items():
        bad = [run for run in some if not run.good]
        if not bad:
            continue
        last = bad[-1]
        status: GapStatus = last.status if last.status in _STATUSES else "failed"  # type: ignore[assignment]  # narrowed by membership
        yield CoverageGap(
            source=last.source,
            source_key=key,
            name=names.get(key, key),
            status=status,
            reason=shortened(tame(last.reason), _REASON),
            since=_broken_since(some, bad),
            last_good=last_good(reader, key, now=now),
            recovered=some[-1].good,
            runs=len(bad),
        )


def _broken_since(runs: Sequence[RunView], bad: Sequence[RunView]) -> datetime:
    """Return the start of the last unbroken row of bad runs."""
    since = bad[0]
    for run in runs:
        if run.good and run.started_at < bad[-1].started_at:
            since = next(each for each in bad if each.started_at > run.started_at)
    return since.started_at


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
    for key in sorted(coverage.keys | every.keys()):
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
            name=names.get(key, key),
            status="late",
            since=None if interval is None else last or good,
            last_good=good,
            runs=0,
        )


def _is_recent(run: datetime | None, interval: timedelta | None, now: datetime) -> bool:
    """Whether a run is so recent that the next one is not late yet."""
    return run is not None and interval is not None and now - run <= _LATE_AFTER * interval
