"""How an export is written: which columns, and numbers and dates as an English or a French spreadsheet reads.

A spreadsheet in French takes a semicolon between cells, a comma in decimals, `02/03/2026 07:00` for a moment
and VRAI or FAUX; it reads a file in the English form as text. Moments are local in both, since a cell has no
timezone; one of which only the day is known is a day. It cannot tell such a day from noon UTC to the second.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.schema import fields_of
from service.pipeline.keep.export_labels import ExportLabels

LEFT_OUT = frozenset(
    {"kind", "stems", "words", "vector", "theme_vectors", "aspects", "sentences", "evidence"}
)
COLUMNS = tuple(each.name for each in fields_of(MentionDocument) if each.name not in LEFT_OUT)
MOMENT_CELL, DAY_CELL = "dd/mm/yyyy hh:mm", "dd/mm/yyyy"
"""How a spreadsheet shows a cell that holds a moment, or a day."""
_OF_A_DAY = time(12)
"""The time, in UTC, of a moment of which only the day is known (`ouidire.clock.StatedDate`)."""


class ExportForm(Frozen):
    """The columns of an export, in their order; `french`: as a spreadsheet in French reads CSV.

    With `labels`, headings and values are words for a person; without, the names of the documents' fields.
    """

    columns: tuple[str, ...] = COLUMNS
    french: bool = False
    timezone: str = "UTC"
    labels: ExportLabels | None = None

    @property
    def delimiter(self) -> str:
        """What stands between the cells of a CSV file."""
        return ";" if self.french else ","

    @property
    def headings(self) -> tuple[str, ...]:
        """What the columns are called."""
        return self.columns if self.labels is None else tuple(map(self.labels.heading, self.columns))

    def labelled(self, column: str, value: Any) -> Any:  # noqa: ANN401 (any value of a document)
        """Return what a column's value is called, where the form has labels; the value otherwise."""
        return value if self.labels is None else self.labels.value(column, value)

    def local(self, moment: datetime) -> datetime:
        """Return a moment as the local time of the form's timezone, a day as its midnight; no timezone."""
        if is_day(moment):
            return datetime.combine(moment.astimezone(UTC).date(), time())
        return moment.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None, microsecond=0)

    def written(self, value: Any) -> Any:  # noqa: ANN401 (any value of a document)
        """Return a number or moment as the form writes it in CSV; anything else as it is."""
        if not self.french:
            return value
        if isinstance(value, bool):
            return "VRAI" if value else "FAUX"
        if isinstance(value, datetime):
            return self.local(value).strftime("%d/%m/%Y" if is_day(value) else "%d/%m/%Y %H:%M")
        return str(value).replace(".", ",") if isinstance(value, float) else value


def is_day(moment: datetime) -> bool:
    """Return whether of a moment only the day is known."""
    return moment.astimezone(UTC).time() == _OF_A_DAY


def columns_named(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns named (each may hold several, with commas between), in their order, each once.

    Raises UsageError for one that there is not.
    """
    named = [name.strip() for group in names for name in group.split(",") if name.strip()]
    if not named:
        raise UsageError("--columns names no column; write them like --columns period_at,stars,text")
    for name in named:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"columns are {', '.join(COLUMNS)}"
            raise UsageError(f"{name!r} is no column of an export; {hint}")
    return tuple(dict.fromkeys(named))
