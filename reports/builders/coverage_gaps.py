"""What could not be seen: sources that failed, were refused, came late, and what was left aside.

It reads runs alone. It cannot see a source that nobody configured.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

from ouidire.index import MentionIndex
from reports.builders.coverage import Coverage, RunView, last_good
from reports.data.context import Blind, BlindStatus, CoverageGap, MissedRuns, SourceInfo
from reports.typography import shortened, tame

# A source is late once one and a half of its intervals have passed since its last run, as a missed run is
# then certain however it was jittered.
_LATE_AFTER = 1.5
_REASON = 160
_STATUSES = get_args(BlindStatus)


def blind_of(
    reader: MentionIndex,
    seen: Coverage,
    sources: Sequence[SourceInfo],
    *,
    now: datetime,
    marked: int,
    new: frozenset[str],
    left_out: bool,
    mixed: Sequence[str],
) -> Blind:
    """Gather every source with a run that was neither ok nor empty in the last watch or since, and every late one."""
    by_key: dict[str, list[RunView]] = {}
    for run in seen.runs:
        by_key.setdefault(run.source_key, []).append(run)
    names = {info.source_key: info.label for info in sources}
    spots = [
        spot
        for key, runs in by_key.items()
        if (spot := _spot(reader, key, runs, names.get(key, key), now=now)) is not None
    ]
    every = {info.source_key: info.every for info in sources}
    for key in sorted(seen.keys | every.keys()):
        late = _late(reader, key, by_key.get(key, []), every.get(key), seen, now=now)
        if late is not None:
            source = next(
                (info.source for info in sources if info.source_key == key), seen.sources.get(key, key)
            )
            when, good = late
            spots.append(
                CoverageGap(
                    source=source,
                    source_key=key,
                    name=names.get(key, key),
                    status="late",
                    since=when,
                    last_good=good,
                    runs=0,
                )
            )
    return Blind(
        spots=tuple(sorted(spots, key=lambda spot: (spot.recovered, spot.source_key))),
        sources=len(seen.keys | every.keys()),
        refused_by_robots=sum(run.refused_by_robots for run in seen.runs),
        rejected=sum(run.rejected for run in seen.runs),
        missed=_missed(by_key, names),
        marked_periods=marked,
        left_out=left_out,
        new_sources=tuple(sorted(names.get(key, key) for key in new)),
        mixed_analysers=tuple(mixed),
    )


def _missed(by_key: Mapping[str, Sequence[RunView]], names: Mapping[str, str]) -> tuple[MissedRuns, ...]:
    counted = sorted((names.get(key, key), sum(run.missed for run in runs)) for key, runs in by_key.items())
    return tuple(MissedRuns(name=name, runs=runs) for name, runs in counted if runs)


def _spot(
    reader: MentionIndex, key: str, runs: Sequence[RunView], name: str, *, now: datetime
) -> CoverageGap | None:
    bad = [run for run in runs if not run.good]
    if not bad:
        return None
    last = bad[-1]
    since = bad[0]
    for run in runs:  # the first of the last unbroken row of bad runs
        if run.good and run.started_at < last.started_at:
            since = next(each for each in bad if each.started_at > run.started_at)
    status: BlindStatus = last.status if last.status in _STATUSES else "failed"  # type: ignore[assignment]  # narrowed by membership
    return CoverageGap(
        source=last.source,
        source_key=key,
        name=name,
        status=status,
        reason=shortened(tame(last.reason), _REASON),
        since=since.started_at,
        last_good=last_good(reader, key, now=now),
        recovered=runs[-1].good,
        runs=len(bad),
    )


def _late(
    reader: MentionIndex,
    key: str,
    runs: Sequence[RunView],
    every: timedelta | None,
    seen: Coverage,
    *,
    now: datetime,
) -> tuple[datetime | None, datetime | None] | None:
    """Return (late since, last good run) of a late source; without a schedule, only one with no run at all is late."""
    if every is None:
        return (None, last_good(reader, key, now=now)) if not runs and key in seen.keys else None
    last = runs[-1].started_at if runs else None
    if last is not None and now - last <= _LATE_AFTER * every:
        return None
    good = last_good(reader, key, now=now)
    if last is None and good is not None and now - good <= _LATE_AFTER * every:
        return None
    return (last or good), good
