"""Pages as WARC records (ISO 28500), so that any web-archiving tool can read what we fetched.

Cookies that sites set are left out; what a parser needs to know beside the page (its kind and context)
travels in two header fields of our own.
"""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from ouidire.page import Page

DROPPED = frozenset({"set-cookie", "set-cookie2", "content-encoding", "transfer-encoding", "content-length"})
"""Headers not kept: cookies are private, the others describe the transfer (the body is kept decoded)."""


class Record(NamedTuple):
    """One stored page: its reference and the WARC record."""

    reference: str
    record: ArcWarcRecord


def record_of(page: Page, reference: str) -> bytes:
    """Return the bytes of a WARC response record for a page."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False)
    kept = [
        (name.title(), _one_line(value))
        for name, value in sorted(page.headers.items())
        if name not in DROPPED
    ]
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
    """Yield the response records of a WARC stream. Raises ValueError when it is none."""
    records = iter(ArchiveIterator(stream, no_record_parse=True))
    while True:
        try:
            record = next(records, None)
        except (ArchiveLoadFailed, StatusAndHeadersParserException) as error:
            raise ValueError("a record cannot be read") from error
        if record is None:
            return
        if record.rec_type == "response":
            reference = (
                (record.rec_headers.get_header("WARC-Record-ID") or "")
                .removeprefix("<urn:uuid:")
                .removesuffix(">")
            )
            yield Record(reference, record)


def page_of(stored: Record) -> Page:
    """Return the page that a record holds. Raises ValueError when it is no page of ours."""
    headers, body = stored.record.rec_headers, stored.record.raw_stream
    try:  # warcio reads an HTTP answer only at http addresses, and a file's page has one too
        answer = StatusAndHeadersParser(["HTTP/1.1"]).parse(body)
    except (StatusAndHeadersParserException, EOFError) as error:
        raise ValueError("a record without an HTTP answer") from error
    return Page(
        url=headers.get_header("WARC-Target-URI"),
        body=body.read(),
        fetched_at=datetime.fromisoformat(headers.get_header("WARC-Date") or ""),
        status=int(answer.get_statuscode()),
        headers={name.lower(): value for name, value in answer.headers},
        kind=headers.get_header("Ouidire-Kind"),
        context=json.loads(headers.get_header("Ouidire-Context") or ""),
    )


def _one_line(value: str) -> str:
    return " ".join(value.split())
