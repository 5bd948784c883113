"""Exports: mentions as CSV, XLSX or JSON Lines, streamed, and whole or not at all.

Words of strangers never become formulas: a cell that a spreadsheet would run is written with an apostrophe
before it (OWASP, "CSV Injection").
"""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.index import Query
from ouidire.schema import fields_of
from service.pipeline.installation import Installation

LEFT_OUT = frozenset({"kind", "stems", "words", "vector", "aspects", "sentences", "evidence"})
COLUMNS = tuple(each.name for each in fields_of(MentionDocument) if each.name not in LEFT_OUT)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SHEET_ROWS = 1_048_576
"""Rows of an XLSX sheet, its header included (ECMA-376, and Excel's own limit)."""


def export(installation: Installation, query: Query, path: Path) -> int:
    """Write every mention that a query keeps; return how many.

    Raises UsageError for a format that is none of the three.
    """
    writers = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _jsonl}
    if path.suffix not in writers:
        raise UsageError(f"{path.name}: the ending says the format: .csv, .xlsx or .jsonl")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder: make it first")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    rows = installation.index.scan(query, COLUMNS)
    try:
        count = writers[path.suffix](rows, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def safe(value: Any) -> Any:  # noqa: ANN401 (any value of a document)
    """Return what a cell may hold: lists joined, dates as ISO 8601, formulas neutralised, control characters gone."""
    if isinstance(value, list | tuple):
        value = ", ".join(str(each) for each in value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    clean = "".join(char for char in value if char >= " " or char in "\n\t")
    return f"'{clean}" if clean.startswith(DANGEROUS) else clean


def _csv(rows: Iterator[dict[str, Any]], path: Path) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 (the count is what is returned)
            writer.writerow([safe(row.get(name)) for name in COLUMNS])
    return count


def _jsonl(rows: Iterator[dict[str, Any]], path: Path) -> int:
    with path.open("w", encoding="utf-8") as file:
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 (the count is what is returned)
            file.write(
                json.dumps({name: row.get(name) for name in COLUMNS}, ensure_ascii=False, default=str) + "\n"
            )
    return count


def _xlsx(rows: Iterator[dict[str, Any]], path: Path) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("mentions")
    try:
        sheet.append(list(COLUMNS))
        count = 0
        for count, row in enumerate(rows, start=1):
            if count >= SHEET_ROWS:
                raise UsageError(
                    f"more than {SHEET_ROWS - 1} mentions do not fit a sheet: narrow the query, or write .csv"
                )
            sheet.append([_typed(safe(row.get(name))) for name in COLUMNS])
    finally:
        sheet.close()  # its rows wait in a file of the library's own, half-written until it is closed
    book.save(path)
    return count


def _typed(value: Any) -> Any:  # noqa: ANN401 (any value of a cell)
    """Excel takes what begins with "=" for a formula even in a text cell; an apostrophe has already been put before it."""
    return value[:32_767] if isinstance(value, str) else value
