"""How fresh the mentions are: when each source was last read well, and in which weeks one was not seen."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ouidire.period import period_of
from ouidire.state.counts import last_good
from ouidire.state.runs import newest_runs
from reports.coverage.coverage import coverage
from reports.explore.histogram import Histogram
from reports.explore.view import MentionView
from service.serve.web.explorer.context import ExplorerPage
from service.serve.web.status import TONES

MOST_WEEKS = 60
"""Weeks of which it is asked whether a source was seen."""
STALE = timedelta(days=8)
"""A source last read well so long ago is stale, whatever its timetable."""


class SourceFreshness(NamedTuple):
    """One source of a view: what it is called, when it was last read well, and how its last run ended."""

    name: str
    good: datetime | None
    status: str
    tone: str

    @property
    def doubtful(self) -> bool:
        """Whether mentions of it may be missing: never read well, long ago, or its last run went badly."""
        return self.good is None or self.tone in ("bad", "note")


def freshness_of(page: ExplorerPage, view: MentionView) -> tuple[SourceFreshness, ...]:
    """Return how fresh each configured source of a view is; the least fresh first."""
    installation = page.context.installation
    with installation.state.read() as connection:
        good = last_good(connection)
        newest = {run.source_key: run for run in newest_runs(connection)}
    brands, kept, keys = view.chosen("brand"), view.chosen("source"), view.chosen("key")
    lines = []
    for each in page.sources:
        if (
            (brands and not set(brands) & set(each.settings.brands))
            or (kept and each.source.slug not in kept)
            or (keys and each.key not in keys)
        ):
            continue
        run, at = newest.get(each.key), good.get(each.key)
        status = run.status if run is not None else "never_run"
        tone = TONES.get(status, "bad")
        if at is None or page.now - at > STALE:
            tone = "note" if tone == "good" else tone
        lines.append(SourceFreshness(page.words.value("key", each.key), at, status, tone))
    return tuple(sorted(lines, key=lambda line: (line.good is not None, line.good or page.now, line.name)))


def broken_bars(page: ExplorerPage, view: MentionView, histogram: Histogram) -> tuple[frozenset[str], ...]:
    """Return for each bar the names of sources that were not seen in a week that it touches."""
    if not histogram.bars:
        return ()
    settings = page.settings
    first = max(histogram.bars[0].first, page.time.today - timedelta(weeks=MOST_WEEKS))
    last = min(histogram.bars[-1].last, page.time.today - timedelta(days=page.time.today.weekday() + 1))
    if last < first:
        return tuple(frozenset() for _ in histogram.bars)
    wanted = view.chosen("brand") or tuple(brand.slug for brand in settings.own_brands)
    known = {brand.slug for brand in settings.brand}
    weeks = _broken_weeks(page, [each for each in wanted if each in known], first, last)
    kept = set(view.chosen("source")), set(view.chosen("key"))
    names = {
        each.key: page.words.value("key", each.key)
        for each in page.sources
        if (not kept[0] or each.source.slug in kept[0]) and (not kept[1] or each.key in kept[1])
    }
    return tuple(
        frozenset(
            names[key]
            for monday, keys in weeks.items()
            if monday <= bar.last and monday + timedelta(days=6) >= bar.first
            for key in keys
            if key in names
        )
        for bar in histogram.bars
    )


def _broken_weeks(
    page: ExplorerPage, brands: Sequence[str], first: date, last: date
) -> dict[date, frozenset[str]]:
    """Return the source keys not seen in each week between two days, by the week's Monday."""
    timezone = page.time.timezone
    week = period_of("week", last, timezone=timezone)
    count = (week.first_day - first).days // 7 + 1
    periods = (*week.before(max(0, count)), week)
    found: dict[date, frozenset[str]] = {}
    for brand in brands:
        seen = coverage(page.reader, brand, periods, now=page.now)
        for period, keys in zip(seen.periods, seen.broken, strict=True):
            found[period.first_day] = found.get(period.first_day, frozenset()) | keys
    return found
