"""One file of reviews as mentions and rows left out, whichever its form, and how it was understood.

It cannot see formulas, pictures, nor what a platform leaves out of its export.
"""

import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from crawlers.reading.extract import clean, one_line
from crawlers.reading.file_kinds import foreign_kind
from crawlers.reading.services.errors import stated_error
from crawlers.reading.sheets.blocks import cut_to, side_by_side
from crawlers.reading.sheets.chosen import ChosenSheet, chosen_sheet
from crawlers.reading.tables import FileRow, is_workbook, read_rows
from crawlers.sources.review_file.records import Records, read_records
from crawlers.sources.review_file.rows import ReviewRows
from crawlers.sources.review_file.understood import Choices, Understood, understand
from ouidire.errors import FileNotUnderstood
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page

AHEAD = 500
"""Rows read before the first review is given out, to find headings, scale and the order of day and month."""
LEAST_OF_BLOCK = 4
"""How well a table beside others must be understood: a rating and a date."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class OpenedFile(NamedTuple):
    """A file understood: what is read how, `rows` of reviews, `unit` of places, `shape` in words.

    `how` is None for a file that says that it has no reviews; `remark` says what else could be read.
    """

    how: Understood | None
    rows: Iterator[FileRow]
    unit: str
    shape: str
    remark: str


def is_xlsx(page: Page) -> bool:
    """Return whether the file is a workbook."""
    return is_workbook(page.body[:8])


def is_json(page: Page) -> bool:
    """Return whether the file begins as JSON does."""
    start = page.body[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if page.body[:2] in _UTF16:
        start = page.body[:4000].decode("utf-16", "ignore").lstrip("\ufeff \t\r\n").encode()
    return start[:1] == b"{" or re.match(rb"\[\s*(?:[\[{\]\"\d]|null\b|true\b|false\b|$)", start) is not None


def is_csv(page: Page) -> bool:
    """Return whether the file is neither, and is read as rows of text."""
    return not is_xlsx(page) and not is_json(page)


def open_file(page: Page) -> OpenedFile:
    """Return how a file is understood, and its rows.

    Raises FileNotUnderstood when it is no file of reviews, or when it is not told how it is to be read.
    """
    context = page.context
    choices = Choices(
        columns=json.loads(context.get("columns", "{}")),
        platform=context.get("platform"),
        best=json.loads(context.get("scale", "null")),
        worst=json.loads(context.get("worst", "null")),
        day_first=json.loads(context.get("day_first", "null")),
        timezone=context.get("timezone"),
    )
    if not page.body.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise FileNotUnderstood("reviews: it is empty", selector="rows")
    unit, shape, chosen = "line", "a table", ChosenSheet(None)
    if is_json(page):
        records = _read_json(page, wanted=context.get("records"))
        unit, shape = "record", f"records ({records.path})"
        rows = records.rows
        if records.empty:
            return OpenedFile(None, iter(()), unit, shape, "")
    else:
        kind = foreign_kind(io.BytesIO(page.body))
        if kind is not None:
            raise FileNotUnderstood(f"reviews; it is {kind}", selector="first bytes")
        chosen = chosen_sheet(
            page.body,
            lambda first: _worth(first, choices, page),
            wanted=context.get("sheet"),
            ahead=AHEAD,
        )
        rows = read_rows(io.BytesIO(page.body), sheet=chosen.name, encoding=context.get("encoding"))
    ahead = list(islice(rows, AHEAD))
    if not any(cell not in (None, "") for row in ahead for cell in row.cells):
        raise FileNotUnderstood("reviews: it is empty", selector="rows")
    try:
        how = understand(ahead, choices, fetched_at=page.fetched_at)
    except FileNotUnderstood:
        block = _only_block(ahead, choices, page)
        if block is None:
            raise
        ahead, rows = list(cut_to(ahead, block)), cut_to(rows, block)
        how = understand(ahead, choices, fetched_at=page.fetched_at)
    if chosen.name is not None:
        shape = f"a table (the sheet {chosen.name!r})"
    return OpenedFile(how, chain(ahead[how.columns.first :], rows), unit, shape, chosen.remark)


def _worth(rows: Sequence[FileRow], choices: Choices, page: Page) -> int:
    """Return how well the first rows of a sheet are understood as reviews, from 0 to 4."""
    try:
        columns = understand(rows, choices, fetched_at=page.fetched_at).columns
    except FileNotUnderstood as error:
        return 3 if error.selector in {"scale", "dates"} else 0
    has_rating = bool(columns.fields.keys() & {"rating", "recommends"})
    data = len(rows) > columns.first
    return (1 + 2 * has_rating + ("date" in columns.fields)) * data


def _only_block(rows: Sequence[FileRow], choices: Choices, page: Page) -> slice | None:
    """Return the columns of the only one of several tables that stand side by side which is understood."""
    blocks = [
        each
        for each in side_by_side(rows)
        if _worth(list(cut_to(rows, each)), choices, page) >= LEAST_OF_BLOCK
    ]
    return blocks[0] if len(blocks) == 1 else None


def _read_json(page: Page, *, wanted: str | None) -> Records:
    """Return the records of JSON. Raises FileNotUnderstood, naming the error where it is one."""
    text = page.body.decode("utf-16") if page.body[:2] in _UTF16 else page.text.lstrip("\ufeff")
    try:
        records = read_records(text, wanted=wanted)
    except FileNotUnderstood:
        _check_no_error(page)
        raise
    if records.empty or records.path == "the whole file":
        _check_no_error(page)
    return records


def _check_no_error(page: Page) -> None:
    """Raise FileNotUnderstood for a service's error that was saved in the place of reviews."""
    stated = None if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{" else stated_error(page)
    if stated is not None:
        words = one_line(" ".join(filter(None, (stated.reason, stated.message))), limit=100)
        raise FileNotUnderstood(
            f"a list of reviews; it is a service's error ({words or stated.code or 'without a word'}): "
            "export it again",
            selector="error",
        )


def _why_empty(opened: OpenedFile) -> str:
    """Return in words what a file without reviews has."""
    if opened.how is None:
        return "its list of reviews is empty"
    return "the file has headings and no rows below them"


def parse(page: Page) -> Parsed:
    """Read one file. Raises FileNotUnderstood where `open_file` does, or when no row of it can be read."""
    opened = open_file(page)
    reviews: list[Mention] = []
    rejected: list[Rejected] = []
    if opened.how is not None:
        reader = ReviewRows(
            opened.how,
            entity=page.context.get("name", "reviews"),
            fetched_at=page.fetched_at,
            unit=opened.unit,
        )
        for one in reader.read(opened.rows):
            if isinstance(one, Mention):
                reviews.append(one)
            else:
                rejected.append(one)
    if rejected and not reviews:
        first = rejected[0]
        raise FileNotUnderstood(
            f"a readable review in {len(rejected)} rows "
            f"({first.where}: {first.reason}, {clean(first.detail)})",
            selector="rows",
        )
    return Parsed(
        items=tuple(reviews),
        rejected=tuple(rejected),
        declared_total=None,
        says_empty=not reviews,
        remark=opened.remark if reviews else _why_empty(opened),
        last_page=False,  # a file is what was exported: a review that is not in it has not vanished
    )
