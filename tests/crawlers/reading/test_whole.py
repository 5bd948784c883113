"""Whether a compressed stream or a page of HTML came whole."""

import gzip
import importlib
import zlib
from datetime import UTC, datetime

import pytest
import zstandard

from crawlers.reading.whole import is_unclosed, is_whole_stream
from ouidire.page import Page

TEXT = b"".join(b"Avis %d : livraison rapide, accueil %d.\n" % (n, n * n) for n in range(3_000))
RAW = zlib.compressobj(wbits=-15)
STREAMS = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": importlib.import_module("brotli").compress(TEXT),
    "zstd": zstandard.compress(TEXT),
}


@pytest.mark.parametrize("encoding", STREAMS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_stream_that_breaks_off_is_noticed(encoding, share):
    whole = STREAMS[encoding]
    assert is_whole_stream(whole, encoding)
    assert not is_whole_stream(whole[: int(len(whole) * share)], encoding)


def test_what_is_no_cut():
    assert is_whole_stream(STREAMS["gzip"][:-8], "gzip"), "only the checksum and the length are missing"
    assert is_whole_stream(STREAMS["deflate"][:-4], "deflate")
    assert is_whole_stream(RAW.compress(TEXT) + RAW.flush(), "deflate"), "without its header, as some send it"
    named = b"\x1f\x8b\x08\x18" + bytes(6) + b"avis.html\0un commentaire\0" + gzip.compress(TEXT)[10:]
    assert is_whole_stream(named, "gzip")
    assert is_whole_stream(b"", "gzip")
    assert is_whole_stream(b"plain", "identity")
    assert is_whole_stream(TEXT, "gzip"), "no such stream: whoever decodes it says so"


@pytest.mark.parametrize(
    ("body", "unclosed"),
    [
        ("<!doctype html><html><body><p>Avis</p></body></html>", False),
        ("<!doctype html><html lang=fr><p>Avis</html>\n<!-- 3 ms -->", False),
        ("<!doctype html><html><body><p>Avi", True),
        ("<BODY class=x><p>Avis", True),
        ("<!doctype html><p>Avis", False),
        ('{"html": "<html>"}', False),
        ("<rss><channel>", False),
    ],
)
def test_a_page_that_is_not_closed(body, unclosed):
    page = Page(url="https://a.example/", body=body.encode(), fetched_at=datetime(2026, 3, 9, tzinfo=UTC))
    assert is_unclosed(page) is unclosed
