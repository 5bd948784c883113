"""Whether a page came whole: its compressed stream by its last block, its HTML by its root element.

It cannot see a cut in a page that never closes its root element: HTML allows that (13.1.2.4 of the standard),
so that only a page which usually does so has been cut.
"""

import re
import zlib
from importlib import import_module

from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page

BEGINNING = 5_000
"""Characters in which a page opens its root element, after a byte-order mark, comments and a doctype."""
CHUNK = 1 << 16
_OPENED = re.compile(r"<(?:html|body)[\s>]")
_GZIP = b"\x1f\x8b"
_HAS_EXTRA, _HAS_NAME, _HAS_COMMENT, _HAS_CHECK = 4, 8, 16, 2
"""Flags of a gzip header (RFC 1952, 2.3.1)."""


def is_unclosed(page: Page) -> bool:
    """Return whether a page opens `html` or `body` and closes neither."""
    lowered = page.lowered
    if not lowered[:BEGINNING].lstrip("\ufeff \t\r\n").startswith("<"):
        return False
    if _OPENED.search(lowered[:BEGINNING]) is None:
        return False
    return "</html" not in lowered and "</body" not in lowered


def without_cut(parsed: Parsed) -> Parsed:
    """Return what was read of a page that breaks off: without its last mention, and with what is missing."""
    last = max((at for at, item in enumerate(parsed.items) if isinstance(item, Mention)), default=None)
    cut = Rejected(reason="incomplete", where="a page that breaks off before its end")
    return parsed.model_copy(
        update={
            "items": tuple(item for at, item in enumerate(parsed.items) if at != last),
            "rejected": (*parsed.rejected, cut),
            "last_page": parsed.last_page if parsed.follow else False,
        }
    )


def is_whole_stream(data: bytes, encoding: str) -> bool:
    """Return whether a compressed body holds its last block; true for encodings that are not known.

    A missing checksum after it is no cut: there are servers that send none. `encoding` is a value of
    Content-Encoding in lower case.
    """
    if not data:
        return True
    if encoding in ("gzip", "x-gzip"):
        return not data.startswith(_GZIP) or _inflates_to_its_end(data[_gzip_header(data) :])
    if encoding == "deflate":
        wrapped = len(data) > 1 and data[0] & 15 == 8 and (256 * data[0] + data[1]) % 31 == 0  # noqa: PLR2004 (RFC 1950, 2.2)
        return _inflates_to_its_end(data[2:] if wrapped else data)
    if encoding == "br":
        return _ends_brotli(data)
    return encoding != "zstd" or _ends_zstd(data)


def _gzip_header(data: bytes) -> int:
    """Return the length of a gzip header."""
    flags, at = data[3] if len(data) > 3 else 0, 10  # noqa: PLR2004 (the fourth byte of ten)
    if flags & _HAS_EXTRA:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (_HAS_NAME, _HAS_COMMENT):
        if flags & flag:
            at = data.find(b"\0", at) + 1 or len(data)
    return at + (2 if flags & _HAS_CHECK else 0)


def _inflates_to_its_end(data: bytes) -> bool:
    inflating = zlib.decompressobj(wbits=-15)
    try:
        while data and not inflating.eof:
            inflating.decompress(data, CHUNK)
            data = inflating.unconsumed_tail
    except zlib.error:
        return True  # no cut: whoever decodes it says what is wrong
    return inflating.eof


def _ends_brotli(data: bytes) -> bool:
    try:
        brotli = import_module("brotli")  # what Scrapy decodes with, if it does
    except ImportError:
        return True
    stream = brotli.Decompressor()
    try:
        out = stream.process(data, output_buffer_limit=CHUNK)
        while out and not stream.is_finished():
            out = stream.process(b"", output_buffer_limit=CHUNK)
    except brotli.error:
        return True
    return bool(stream.is_finished())


def _ends_zstd(data: bytes) -> bool:
    import zstandard

    stream = zstandard.ZstdDecompressor().decompressobj()
    try:
        for start in range(0, len(data), CHUNK):
            stream.decompress(data[start : start + CHUNK])
            if stream.eof:
                return True
    except zstandard.ZstdError:
        return True
    return False
