"""One answer of an endpoint as mentions, read by the configuration that its request carried.

It cannot see what the service leaves out, nor whether an empty list is an error's: `empty_when` and
`error_when` say so where the service does.
"""

import io
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from crawlers.reading.extract import count, one_line
from crawlers.reading.json_answer import service_of
from crawlers.reading.mentions import named
from crawlers.reading.services.errors import FIRST_ERROR, check_answer
from crawlers.reading.tables import FileRow, read_rows
from crawlers.sources.json_api.expressions import find
from crawlers.sources.json_api.params import JsonApiParams
from crawlers.sources.json_api.requests import next_request
from crawlers.sources.review_file.records import read_lines, read_records, table_of
from crawlers.sources.review_file.rows import ReviewRows
from crawlers.sources.review_file.understood import Choices, understand
from ouidire.errors import FileNotUnderstood, LayoutChanged, SourceError
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page

AHEAD = 500


class ListedRecords(NamedTuple):
    """The rows of an answer, headings first; `size` is how many records it has, `answer` the whole value.

    `size` is None where the answer has no list of records.
    """

    rows: Iterator[FileRow]
    size: int | None
    answer: Any


def params_of(page: Page) -> JsonApiParams:
    """Return the parameters that a page was asked for with. Raises LayoutChanged where it carries none."""
    stated = page.context.get("params")
    if not stated:
        raise LayoutChanged("the source's parameters (they travel with a request)", selector="context")
    return JsonApiParams.model_validate_json(stated)


def is_json(page: Page) -> bool:
    """Return whether an answer begins as JSON does, as far as it was not asked for as CSV."""
    if '"format":"csv"' in page.context.get("params", ""):
        return False
    return page.body[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def is_csv(page: Page) -> bool:
    """Return whether an answer is rows of text: no JSON, and no web page."""
    start = page.body[:4000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return bool(start) and not is_json(page) and not start.startswith((b"<", b"%pdf", b"pk\x03\x04", b"\x00"))


def check(page: Page) -> None:
    """Raise for an answer that is a refusal or an error, whatever its status."""
    advice = "check the key, its rights, and how it is sent (headers, query or token)"
    params = params_of(page)
    if _is_stated_empty(page, params):
        return
    check_answer(page, service=service_of(page), key_advice=advice)
    if params.error_when is not None and is_json(page):
        words = find(params.error_when, _value(page))
        if words:
            shown = one_line(words, limit=200) if isinstance(words, str) else "error_when holds"
            raise SourceError(f"{service_of(page)} answered with an error: {shown}")


def _is_stated_empty(page: Page, params: JsonApiParams) -> bool:
    """Return whether `empty_when` holds of an answer that names no error."""
    if params.empty_when is None or page.status >= FIRST_ERROR or not is_json(page):
        return False
    value = _value(page)
    named_error = isinstance(value, dict) and any(value.get(name) for name in ("error", "errors", "fault"))
    return not named_error and bool(find(params.empty_when, value))


def parse(page: Page) -> Parsed:
    """Read one answer.

    Raises LayoutChanged where it has no list of records, SourceError where an expression cannot be applied.
    """
    params = params_of(page)
    listing = _listing(page, params)
    if params.empty_when is not None and find(params.empty_when, listing.answer):
        return Parsed(says_empty=True, last_page=params.complete or None)
    if listing.size is None:
        raise LayoutChanged("the list of records", selector=params.records or "records")
    items: list[Mention] = []
    rejected: list[Rejected] = []
    for one in _read(page, params, listing):
        if isinstance(one, Rejected):
            rejected.append(one)
        elif named(params.must_name, one.title, one.text):
            items.append(one.model_copy(update={"kind": params.kind}))
    if listing.size and not items and not rejected and not params.must_name:
        raise LayoutChanged(f"any value in {listing.size} records", selector="fields")
    following = None
    try:
        following = next_request(params, page, listing.answer, read=listing.size)
    except SourceError as error:
        rejected.append(Rejected(reason="bad_url", where="the next page", detail=str(error)[:120]))
    total = count(find(params.total, listing.answer)) if params.total else None
    empty = not listing.size and params.empty_when is None
    unnamed = bool(params.must_name) and bool(listing.size) and not items and not rejected
    return Parsed(
        items=tuple(items),
        rejected=tuple(rejected),
        follow=(following,) if following else (),
        declared_total=None if params.must_name else total,
        says_empty=empty or unnamed,
        last_page=following is None and params.complete and not _misled(rejected),
    )


def _misled(rejected: list[Rejected]) -> bool:
    """Return whether the way to the next page was lost."""
    return any(each.reason == "bad_url" for each in rejected)


def _value(page: Page) -> Any:  # noqa: ANN401 (a raw payload)
    """Return the JSON value of an answer; the list of its records where it has one a line."""
    try:
        return read_lines(page.text.lstrip("\ufeff"))
    except FileNotUnderstood as error:
        raise LayoutChanged("JSON that can be read", selector="body") from error


def _listing(page: Page, params: JsonApiParams) -> ListedRecords:
    """Return the records of an answer. Raises LayoutChanged where it is not told where they lie."""
    if not is_json(page):
        return _table(page, params)
    answer = _value(page)
    if params.records is not None:
        found = find(params.records, answer)
        if found is not None and not isinstance(found, list):
            raise LayoutChanged("a list of records", selector=params.records)
    elif isinstance(answer, list) and params.fields:
        found = answer
    else:
        return _found(page, params, answer)
    if found is None:
        return ListedRecords(iter(()), None, answer)
    return ListedRecords(_mapped(params, found) if params.fields else table_of(found), len(found), answer)


def _table(page: Page, params: JsonApiParams) -> ListedRecords:
    listed = list(read_rows(io.BytesIO(page.body)))
    if not params.fields:
        return ListedRecords(iter(listed), max(0, len(listed) - 1), None)
    names = [str(cell) for cell in listed[0].cells] if listed else []
    records = [dict(zip(names, row.cells, strict=False)) for row in listed[1:] if any(row.cells)]
    return ListedRecords(_mapped(params, records), len(records), records)


def _found(page: Page, params: JsonApiParams, answer: Any) -> ListedRecords:  # noqa: ANN401 (a raw payload)
    """Return the records of an answer that are found without being configured."""
    try:
        found = read_records(page.text.lstrip("\ufeff"))
    except FileNotUnderstood as error:
        if params.empty_when is not None:
            return ListedRecords(iter(()), None, answer)
        raise LayoutChanged(f"the list of records ({error})", selector="records") from error
    if params.fields and not found.empty:
        raise LayoutChanged(f"where the records lie: write records = {found.path!r}", selector="records")
    listed = list(found.rows)
    return ListedRecords(iter(listed), max(0, len(listed) - 1), answer)


def _mapped(params: JsonApiParams, records: list[Any]) -> Iterator[FileRow]:
    """Yield our fields as headings, then what each record has of them."""
    yield FileRow(0, list(params.fields))
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict | list):
            yield FileRow(number, [], "no record")
            continue
        yield FileRow(number, [_cell(find(expression, record)) for expression in params.fields.values()])


def _cell(value: Any) -> Any:  # noqa: ANN401 (a raw value)
    if isinstance(value, list):
        return "\n".join(str(one) for one in value[:50] if isinstance(one, str | int | float))
    if isinstance(value, dict):
        return None
    return value


def _check_dated(rows: list[FileRow], params: JsonApiParams) -> None:
    """Raise LayoutChanged where the configured date finds nothing in any of several records."""
    if "date" not in params.fields:
        return
    number = list(params.fields).index("date")
    cells = [row.cells[number] for row in rows[1:] if number < len(row.cells)]
    if len(cells) > 1 and all(cell in (None, "") for cell in cells):
        raise LayoutChanged(f"the date of any of {len(cells)} records", selector=params.fields["date"])


def _read(page: Page, params: JsonApiParams, listing: ListedRecords) -> Iterator[Mention | Rejected]:
    if not listing.size:
        return
    ahead = list(islice(listing.rows, AHEAD))
    choices = Choices(
        columns={name: str(number) for number, name in enumerate(params.fields, 1)},
        best=params.scale,
        worst=params.worst,
        day_first=params.day_first,
        timezone=params.timezone,
    )
    try:
        how = understand(ahead, choices, fetched_at=page.fetched_at)
        _check_dated(ahead, params)
    except FileNotUnderstood as error:
        words = re.sub(r"^the file does not hold | ?\(or --[^()]*\)", "", str(error))
        words = words.replace("columns = {", "fields = {")
        raise LayoutChanged(words, selector="fields") from error
    reader = ReviewRows(
        how, entity=params.listing, fetched_at=page.fetched_at, unit="record", trusts_ids=True
    )
    yield from reader.read(chain(ahead[how.columns.first :], listing.rows))
