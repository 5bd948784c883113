"""The demo: eight simulated weeks of a fictional French garden-centre brand and of its two competitors.

`service.demo.site` is a local web site, shipped in the wheel, of everything said of *Pousse & Compagnie*, *Le
Grand Arrosoir* and *Terre Folle* on six made-up hosts. Week 1 starts on Monday 12 January 2026 and week 8
ends on Sunday 8 March 2026 (Europe/Paris). The demo crawls once after each week; the digest tells of week 8.
What happens in each week is written in `site/STORY.md`.

This module knows the demo's calendar and where its survey files are, nothing else: it starts no server and
reads no clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

WEEKS: Final = 8
TIMEZONE: Final = "Europe/Paris"
_FIRST_MONDAY: Final = date(2026, 1, 12)
_CRAWL_HOUR: Final = time(6)


def week_monday(week: int) -> date:
    """Return the Monday (local date) on which a week, 1 to `WEEKS`, starts.

    Raises ValueError outside that range.
    """
    if not 1 <= week <= WEEKS:
        message = f"the demo has weeks 1 to {WEEKS}, not {week}"
        raise ValueError(message)
    return _FIRST_MONDAY + timedelta(weeks=week - 1)


def crawl_time(week: int) -> datetime:
    """Return when the demo crawls after a week: the next Monday, 06:00 in Paris, as aware UTC."""
    monday = week_monday(week) + timedelta(weeks=1)
    return datetime.combine(monday, _CRAWL_HOUR, ZoneInfo(TIMEZONE)).astimezone(UTC)


def survey_files(week: int) -> list[Path]:
    """Return the survey files that exist at a week's crawl, oldest first: one more each week.

    They are named after the ISO week they cover (`sondage-2026-S03.csv` is week 1).
    """
    week_monday(week)  # refuses a week that is not in the demo
    folder = Path(str(files("service.demo.site") / "surveys"))
    weeks = (week_monday(number).isocalendar() for number in range(1, week + 1))
    return [folder / f"sondage-{iso.year}-S{iso.week:02d}.csv" for iso in weeks]
