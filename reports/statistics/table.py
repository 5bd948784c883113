"""A table of measured groups in the words of one language: titles, cells and what to read them with."""

from collections.abc import Sequence
from typing import NamedTuple

from reports.statistics.group import Grouping, MeasuredGroup, Statistic
from reports.words.figure_amounts import FigureAmounts
from reports.words.language import Localizer


class StatisticsTable(NamedTuple):
    """A table as text: the columns' titles, one row for each group, and the sentences under it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def statistics_table(
    rows: Sequence[MeasuredGroup], by: Grouping, statistics: Sequence[Statistic], *, language: str
) -> StatisticsTable:
    """Return the table of some rows; raises UsageError for a language that there is not."""
    amounts = FigureAmounts(Localizer(language))
    say = amounts.say
    notes = (say("stats.note"),) if rows else (say("stats.nothing"),)
    return StatisticsTable(
        (say(f"stats.by_{by}"), *(say(f"stats.{name}") for name in statistics)),
        tuple((row.value, *(_cell(amounts, row, name) for name in statistics)) for row in rows),
        notes,
    )


def _cell(amounts: FigureAmounts, row: MeasuredGroup, name: Statistic) -> str:
    """Return one figure with its interval and number of texts; a dash where there is no level."""
    figure = row.figures.get(name)
    if figure is None or figure.value is None:
        return "–"
    if name == "volume":
        return amounts.value(figure)
    return f"{amounts.value(figure)} ({amounts.behind(figure)})"
