"""Pages as WARC records (ISO 28500), so that any web-archiving tool can read what we fetched.

Cookies that sites set are left out; what a parser needs to know beside the page (its kind and context) travels in two
header fields of our own.
"""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ouidire.page import Page

DROPPED = frozenset({"set-cookie", "set-cookie2", "content-encoding", "transfer-encoding", "content-length"})
"""Headers not kept: cookies are nobody's business, the others describe a transfer that is over (the body is kept decoded)."""


class Record(NamedTuple):
    """One stored page: its reference and the WARC record."""

    reference: str
    record: ArcWarcRecord


def record_of(page: Page, reference: str) -> bytes:
    """Return the bytes of a WARC response record for a page."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False)
    kept = [(name.title(), _one_line(value)) for name, value in sorted(page.headers.items()) if name not in DROPPED]
    headers = StatusAndHeaders(f"{page.status} -", kept, protocol="HTTP/1.1")
    record = writer.create_warc_record(
        _one_line(page.url),
        "response",
        payload=io.BytesIO(page.body),
        length=len(page.body),
        http_headers=headers,
        warc_headers_dict={
            "WARC-Record-ID": f"<urn:uuid:{reference}>",
            "WARC-Date": page.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "Ouidire-Kind": _one_line(page.kind),
            "Ouidire-Context": json.dumps(page.context, sort_keys=True),
        },
    )
    writer.write_record(record)
    return buffer.getvalue()


def records_in(stream: BinaryIO | io.BufferedReader) -> Iterator[Record]:
    """Yield the response records of a WARC stream."""
    for record in ArchiveIterator(stream):
        if record.rec_type == "response":
            reference = record.rec_headers.get_header("WARC-Record-ID").removeprefix("<urn:uuid:").removesuffix(">")
            yield Record(reference, record)


def page_of(stored: Record) -> Page:
    """Return the page that a record holds."""
    headers = stored.record.rec_headers
    return Page(
        url=headers.get_header("WARC-Target-URI"),
        body=stored.record.content_stream().read(),
        fetched_at=datetime.fromisoformat(headers.get_header("WARC-Date")),
        status=int(stored.record.http_headers.get_statuscode()),
        headers={name.lower(): value for name, value in stored.record.http_headers.headers},
        kind=headers.get_header("Ouidire-Kind"),
        context=json.loads(headers.get_header("Ouidire-Context")),
    )


def _one_line(value: str) -> str:
    return " ".join(value.split())
