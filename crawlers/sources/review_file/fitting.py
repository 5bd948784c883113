"""Whether the cells of a column can be a review's rating, date, text or another field.

It cannot see what a column is headed: `columns` does.
"""

import re
from collections.abc import Callable, Sequence

from crawlers.reading.sheets.cells import is_dated
from crawlers.reading.sheets.headings import are_words, mean_length
from crawlers.reading.sheets.likert import WordScale, word_scale
from crawlers.reading.sheets.ratings import is_no_rating, read_rating
from crawlers.reading.tables import Cell

LONG = 25
"""Characters that cells have on average in a column of words: names, places and choices are shorter."""
_LOCATED = re.compile(r"https?://", re.IGNORECASE)


def fits(field: str, column: Sequence[Cell]) -> bool:
    """Return whether a column's values can be what its heading names; an empty column can be anything."""
    tests: dict[str, Callable[[Cell], bool]] = {
        "rating": lambda cell: read_rating(cell) is not None or is_no_rating(cell),
        "date": _may_date,
        "reply_date": _may_date,
        "updated": _may_date,
        "experienced": _may_date,
        "url": lambda cell: bool(_LOCATED.match(str(cell).strip())),
        "likes": lambda cell: str(cell).strip().isdigit(),
    }
    if not column or _holds_another(field, column):
        return not column
    if field in {"text", "author", "title", "reply", "place"}:
        return are_words(column) or (field == "author" and not any(map(is_dated, column)))
    if field == "id":
        return len({str(cell) for cell in column}) * 2 >= len(column)  # some exports repeat rows
    if field == "rating" and word_scale(column) is not None:
        return True
    test = tests.get(field)
    return test is None or 2 * sum(map(test, column)) >= len(column)


def _holds_another(field: str, column: Sequence[Cell]) -> bool:
    """Return whether a column is of codes of countries, or names one thing alone: no places, no titles."""
    cells = [str(cell).strip() for cell in column]
    if field == "place":
        return all(re.fullmatch(r"[A-Z]{2}", cell) for cell in cells)
    return field == "title" and len(cells) > 2 and len(set(cells)) == 1  # noqa: PLR2004 (two may be alike)


def _may_date(cell: Cell) -> bool:
    return is_dated(cell) and not isinstance(cell, bool)


def is_dates(column: Sequence[Cell]) -> bool:
    """Return whether every value is a date, and none a rating."""
    return bool(column) and all(
        _may_date(cell) and read_rating(cell) is None and mean_length([cell]) < 2 * LONG for cell in column
    )


def is_ratings(column: Sequence[Cell]) -> bool:
    """Return whether every value can be a rating, and they do not just count the rows."""
    if _is_worded(column):
        return True
    read = [one for cell in column if (one := read_rating(cell)) is not None]
    filled = [cell for cell in column if not is_no_rating(cell)]
    numbers = [one.value for one in read]
    counts = len(numbers) > 1 and numbers == [numbers[0] + step for step in range(len(numbers))]
    return bool(read) and len(read) == len(filled) and not counts


def is_stated(column: Sequence[Cell]) -> bool:
    """Return whether a column's cells state their scale; bare numbers under an unknown heading do not."""
    return _is_worded(column) or any(
        (one := read_rating(cell)) is not None and one.best is not None for cell in column
    )


def _is_worded(column: Sequence[Cell]) -> bool:
    """Return whether a column has words of one scale, at least two: one alone ("OK") may be anything."""
    scale = word_scale(column)
    return isinstance(scale, WordScale) and len(scale.written) > 1


def is_texts(column: Sequence[Cell]) -> bool:
    """Return whether a column is of long words, and none of addresses."""
    return (
        are_words(column)
        and mean_length(column) > LONG
        and not any(_LOCATED.match(str(cell)) for cell in column[:20])
    )
