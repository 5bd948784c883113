"""What the crawls saw of each period, and so which periods may be compared at all.

What was published in a period is read by the crawls of that period and, on Monday morning, by one just after
it. So each period has an *observation window*: the period shifted by the moment at which the digest is made
(at most a day), so that the windows of consecutive digests meet without overlap. It cannot see a source that
answered "ok" and hid half its pages: the runs' own health checks are for that.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime

from ouidire.frozen import Frozen
from ouidire.index import Exists, MentionIndex, Query, Range, Sort, Term
from ouidire.items import RunState
from ouidire.period import Period

GOOD = ("ok", "empty")
"""The statuses after which a source counts as seen."""
LONGEST_SHIFT = timedelta(days=1)
# Ranges are half-open on the right and a window is closed there: a crawl at the very moment of the digest
# belongs to it.
_TICK = timedelta(microseconds=1)


class ObservationWindow(Frozen):
    """The moments (after `start`, up to `end` included) whose crawls speak for a period."""

    start: AwareDatetime
    end: AwareDatetime

    def range(self, field: str) -> Range:
        """Keep documents whose date lies in the window."""
        return Range(field=field, gte=self.start + _TICK, lt=self.end + _TICK)

    def contains(self, moment: datetime) -> bool:
        """Whether a moment lies in the window."""
        return self.start < moment <= self.end


def window_of(period: Period, *, of: Period, now: datetime) -> ObservationWindow:
    """Return the observation window of a period, in a digest about the period `of` that is made at `now`."""
    shift = min(max(now - of.end, timedelta()), LONGEST_SHIFT)
    return ObservationWindow(start=period.start + shift, end=period.end + shift)


class RunView(Frozen):
    """The fields of a run's document that coverage reads, under the same names."""

    source: str
    source_key: str
    status: RunState
    reason: str = ""
    started_at: AwareDatetime
    refused_by_robots: int = 0
    rejected: int = 0
    missed: int = 0

    @property
    def good(self) -> bool:
        """Whether the source was read as it should be."""
        return self.status in GOOD


class Coverage(Frozen):
    """Which sources were broken in which period, and since when each is watched.

    `broken` holds, for each period (oldest first, the digest's own last), the source keys whose last run of
    its window was bad. `since` is the first run of keys that began within these periods; keys that began
    earlier, or that have no runs at all, are absent. A period before a source's first run is not comparable
    even where the source told of it afterwards: what a site shows of its past is rarely all of it. `runs` are
    those of the last window and later.
    """

    periods: tuple[Period, ...]
    windows: tuple[ObservationWindow, ...]
    broken: tuple[frozenset[str], ...]
    since: dict[str, AwareDatetime]
    keys: frozenset[str]
    sources: dict[str, str]
    runs: tuple[RunView, ...]

    def only(self, sources: Sequence[str]) -> "Coverage":
        """Return the coverage of these sources (slugs) alone; of all, where none is named."""
        if not sources:
            return self
        keys = frozenset(key for key in self.keys if self.sources.get(key) in sources)
        runs = tuple(run for run in self.runs if run.source in sources)
        broken = tuple(each & keys for each in self.broken)
        return self.model_copy(update={"keys": keys, "runs": runs, "broken": broken})

    def too_new(self, fewest: int) -> frozenset[str]:
        """Return the keys watched in fewer than `fewest` whole periods before the last: too new."""
        past = self.windows[:-1]
        limit = past[-fewest].end if len(past) >= fewest else None
        return frozenset(key for key, first in self.since.items() if limit is None or first > limit)

    @property
    def seldom_seen(self) -> frozenset[str]:
        """Keys that were broken in most of the past periods since they began: what they show is not a series.

        A source read once a month tells nothing of three weeks in four: kept, it would leave none to compare.
        """
        return frozenset(key for key in self.keys if self._is_seldom_seen(key))

    def _is_seldom_seen(self, key: str) -> bool:
        since = self.since.get(key)
        watched = [
            key not in broken
            for window, broken in zip(self.windows[:-1], self.broken[:-1], strict=True)
            if since is None or since <= window.end
        ]
        return bool(watched) and 2 * sum(watched) < len(watched)

    @property
    def unwatched(self) -> int:
        """How many leading periods passed before the first run of all; 0 where nothing says so."""
        if not self.keys or self.keys - self.since.keys():
            return 0
        first = min(self.since.values())
        return sum(window.end < first for window in self.windows)

    def comparable(self, keys: frozenset[str]) -> tuple[bool, ...]:
        """Return for each past period whether all these keys were watched in it and none was broken."""
        began = max((self.since[key] for key in keys if key in self.since), default=None)
        return tuple(
            (began is None or began <= window.end) and not (broken & keys)
            for window, broken in zip(self.windows[:-1], self.broken[:-1], strict=True)
        )


def coverage(reader: MentionIndex, brand: str, periods: Sequence[Period], *, now: datetime) -> Coverage:
    """Read the runs of these periods (oldest first), streaming; runs for no brand in particular count too."""
    windows = tuple(window_of(period, of=periods[-1], now=now) for period in periods)
    last: list[dict[str, RunView]] = [{} for _ in windows]
    since: dict[str, datetime] = {}
    sources: dict[str, str] = {}
    recent: list[RunView] = []
    for run in _runs(reader, brand, windows[0].start, now):
        sources[run.source_key] = run.source
        since[run.source_key] = min(run.started_at, since.get(run.source_key, run.started_at))
        for held, window in zip(last, windows, strict=True):
            if window.contains(run.started_at) and (
                run.source_key not in held or held[run.source_key].started_at <= run.started_at
            ):
                held[run.source_key] = run
        if run.started_at > windows[-1].start:
            recent.append(run)
    for key in tuple(since):
        if _began_before(reader, key, windows[0].start):
            del since[key]
    return Coverage(
        periods=tuple(periods),
        windows=windows,
        broken=tuple(frozenset(key for key, run in held.items() if not run.good) for held in last),
        since=since,
        keys=frozenset(sources),
        sources=sources,
        runs=tuple(sorted(recent, key=lambda run: (run.started_at, run.source_key))),
    )


def of_brand(brand: str) -> tuple[tuple[Term | Exists, ...], ...]:
    """Return the two disjoint ways in which a run or event concerns a brand: by name, or naming none."""
    return (Term(field="brands", any_of=(brand,)),), (Exists(field="brands", exclude=True),)


def last_good(reader: MentionIndex, key: str, *, now: datetime) -> datetime | None:
    """Return when a source was last read as it should be, at `now`."""
    where = (
        Term(field="source_key", any_of=(key,)),
        Term(field="status", any_of=GOOD),
        Range(field="started_at", lt=now + _TICK),
    )
    hits = reader.search(Query(kind="run", where=where, sort=(Sort(field="started_at"),)), size=1).hits
    document = hits[0].document if hits else None
    return document.started_at if document is not None and document.kind == "run" else None


def as_datetime(value: Any) -> datetime:  # noqa: ANN401 (a scanned field)
    """Return a scanned date, which back-ends give as a datetime or as ISO 8601 text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _runs(reader: MentionIndex, brand: str, start: datetime, now: datetime) -> Iterator[RunView]:
    for concerned in of_brand(brand):
        where = (*concerned, ObservationWindow(start=start, end=now).range("started_at"))
        for row in reader.scan(Query(kind="run", where=where), tuple(RunView.model_fields)):
            yield RunView.model_validate(
                {name: row[name] for name in RunView.model_fields if row.get(name) is not None}
            )


def _began_before(reader: MentionIndex, key: str, start: datetime) -> bool:
    where = (Term(field="source_key", any_of=(key,)), Range(field="started_at", lt=start + _TICK))
    return reader.sums(Query(kind="run", where=where)).n > 0
