"""What each column of a survey export holds: as configured, by its heading (French, English), or its values.

It cannot know which of two scores is the "would you recommend" one where no heading states it: it takes the
first that is out of ten.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

from crawlers.reading.sheets.cells import is_dated
from crawlers.reading.sheets.headings import (
    TableHeading,
    are_words,
    column_values,
    configured_columns,
    mean_length,
    possible_headings,
    zone_of,
)
from crawlers.reading.sheets.likert import WordScale, word_scale
from crawlers.reading.tables import Cell, FileRow
from crawlers.sources.survey_file.headings import (
    ANSWER,
    EXCLUDED,
    FIELDS,
    HEADINGS,
    OPEN_QUESTION,
    OWNERS_ANSWER,
)
from crawlers.sources.survey_file.scores import BEST, other_scale, read_score
from ouidire.errors import FileNotUnderstood

_ASKS = re.compile(
    r"\bnps\b|recomm?[ae]nd|recomi[ae]nd|weiterempf|consigli|raccomand|aanbeve|\b0 (?:a|to|et|and|sur)? ?10\b"
)
_WHOLE = re.compile(r"\b(?:globale?(?:ment)?|generale?|ensemble|overall|satisfaction|satisf\w+)\b")
_DATED = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")
_CODE = re.compile(r"(?:g\d{1,2})?q(?:uestion)? ?\d{1,3}(?: ?(?:text|autre|other|sq\d+))?")
"""The code of a question, where a survey tool exports codes in the place of words."""
_END = re.compile(r"\bfin\w*|\bend\b|termin|soumi|submit|complet|achev|repon|answer|finish|valid")
_OF_OTHERS = re.compile(
    r"naiss|birth|anniv|visit|sejour|stay|achat|command|order|purchas|livr|deliver|reserv|book|depart|arriv"
    r"|contrat|contract|souscri|subscri|adhes|inscri|embauch|hired|last|derni"
)
_OFFSET = re.compile(r"\d(?:Z|[+-]\d\d:?\d\d)$")
_NUMBER = re.compile(r"\d{1,2}(?:[.,]\d{1,3})?")
_LONG = 25
"""Characters that cells have on average in a column of words: names, places and choices are shorter."""


class SurveyColumns(NamedTuple):
    """Where a table's answers begin, and which columns hold what.

    `first` is the index of the first row of answers, `width` how many columns have a heading, `fields` the
    column of each field found, `dates` further columns of an answer's dates, for rows whose first one is
    empty, `texts` every column of people's own words, in the file's order, and `zone`
    the offset that the date's heading states. Where nobody was asked for a score, `scale` is that of the
    words under `fields["score"]`: its answers are ratings. `headings` are those of every column, as written,
    `by_values` the fields that their values told, and no heading.
    """

    first: int
    width: int
    fields: dict[str, int]
    texts: tuple[int, ...]
    zone: tzinfo | None
    scale: WordScale | None = None
    dates: tuple[int, ...] = ()
    headings: tuple[str, ...] = ()
    by_values: tuple[str, ...] = ()


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
    headings = _not_answers(list(possible_headings(rows)))
    reasons: list[str] = []
    for heading in headings:
        configured = configured_columns(heading, wanted)
        if configured is None:
            continue
        values = column_values(rows[heading.first :], len(heading.cells))
        fields = _by_heading(heading, values, configured, wanted, reasons)
        if "score" in fields:
            return _columns(heading, values, fields, wanted)
    for heading in headings[:1]:
        configured = configured_columns(heading, wanted)
        values = column_values(rows[heading.first :], len(heading.cells))
        score = None if configured is None or "score" in wanted else _only_score(heading, values, configured)
        if configured is not None and score is not None:
            fields = _by_heading(heading, values, {**configured, "score": score}, wanted, reasons)
            return _columns(heading, values, fields, wanted)
    for heading in headings:
        worded = _worded(heading, rows, wanted, reasons)
        if worded is not None:
            return worded
    found = ", ".join(repr(cell) for cell in (headings[0].cells if headings else ()) if cell)[:300]
    raise _without_score(wanted, found or "no headings", list(dict.fromkeys(reasons)))


def _not_answers(headings: Sequence[TableHeading]) -> Sequence[TableHeading]:
    """Return the rows that may be headings without those that are answers; all where none would be left.

    A row with a date is an answer; so is a later one with a number or a word of a scale.
    """
    kept = [
        heading
        for number, heading in enumerate(headings)
        if not any(_DATED.match(cell.strip()) for cell in heading.cells)
        and (number == 0 or not any(_is_answer(cell) for cell in heading.cells))
    ]
    return kept or headings


def _is_answer(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell.strip())) or isinstance(word_scale([cell]), WordScale)


def _without_score(wanted: Mapping[str, str], names: str, reasons: Sequence[str]) -> FileNotUnderstood:
    """Return the refusal of a file in which a wanted column or a score was not found."""
    if wanted and not reasons:
        missing = ", ".join(f"{field} = {name!r}" for field, name in wanted.items())
        return FileNotUnderstood(f"the column of {missing}; the file has {names}", selector="columns")
    if not reasons:
        return FileNotUnderstood(f"a column of scores from 0 to 10; the file has {names}", selector="columns")
    why = "; ".join(reasons)
    return FileNotUnderstood(
        f"a column of scores from 0 to 10: {why}; the file has {names}", selector="columns"
    )


def _worded(
    heading: TableHeading, rows: Sequence[FileRow], wanted: Mapping[str, str], reasons: list[str]
) -> SurveyColumns | None:
    """Return the columns of a survey that asks for no score but for one answer on a scale in words.

    None where there is no such column, or where there are several and none speaks of the whole; `reasons`
    says why.
    """
    configured = configured_columns(heading, wanted)
    if configured is None:
        return None
    values = column_values(rows[heading.first :], len(heading.cells))
    stated = [configured["score"]] if "score" in configured else list(range(len(heading.names)))
    found = {index: scale for index in stated if (scale := word_scale(values[index])) is not None}
    known = {index: each for index, each in found.items() if isinstance(each, WordScale)}
    known = {index: each for index, each in known.items() if len(each.written) > 1 or index in stated[:1]}
    if len(known) > 1:
        whole = {index: each for index, each in known.items() if _WHOLE.search(heading.names[index])}
        known = whole or known
    if len(known) != 1:
        names = ", ".join(repr(heading.cells[index].strip()) for index in known)
        reasons += (
            [
                (
                    f"several columns answer in words ({names}): write which one is about the whole, as "
                    f'--column "score={heading.cells[next(iter(known))].strip()}"'
                )
            ]
            if known
            else []
        )
        reasons += [each for each in found.values() if isinstance(each, str) and not known]
        return None
    ((index, scale),) = known.items()
    fields = _by_heading(heading, values, {**configured, "score": index}, {**wanted, "score": ""}, [])
    return _columns(heading, values, fields, wanted)._replace(scale=scale)


def _columns(
    heading: TableHeading, values: Sequence[Sequence[Cell]], fields: dict[str, int], wanted: Mapping[str, str]
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
            and are_words(values[index])
        }
        if not texts:
            longest = max(free, key=lambda index: mean_length(values[index]), default=None)
            texts = {longest} if longest is not None and mean_length(values[longest]) > _LONG else set()
        if not texts:
            texts = _only_coded_question(heading, values, free)
    zone = zone_of(heading.cells[fields["date"]]) if "date" in fields else None
    dates = () if "date" in wanted else _further_dates(heading, values, fields)
    width, headings = len(heading.cells), tuple(heading.cells)
    told = tuple(
        field
        for field, index in fields.items()
        if field not in wanted and field in ("score", "date") and index not in _named(field, heading, ())
    )
    found = tuple(sorted(texts))
    return SurveyColumns(heading.first, width, fields, found, zone, None, dates, headings, told)


def _only_coded_question(
    heading: TableHeading, values: Sequence[Sequence[Cell]], free: Iterable[int]
) -> set[int]:
    """Return the only column of different words under a question's code ("Q02", "G1Q2"), if there is one."""
    coded = [
        index
        for index in free
        if _CODE.fullmatch(heading.names[index])
        and are_words(values[index])
        and len(set(map(str, values[index]))) == len(values[index])
    ]
    return set(coded) if len(coded) == 1 else set()


def _further_dates(
    heading: TableHeading, values: Sequence[Sequence[Cell]], fields: dict[str, int]
) -> tuple[int, ...]:
    """Return the columns of dates of an answer besides the first one."""
    if "date" not in fields:
        return ()
    return tuple(
        index
        for index in _named("date", heading, fields.values())
        if index != fields["date"] and values[index] and all(map(is_dated, values[index]))
    )


def _named(field: str, heading: TableHeading, taken: Iterable[int]) -> list[int]:
    """Return the columns not taken whose heading names a field, the most telling first."""
    excluded = EXCLUDED.get(field)
    answered = field == "date" and any(OWNERS_ANSWER.search(name) for name in heading.names)
    held = set(taken)
    named = [
        index
        for pattern in HEADINGS[field]
        for index, name in enumerate(heading.names)
        if name and index not in held and re.search(pattern, name)
        if not (excluded and excluded.search(name)) and not (answered and ANSWER.search(name))
    ]
    return list(dict.fromkeys(named))


def _with_offsets(
    heading: TableHeading, values: Sequence[Sequence[Cell]], columns: Sequence[int]
) -> list[int]:
    """Return columns of dates, those that state where their hours are before those that do not."""
    stated = [
        index
        for index in columns
        if zone_of(heading.cells[index]) or any(_OFFSET.search(str(cell)) for cell in values[index][:1])
    ]
    return [*stated, *(index for index in columns if index not in stated)]


def _by_heading(
    heading: TableHeading,
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
        named = _named(field, heading, found.values())
        fitting = [index for index in named if _fits(field, heading, values, index, reasons)]
        if field == "date" and fitting and values[fitting[0]]:
            fitting = _with_offsets(heading, values, [index for index in fitting if values[index]])
        if fitting:
            found[field] = fitting[0]
        elif possible := [index for index in named if _may_fit(field, heading, values, index)]:
            found[field] = possible[0]
    if "date" not in found and "date" not in wanted:
        dated = _dated(heading, values, found.values())
        found |= {"date": dated[0]} if dated else {}
    return found


def _dated(heading: TableHeading, values: Sequence[Sequence[Cell]], taken: Iterable[int]) -> list[int]:
    """Return the columns not taken that hold dates alone, those that tell an end before others.

    A date that somebody tells of themselves (a birth, a visit, an order) is none of the answer's.
    """
    held = set(taken)
    found = [
        index
        for index, column in enumerate(values)
        if index not in held
        and column
        and all(map(is_dated, column))
        and not (EXCLUDED["date"].search(heading.names[index]) or _OF_OTHERS.search(heading.names[index]))
    ]
    return sorted(found, key=lambda index: not _END.search(heading.names[index]))


def _fits(
    field: str, heading: TableHeading, values: Sequence[Sequence[Cell]], index: int, reasons: list[str]
) -> bool:
    """Return whether a column's values can be what its heading names; an empty column can be anything."""
    column = values[index]
    if field == "score":
        if reason := _other_scale(heading, values, index):
            reasons.append(reason)
            return False
        return not column or 2 * sum(read_score(str(cell)) is not None for cell in column) >= len(column)
    if field == "date":
        dated = sum(is_dated(cell) for cell in column)
        return not column or 2 * dated >= len(column)
    if field == "text":
        return not column or are_words(column)
    return True


def _may_fit(field: str, heading: TableHeading, values: Sequence[Sequence[Cell]], index: int) -> bool:
    """Return whether a column of few fitting values is worth reading: other rows are left out one by one."""
    if field == "date":
        return any(is_dated(cell) for cell in values[index])
    return (
        field == "score"
        and not _other_scale(heading, values, index)
        and not isinstance(word_scale(values[index]), WordScale)
    )


def _other_scale(
    heading: TableHeading, values: Sequence[Sequence[Cell]], index: int, *, asks: bool = False
) -> str | None:
    asked = asks or bool(_ASKS.search(heading.names[index]))
    return other_scale(heading.cells[index], [str(cell) for cell in values[index]], asks=asked)


def _only_score(
    heading: TableHeading, values: Sequence[Sequence[Cell]], columns: Mapping[str, int]
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
