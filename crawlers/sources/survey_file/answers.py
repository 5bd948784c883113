"""The answers of a survey file, one after another: text, asked score from 0 to 10, date, place.

What is wrong is rejected with its line.

An answer is known by its date, place and score, with its id where there is such a column, else with how many
such came before it in the file: exports grow at their end. Survey tools count from 1 in each survey: by an id
alone one file would overwrite another's answers. Neither the text nor the author's name is in it (a text may
be corrected, a name must not be guessed from an id), so that two files of one survey that hold *different*
anonymous answers of one day, place and score would be taken for the same: give each file a survey name.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import chain, islice
from typing import Any, BinaryIO, NamedTuple

from crawlers.reading.extract import TEXT_LIMIT, clean, fold, stated_date
from crawlers.reading.sheets.cells import cell_words, day_order, is_sum, read_language, without_serial
from crawlers.reading.sheets.headings import column_values
from crawlers.reading.sheets.likert import is_no_answer
from crawlers.reading.tables import Cell, FileRow, read_rows
from crawlers.sources.survey_file.columns import SurveyColumns, find_columns
from crawlers.sources.survey_file.scores import read_score
from ouidire.clock import StatedDate
from ouidire.errors import FileNotUnderstood
from ouidire.ids import digest
from ouidire.items import Rejected, RejectReason
from ouidire.mention import Mention, Rating

AHEAD = 500
"""Rows read before the first answer is given out, to find headings and the order of day and month."""


class OpenedAnswers(NamedTuple):
    """How a survey's file is understood, and its answers, read one after another.

    `first` is the first row of answers, `day_first` whether 03/04 is the third of April, `zone` where hours
    are that state no offset.
    """

    columns: SurveyColumns
    answers: Iterator[Mention | Rejected]
    first: FileRow | None
    day_first: bool
    zone: tzinfo


def open_answers(
    file: BinaryIO,
    *,
    entity: str,
    fetched_at: datetime,
    columns: dict[str, str] | None = None,
    day_first: bool | None = None,
    timezone: tzinfo = UTC,
    sheet: str | None = None,
    encoding: str | None = None,
) -> OpenedAnswers:
    """Return how a CSV or XLSX file is read, and each row as an answer, or as rejected with its line.

    Memory grows only with the ids seen. `columns` maps id, date, score, language, place, text and author to
    headings (or numbers from 1); what it leaves out is found by itself. `day_first` decides 03/04/2026; None
    looks at the file's own dates, then takes the French order. Raises FileNotUnderstood when the file is no
    table or has no score.
    """
    rows = read_rows(file, sheet=sheet, encoding=encoding)
    ahead = list(islice(rows, AHEAD))
    if not any(cell not in (None, "") for row in ahead for cell in row.cells):
        raise FileNotUnderstood("headings and answers: it is empty", selector="rows")
    found = find_columns(ahead, dict(columns or {}))
    if day_first is None:
        order = day_order(_dates(ahead[found.first :], found.fields.get("date")))
        day_first = order.days_first >= order.months_first  # in doubt yes, as in France
    zone, below = found.zone or timezone, ahead[found.first :]
    reader = _Answers(entity, fetched_at, found, zone, day_first=day_first)
    return OpenedAnswers(found, _read(reader, chain(below, rows)), next(iter(below), None), day_first, zone)


def _read(reader: "_Answers", rows: Iterable[FileRow]) -> Iterator[Mention | Rejected]:
    for row in rows:
        filled = any(cell is not None and str(cell).strip() for cell in row.cells)
        if not row.ends and filled and (row.fault is not None or reader.is_cut(row)):
            yield Rejected(reason="incomplete", where=f"line {row.line}, where the file breaks off")
        elif row.fault is not None:
            yield Rejected(reason="bad_row", where=f"line {row.line}", detail=clean(row.fault)[:120])
        elif filled:
            yield reader.answer(row)


def read_answers(file: BinaryIO, **options: Any) -> Iterator[Mention | Rejected]:  # noqa: ANN401 (as above)
    """Yield the answers of a file, and its rejected rows; `open_answers` says what the options are."""
    yield from open_answers(file, **options).answers


def answers_worth(rows: Sequence[FileRow], columns: dict[str, str]) -> int:
    """Return how well a sheet's first rows are understood: 2 by scores, 1 by words of a scale, else 0."""
    found = find_columns(rows, columns)
    if found.scale is not None:
        return 1
    cells = column_values(rows[found.first :], found.width)[found.fields["score"]]
    return 2 * (0 < 2 * sum(read_score(cell_words(cell)) is not None for cell in cells) >= len(cells))


def _dates(rows: list[FileRow], index: int | None) -> list[Cell]:
    return [] if index is None else [row.cells[index] for row in rows if index < len(row.cells)]


class _Wrong(Exception):  # noqa: N818 (a reason, not an error)
    def __init__(self, reason: RejectReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class _Answers:
    """Turns rows into answers; keeps only hashes of the ids already given out."""

    def __init__(
        self,
        entity: str,
        fetched_at: datetime,
        found: SurveyColumns,
        timezone: tzinfo,
        *,
        day_first: bool,
    ) -> None:
        self.entity, self.fetched_at = entity, fetched_at
        self.columns, self.texts, self.width = found.fields, found.texts, found.width
        self.scale, self.further = found.scale, found.dates
        self.timezone, self.day_first = timezone, day_first
        self.seen: dict[int, int] = {}
        self.dates: dict[str, StatedDate | None] = {}

    def is_cut(self, row: FileRow) -> bool:
        """Return whether a last row without a line end is a part: cells are missing, or a 1 may be a 10."""
        if len(row.cells) < self.width:
            return True
        return self.columns["score"] == len(row.cells) - 1 and self._text(row, "score") == "1"

    def answer(self, row: FileRow) -> Mention | Rejected:
        try:
            return self._answer(row)
        except _Wrong as wrong:
            return Rejected(reason=wrong.reason, where=f"line {row.line}", detail=clean(str(wrong))[:120])

    def _answer(self, row: FileRow) -> Mention:
        if any(cell not in (None, "") for cell in row.cells[self.width :]):
            raise _Wrong(
                "bad_row", f"{len(row.cells)} cells under {self.width} headings (is a delimiter not quoted?)"
            )
        if len(row.cells) <= self.columns["score"]:
            raise _Wrong("bad_row", f"{len(row.cells)} cells under {self.width} headings")
        if (sums := is_sum(row.cells)) is not None:
            raise _Wrong("bad_row", f"a row of sums ({sums})")
        score = self._score(row) if self.scale is None else None
        rating = self._rating(row) if self.scale is not None else None
        asked = f"{score:g}" if score is not None else ""
        asked = f"{rating.value:g}/{rating.best:g}" if rating is not None else asked
        published = self._date(row)
        text = "\n".join(filter(None, (self._words(row, index) for index in self.texts)))
        place = self._text(row, "place") or None
        if not text and score is None and rating is None:
            raise _Wrong("no_text", "no answer")
        if len(text) > TEXT_LIMIT:
            raise _Wrong("too_long", f"{len(text)} characters")
        return Mention(
            kind="survey_answer",
            entity=self.entity,
            native_id=self._id(row, published, place, asked),
            text=text,
            language=self._language(row),
            author=self._text(row, "author") or None,
            place=place,
            published=published,
            asked_score=score,
            rating=rating,
        )

    def _text(self, row: FileRow, field: str) -> str:
        index = self.columns.get(field)
        return self._words(row, index) if index is not None else ""

    def _words(self, row: FileRow, index: int) -> str:
        return cell_words(row.cells[index] if index < len(row.cells) else None)

    def _score(self, row: FileRow) -> float:
        stated = self._text(row, "score")
        score = read_score(stated)
        if score is None:
            raise _Wrong("bad_score", stated or "no score")
        return score

    def _rating(self, row: FileRow) -> Rating | None:
        stated = self._text(row, "score")
        if not stated or is_no_answer(stated):
            return None
        value = self.scale.value(stated) if self.scale is not None else None
        if self.scale is None or value is None:
            raise _Wrong("bad_rating", stated or "no answer")
        return Rating(value=value, best=self.scale.best, worst=1)

    def _date(self, row: FileRow) -> StatedDate | None:
        if "date" not in self.columns:
            return None
        index = next(
            (each for each in (self.columns["date"], *self.further) if self._words(row, each)),
            self.columns["date"],
        )
        cell = row.cells[index] if index < len(row.cells) else None
        stated: object = cell if isinstance(cell, datetime | date) else self._words(row, index)
        stated = without_serial(stated, timezone=self.timezone)
        key = str(stated)
        if key not in self.dates:
            if len(self.dates) > AHEAD:
                self.dates.clear()
            self.dates[key] = stated_date(
                stated,
                fetched_at=self.fetched_at,
                midnight="day",
                day_first=self.day_first,
                timezone=self.timezone,
                other_languages=False,
            )
        found = self.dates[key]
        if found is None:
            raise _Wrong("bad_date", str(stated) or "no date")
        return found

    def _language(self, row: FileRow) -> str | None:
        return read_language(self._text(row, "language"))

    def _id(self, row: FileRow, published: StatedDate | None, place: str | None, asked: str) -> str:
        at = f"{published.at.isoformat()} {published.precision}" if published else ""
        same = (at, fold(place or ""), asked)
        if "id" in self.columns:
            native = self._text(row, "id")[:200]
            if not native:
                raise _Wrong("bad_row", "no id")
            if self._count(native):
                raise _Wrong("duplicate_in_page", native)
            return f"{native}~{digest(*same, size=4)}"
        return "row:" + digest(*same, str(self._count("\0".join(same))), size=12)

    def _count(self, key: str) -> int:
        """Return how often a key came before.

        Kept as 64 bits of its hash: in a million rows, one chance in 10⁷ of a collision.
        """
        number = int(digest(key, size=8), 16)
        before = self.seen.get(number, 0)
        self.seen[number] = before + 1
        return before
