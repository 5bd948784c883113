"""How an export is written: which columns, and numbers and dates as an English or a French spreadsheet reads.

A spreadsheet in French takes a semicolon between cells, a comma in decimals and `02/03/2026 07:00` for a
moment; it reads a file in the English form as text. Moments are local in both, since a cell has no timezone.
"""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.schema import fields_of

LEFT_OUT = frozenset(
    {"kind", "stems", "words", "vector", "theme_vectors", "aspects", "sentences", "evidence"}
)
COLUMNS = tuple(each.name for each in fields_of(MentionDocument) if each.name not in LEFT_OUT)
MOMENT_CELL = "dd/mm/yyyy hh:mm"
"""How a spreadsheet shows a cell that holds a moment."""


class ExportForm(Frozen):
    """The columns of an export, in their order; `french`: as a spreadsheet in French reads CSV."""

    columns: tuple[str, ...] = COLUMNS
    french: bool = False
    timezone: str = "UTC"

    @property
    def delimiter(self) -> str:
        """What stands between the cells of a CSV file."""
        return ";" if self.french else ","

    def local(self, moment: datetime) -> datetime:
        """Return a moment as the local time of the form's timezone, without a timezone."""
        return moment.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None, microsecond=0)

    def written(self, value: Any) -> Any:  # noqa: ANN401 (any value of a document)
        """Return a number or moment as the form writes it in CSV; anything else as it is."""
        if not self.french or isinstance(value, bool):
            return value
        if isinstance(value, datetime):
            return self.local(value).strftime("%d/%m/%Y %H:%M")
        return str(value).replace(".", ",") if isinstance(value, float) else value


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
