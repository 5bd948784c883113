"""How a file of reviews is understood, before its rows are read: columns, scale, order of day and month.

It cannot see beyond the first rows of a file: what comes later is judged row by row.
"""

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawlers.reading.dates import stated_date
from crawlers.reading.sheets.cells import day_order, is_sum
from crawlers.reading.sheets.headings import plain, zone_of
from crawlers.reading.sheets.ratings import EACH_ITS_OWN, Scale, read_rating, told_scale
from crawlers.reading.tables import Cell, FileRow
from crawlers.sources.review_file.columns import ReviewColumns, Wanted, find_columns
from crawlers.sources.review_file.headings import FRENCH
from crawlers.sources.review_file.presets import PRESETS
from ouidire.errors import FileNotUnderstood

_BEST = re.compile(
    r"\b(?:rating|note|score) (?:max|maximum|range|best)$|\b(?:max|best) (?:rating|note|score)$"
)
MOST_TOLD = 3
"""Dates that a question about their order quotes."""


class Choices(NamedTuple):
    """How the configuration wants a file read; None where the file decides."""

    columns: Wanted = MappingProxyType({})
    platform: str | None = None
    best: float | None = None
    worst: float | None = None
    day_first: bool | None = None
    timezone: str | None = None


class Understood(NamedTuple):
    """How a table is read: its columns, the scale of its ratings, how its dates are written.

    `day_told_by` says in words why the day is taken to come first or not; None where no date needs it.
    """

    columns: ReviewColumns
    scale: Scale | None
    day_first: bool
    day_told_by: str | None
    zone: tzinfo
    zone_told_by: str


def understand(rows: Sequence[FileRow], choices: Choices, *, fetched_at: datetime) -> Understood:
    """Return how a table is read, from its first rows.

    Raises FileNotUnderstood, with what to write, where columns, scale or the order of day and month are not
    told without doubt.
    """
    columns = find_columns(rows, choices.columns, platform=choices.platform)
    data = [row for row in rows[columns.first :] if is_sum(row.cells) is None]  # sums tell no scale
    zone, zone_told_by = _zone(columns, choices)
    day_first, told_by = _day_first(columns, data, choices, zone, fetched_at)
    return Understood(columns, _scale(columns, data, choices), day_first, told_by, zone, zone_told_by)


def cells_of(columns: ReviewColumns, data: Sequence[FileRow], field: str) -> list[Cell]:
    """Return the filled cells of a field's first column."""
    listed = columns.fields.get(field)
    if not listed:
        return []
    index = listed[0]
    return [row.cells[index] for row in data if index < len(row.cells) and row.cells[index] not in (None, "")]


def _scale(columns: ReviewColumns, data: Sequence[FileRow], choices: Choices) -> Scale | None:
    if "rating" not in columns.fields:
        return None
    if choices.best is not None:
        worst = choices.worst if choices.worst is not None else float(choices.best <= 10)  # noqa: PLR2004 (scales from 1)
        return Scale(choices.best, worst, "as configured")
    beside = _best_beside(columns, data)
    if beside is not None:
        return Scale(beside, float(beside <= 10), "the best beside each")  # noqa: PLR2004 (scales from 1)
    heading = columns.headings[columns.fields["rating"][0]].strip()
    cells = cells_of(columns, data, "rating")
    told = told_scale(heading, cells)
    preset = PRESETS[columns.preset] if columns.preset else None
    if preset is not None and preset.best is not None:
        stated = told.best if isinstance(told, Scale) and told.told_by != "its values" else None
        highest = max((one for one in _numbers(cells)), default=0)
        if stated is None and highest <= preset.best:
            return Scale(preset.best, preset.worst, f"the export of {preset.title}")
    if isinstance(told, Scale):
        return told
    if not cells or told == EACH_ITS_OWN:
        return None
    raise FileNotUnderstood(
        f"a scale for the ratings under {heading or 'their column'!r}: {told}. Write the best there is: "
        "scale = 5, or 10, or 20 (or --scale 10)",
        selector="scale",
    )


def _best_beside(columns: ReviewColumns, data: Sequence[FileRow]) -> float | None:
    """Return the best rating that a column beside the ratings states of each, all alike, or None."""
    for index, name in enumerate(map(plain, columns.headings)):
        if _BEST.search(name):
            cells = [row.cells[index] for row in data if index < len(row.cells)]
            stated = {one.value for cell in cells if (one := read_rating(cell)) is not None}
            return next(iter(stated)) if len(stated) == 1 else None
    return None


def _numbers(cells: Sequence[Cell]) -> list[float]:
    return [one.value for cell in cells if (one := read_rating(cell)) is not None and one.best is None]


def _zone(columns: ReviewColumns, choices: Choices) -> tuple[tzinfo, str]:
    if choices.timezone is not None:
        return ZoneInfo(choices.timezone), "as configured"
    if "date" in columns.fields:
        stated = zone_of(columns.headings[columns.fields["date"][0]])
        if stated is not None:
            return stated, "its heading"
    preset = PRESETS[columns.preset] if columns.preset else None
    if preset is not None and preset.timezone is not None:
        return ZoneInfo(preset.timezone), f"the export of {preset.title}"
    return ZoneInfo("Europe/Paris"), "taken where nothing is stated"


def _day_first(
    columns: ReviewColumns, data: Sequence[FileRow], choices: Choices, zone: tzinfo, fetched_at: datetime
) -> tuple[bool, str | None]:
    """Return whether the day comes before the month, and why. Raises FileNotUnderstood where nothing says."""
    if choices.day_first is not None:
        return choices.day_first, "as configured"
    cells = [cell for field in ("date", "updated", "reply_date") for cell in cells_of(columns, data, field)]
    order = day_order(cells)
    if order.days_first and order.months_first and order.either:
        raise _asked(cells, "some can only be read with the day first, others with the month first")
    if order.days_first or order.months_first:
        return order.days_first > order.months_first, "its dates"
    if not order.either:
        return True, None
    ahead = {
        first: any(
            stated_date(cell, fetched_at=fetched_at, day_first=first, timezone=zone, other_languages=False)
            is None
            for cell in cells
        )
        for first in (True, False)
    }
    if ahead[True] != ahead[False]:
        return ahead[False], "otherwise some would lie in the future"
    preset = PRESETS[columns.preset] if columns.preset else None
    if preset is not None and preset.day_first is not None:
        return preset.day_first, f"the export of {preset.title}"
    if any(FRENCH.search(name) for name in map(plain, columns.headings)):
        return True, "the language of its headings"
    raise _asked(cells, "each can be read either way")


def _asked(cells: Sequence[Cell], why: str) -> FileNotUnderstood:
    quoted = ", ".join(str(cell)[:20] for cell in cells[:MOST_TOLD])
    return FileNotUnderstood(
        f"dates whose order is told ({quoted} …): {why}. Write day_first = true or false (or --day-first, "
        "--month-first)",
        selector="dates",
    )
