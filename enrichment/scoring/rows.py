"""Reads the rows of a user's own file of texts, streamed: JSON lines or CSV, plain or gzipped.

A row that cannot be read comes out with the reason, in its place: rows are counted by what the file holds,
not by what is good in it. CSV: UTF-8 (or Windows-1252 where it is not), commas, semicolons or tabs as its
first line tells. It cannot read spreadsheets.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from ouidire.errors import UsageError

LONGEST = 10_000_000
"""Characters of a line, and bytes of a CSV field: more is no row of texts."""
_SNIFFED = 1 << 20
_DELIMITERS = (",", ";", "\t")
_SHOWN_HEADINGS = 300


class TextRow(NamedTuple):
    """One row: its number from 1, and its text, language and group, or why there is none."""

    number: int
    text: str
    language: str | None = None
    group: str | None = None
    problem: str | None = None


class Columns(NamedTuple):
    """Which column holds what; `group` only where figures by group are wanted."""

    text: str = "text"
    language: str = "lang"
    group: str | None = None


def rows_of(path: Path, columns: Columns) -> Iterator[TextRow]:
    """Yield the rows of a file. Raises UsageError when it is none, has no such column, or breaks off."""
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith((".jsonl", ".ndjson", ".csv")):
        raise UsageError(f"{path} is none of .jsonl, .jsonl.gz, .csv or .csv.gz: save it as one of these")
    try:
        yield from _json_rows(path, columns) if not name.endswith(".csv") else _csv_rows(path, columns)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
        raise UsageError(f"{path} is no whole gzip file: copy it again") from error
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV file that can be read: {error}") from error


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _json_rows(path: Path, columns: Columns) -> Iterator[TextRow]:
    with _opened(path) as file:
        number = 0
        while line := file.readline(LONGEST):
            whole = line.endswith(b"\n") or len(line) < LONGEST
            while not whole:
                rest = file.readline(LONGEST)
                whole = rest.endswith(b"\n") or len(rest) < LONGEST
                line = b"\x00"
            if line.strip():
                number += 1
                yield _json_row(number, line, columns)


def _json_row(number: int, line: bytes, columns: Columns) -> TextRow:
    if line == b"\x00":
        return TextRow(number, "", problem=f"the line is longer than {LONGEST} bytes")
    try:
        found = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8", "replace"))
    except (ValueError, RecursionError):
        return TextRow(number, "", problem="the line is no JSON")
    if not isinstance(found, dict):
        return TextRow(number, "", problem="the line is no JSON object")
    if columns.text not in found:
        return TextRow(number, "", group=_value(found, columns.group), problem=f"no field {columns.text!r}")
    return TextRow(
        number, _text(found[columns.text]), _value(found, columns.language), _value(found, columns.group)
    )


def _csv_rows(path: Path, columns: Columns) -> Iterator[TextRow]:
    csv.field_size_limit(LONGEST)
    with _opened(path) as raw:
        head = raw.read(_SNIFFED)
    encoding = _encoding(head)
    first = head.decode(encoding, "replace").splitlines()[:1]
    delimiter = max(_DELIMITERS, key=(first[0] if first else "").count)
    with (
        _opened(path) as raw,
        io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as lines,
    ):
        reader = csv.reader((line.replace("\0", "\ufffd") for line in lines), delimiter=delimiter)
        headings = next(reader, [])
        missing = [
            each for each in (columns.text, columns.group) if each is not None and each not in headings
        ]
        if missing:
            listed = ", ".join(repr(each) for each in headings)[:_SHOWN_HEADINGS] or "no headings"
            lacking = f"{path} has no column {missing[0]!r}; it has {listed}"
            raise UsageError(f"{lacking}. --text-column and --group-by say which to take")
        number = 0
        for cells in reader:
            if not any(cells):
                continue
            number += 1
            found = dict(zip(headings, cells, strict=False))
            if columns.text not in found:
                yield TextRow(number, "", problem="the row is cut short")
            else:
                yield TextRow(
                    number,
                    _text(found[columns.text]),
                    _value(found, columns.language),
                    _value(found, columns.group),
                )


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head[:-4].decode("utf-8-sig") if len(head) == _SNIFFED else head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if len(head) == _SNIFFED and error.start > len(head) - 8 else "cp1252"
    return "utf-8-sig"


def _text(value: Any) -> str:  # noqa: ANN401 (whatever JSON can say)
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def _value(found: dict[str, Any], column: str | None) -> str | None:
    value = found.get(column) if column is not None else None
    return _text(value).strip() or None if value is not None else None
