"""Known mentions that a source's service is asked for again, and those that it could not be asked for.

It cannot see what the service will answer: an answer is read like any other.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from crawlers import SOURCES, load_source
from crawlers.upkeep import KnownMention, Upkeep
from ouidire.state.items import ItemRecord, count_seen_before, live_by_source, seen_before
from ouidire.state.runs import forget_cursor, list_runs
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.index.readings.known import known_mentions
from service.pipeline.index.readings.withdrawn import Dropped, drop_mentions
from service.pipeline.installation import Installation

BATCH = 500


class _Kept(NamedTuple):
    """The key of a source that has mentions, and the upkeep of its catalogue's source."""

    key: str
    upkeep: Upkeep


def known_again(
    installation: Installation, wanted: ConfiguredSource, *, now: datetime
) -> tuple[KnownMention, ...]:
    """Return the known mentions to ask a source for again, the longest unseen first."""
    upkeep = wanted.source.upkeep
    if upkeep is None:
        return ()
    with installation.state.read() as connection:
        rows = seen_before(connection, wanted.key, now - upkeep.every, limit=upkeep.most)
    return tuple(_known(installation, rows))


def _known(installation: Installation, rows: list[ItemRecord]) -> Iterable[KnownMention]:
    for mention in known_mentions(installation, rows).mentions.values():
        if mention.native_id is not None:
            yield KnownMention(native_id=mention.native_id, url=mention.url, extra=mention.extra)


def drop_unasked(installation: Installation) -> Dropped:
    """Drop the mentions that their service was not asked for again for as long as they may be kept.

    Those of sources that are no longer configured are among them; one that is configured gets its chance
    first: nothing of it is dropped before a run has tried. Its next run looks as far back as a first one
    does, so that what its service still shows comes back. Raises HarvestError when a harvest cannot be read.
    """
    now = installation.clock()
    total = Dropped()
    configured = {each.key for each in configured_sources(installation.settings)}
    for each in _upkept(installation):
        if each.key in configured and not _has_tried(installation, each, now):
            continue
        while True:
            with installation.state.read() as connection:
                rows = seen_before(connection, each.key, now - each.upkeep.kept, limit=BATCH)
            if not rows:
                break
            done = drop_mentions(installation, rows)
            with installation.state.begin() as connection:
                forget_cursor(connection, each.key)
            total = Dropped(*(one + other for one, other in zip(total, done, strict=True)))
    return total


def _has_tried(installation: Installation, kept: _Kept, now: datetime) -> bool:
    """Return whether a run of a source has ended since its known mentions were to be asked for again."""
    with installation.state.read() as connection:
        runs = list_runs(connection, source_key=kept.key, kind="collect", limit=1)
    return any(run.finished_at is not None and run.finished_at > now - kept.upkeep.every for run in runs)


def unasked_problems(installation: Installation) -> list[str]:
    """Return a line for each source whose mentions were not asked for again as its terms want."""
    now = installation.clock()
    lines: list[str] = []
    for key, upkeep in _upkept(installation):
        with installation.state.read() as connection:
            late = count_seen_before(connection, key, now - upkeep.within)
        if late:
            count = f"{late} known mention{'s were' if late > 1 else ' was'}"
            lines.append(
                f"{key}: {count} not asked for again for {_span(upkeep.within.total_seconds())}, the time in "
                "which what is deleted there must be deleted here; see why its runs fail, or erase "
                f"({_span(upkeep.kept.total_seconds())} after they were last seen they are removed)"
            )
    return lines


def _span(seconds: float) -> str:
    hours = round(seconds / 3_600)
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"  # noqa: PLR2004 (two days are 48 hours)


def _upkept(installation: Installation) -> list[_Kept]:
    with installation.state.read() as connection:
        keys = sorted(live_by_source(connection))
    found: list[_Kept] = []
    for key in keys:
        slug = key.partition(":")[0]
        upkeep = load_source(slug).upkeep if slug in SOURCES else None
        if upkeep is not None:
            found.append(_Kept(key, upkeep))
    return found
