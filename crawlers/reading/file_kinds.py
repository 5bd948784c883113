"""What kind of file some first bytes are, where it is none that holds a table or records.

It cannot tell apart files of text: whether one is a table is for its reader to say.
"""

import re
import zipfile
from typing import BinaryIO

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document: export the data as CSV or XLSX, or copy its table into a sheet"),
    (b"\xd0\xcf\x11\xe0", "an .xls or a protected workbook: save it as .xlsx or CSV"),
    (b"\x1f\x8b", "a gzip archive: unpack it, and give the file that is in it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it, and give the file that is in it"),
    (b"Rar!", "a RAR archive: unpack it, and give the file that is in it"),
    (b"\x89PNG", "a picture (PNG): a picture of a table is no table"),
    (b"\xff\xd8\xff", "a picture (JPEG): a picture of a table is no table"),
    (b"GIF8", "a picture (GIF): a picture of a table is no table"),
    (b"SQLite format 3", "an SQLite database: export the table as CSV"),
    (b"PAR1", "a Parquet file: export it as CSV"),
    (b"{\\rtf", "an RTF document: export the data as CSV or XLSX"),
)
_IN_ZIPS: tuple[tuple[str, str], ...] = (
    ("word/", "a Word document: copy its table into a sheet, and save that as .xlsx or CSV"),
    ("ppt/", "a presentation: copy its table into a sheet, and save that as .xlsx or CSV"),
    ("content.xml", "an OpenDocument file: save it as .xlsx or CSV"),
    ("Index/", "a Numbers sheet: export it as .xlsx or CSV"),
)
_ZIP = b"PK\x03\x04"
_WITHIN = 64_000
_JUDGED, _FEW = 4_000, 8
_TEXTUAL = frozenset(range(0x20, 0x100)) | {0x09, 0x0A, 0x0C, 0x0D, 0x1A, 0x1B}


def foreign_kind(file: BinaryIO) -> str | None:
    """Return in words what a seekable file is that is neither text nor a workbook, and what to do, or None.

    It is left at its beginning.
    """
    file.seek(0)
    start = file.read(_WITHIN)
    file.seek(0)
    for mark, words in _STARTS:
        if start.startswith(mark):
            return words
    if start.startswith(_ZIP):
        return _zipped(file)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1000].lower()
    if re.match(rb"<!doctype html|<html\b|<head\b|<body\b", text):
        return "a web page (HTML), perhaps a sign-in page saved in the export's place: download it again"
    if text.startswith(b"<?xml"):
        return "an XML file: export the data as CSV, XLSX or JSON"
    head = start[:_JUDGED]
    strange = sum(byte not in _TEXTUAL for byte in head if byte)
    if strange > max(_FEW, len(head) // 20):
        return "binary data, no text that can be read: export the data as CSV, XLSX or JSON"
    return None


def _zipped(file: BinaryIO) -> str | None:
    """Return what a zip archive holds that is no workbook; None for a workbook, and for a broken archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        return None
    finally:
        file.seek(0)
    if not names or any(name.startswith("xl/") or name == "[Content_Types].xml" for name in names[:2000]):
        return next((words for mark, words in _IN_ZIPS[:2] if _any_in(names, mark)), None)
    for mark, words in _IN_ZIPS:
        if _any_in(names, mark):
            return words
    return f"a zip archive ({', '.join(names[:3])[:80]}): unpack it, and give the file that is in it"


def _any_in(names: list[str], mark: str) -> bool:
    return any(name.startswith(mark) for name in names[:2000])
