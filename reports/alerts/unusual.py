"""Alerts on volume and polarity: days unlike comparable ones, with what was said on them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ouidire.index import MentionIndex, Term
from ouidire.measures import Day, Finding, unusual_day
from ouidire.measures.watch import WHOLE
from ouidire.settings.brand import Brand
from reports.alerts.context import Alert, Comparison, PastDay, SourceShare
from reports.alerts.days import (
    WEEK,
    WEEKLY,
    DayTable,
    judged_days,
    midnight,
    of,
    read_days,
    series_of,
    weekly_series_of,
    weeks_of,
    within,
)
from reports.builders.quotes import quotes_of, ranking_of
from reports.data.context import BrandName
from reports.data.scope import Where
from reports.data.sections import Quote, QuoteKind
from reports.data.source_names import source_label

SHOWN_SOURCES = 5


def unusual_alerts(
    reader: MentionIndex, brands: Sequence[Brand], *, now: datetime, timezone: str, names: Mapping[str, str]
) -> list[Alert]:
    """Return at most one alert on volume and one on polarity for each brand and each of the days judged.

    All brands and sources of one day are judged together. Where a source is read once a week, the week that
    ended yesterday is judged as well, for brands of which no single day is unusual. `names` are those of
    source keys.
    """
    judged = judged_days(reader, now=now)
    tables = {
        brand.slug: read_days(reader, brand.slug, now=now, timezone=timezone, judged=judged)
        for brand in brands
    }
    if not tables:
        return []
    length = len(next(iter(tables.values())).dates)
    found: dict[tuple[str, str, int], list[Finding]] = {}
    for at in range(length - judged, length):
        for each in unusual_day(series_of(tables, at)):
            found.setdefault((each.brand, each.kind, at), []).append(each)
    if judged >= WEEKLY:
        at = length - 2  # the week that ended yesterday
        whole_week = unusual_day(weekly_series_of(tables, at))
        told = {(brand, kind) for brand, kind, _ in found}
        weekly = [each for each in whole_week if (each.brand, each.kind) not in told]
    else:
        weekly = []
    named = {brand.slug: BrandName(slug=brand.slug, name=brand.name) for brand in brands}
    of_weeks: dict[tuple[str, str], list[Finding]] = {}
    for each in weekly:
        of_weeks.setdefault((each.brand, each.kind), []).append(each)
    zone = ZoneInfo(timezone)
    return [
        _alert(reader, named[brand], findings, tables[brand], at, zone=zone, names=names)
        for (brand, _, at), findings in sorted(found.items())
    ] + [
        _alert(reader, named[brand], findings, tables[brand], length - 2, zone=zone, names=names, span=WEEK)
        for (brand, _), findings in sorted(of_weeks.items())
    ]


def _alert(
    reader: MentionIndex,
    brand: BrandName,
    findings: Sequence[Finding],
    table: DayTable,
    at: int,
    *,
    zone: ZoneInfo,
    names: Mapping[str, str],
    span: int = 1,
) -> Alert:
    chosen = next((each for each in findings if each.source == WHOLE), findings[0])
    by_key, whole, left_out = table.ending(at)
    if span == WEEK:
        by_key = {key: weeks_of(each) for key, each in by_key.items()}
        whole = weeks_of(whole)
    days = whole if chosen.source == WHOLE else by_key[chosen.source]
    day = table.dates[at]
    found = chosen.found
    where = (
        *of(brand.slug),
        within(midnight(day - timedelta(days=span - 1), zone), midnight(day + timedelta(days=1), zone)),
    )
    if chosen.source != WHOLE:
        where = (*where, Term(field="source_key", any_of=(chosen.source,)))
    return Alert(
        kind=chosen.kind,
        brand=brand,
        day=day,
        span=span,
        told_by=day.isoformat(),
        adjusted=chosen.adjusted,
        source=None if chosen.source == WHOLE else source_label(chosen.source, names),
        comparison=Comparison(
            now=found.now,
            usual=found.usual or 0.0,
            factor=found.factor if chosen.kind == "volume" else None,
            n=found.n,
            days=found.days,
            left_out=found.left_out,
            past=_past(days, day - timedelta(days=span - 1), chosen.kind),
        ),
        sources=_shares(by_key, {each.source for each in findings}, names),
        left_out=tuple(source_label(key, names) for key in left_out) if chosen.source == WHOLE else (),
        quotes=_quotes(reader, where, chosen.kind),
    )


def _past(days: Sequence[Day], day: date, kind: str) -> tuple[PastDay, ...]:
    """The comparable days (of weeks, their first days), oldest first; a mean of nothing has no value."""
    past = [
        (day - timedelta(weeks=back), days[-1 - 7 * back]) for back in range(8, 0, -1) if len(days) > 7 * back
    ]
    return tuple(
        PastDay(day=when, value=each.n if kind == "volume" else each.total / each.read, usable=each.usable)
        for when, each in past
        if kind == "volume" or each.read
    )


def _shares(
    by_key: Mapping[str, Sequence[Day]], unusual: set[str], names: Mapping[str, str]
) -> tuple[SourceShare, ...]:
    rows = []
    for key, days in by_key.items():
        past = [day.n for day in days[:-1][::-1][6::7] if day.usable]
        usual = sum(past) / len(past) if past else None
        rows.append(
            SourceShare(name=source_label(key, names), n=days[-1].n, usual=usual, unusual=key in unusual)
        )
    rows.sort(key=lambda row: (-(row.n - (row.usual or 0.0)), row.name))
    return tuple(row for row in rows if row.n)[:SHOWN_SOURCES] if len(rows) > 1 else ()


def _quotes(reader: MentionIndex, where: Where, kind: str) -> tuple[Quote, ...]:
    counts: dict[QuoteKind, int] = {"best": 0, "worst": 3, "typical": 0}
    if kind == "volume":
        counts = {"best": 1, "worst": 2, "typical": 0}
    return quotes_of(reader, where, ranking=ranking_of(reader, where), counts=counts)
