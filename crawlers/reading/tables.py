"""Rows of a CSV or XLSX file, one after another, in any encoding and delimiter and in constant memory.

Formulas are never computed: a cell has the value that the spreadsheet last saved in it. It cannot read .xls
(the format before 2007), protected workbooks, or tell cp1252 from Latin-9 where no byte differs.
"""

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO, NamedTuple

from crawlers.reading.file_kinds import foreign_kind
from ouidire.errors import FileNotUnderstood

Cell = str | int | float | bool | datetime | date | time | None

CELLS = (str, int, float, bool, datetime, date, time, type(None))

DELIMITERS = ";\t,|"
LONGEST_CELL = 131_072
"""Characters of a cell of a CSV file: beyond, a quote was never closed, and the cell ends."""
SAMPLE = 256_000
"""Bytes shown to the guesses: some thousand rows."""
CHUNK = 1 << 20
WIDEST = 300
"""Columns read of a sheet; survey exports have some dozens, Excel allows 16,384."""
LONGEST_SHEET = 1_048_576
"""Rows of an Excel sheet: Excel's own limit."""
ENTRIES, ENTRY_SIZE, TOTAL_SIZE, RATIO = 2_000, 300_000_000, 600_000_000, 250
"""Limits of a workbook: files in it, inflated bytes of one and of all, inflated ÷ deflated size of one.

A million answers of 100 words inflate to some 500 MB; XML of real sheets deflates 5 to 30 times, a bomb 1,000
times."""
LONGEST_GAP = 10_000
"""Empty rows in a row of a sheet after which it ends: a cell may say that it stands in row 1,048,576."""
SMALL = 1_000_000
"""Bytes inflated below which the ratio says nothing: a short sheet of equal rows deflates well."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ACCENTS = frozenset("éèêëàâäçîïôöùûüÿœæñáíóúß’‘“”«»…–—°€ºª·")
_CAPITALS = frozenset("ÉÈÊËÀÂÄÇÎÏÔÖÙÛÜŒÆÑÁÍÓÚ")


CUT = "the file ends within a quoted cell"


class FileRow(NamedTuple):
    """One row: the line it begins on (1 is the first), its cells, and what is wrong with it, if anything.

    `ends` is false for a last row of text without a line end: the file may have been cut there.
    """

    line: int
    cells: list[Cell]
    fault: str | None = None
    ends: bool = True


def read_rows(file: BinaryIO, *, sheet: str | None = None, encoding: str | None = None) -> Iterator[FileRow]:
    """Yield the rows of a seekable file.

    Raises FileNotUnderstood when it is no table or a workbook beyond the limits.
    """
    kind = foreign_kind(file)
    if kind is not None:
        raise FileNotUnderstood(f"a CSV or XLSX table; it is {kind}", selector="first bytes")
    start = file.read(8)
    file.seek(0)
    if is_workbook(start):
        return _from_xlsx(file, sheet)
    return _from_csv(file, encoding)


def is_workbook(start: bytes) -> bool:
    """Return whether a file is a zip archive by its first bytes, as XLSX workbooks are."""
    return start.startswith(b"PK\x03\x04")


def sniff_encoding(file: BinaryIO) -> str:
    """Return the encoding: byte-order mark, UTF-16 by its zeros, valid UTF-8, else the likeliest of three."""
    file.seek(0)
    sample = file.read(SAMPLE)
    for mark, name in MARKS:
        if sample.startswith(mark):
            return name
    zeros = [sample[half:4000:2].count(0) for half in (0, 1)]
    if max(zeros) > len(sample[:4000]) // 5:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        around = chunk[max(0, error.start - SAMPLE // 2) : error.start + SAMPLE // 2] if chunk else sample
        return max(("cp1252", "mac_roman", "cp850"), key=lambda name: _likelihood(around, name))
    return "utf-8"


def sniff_delimiter(text: str) -> str:
    """Return the delimiter that cuts the first rows into the most columns, most regularly."""
    stated = re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    if stated:
        return stated[1]
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [width for width in _widths(text, delimiter) if width]
        if not widths:
            continue
        common = max(set(widths), key=lambda width: (widths.count(width), width))
        worth = (widths.count(common) / len(widths)) ** 2 * common if common > 1 else 0.0
        if worth > most:
            best, most = delimiter, worth
    return best


def _likelihood(data: bytes, encoding: str) -> float:
    """Return how well decoded text looks Western: accented small letters, capitals only where they belong."""
    text = data.decode(encoding, "replace")
    score = 0.0
    for match in re.finditer(r"[^\x00-\x7f]", text):
        before = text[match.start() - 1 : match.start()]
        character = match[0]
        if character in _ACCENTS or character == "\u00a0":
            score += 1
        elif character in _CAPITALS:
            score += -1 if before.islower() else 0.5
        else:
            score -= 1
    return score


def _widths(text: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    widths = []
    try:
        for row in reader:
            widths.append(len(row) if any(cell.strip() for cell in row) else 0)
            if len(widths) > 100:  # noqa: PLR2004 (enough rows to judge)
                return widths
    except csv.Error:
        return widths
    return widths[:-1] or widths  # the sample may end inside its last row


def _from_csv(file: BinaryIO, encoding: str | None) -> Iterator[FileRow]:
    name = encoding or sniff_encoding(file)
    file.seek(0)
    try:
        sample = (
            io.TextIOWrapper(io.BytesIO(file.read(SAMPLE)), encoding=name, errors="replace", newline="")
            .read()
            .replace("\0", "")
        )
    except LookupError as error:
        raise FileNotUnderstood(
            f"an encoding called {name!r} (write utf-8, cp1252 …)", selector="encoding"
        ) from error
    csv.field_size_limit(LONGEST_CELL)  # the whole process's: others may have left another
    delimiter = sniff_delimiter(sample)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=name, errors="replace", newline="")
    try:
        read: list[str] = []  # the lines of the row that was read last
        reader = csv.reader(_noted(text, read), delimiter=delimiter)
        last: FileRow | None = None
        while True:
            line = reader.line_num + 1
            lines, read[:] = "".join(read), []
            try:
                row: list[Cell] = list(next(reader))
            except StopIteration:
                if last is not None:
                    yield _last_row(last, lines, delimiter)
                return
            except csv.Error as error:
                found = FileRow(line, [], f"up to line {reader.line_num}: {error} (is a quote never closed?)")
            else:
                if line == 1 and row and re.match(r"sep=.?$", str(row[0]), re.IGNORECASE):
                    continue
                found = FileRow(line, row)
            if last is not None:
                yield last
            last = found
    finally:
        text.detach()


def _noted(text: io.TextIOWrapper, read: list[str]) -> Iterator[str]:
    """Yield the lines of a text without zeros, and add each to a list."""
    for line in text:
        read.append(line)
        yield line.replace("\0", "")


def _last_row(row: FileRow, lines: str, delimiter: str) -> FileRow:
    """Return the last row of a file as it is, or with what shows that it may be cut; `lines` is its text."""
    if row.fault is not None:
        return row
    try:
        list(csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            return row._replace(ends=False, fault=CUT)
    return row if lines.endswith(("\n", "\r")) else row._replace(ends=False)


def _from_xlsx(file: BinaryIO, sheet: str | None) -> Iterator[FileRow]:
    with opened_workbook(file) as book:
        yield from sheet_rows(sheet_to_read(book, sheet))


def shown_sheets(file: BinaryIO) -> list[str]:
    """Return the names of the sheets of a workbook that are shown. Raises FileNotUnderstood."""
    with opened_workbook(file) as book:
        return [each.title for each in book.worksheets if each.sheet_state == "visible"]


def sheet_to_read(book: Any, sheet: str | None) -> Any:  # noqa: ANN401 (a workbook and a sheet of openpyxl)
    """Return the sheet of that name, by default the first that is shown. Raises FileNotUnderstood."""
    names = book.sheetnames
    if sheet is not None and sheet not in names:
        raise FileNotUnderstood(
            f"a sheet called {sheet!r} (there are {', '.join(names[:10])})", selector="sheet"
        )
    shown = (each for each in book.worksheets if each.sheet_state == "visible")
    return book[sheet] if sheet is not None else next(shown, book.worksheets[0])


@contextmanager
def opened_workbook(file: BinaryIO) -> Iterator[Any]:
    """Open a workbook to read the values of its cells.

    Raises FileNotUnderstood when it cannot be read, then or while its rows are, or is beyond the limits.
    """
    from xml.etree.ElementTree import ParseError
    from zlib import error as ZlibError  # noqa: N812 (an exception)

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _check_workbook(file)
    broken = (zipfile.BadZipFile, InvalidFileException, ParseError, ZlibError, SyntaxError, KeyError,
              ValueError, TypeError, AttributeError, IndexError, EOFError, OverflowError,
              NotImplementedError, RecursionError, RuntimeError)  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations that it leaves out
            yield load_workbook(file, read_only=True, data_only=True)
    except broken as error:
        raise FileNotUnderstood(
            f"a workbook that can be read ({type(error).__name__})", selector="xlsx"
        ) from error


def sheet_rows(table: Any) -> Iterator[FileRow]:  # noqa: ANN401 (a sheet of openpyxl)
    """Yield the rows of an opened workbook's sheet, empty ones among them, within the limits."""
    empty = 0
    table.reset_dimensions()  # what a sheet declares of its size need not be true
    for line, row in enumerate(table.iter_rows(max_row=LONGEST_SHEET, max_col=WIDEST, values_only=True), 1):
        cells = _trimmed(row)
        empty = 0 if cells else empty + 1
        if empty > LONGEST_GAP:
            return
        yield FileRow(line, cells)


def _trimmed(row: tuple[object, ...]) -> list[Cell]:
    last = max((index for index, cell in enumerate(row) if cell not in (None, "")), default=-1)
    return [cell if isinstance(cell, CELLS) else str(cell) for cell in row[: last + 1]]


def _check_workbook(file: BinaryIO) -> None:
    """Refuse zip bombs.

    What an entry declares bounds what zipfile inflates of it, so that declared sizes can be trusted as
    limits.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise FileNotUnderstood("a workbook that can be read", selector="xlsx") from error
    finally:
        file.seek(0)
    for entry in entries:
        if entry.file_size > ENTRY_SIZE or (
            entry.file_size > SMALL and entry.file_size > RATIO * max(1, entry.compress_size)
        ):
            raise FileNotUnderstood(
                f"a workbook of an honest size ({entry.file_size:,} bytes from {entry.compress_size:,})",
                selector="xlsx",
            )
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > TOTAL_SIZE:
        raise FileNotUnderstood(
            f"a workbook of at most {TOTAL_SIZE // 1_000_000} MB inflated", selector="xlsx"
        )
