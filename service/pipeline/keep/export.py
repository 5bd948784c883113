"""Exports: mentions as CSV, XLSX or JSON Lines, streamed, and whole or not at all.

Words of strangers never become formulas: what a spreadsheet would run is written with an apostrophe before it
(OWASP, "CSV Injection"). A CSV file is read with a comma, a semicolon or a tab between cells, as the reader's
country has it, and by some with line breaks in quotes as new rows: a formula is therefore neutralised at the
start of a cell and after each of these characters, and cells hold no line breaks. The French form quotes
every cell; moments are cells of a sheet that hold one. Labels are cells as all others.
"""

import csv
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from ouidire.errors import UsageError
from ouidire.index import MentionIndex, Query
from ouidire.system.files import new_file
from service.pipeline.installation import Installation
from service.pipeline.keep.export_form import DAY_CELL, MOMENT_CELL, ExportForm, is_day

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula for one spreadsheet or another."""
_FORMULA = re.compile(r"""(^|[;,\t|"\u2028\u2029\x85⏎])([\s\u00a0]*+)([=+\-@＝＋－＠])""")
"""A formula's first character at the start of a cell, or after what some reader takes for a cell's end."""
_LINE = re.compile(r"(?<![ \t])[ \t]*+(?:\r\n|[\n\r\v\f\x85\u2028\u2029])")
WHOLE = ExportForm()
FIRST_SHEET_YEAR = 1901
"""Excel counts days from 1900 and takes that year for a leap year: earlier moments are text."""
SHEET_ROWS = 1_048_576
"""Rows of an XLSX sheet, its header included (ECMA-376, and Excel's own limit)."""


def export(installation: Installation, query: Query, path: Path, *, form: ExportForm = WHOLE) -> int:
    """Write every mention that a query keeps; return how many.

    Raises UsageError for a format that is none of the three.
    """
    return export_from(installation.index, query, path, form=form)


def export_from(reader: MentionIndex, query: Query, path: Path, *, form: ExportForm = WHOLE) -> int:
    """Write every mention that a query keeps in an index; as `export`."""
    writers = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _jsonl}
    if path.suffix not in writers:
        raise UsageError(f"{path.name}: the ending says the format: .csv, .xlsx or .jsonl")
    if path.suffix == ".jsonl" and form.labels is not None:
        raise UsageError("--labels is for .csv and .xlsx: programs read .jsonl by the names of its fields")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder: make it first")
    rows = reader.scan(query, form.columns)
    with new_file(path) as (part, _):
        count = writers[path.suffix](rows, part, form)
        part.replace(path)
    return count


def safe(value: Any) -> Any:  # noqa: ANN401 (any value of a document)
    """Return what a cell may hold: lists joined, dates as ISO 8601, no formulas, no control characters."""
    if isinstance(value, list | tuple):
        value = ", ".join(str(each) for each in value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    clean = "".join(char for char in value if char >= " " or char in "\n\t")
    return f"'{clean}" if clean.startswith(DANGEROUS) else clean


def safe_csv(value: Any) -> Any:  # noqa: ANN401 (any value of a document)
    """Return what a CSV cell may hold: as `safe`, on one line, with no formula behind any separator.

    Numbers stay numbers: only text is changed.
    """
    clean = safe(value)
    if not isinstance(clean, str):
        return clean
    clean = _LINE.sub(" ⏎ ", clean).replace("\t", " ")
    return _FORMULA.sub(lambda found: f"{found[1]}{found[2]}'{found[3]}", clean)


def _csv(rows: Iterator[dict[str, Any]], path: Path, form: ExportForm) -> int:
    quoting: Literal[1, 2] = csv.QUOTE_ALL if form.french else csv.QUOTE_NONNUMERIC
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=form.delimiter, quoting=quoting)
        writer.writerow(form.headings)
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 (the count is what is returned)
            writer.writerow([_csv_cell(form.labelled(name, row.get(name)), form) for name in form.columns])
    return count


def _csv_cell(value: Any, form: ExportForm) -> Any:  # noqa: ANN401 (any value of a document)
    """Return a cell of a CSV file: numbers and moments as the form has them, text without formulas."""
    written = form.written(value)
    return written if written is not value else safe_csv(value)


def _jsonl(rows: Iterator[dict[str, Any]], path: Path, form: ExportForm) -> int:
    with path.open("w", encoding="utf-8") as file:
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 (the count is what is returned)
            kept = {name: row.get(name) for name in form.columns}
            file.write(json.dumps(kept, ensure_ascii=False, default=str) + "\n")
    return count


def _xlsx(rows: Iterator[dict[str, Any]], path: Path, form: ExportForm) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("mentions")
    try:
        sheet.append(list(form.headings))
        count = 0
        for count, row in enumerate(rows, start=1):
            if count >= SHEET_ROWS:
                raise UsageError(
                    f"more than {SHEET_ROWS - 1} mentions do not fit a sheet: narrow the query, or write .csv"
                )
            sheet.append(
                [_sheet_cell(form.labelled(name, row.get(name)), sheet, form) for name in form.columns]
            )
    finally:
        sheet.close()  # its rows wait in a file of the library's own, half-written until it is closed
    book.save(path)
    return count


def _sheet_cell(value: Any, sheet: Any, form: ExportForm) -> Any:  # noqa: ANN401 (any value; a library's sheet)
    """Return a cell of a sheet: a moment as one, text without formulas, cut to what a cell holds.

    Excel takes what begins with "=" for a formula even in a text cell; an apostrophe stands before it.
    """
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, datetime) and value.year >= FIRST_SHEET_YEAR:
        cell = WriteOnlyCell(sheet, value=form.local(value))
        cell.number_format = DAY_CELL if is_day(value) else MOMENT_CELL
        return cell
    clean = safe(value)
    return clean[:32_767] if isinstance(clean, str) else clean
