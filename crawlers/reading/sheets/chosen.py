"""Which sheet of a workbook is read where nobody says so: the first shown whose rows are best understood.

A workbook may begin with a legend or a summary. It cannot know which of two sheets that are understood alike
is meant: it takes the first, and names the others.
"""

import io
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from crawlers.reading.tables import FileRow, is_workbook, read_rows, shown_sheets
from ouidire.errors import FileNotUnderstood

SHEETS = 12
"""Sheets of a workbook that are looked at."""
Judge = Callable[[Sequence[FileRow]], int]
"""Returns how well the first rows of a sheet are understood: 0 for not at all."""


class ChosenSheet(NamedTuple):
    """The sheet to read, None for the first shown; `others` are those that are understood as well."""

    name: str | None
    others: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """Return in words which sheets are not read though they could be; "" where there is none."""
        if not self.others:
            return ""
        named = ", ".join(map(repr, self.others))
        return f"the sheet {self.name!r} was read, and not {named}, which could be too (--sheet)"


def chosen_sheet(body: bytes, judge: Judge, *, wanted: str | None, ahead: int) -> ChosenSheet:
    """Return the sheet of a file to read: the wanted one, else the best understood of those shown."""
    if wanted is not None or not is_workbook(body[:8]):
        return ChosenSheet(wanted)
    shown = shown_sheets(io.BytesIO(body))[:SHEETS]
    if len(shown) < 2:  # noqa: PLR2004 (nothing to choose from)
        return ChosenSheet(None)
    worth: dict[str, int] = {}
    for name in shown:
        try:
            worth[name] = judge(list(islice(read_rows(io.BytesIO(body), sheet=name), ahead)))
        except FileNotUnderstood:
            worth[name] = 0
    best = max(worth.values())
    if not best:
        return ChosenSheet(None)
    first, *others = [name for name in shown if worth[name] == best]
    return ChosenSheet(first, tuple(others))
