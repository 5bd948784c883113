"""A page without what must not be kept of people: addresses, telephones, order numbers, photographs.

What goes is named by its key or its column's heading, or is an e-mail address or a telephone number and
nothing else. It cannot see such things within texts: the analysers mask those.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

from crawlers.reading.extract import read_json
from crawlers.reading.file_kinds import foreign_kind
from crawlers.reading.sheets.personal import PersonalCells, Pseudonym, is_personal, kinds_of, pseudonym_of
from crawlers.reading.sheets.workbook import minimised_workbook
from crawlers.reading.tables import LONGEST_CELL, SAMPLE, is_workbook, sniff_delimiter, sniff_encoding
from ouidire.errors import FileNotUnderstood
from ouidire.page import Page

_ALONE = re.compile(
    r"""(?<![^,;\t|"\r\n])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?![^,;\t|"\r\n])"""
)
"""An e-mail address that is all of a cell of CSV, or of a text of JSON."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OPAQUE = 16
"""Bytes kept of a file of a kind that is never read: what tells its kind."""
_TEXTUAL = ("a web page", "an XML", "binary")


def without_addresses(page: Page, pseudonym: Pseudonym | None = None) -> Page:
    """Return a table, a workbook or a JSON answer without the cells or values that are personal.

    With a `pseudonym`, e-mail addresses under a heading or key of such are replaced by it. What can be read
    by nobody here (PDF, `.xls`, archives, broken workbooks) is cut to what tells its kind.
    """
    body = page.body
    if is_workbook(body[:8]):
        return _with_body(page, _zipped(body, page.context.get("sheet"), pseudonym))
    foreign = foreign_kind(io.BytesIO(body))
    if foreign is not None:
        return page if foreign.startswith(_TEXTUAL) else _with_body(page, body[:_OPAQUE])
    encoding = page.context.get("encoding") or _encoding_of(body)
    try:
        text = body.decode(
            encoding, "strict" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        )
    except (UnicodeDecodeError, LookupError):
        return page
    is_json = text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}
    changed = _json(text, pseudonym) if is_json else None
    if changed is None:
        changed = _table(text, pseudonym)
    if changed == text:
        return page
    return _with_body(page, changed.encode(encoding, "surrogateescape"))


def dropping(*keys: str) -> Callable[[Page], Page]:
    """Return a function that returns a page without the values of these keys (any case)."""
    dropped = frozenset(key.lower() for key in keys)
    marks = tuple(f'"{key.lower()}"'.encode() for key in keys)

    def minimised(page: Page) -> Page:
        if not any(mark in page.body.lower() for mark in marks):
            return page
        try:
            value = page.json_value()
        except ValueError:
            return _by_lines(page, dropped) or _unread(page)
        body = json.dumps(_without(value, dropped)).encode()  # ASCII, whatever charset is declared
        return page.with_body(body)

    return minimised


def _by_lines(page: Page, dropped: frozenset[str]) -> Page | None:
    """Return a page of one JSON object a line without the values of these keys, or None where it is none.

    A line that is no whole JSON may name people: what stands in its place says so.
    """
    kept: list[str] = []
    for line in page.text.lstrip("\ufeff \t\r\n").split("\n"):
        try:
            value = read_json(line) if line.strip() else None
        except ValueError:
            kept.append(f"(a line of {len(line)} characters that is no whole JSON, and was not kept)")
            continue
        if not kept and not isinstance(value, dict):
            return None
        kept.append(json.dumps(_without(value, dropped)) if line.strip() else "")
    is_first_whole = kept[0].startswith("{")
    return page.with_body("\n".join(kept).encode()) if is_first_whole and len(kept) > 1 else None


def _unread(page: Page) -> Page:
    """Return a page that is no JSON: without its body, where that is a broken answer that may name people."""
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["}:
        return page
    shown = f"(an answer of {len(page.body)} bytes that is no whole JSON, and was not kept)"
    return page.with_body(shown.encode())


def _without(value: Any, dropped: frozenset[str]) -> Any:  # noqa: ANN401 (a raw payload)
    if isinstance(value, dict):
        return {key: _without(each, dropped) for key, each in value.items() if key.lower() not in dropped}
    return [_without(each, dropped) for each in value] if isinstance(value, list) else value


def _with_body(page: Page, body: bytes) -> Page:
    return page if body == page.body else page.with_body(body)


def _encoding_of(body: bytes) -> str:
    return "utf-16" if body[:2] in _UTF16 and body[2:4] != b"\0\0" else sniff_encoding(io.BytesIO(body))


def _zipped(body: bytes, sheet: str | None, pseudonym: Pseudonym | None) -> bytes:
    """Return a workbook without what is personal; of another archive its names, of a broken one its start."""
    if foreign_kind(io.BytesIO(body)) is None:
        try:
            return minimised_workbook(body, sheet=sheet, pseudonym=pseudonym)
        except FileNotUnderstood:
            return body[:_OPAQUE]
    empty = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(empty, "w") as names:
        for name in dict.fromkeys(archive.namelist()[:2000]):
            names.writestr(zipfile.ZipInfo(name), b"")
    return empty.getvalue()


def _json(text: str, pseudonym: Pseudonym | None) -> str | None:
    """Return JSON or NDJSON without what is personal; None for a text that is neither."""
    try:
        value = read_json(text)
        masked = _masked(value, "", pseudonym)
        return text if masked == value else json.dumps(masked)
    except RecursionError:
        return None
    except ValueError:
        pass
    lines = []
    for line in text.splitlines(keepends=True):
        try:
            value = read_json(line)
            masked = _masked(value, "", pseudonym)
        except (ValueError, RecursionError):
            lines.append(_ALONE.sub("", line))
        else:
            ending = line[len(line.rstrip("\r\n")) :]
            lines.append(line if masked == value else json.dumps(masked) + ending)
    return "".join(lines)


def _masked(value: Any, key: str, pseudonym: Pseudonym | None) -> Any:  # noqa: ANN401 (a raw payload)
    if isinstance(value, dict):
        return {name: _masked(each, name, pseudonym) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, key, pseudonym) for each in value]
    kinds = kinds_of(key)
    if not isinstance(value, str | int | float) or not is_personal(value, kinds, numbered=not kinds):
        return value
    return pseudonym_of(value, pseudonym) if "address" in kinds else ""


def _table(text: str, pseudonym: Pseudonym | None) -> str:
    """Return rows of text without what is personal: every other row as it was, to the byte."""
    csv.field_size_limit(LONGEST_CELL)
    delimiter = sniff_delimiter(text[:SAMPLE].lstrip("\ufeff"))
    cells, read = PersonalCells(pseudonym), list[str]()

    def noted() -> Any:  # noqa: ANN401 (a generator)
        for line in io.StringIO(text, newline=""):
            read.append(line)
            yield line.replace("\0", "")

    rows, kept = csv.reader(noted(), delimiter=delimiter), []
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            row = []
        lines, read[:] = "".join(read), []
        if row is None:
            kept.append(lines)
            return "".join(kept)
        masked = cells.masked(row)
        if row and masked is None and "@" not in lines:
            kept.append(lines)
        elif not row or not _is_whole(lines, delimiter):
            kept.append(_ALONE.sub("", lines))
        elif masked is None:
            kept.append(lines)
        else:
            kept.append(_written(masked, delimiter, ending=lines[len(lines.rstrip("\r\n")) :]))


def _is_whole(lines: str, delimiter: str) -> bool:
    """Return whether the quotes of a row are closed: else it is not written anew."""
    try:
        list(csv.reader(io.StringIO(lines.replace("\0", ""), newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _written(cells: list[Any], delimiter: str, *, ending: str) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + ending
