"""What each column of a survey export holds: as configured, by its heading (French, English), or its values.

It cannot know which of two scores is the "would you recommend" one where no heading states it: it takes the
first that is out of ten.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawlers.reading.offsets import read_offset
from crawlers.reading.tables import Cell, FileRow
from crawlers.sources.survey_file.headings import EXCLUDED, FIELDS, HEADINGS, OPEN_QUESTION, plain
from crawlers.sources.survey_file.scores import BEST, other_scale, read_score
from ouidire.errors import FileNotUnderstood

HEADER_WITHIN = 20
"""Rows among which the headings are looked for: exports may begin with a title and a legend."""
_DATED = re.compile(r"\d{4}|\d{1,2}\s?[-/.]\s?\d{1,2}|\d\s?[-/.]?\s?[^\W\d]{3,}")
_ASKS = re.compile(r"\bnps\b|recomm[ae]nd|\b0 (?:a|to|et|and|sur)? ?10\b")
_QUALTRICS = '{"ImportId"'
_LONG = 25
"""Characters that cells have on average in a column of words: names, places and choices are shorter."""


class SurveyColumns(NamedTuple):
    """Where a table's answers begin, and which columns hold what.

    `first` is the index of the first row of answers, `width` how many columns have a heading, `fields` the
    column of each field found, `texts` every column of people's own words, in the file's order, and `zone`
    the offset that the date's heading states.
    """

    first: int
    width: int
    fields: dict[str, int]
    texts: tuple[int, ...]
    zone: tzinfo | None


class _Heading(NamedTuple):
    """A heading as one row: its cells as written, folded, and the index of the first row of answers."""

    cells: tuple[str, ...]
    names: tuple[str, ...]
    first: int


def find_columns(rows: Sequence[FileRow], wanted: Mapping[str, str]) -> SurveyColumns:
    """Return what the columns of a table hold.

    `wanted` maps fields to headings, or to column numbers from 1. Raises FileNotUnderstood, naming the
    headings there are, when a wanted one or a score out of ten is not found.
    """
    unknown = [field for field in wanted if field not in FIELDS]
    if unknown:
        raise FileNotUnderstood(
            f"a field called {unknown[0]!r} (there are {', '.join(FIELDS)})", selector="columns"
        )
    headings = list(_headings(rows))
    reasons: list[str] = []
    for heading in headings:
        configured = _configured(heading, wanted)
        if configured is None:
            continue
        values = _values(rows[heading.first :], len(heading.cells))
        fields = _by_heading(heading, values, configured, wanted, reasons)
        if "score" in fields:
            return _columns(heading, values, fields, wanted)
    for heading in headings[:1]:
        configured = _configured(heading, wanted)
        values = _values(rows[heading.first :], len(heading.cells))
        score = None if configured is None or "score" in wanted else _only_score(heading, values, configured)
        if configured is not None and score is not None:
            fields = _by_heading(heading, values, {**configured, "score": score}, wanted, reasons)
            return _columns(heading, values, fields, wanted)
    found = ", ".join(repr(cell) for cell in (headings[0].cells if headings else ()) if cell)[:300]
    missing = ", ".join(f"{field} = {name!r}" for field, name in wanted.items()) or "a score from 0 to 10"
    why = f"; {', '.join(dict.fromkeys(reasons))}" if reasons else ""
    raise FileNotUnderstood(
        f"the column of {missing}{why}; the file has {found or 'no headings'}", selector="columns"
    )


def zone_of(heading: str) -> tzinfo | None:
    """Return the offset or timezone that a date's heading states, as "Submit Date (UTC)" does."""
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


def _headings(rows: Sequence[FileRow]) -> Iterator[_Heading]:
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
            yield _Heading(merged, tuple(map(plain, merged)), index + skipped)
        yield _Heading(cells, tuple(map(plain, cells)), index + 1)


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


def _values(rows: Sequence[FileRow], width: int) -> list[list[Cell]]:
    """Return the filled cells of each column."""
    return [
        [row.cells[index] for row in rows if index < len(row.cells) and row.cells[index] not in (None, "")]
        for index in range(width)
    ]


def _columns(
    heading: _Heading, values: Sequence[Sequence[Cell]], fields: dict[str, int], wanted: Mapping[str, str]
) -> SurveyColumns:
    """Return the columns with those of words: the one found, and the answers to other open questions."""
    texts = {fields["text"]} if "text" in fields else set()
    if "text" not in wanted:
        free = set(range(len(heading.names))) - set(fields.values())
        texts |= {
            index
            for index in free
            if OPEN_QUESTION.search(heading.names[index])
            and not EXCLUDED["text"].search(heading.names[index])
            and _are_words(values[index])
        }
        if not texts:
            longest = max(free, key=lambda index: _length(values[index]), default=None)
            texts = {longest} if longest is not None and _length(values[longest]) > _LONG else set()
    zone = zone_of(heading.cells[fields["date"]]) if "date" in fields else None
    return SurveyColumns(heading.first, len(heading.cells), fields, tuple(sorted(texts)), zone)


def _configured(heading: _Heading, wanted: Mapping[str, str]) -> dict[str, int] | None:
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


def _by_heading(
    heading: _Heading,
    values: Sequence[Sequence[Cell]],
    columns: Mapping[str, int],
    wanted: Mapping[str, str],
    reasons: list[str],
) -> dict[str, int]:
    """Return the columns with those that a heading names and whose values fit; `reasons` says why not."""
    found = dict(columns)
    if "score" in wanted and (reason := _other_scale(heading, values, found["score"], asks=True)):
        reasons.append(reason)
        del found["score"]
    for field in FIELDS:
        if field in found or field in wanted:
            continue
        free = [index for index, name in enumerate(heading.names) if name and index not in found.values()]
        excluded = EXCLUDED.get(field)
        named = [
            index
            for pattern in HEADINGS[field]
            for index in free
            if re.search(pattern, heading.names[index])
            and not (excluded and excluded.search(heading.names[index]))
        ]
        fitting = [index for index in dict.fromkeys(named) if _fits(field, heading, values, index, reasons)]
        if fitting:
            found[field] = fitting[0]
        elif possible := [index for index in named if _may_fit(field, heading, values, index)]:
            found[field] = possible[0]
    return found


def _fits(
    field: str, heading: _Heading, values: Sequence[Sequence[Cell]], index: int, reasons: list[str]
) -> bool:
    """Return whether a column's values can be what its heading names; an empty column can be anything."""
    column = values[index]
    if field == "score":
        if reason := _other_scale(heading, values, index):
            reasons.append(reason)
            return False
        return not column or 2 * sum(read_score(str(cell)) is not None for cell in column) >= len(column)
    if field == "date":
        dated = sum(isinstance(cell, datetime | date) or bool(_DATED.search(str(cell))) for cell in column)
        return not column or 2 * dated >= len(column)
    if field == "text":
        return not column or _are_words(column)
    return True


def _may_fit(field: str, heading: _Heading, values: Sequence[Sequence[Cell]], index: int) -> bool:
    """Return whether a column of few fitting values is worth reading: other rows are left out one by one."""
    if field == "date":
        return any(isinstance(cell, datetime | date) or _DATED.search(str(cell)) for cell in values[index])
    return field == "score" and not _other_scale(heading, values, index)


def _other_scale(
    heading: _Heading, values: Sequence[Sequence[Cell]], index: int, *, asks: bool = False
) -> str | None:
    asked = asks or bool(_ASKS.search(heading.names[index]))
    return other_scale(heading.cells[index], [str(cell) for cell in values[index]], asks=asked)


def _only_score(
    heading: _Heading, values: Sequence[Sequence[Cell]], columns: Mapping[str, int]
) -> int | None:
    """Return the only column whose values all are whole numbers from 0 to 10, some of them above 5."""
    scores = [
        index
        for index, column in enumerate(values)
        if column
        and index not in columns.values()
        and not _other_scale(heading, values, index)
        and all(re.fullmatch(r"(?:\d|10)(?:[.,]0)?", str(cell).strip()) for cell in column)
    ]
    if len(scores) != 1:
        return None
    best = max(float(str(cell).strip().replace(",", ".")) for cell in values[scores[0]])
    return scores[0] if best > BEST / 2 else None


def _are_words(column: Sequence[Cell]) -> bool:
    """Return whether most of a column's cells hold letters."""
    words = sum(isinstance(cell, str) and bool(re.search(r"[^\W\d_]", cell)) for cell in column)
    return bool(column) and 2 * words >= len(column)


def _length(column: Sequence[Cell]) -> float:
    return sum(len(str(cell).strip()) for cell in column) / len(column) if column else 0.0
