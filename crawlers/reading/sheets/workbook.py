"""A workbook written anew with the values of its cells alone, without what is personal.

Comments, properties (who wrote it), links, formulas, pictures and caches of pivot tables are not written: a
telephone number may stand in each of them. Sheets keep their names, order and whether they are shown, cells
their places.
"""

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawlers.reading.sheets.personal import PersonalCells, Pseudonym
from crawlers.reading.tables import Cell, opened_workbook, sheet_rows, sheet_to_read

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SHEETS = 50
"""Sheets of a workbook that are written."""
FIRST_YEAR = 1901
"""Before it spreadsheets number days otherwise."""


def minimised_workbook(body: bytes, *, sheet: str | None = None, pseudonym: Pseudonym | None = None) -> bytes:
    """Return a workbook without what is personal.

    `sheet` is the one that is read, by default the first shown; another that is damaged is left out. Raises
    FileNotUnderstood where that sheet or the workbook cannot be read.
    """
    from openpyxl import Workbook

    new = Workbook(write_only=True)
    new.properties.creator = "ouidire"
    with opened_workbook(io.BytesIO(body)) as book:
        wanted = sheet_to_read(book, sheet)
        for each in book.worksheets[:SHEETS]:
            rows = sheet_rows(each)
            try:
                ahead = list(rows) if each is not wanted else rows
            except Exception:  # noqa: BLE001, S112 (whatever is wrong with a sheet that is not read)
                continue
            written = new.create_sheet(each.title)
            hidden = each.sheet_state != "visible"
            written.sheet_state = "hidden" if hidden and each is not wanted else "visible"
            cells = PersonalCells(pseudonym)
            for row in ahead:
                masked = cells.masked(row.cells)
                written.append([_copied(written, one) for one in (row.cells if masked is None else masked)])
    kept = io.BytesIO()
    new.save(kept)
    return kept.getvalue()


def _copied(sheet: "WriteOnlyWorksheet", cell: Cell) -> Any:  # noqa: ANN401 (what openpyxl writes)
    """Return a cell as it is written: texts as texts, also those that begin as formulas do."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(cell, str) and cell:
        written = WriteOnlyCell(sheet, value=_UNWRITABLE.sub(" ", cell))
        written.data_type = "s"
        return written
    if isinstance(cell, datetime) and cell.year < FIRST_YEAR:
        return cell.isoformat()
    return None if cell == "" else cell
