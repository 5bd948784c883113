"""Where the headings of a table stand, and what the cells under each of them are like.

It cannot see what a column holds: the sources that read tables know how theirs are headed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawlers.reading.extract import fold
from crawlers.reading.offsets import read_offset
from crawlers.reading.tables import Cell, FileRow

HEADER_WITHIN = 20
"""Rows among which the headings are looked for: exports may begin with a title and a legend."""
_QUALTRICS = '{"ImportId"'


class TableHeading(NamedTuple):
    """A heading as one row: its cells as written, folded, and the index of the first row of answers."""

    cells: tuple[str, ...]
    names: tuple[str, ...]
    first: int


def plain(cell: Cell) -> str:
    """Return a heading folded, its words one blank apart, at most 300 characters; "" for an empty cell."""
    if cell is None:
        return ""
    text = str(cell).strip()[:300]
    if text in ("#", "N°", "n°", "Nº"):
        return "no"
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())


def zone_of(heading: str) -> tzinfo | None:
    """Return the offset or timezone that a date's heading states, as "Submit Date (UTC)" does.

    KoBoToolbox writes its own dates in UTC, under a name of its own.
    """
    if heading.strip().rpartition("/")[2] == "_submission_time":
        return UTC
    for stated in (
        *re.findall(r"\(([^()]{1,40})\)", heading),
        *re.findall(r"\b(?:UTC|GMT)(?:[+-]\d{1,2})?$", heading),
    ):
        if zone := read_offset(stated):
            return zone
        if "/" in stated:
            try:
                return ZoneInfo(stated.strip())
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return None


def possible_headings(rows: Sequence[FileRow]) -> Iterator[TableHeading]:
    """Yield the rows that may be headings, the first first; two or three rows that are one heading as one.

    A row of one cell is a title where others have more.
    """
    sizes = [sum(1 for cell in row.cells if plain(cell)) for row in rows]
    fewest = 2 if max(sizes, default=0) > 1 else 1
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        if sizes[index] < fewest:
            continue
        cells = tuple("" if cell is None else str(cell) for cell in row.cells)
        below = rows[index + 1] if index + 1 < len(rows) else None
        if below is not None and _goes_on(cells, below, rows[index + 2 : index + 3]):
            skipped = 2 + any(_is_import_row(each) for each in rows[index + 2 : index + 3])
            merged = _merged(cells, below)
            yield TableHeading(merged, tuple(map(plain, merged)), index + skipped)
        yield TableHeading(cells, tuple(map(plain, cells)), index + 1)


def _goes_on(cells: Sequence[str], below: FileRow, after: Sequence[FileRow]) -> bool:
    """Return whether the row below a heading is a second row of it (SurveyMonkey, Qualtrics)."""
    if any(_is_import_row(each) for each in after):
        return True
    seconds = ["" if cell is None else str(cell).strip() for cell in below.cells]
    under_blank = any(
        second and (index >= len(cells) or not cells[index].strip()) for index, second in enumerate(seconds)
    )
    texts = [second for second in seconds if second]
    return under_blank and not any(re.fullmatch(r"[\d\s.,:/-]+", text) for text in texts)


def _is_import_row(row: FileRow) -> bool:
    return any(str(cell).startswith(_QUALTRICS) for cell in row.cells)


def _merged(cells: Sequence[str], below: FileRow) -> tuple[str, ...]:
    """Return two rows of a heading as one: a question, then what of it a column holds."""
    width = max(len(cells), len(below.cells))
    merged, question = [], ""
    for index in range(width):
        own = cells[index].strip() if index < len(cells) else ""
        cell = below.cells[index] if index < len(below.cells) else None
        second = "" if cell is None else str(cell).strip()
        question = own or question
        if second and question and not plain(second).startswith(plain(question)):
            second = f"{question} {second}"
        merged.append(second or own)
    return tuple(merged)


def column_values(rows: Sequence[FileRow], width: int) -> list[list[Cell]]:
    """Return the filled cells of each column."""
    return [
        [row.cells[index] for row in rows if index < len(row.cells) and row.cells[index] not in (None, "")]
        for index in range(width)
    ]


def configured_columns(heading: TableHeading, wanted: Mapping[str, str]) -> dict[str, int] | None:
    """Return the columns that are configured, or None where this heading has not all of them."""
    columns: dict[str, int] = {}
    for field, name in wanted.items():
        if plain(name) in heading.names:
            columns[field] = heading.names.index(plain(name))
        elif name.isdigit() and 1 <= int(name) <= len(heading.names):
            columns[field] = int(name) - 1
        else:
            return None
    return columns


def are_words(column: Sequence[Cell]) -> bool:
    """Return whether most of a column's cells hold letters."""
    words = sum(isinstance(cell, str) and bool(re.search(r"[^\W\d_]", cell)) for cell in column)
    return bool(column) and 2 * words >= len(column)


def mean_length(column: Sequence[Cell]) -> float:
    """Return the mean number of characters of a column's cells; 0 for an empty one."""
    return sum(len(str(cell).strip()) for cell in column) / len(column) if column else 0.0
