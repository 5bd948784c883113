"""What each column of an export of reviews holds: as configured, by its preset, its heading, or its values.

Where two columns could be the rating, the text or the date, neither is taken and the file is refused with
what to write: it cannot know which is meant.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crawlers.reading.sheets.cells import are_same_moments, is_relative
from crawlers.reading.sheets.headings import (
    TableHeading,
    are_words,
    column_values,
    mean_length,
    plain,
    possible_headings,
)
from crawlers.reading.sheets.ratings import read_rating
from crawlers.reading.tables import Cell, FileRow
from crawlers.sources.review_file.fitting import fits, is_dates, is_ratings, is_stated, is_texts
from crawlers.sources.review_file.headings import (
    BLAME,
    COUNTERS,
    EXCLUDED,
    FIELDS,
    HEADINGS,
    MAY_BE_TEXT,
    NEEDED,
    OF_COMMENT,
    OF_REVIEW,
    PRAISE,
)
from crawlers.sources.review_file.presets import PRESETS, Preset, preset_called, preset_of
from ouidire.errors import FileNotUnderstood

Wanted = Mapping[str, str | Sequence[str]]
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{10}(?:\d{3})?$")


class ReviewColumns(NamedTuple):
    """Where a table's reviews begin, and which columns hold what.

    `first` is the index of the first row of reviews, `headings` those of all columns as written, `fields` the
    columns of each field found, `how` in words what tells so, and `preset` the export known, if any. What is
    `instead` are columns of texts for rows whose first one is empty: an original beside its translation.
    """

    first: int
    headings: tuple[str, ...]
    fields: dict[str, tuple[int, ...]]
    how: dict[str, str]
    preset: str | None
    instead: tuple[int, ...] = ()


class _Search:
    """The columns given out so far of one table under one heading."""

    def __init__(self, heading: TableHeading, values: Sequence[Sequence[Cell]]) -> None:
        self.heading, self.values = heading, values
        self.fields: dict[str, tuple[int, ...]] = {}
        self.how: dict[str, str] = {}

    @property
    def free(self) -> list[int]:
        taken = {index for columns in self.fields.values() for index in columns}
        return [index for index in range(len(self.heading.names)) if index not in taken]

    def take(self, field: str, columns: Sequence[int], how: str) -> None:
        self.fields[field] = tuple(columns)
        self.how[field] = how


def find_columns(rows: Sequence[FileRow], wanted: Wanted, *, platform: str | None = None) -> ReviewColumns:
    """Return what the columns of a table hold.

    `wanted` maps fields to headings, or to column numbers from 1; `platform` names the preset. Raises
    FileNotUnderstood, naming the headings there are, when nothing is found that makes a review, or when it
    is not told which column is.
    """
    unknown = [field for field in wanted if field not in FIELDS]
    if unknown:
        raise FileNotUnderstood(
            f"a field called {unknown[0]!r} (there are {', '.join(sorted(FIELDS))})", selector="columns"
        )
    headings = list(possible_headings(rows))
    for heading in headings:
        if _is_data(heading):
            continue
        search = _Search(heading, column_values(rows[heading.first :], len(heading.cells)))
        if not _take_configured(search, wanted):
            continue
        name = platform or preset_of(heading.names)
        if name:
            _take_preset(search, preset_called(name), wanted)
        _take_headed(search, wanted)
        if search.fields.keys() & {"rating", "text", "recommends"}:
            _take_by_content(search, wanted)
            return _columns(search, name)
    return _columns(_without_heading(rows, headings, wanted), None)


def _columns(search: _Search, preset: str | None) -> ReviewColumns:
    heading = search.heading
    return ReviewColumns(heading.first, heading.cells, search.fields, search.how, preset, _instead(search))


def _instead(search: _Search) -> tuple[int, ...]:
    """Return the columns of words that stand in for an original which is not given of every review."""
    names, texts = search.heading.names, search.fields.get("text", ())
    if len(texts) != 1 or not re.search(r"\boriginal\b", names[texts[0]]):
        return ()
    return tuple(
        index
        for index in search.free
        if any(re.search(pattern, names[index]) for pattern in HEADINGS["text"])
        and not EXCLUDED["text"].search(names[index])
        and are_words(search.values[index])
    )


def _take_configured(search: _Search, wanted: Wanted) -> bool:
    """Take the columns that are configured; return whether this heading has all of them."""
    names = search.heading.names
    for field, stated in wanted.items():
        columns = []
        if stated == "":
            continue  # this field is not to be read
        for name in [stated] if isinstance(stated, str) else stated:
            if plain(name) in names:
                columns.append(names.index(plain(name)))
            elif name.isdigit() and 1 <= int(name) <= len(names):
                columns.append(int(name) - 1)
            else:
                return False
        search.take(field, columns, "as configured")
    return True


def _take_preset(search: _Search, preset: Preset, wanted: Wanted) -> None:
    """Take the columns that an export is known to have."""
    names = search.heading.names
    for field, listed in preset.columns.items():
        index = next((names.index(name) for name in listed if name in names), None)
        if index is None or field in wanted or index not in search.free:
            continue
        if field in {"date", "rating"} and search.values[index] and not fits(field, search.values[index]):
            continue
        search.take(field, [index], f"by the export of {preset.title}")


def _take_headed(search: _Search, wanted: Wanted) -> None:
    """Take the columns that a heading names and whose values fit. Raises FileNotUnderstood where two do."""
    for field in FIELDS:
        if field not in search.fields and field not in wanted:
            if field == "likes" and "text" not in search.fields and "text" not in wanted:
                _take_halves(search)
            found = _headed(search, field)
            if found:
                search.take(field, found, "by its heading" if len(found) == 1 else "by their headings")
    if "text" in search.fields and "text" not in wanted and len(search.fields["text"]) == 1:
        _add_halves(search)


def _headed(search: _Search, field: str) -> list[int]:
    excluded = EXCLUDED.get(field)
    free = [
        index
        for index in search.free
        if (name := search.heading.names[index])
        and not (excluded and excluded.search(name))
        and not (field == "id" and COUNTERS.search(name))
    ]
    empty: list[int] = []
    unread: list[int] = []
    names = search.heading.names
    for pattern in HEADINGS[field]:
        fitting = [
            index
            for index in free
            if re.search(pattern, search.heading.names[index]) and fits(field, search.values[index])
        ]
        empty += [index for index in fitting if not search.values[index]]
        filled = _unlike([index for index in fitting if search.values[index]], search.values)
        if len(filled) > 1 and field in NEEDED:
            filled = _telling(field, filled, search)
        if field == "rating" and not filled:
            unread += [
                index
                for index in free
                if index not in fitting
                and re.search(pattern, names[index])
                and not MAY_BE_TEXT.search(names[index])
            ]
        if len(filled) < 2:  # noqa: PLR2004 (one, or none)
            if filled:
                return filled
            continue
        halves = [index for index in filled if _is_half(search.heading.names[index])]
        if field == "author" or (field == "text" and len(halves) == len(filled)):
            return filled
        if field in NEEDED:
            raise _asked(search, field, filled)
        return filled[:1]
    if unread and not empty:
        raise _unreadable(search, unread[0])
    return empty[:1]


def _telling(field: str, columns: list[int], search: _Search) -> list[int]:
    """Return those of several columns that tell a field: of a review's own ones, one of each moment.

    A date in words ("a month ago") stands beside one in figures, a review's date beside another's.
    """
    names = search.heading.names
    if field == "date":
        exact = [index for index in columns if not all(is_relative(cell) for cell in search.values[index])]
        columns = exact or columns
        columns = [
            index
            for place, index in enumerate(columns)
            if not any(
                are_same_moments(search.values[index], search.values[each]) for each in columns[:place]
            )
        ]
    own = [index for index in columns if OF_REVIEW.search(names[index])]
    others = [index for index in columns if index not in own]
    elsewhere = all(
        OF_COMMENT.search(names[index]) or len(set(map(str, search.values[index]))) == 1 for index in others
    )  # a comment's, or the same of every review: the place's
    return own if len(own) == 1 and elsewhere else columns


def _unlike(columns: list[int], values: Sequence[Sequence[Cell]]) -> list[int]:
    """Return the columns without those that hold the same as one before."""
    kept: list[int] = []
    for index in columns:
        if all(list(values[index]) != list(values[other]) for other in kept):
            kept.append(index)
    return kept


def _is_half(name: str) -> bool:
    return bool(PRAISE.search(name) or BLAME.search(name))


def _take_halves(search: _Search) -> None:
    """Take praise and blame as the text where both have a column of words and no other text is headed so."""
    words = [
        index
        for index in search.free
        if _is_half(search.heading.names[index]) and are_words(search.values[index])
    ]
    both = [any(rule.search(search.heading.names[index]) for index in words) for rule in (PRAISE, BLAME)]
    if all(both):
        praise_first = sorted(
            _unlike(words, search.values),
            key=lambda index: (not PRAISE.search(search.heading.names[index]), index),
        )
        search.take("text", praise_first, "by their headings: praise and blame")


def _add_halves(search: _Search) -> None:
    """Add the other half of a review whose praise and blame lie in columns of their own."""
    names = search.heading.names
    (first,) = search.fields["text"]
    if not _is_half(names[first]):
        return
    others = [
        index
        for index in search.free
        if _is_half(names[index])
        and any(re.search(pattern, names[index]) for pattern in HEADINGS["text"])
        and are_words(search.values[index])
    ]
    search.fields["text"] = tuple(sorted([first, *others]))


def _take_by_content(search: _Search, wanted: Wanted) -> None:
    """Take what no heading names from the only column whose values can be it.

    Raises FileNotUnderstood where several can be the rating.
    """
    for field, test in (("date", is_dates), ("rating", is_ratings), ("text", is_texts)):
        if field in search.fields or field in wanted or (field == "rating" and "recommends" in search.fields):
            continue
        found = [index for index in search.free if test(search.values[index])]
        if field == "rating" and any(search.heading.names):
            found = [index for index in found if not EXCLUDED["rating"].search(search.heading.names[index])]
            found = [index for index in found if is_stated(search.values[index])]
        if len(found) > 1 and field == "rating":
            raise _asked(search, field, found)
        if len(found) == 1:
            search.take(field, found, "by its values")


def _without_heading(rows: Sequence[FileRow], headings: Sequence[TableHeading], wanted: Wanted) -> _Search:
    """Return the columns of a table whose headings say nothing, or that has none.

    Raises FileNotUnderstood when nothing makes a review.
    """
    for first in headings[:1]:
        heading = first
        if _is_data(first):
            nothing = ("",) * len(first.cells)
            heading = TableHeading(nothing, nothing, first.first - 1)
        search = _Search(heading, column_values(rows[heading.first :], len(heading.cells)))
        if not _take_configured(search, wanted):
            continue
        _take_headed(search, wanted)
        for field, test in (("date", is_dates), ("rating", is_ratings), ("text", is_texts)):
            found = [index for index in search.free if test(search.values[index])]
            if field in search.fields or field in wanted:
                continue
            if len(found) > 1 and field != "text":
                raise _asked(search, field, found)
            if found:
                longest = max(found, key=lambda index: mean_length(search.values[index]))
                search.take(field, [longest], "by its values")
        if search.fields.keys() & {"rating", "text"}:
            return search
    found_names = ", ".join(repr(cell) for cell in (headings[0].cells if headings else ()) if cell)[:300]
    missing = ", ".join(f"{field} = {name!r}" for field, name in wanted.items()) or "a rating or a text"
    raise FileNotUnderstood(
        f"the column of {missing}; it has {found_names or 'no headings'}. Write which is which: "
        'columns = { rating = "…", text = "…", date = "…" } (or --column rating=…)',
        selector="columns",
    )


def _is_data(heading: TableHeading) -> bool:
    """Return whether a row that may be headings is one of reviews: a cell of it is a rating or a date."""
    return any(read_rating(cell) is not None or _DATE.match(cell.strip()) for cell in heading.cells if cell)


def _asked(search: _Search, field: str, columns: Sequence[int]) -> FileNotUnderstood:
    """Return the refusal of a table in which several columns could be a field."""
    names = [search.heading.cells[index].strip() or str(index + 1) for index in columns]
    could_be = ", ".join(map(repr, names))
    return FileNotUnderstood(
        f"one column for the {field!r}: {could_be} could each be it. Write which one: "
        f'columns = {{ {field} = "{names[0]}" }} (or --column "{field}={names[0]}")',
        selector="columns",
    )


def _unreadable(search: _Search, index: int) -> FileNotUnderstood:
    """Return the refusal of a table whose column of ratings holds none that can be read."""
    examples = ", ".join(repr(str(cell)[:30]) for cell in search.values[index][:3])
    heading = search.heading.cells[index].strip()
    return FileNotUnderstood(
        f"ratings that can be read under {heading!r} ({examples}). Write which column has them: "
        'columns = { rating = "…" } (or --column rating=…), or rating = "" to read none',
        selector="columns",
    )


def preset_title(name: str | None) -> str | None:
    """Return the title of a preset, or None."""
    return PRESETS[name].title if name else None
