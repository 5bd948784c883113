"""Alerts on what happened: a hostile result on the first page, a wave of deletions, a source that broke.

None is a matter of chance but the deletions, which are compared with the weeks before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, get_args
from zoneinfo import ZoneInfo

from ouidire.ids import digest, site_of
from ouidire.index import MentionIndex, Query, Range, Sort, Term
from ouidire.measures import unusual_count
from ouidire.measures.unusual import WEEKS
from ouidire.settings.brand import Brand
from reports.alerts.context import Alert, BrokenSource, Comparison, HostileResult, PastDay
from reports.alerts.days import EVERY
from reports.coverage.coverage import broken_since, last_good, of_brand
from reports.coverage.observation import GOOD, as_datetime
from reports.data.context import BrandName, GapStatus, ReviewEvent
from reports.data.source_names import source_label
from reports.typography import shortened, tame

RECENT = timedelta(days=3)
"""How far back a result may have entered."""
HOSTILE = "hostile"
SURE = 0.5
"""A stance less probable than this counts for nothing."""
WAVE = 3
"""Fewer deletions than this are no wave."""
WAVE_ALPHA = 0.01
WEEK = timedelta(days=7)
FEWEST_WEEKS = 2
ENOUGH: Mapping[str, int] = {
    "layout_changed": 1,
    "gone": 1,
    "refused_by_robots": 1,
    "blocked": 2,
    "failed": 2,
    "degraded": 3,
}
"""Runs in a row that end with a status before a source is called broken.

What a site decided holds at once; what fails may pass.
"""
LOOKED_BACK = timedelta(days=60)
_TICK = timedelta(microseconds=1)
_TITLE, _SNIPPET, _EXCERPT, _REASON = 90, 200, 160, 160
_EXAMPLES = 4


def hostile_alerts(reader: MentionIndex, brand: Brand, *, now: datetime, timezone: str) -> list[Alert]:
    """Return one alert for each hostile result that entered the first page lately and is still there."""
    since = Range(field="at", gte=now - RECENT, lt=now + _TICK)
    where = (
        Term(field="brands", any_of=(brand.slug,)),
        Term(field="type", any_of=("entrant", "exit")),
        since,
    )
    moves: dict[tuple[str, str], dict[str, Any]] = {}
    for row in reader.scan(Query(kind="event", where=where), ("id", "type", "at", "source_key", "url")):
        key = (row["source_key"], row["url"])
        if key not in moves or as_datetime(row["at"]) >= as_datetime(moves[key]["at"]):
            moves[key] = row
    entered = {key: row for key, row in moves.items() if row["type"] == "entrant" and row["url"]}
    if not entered:
        return []
    found: dict[str, dict[str, HostileResult]] = {}
    for row in _hostile_rows(reader, brand.slug, now):
        if (row["source_key"], row["canonical_url"]) in entered:
            result = _result(row)
            known = found.setdefault(row["canonical_url"], {}).get(row["source_key"])
            if known is None or result.captured_at > known.captured_at:
                found[row["canonical_url"]][row["source_key"]] = result
    alerts = []
    for url, by_source in sorted(found.items()):
        first = min(as_datetime(entered[key, url]["at"]) for key in by_source)
        day = first.astimezone(ZoneInfo(timezone)).date()
        alerts.append(
            Alert(
                kind="hostile_result",
                brand=BrandName(slug=brand.slug, name=brand.name),
                day=day,
                told_by=digest("hostile", url, day.isoformat()),
                results=tuple(sorted(by_source.values(), key=lambda result: (result.rank, result.query))),
            )
        )
    return alerts


def _hostile_rows(reader: MentionIndex, brand: str, now: datetime) -> list[dict[str, Any]]:
    where = (
        Term(field="brands", any_of=(brand,)),
        Term(field="stance", any_of=(HOSTILE,)),
        Term(field="type", any_of=("organic",)),
        Term(field="page_number", any_of=(1,)),
        Range(field="captured_at", gte=now - RECENT, lt=now + _TICK),
    )
    fields = (
        *(
            "id",
            "source_key",
            "canonical_url",
            "query",
            "engine",
            "rank",
            "title",
            "domain",
            "url",
            "snippet",
        ),
        *("captured_at", "stance_probability"),
    )
    rows = reader.scan(Query(kind="search_result", where=where), fields)
    return [
        row
        for row in rows
        if row["canonical_url"] and (row["stance_probability"] is None or row["stance_probability"] >= SURE)
    ]


def _result(row: dict[str, Any]) -> HostileResult:
    return HostileResult(
        query=tame(str(row["query"])),
        engine=str(row["engine"]),
        rank=int(row["rank"]),
        title=shortened(tame(str(row["title"] or row["domain"] or row["url"])), _TITLE),
        domain=tame(str(row["domain"] or "")).removeprefix("www."),
        url=row["url"],
        snippet=shortened(tame(str(row["snippet"] or "")), _SNIPPET),
        captured_at=as_datetime(row["captured_at"]),
    )


def deletion_alerts(
    reader: MentionIndex, brand: Brand, *, now: datetime, timezone: str, names: Mapping[str, str]
) -> list[Alert]:
    """Return one alert for each source that lost far more reviews in seven days than in other weeks."""
    base = (Term(field="brands", any_of=(brand.slug,)), Term(field="type", any_of=("vanished",)))
    end = now.replace(microsecond=0) + timedelta(seconds=1)  # edges of a series are whole milliseconds
    edges = [end - back * WEEK for back in range(WEEKS + 1, -1, -1)]
    lately = (*base, Range(field="at", gte=edges[-2], lt=end))
    alerts = []
    for bucket in reader.facet(Query(kind="event", where=lately), "source_key", size=EVERY):
        if bucket.n < WAVE:
            continue
        key = str(bucket.value)
        where = (*base, Term(field="source_key", any_of=(key,)))
        began = _first_run(reader, key)
        weeks = [
            each
            for each in reader.series(Query(kind="event", where=where), "at", edges)
            if began is None or (each.start or end) >= began
        ]
        found = unusual_count(bucket.n, [each.n for each in weeks[:-1]], fewest=WAVE)
        if (
            len(weeks) <= FEWEST_WEEKS
            or found.p_value is None
            or found.p_value >= WAVE_ALPHA
            or not found.large
        ):
            continue
        zone = ZoneInfo(timezone)
        events = _vanished(reader, (*where, lately[-1]))
        day = max(each.at for each in events).astimezone(zone).date()
        past = tuple(
            PastDay(day=each.start.astimezone(zone).date(), value=each.n)
            for each in weeks[:-1]
            if each.start is not None
        )
        alerts.append(
            Alert(
                kind="deletions",
                brand=BrandName(slug=brand.slug, name=brand.name),
                day=day,
                told_by=day.isoformat(),
                adjusted=found.p_value,
                source=source_label(key, names),
                comparison=Comparison(
                    now=bucket.n,
                    usual=found.usual or 0.0,
                    factor=found.factor,
                    n=bucket.n,
                    days=len(weeks) - 1,
                    past=past,
                ),
                events=events[:_EXAMPLES],
            )
        )
    return alerts


def _vanished(reader: MentionIndex, where: tuple[Term | Range, ...]) -> tuple[ReviewEvent, ...]:
    """Return some of the vanished reviews, the best rated first: a reader asks about lost praise."""
    events = [
        ReviewEvent(
            type="vanished",
            site=site_of(event.url) or event.source,
            at=event.at,
            url=event.url,
            before=event.before and shortened(tame(event.before), _EXCERPT),
            stars_before=event.stars_before,
        )
        for hit in reader.search(Query(kind="event", where=where, sort=(Sort(field="at"),)), size=100).hits
        if (event := hit.document).kind == "event"
    ]
    return tuple(sorted(events, key=lambda event: (-(event.stars_before or 0.0), -event.at.timestamp())))


def _first_run(reader: MentionIndex, key: str) -> datetime | None:
    where = (Term(field="source_key", any_of=(key,)),)
    hits = reader.search(
        Query(kind="run", where=where, sort=(Sort(field="started_at", descending=False),)), size=1
    ).hits
    return hits[0].document.started_at if hits and hits[0].document.kind == "run" else None


def broken_alerts(
    reader: MentionIndex,
    brand: Brand,
    *,
    now: datetime,
    timezone: str,
    names: Mapping[str, str],
    unnamed: bool,
) -> list[Alert]:
    """Return one alert for each broken source of a brand.

    With `unnamed`, also for the sources of no brand in particular. `names` are those of the configured source
    keys: others are of no concern any more.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for concerned in of_brand(brand.slug)[: 2 if unnamed else 1]:
        where = (*concerned, Range(field="started_at", gte=now - LOOKED_BACK, lt=now + _TICK))
        for row in reader.scan(
            Query(kind="run", where=where), ("id", "source_key", "status", "reason", "started_at")
        ):
            if row["source_key"] in names:
                runs.setdefault(row["source_key"], []).append(row)
    alerts = []
    for key in sorted(runs):
        newest = sorted(runs[key], key=lambda row: (as_datetime(row["started_at"]), row["id"]), reverse=True)
        bad = list(takewhile(lambda row: row["status"] not in GOOD, newest))
        if (
            not bad
            or bad[0]["status"] not in get_args(GapStatus)
            or len(bad) < ENOUGH.get(bad[0]["status"], 1)
        ):
            continue
        since = broken_since(reader, key, now=now) or as_datetime(bad[-1]["started_at"])
        alerts.append(
            Alert(
                kind="source_broken",
                brand=BrandName(slug=brand.slug, name=brand.name),
                day=since.astimezone(ZoneInfo(timezone)).date(),
                told_by=digest("broken", key, since.isoformat()),
                source=names[key],
                broken=BrokenSource(
                    name=names[key],
                    source_key=key,
                    status=bad[0]["status"],
                    reason=shortened(tame(bad[0]["reason"] or ""), _REASON),
                    since=since,
                    last_good=last_good(reader, key, now=now),
                    runs=len(bad),
                ),
            )
        )
    return alerts


def event_alerts(
    reader: MentionIndex, brands: Sequence[Brand], *, now: datetime, timezone: str, names: Mapping[str, str]
) -> list[Alert]:
    """Return all alerts of this module; sources of no brand in particular stand with the first brand."""
    found: list[Alert] = []
    for number, brand in enumerate(brands):
        found += hostile_alerts(reader, brand, now=now, timezone=timezone)
        found += deletion_alerts(reader, brand, now=now, timezone=timezone, names=names)
        found += broken_alerts(reader, brand, now=now, timezone=timezone, names=names, unnamed=number == 0)
    return found
