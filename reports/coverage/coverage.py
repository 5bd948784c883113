"""What the crawls saw of each period, and so which periods may be compared at all.

A source was seen in a period only where a good run looked near its end or after it. Seen or not is decided
of a period as `reports.coverage.observation` says; this gathers it for all sources of a brand.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen
from ouidire.index import Exists, MentionIndex, Query, Range, Sort, Term
from ouidire.period import Period
from reports.coverage.doubts import sources_in_doubt
from reports.coverage.observation import (
    BAD,
    GOOD,
    TICK,
    ObservationWindow,
    PeriodLooks,
    RunView,
    window_of,
)
from reports.data.baseline import RECENT
from reports.data.collection import CollectionFacts, WaitingHarvest


class Coverage(Frozen):
    """Which sources were not seen in which period, and since when each is watched.

    `broken` holds, for each period (oldest first, the digest's own last), the source keys that were not seen
    in it by the time at which its digest was due: the last run of its window was bad, a harvest of it waits,
    no good run looked near its end or later, or what the site changed in it is held. `marked` are those that
    were not caught up since either.
    `since` is the first run of keys that began within these periods; keys that began earlier, or that have no
    runs at all, are absent. A period before a source's first run is not comparable even where the source
    told of it afterwards: what a site shows of its past is rarely all of it. `keys` are those with crawls.
    `runs` are those of the last window and later; `others` those of listed sources that concern other brands
    alone. `backfilled` is the date of the oldest mention of keys in `since` whose past one run read whole,
    after it had passed: it enumerated them, or was the first reading of a file. `retired` were taken out
    of the configuration before the last period; of `unimported`, files alone are read, and none was for the
    last period. `waiting` are harvests that the index has not taken.
    """

    periods: tuple[Period, ...]
    windows: tuple[ObservationWindow, ...]
    broken: tuple[frozenset[str], ...]
    marked: tuple[frozenset[str], ...]
    since: dict[str, AwareDatetime]
    keys: frozenset[str]
    sources: dict[str, str]
    runs: tuple[RunView, ...]
    others: tuple[RunView, ...] = ()
    backfilled: dict[str, AwareDatetime] = Field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    unimported: frozenset[str] = frozenset()
    waiting: tuple[WaitingHarvest, ...] = ()

    def only(self, sources: Sequence[str]) -> "Coverage":
        """Return the coverage of these sources (slugs) alone; of all, where none is named."""
        if not sources:
            return self
        keys = frozenset(key for key in self.keys if self.sources.get(key) in sources)
        return self.model_copy(
            update={
                "keys": keys,
                "runs": tuple(run for run in self.runs if run.source in sources),
                "others": tuple(run for run in self.others if run.source in sources),
                "broken": tuple(each & keys for each in self.broken),
                "marked": tuple(each & keys for each in self.marked),
                "waiting": tuple(each for each in self.waiting if each.source in sources),
            }
        )

    def latest(self, past: int) -> "Coverage":
        """Return the coverage of the last period and of at most `past` (> 0) before it."""
        cut = slice(-past - 1, None)
        return self.model_copy(
            update={name: getattr(self, name)[cut] for name in ("periods", "windows", "broken", "marked")}
        )

    def too_new(self, fewest: int) -> frozenset[str]:
        """Return the keys watched in fewer than `fewest` whole periods before the last: too new."""
        past = self.windows[:-1]
        limit = past[-fewest].end if len(past) >= fewest else None
        return frozenset(key for key, first in self.since.items() if limit is None or first > limit)

    @property
    def afterwards(self) -> tuple[frozenset[str], ...]:
        """Return for each period the keys that were not watched yet, and whose reviews of it were read since.

        Of the period of a key's oldest mention, and of those before, nothing says that it is whole.
        """
        return tuple(
            frozenset(
                key
                for key, oldest in self.backfilled.items()
                if self.since[key] > window.end and oldest <= period.start
            )
            for period, window in zip(self.periods, self.windows, strict=True)
        )

    def without_past(self, fewest: int) -> frozenset[str]:
        """Return the keys of which fewer than `fewest` past periods are known, watched or read afterwards."""
        return frozenset(
            key
            for key in self.too_new(fewest)
            if sum(
                key in read or self.since[key] <= window.end
                for read, window in zip(self.afterwards[:-1], self.windows[:-1], strict=True)
            )
            < fewest
        )

    @property
    def kept_out(self) -> frozenset[str]:
        """Keys that are compared in no period, whatever was seen of them in the last."""
        return self.seldom_seen | self.retired | self.unimported

    @property
    def seldom_seen(self) -> frozenset[str]:
        """Keys broken in most of the last eight past periods since they began: they show no series.

        A source read once a month tells nothing of three weeks in four: kept, it would leave none to compare.
        """
        return frozenset(key for key in self.keys if self._is_seldom_seen(key))

    def _is_seldom_seen(self, key: str) -> bool:
        since = self.since.get(key)
        watched = [
            key not in broken
            for window, broken in zip(self.windows[:-1], self.broken[:-1], strict=True)
            if since is None or since <= window.end
        ][-RECENT:]
        return bool(watched) and 2 * sum(watched) < len(watched)

    @property
    def unwatched(self) -> int:
        """How many leading periods nobody watched, then or afterwards; 0 where nothing says so."""
        if not self.keys or self.keys - self.since.keys():
            return 0
        first = min(self.since.values())
        unwatched = [
            window.end < first and not read
            for window, read in zip(self.windows, self.afterwards, strict=True)
        ]
        return next((at for at, each in enumerate(unwatched) if not each), len(unwatched))

    @property
    def unseen(self) -> tuple[frozenset[str], ...]:
        """Return for each past period the keys that were not watched yet, or broken in it."""
        return tuple(
            broken | {key for key, first in self.since.items() if first > window.end}
            for window, broken in zip(self.windows[:-1], self.broken[:-1], strict=True)
        )

    @property
    def unread(self) -> tuple[frozenset[str], ...]:
        """Return for each past period the keys whose opinions of it are not known, then or afterwards."""
        return tuple(unseen - read for unseen, read in zip(self.unseen, self.afterwards[:-1], strict=True))

    def comparable(self, keys: frozenset[str]) -> tuple[bool, ...]:
        """Return for each past period whether all these keys were watched in it and none was broken."""
        return tuple(not (unseen & keys) for unseen in self.unseen)


def coverage(
    reader: MentionIndex,
    brand: str,
    periods: Sequence[Period],
    *,
    now: datetime,
    facts: CollectionFacts | None = None,
    listed: Collection[str] = (),
) -> Coverage:
    """Read the runs of these periods (oldest first), streaming; runs for no brand in particular count too.

    `listed` are the keys of configured sources: those that concern other brands alone are looked at as well.
    """
    facts = facts or CollectionFacts()
    windows = tuple(window_of(period, of=periods[-1], now=now) for period in periods)
    looks, imports = PeriodLooks(periods, windows), PeriodLooks(periods, windows)
    since: dict[str, datetime] = {}
    sources: dict[str, str] = {}
    collected: set[str] = set()
    recent: list[RunView] = []
    whole: set[str] = set()
    first: dict[str, RunView] = {}
    waiting = tuple(each for each in facts.waiting if not each.brands or brand in each.brands)
    lately = [_view_of(each) for each in waiting if each.started_at > windows[0].start]
    for run in (*_runs(reader, brand, windows[0].start, now), *lately):
        sources[run.source_key] = run.source
        since[run.source_key] = min(run.started_at, since.get(run.source_key, run.started_at))
        if run.id in facts.imports:
            imports.add(run)
            continue
        collected.add(run.source_key)
        looks.add(run)
        if run.complete and run.good:
            whole.add(run.source_key)
        if run.started_at <= first.get(run.source_key, run).started_at:
            first[run.source_key] = run
        if run.started_at > windows[-1].start:
            recent.append(run)
    elsewhere = tuple(each for each in facts.waiting if each not in waiting and each.source_key in listed)
    others = [
        run
        for run in (
            *_runs_of(reader, frozenset(listed) - collected, windows[-1].start, now),
            *(_view_of(each) for each in elsewhere if each.started_at > windows[-1].start),
        )
        if run.id not in facts.imports
    ]
    for run in others:
        looks.add(run)
    whole |= {key for key, run in first.items() if run.source in facts.files and run.good}
    for key in tuple(since):
        if _began_before(reader, key, windows[0].start):
            del since[key]
    followed = frozenset(listed) & collected
    retired = collected - followed - {run.source_key for run in recent} if followed else frozenset()
    asked = frozenset(collected) - retired
    delay = max(now - periods[-1].end, timedelta())
    held = [
        doubted | {each.source_key for each in waiting if window.contains(each.started_at)}
        for window, doubted in zip(windows, sources_in_doubt(reader, brand, windows), strict=True)
    ]

    def unseen(at: int, within: timedelta | None) -> frozenset[str]:
        watched = {key for key in asked if key not in since or since[key] <= windows[at].end}
        return frozenset(key for key in watched if not looks.seen(at, key, within=within)) | held[at]

    return Coverage(
        periods=tuple(periods),
        windows=windows,
        broken=tuple(unseen(at, delay) for at in range(len(windows))),
        marked=tuple(unseen(at, None) for at in range(len(windows))),
        since=since,
        keys=frozenset(collected),
        sources=sources,
        runs=_in_order(recent),
        others=_in_order(others),
        retired=frozenset(retired),
        unimported=frozenset(
            key for key in sources if key not in collected and not imports.seen(len(windows) - 1, key)
        ),
        waiting=(*waiting, *elsewhere),
        backfilled={
            key: oldest
            for key in sorted(whole & since.keys())
            if (oldest := _oldest(reader, key)) is not None
        },
    )


def of_brand(brand: str) -> tuple[tuple[Term | Exists, ...], ...]:
    """Return the two disjoint ways in which a run or event concerns a brand: by name, or naming none."""
    return (Term(field="brands", any_of=(brand,)),), (Exists(field="brands", exclude=True),)


def last_good(reader: MentionIndex, key: str, *, now: datetime) -> datetime | None:
    """Return when a source was last read as it should be, at `now`."""
    return _first_run(reader, key, GOOD, Range(field="started_at", lt=now + TICK), descending=True)


def broken_since(reader: MentionIndex, key: str, *, now: datetime) -> datetime | None:
    """Return when the last row of bad runs of a source began, however long ago; None where it has none."""
    newest = _first_run(reader, key, BAD, Range(field="started_at", lt=now + TICK), descending=True)
    if newest is None:
        return None
    good = _first_run(reader, key, GOOD, Range(field="started_at", lt=newest), descending=True)
    after = Range(field="started_at", gte=good, lt=newest + TICK)
    return _first_run(reader, key, BAD, after, descending=False)


def _first_run(
    reader: MentionIndex, key: str, statuses: tuple[str, ...], when: Range, *, descending: bool
) -> datetime | None:
    """Return when the first of some runs of a source began, in an order of their dates."""
    where = (Term(field="source_key", any_of=(key,)), Term(field="status", any_of=statuses), when)
    sort = (Sort(field="started_at", descending=descending),)
    hits = reader.search(Query(kind="run", where=where, sort=sort), size=1).hits
    document = hits[0].document if hits else None
    return document.started_at if document is not None and document.kind == "run" else None


def _oldest(reader: MentionIndex, key: str) -> datetime | None:
    """Return the date of a source's oldest mention; None where it has none."""
    where = (Term(field="source_key", any_of=(key,)),)
    hits = reader.search(Query(where=where, sort=(Sort(field="period_at", descending=False),)), size=1).hits
    document = hits[0].document if hits else None
    return document.period_at if document is not None and document.kind == "mention" else None


def _view_of(harvest: WaitingHarvest) -> RunView:
    """Return a waiting harvest as the run that its index does not know yet."""
    return RunView(
        id=harvest.run_id,
        source=harvest.source,
        source_key=harvest.source_key,
        status=harvest.status,
        reason=harvest.reason,
        started_at=harvest.started_at,
        waits=True,
    )


def _in_order(runs: Sequence[RunView]) -> tuple[RunView, ...]:
    return tuple(sorted(runs, key=lambda run: (run.started_at, run.source_key)))


_FIELDS = tuple(name for name in RunView.model_fields if name != "waits")


def _runs(reader: MentionIndex, brand: str, start: datetime, now: datetime) -> Iterator[RunView]:
    within = ObservationWindow(start=start, end=now).range("started_at")
    for concerned in of_brand(brand):
        yield from _read(reader, (*concerned, within))


def _runs_of(reader: MentionIndex, keys: frozenset[str], start: datetime, now: datetime) -> Iterator[RunView]:
    if keys and start < now:
        within = ObservationWindow(start=start, end=now).range("started_at")
        yield from _read(reader, (Term(field="source_key", any_of=tuple(sorted(keys))), within))


def _read(reader: MentionIndex, where: tuple[Term | Exists | Range, ...]) -> Iterator[RunView]:
    for row in reader.scan(Query(kind="run", where=where), _FIELDS):
        yield RunView.model_validate({name: row[name] for name in _FIELDS if row.get(name) is not None})


def _began_before(reader: MentionIndex, key: str, start: datetime) -> bool:
    where = (Term(field="source_key", any_of=(key,)), Range(field="started_at", lt=start + TICK))
    return reader.sums(Query(kind="run", where=where)).n > 0
