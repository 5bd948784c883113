"""Pages that cost too much to read, in a child process: they are named, and the others are read."""

import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from crawlers import load_source
from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.page_process import ChildReader, ReadingLimits
from crawlers.page_reading import DirectReader, ParserFailed, ReadingLimit
from ouidire.errors import Blocked, LayoutChanged, SourceError, SourceGone
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page
from ouidire.settings.fetch import FetchSettings
from tests.support.paths import PAGES

AT = datetime(2026, 3, 9, 8, tzinfo=UTC)
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def page(words, **more):
    return Page(url="https://avis.example/1", body=words.encode(), fetched_at=AT, **more)


def read(given):
    """Do what a page says."""
    words = given.text
    if words == "loop":
        while True:
            pass
    if words == "regular expression":
        re.match(r"(a+)+b", "a" * 60)
    if words == "memory":
        kept = [bytearray(50_000_000) for _ in range(100)]
        raise AssertionError(len(kept))
    if words == "crash":
        import ctypes

        ctypes.string_at(0)
    if words == "bug":
        raise KeyError("somebody's words")
    errors = {
        "gone": SourceGone("no such shop"),
        "blocked": Blocked("too often", retry_after=AT),
        "layout": LayoutChanged("reviews", selector="li"),
        "source": SourceError("HTTP 500"),
    }
    if words in errors:
        raise errors[words]
    return Parsed(items=(Mention(kind="review", entity="avis.example", native_id=words, text=words),))


SOURCE = Source(
    slug="obedient",
    about=FactSheet(title="", site="", kind="reviews", access="web", official_api="", legal_note=""),
    params=Params,
    entity=lambda _: "avis.example",
    requests=lambda _, **__: [],
    layouts=(Layout("only", "2026", "any page", lambda _: True, read),),
    check=lambda _: None,
)


@contextmanager
def reading(**limits):
    with ChildReader.forked(SOURCE, ReadingLimits(**{"seconds": 1, "memory_mb": 300, **limits})) as reader:
        yield reader


def words_of(parsed):
    return [item.text for item in parsed.items]


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ("loop", ReadingLimit, r"more than 1 s of processor \(fetch.max_page_seconds\)"),
        ("regular expression", ReadingLimit, "more than 1 s of processor"),
        ("memory", ReadingLimit, "fetch.max_memory_mb"),
        ("crash", ReadingLimit, "fetch.max_memory_mb|signal"),
        ("bug", ParserFailed, r"^KeyError"),
        ("gone", SourceGone, "no such shop"),
        ("layout", LayoutChanged, "^reviews: nothing found by 'li'"),
        ("source", SourceError, "HTTP 500"),
    ],
)
def test_the_pages_before_and_after_are_read(words, error, said):
    with reading(seconds=20 if words in ("memory", "crash") else 1) as reader:
        assert words_of(reader.read(page("before"))) == ["before"]
        with pytest.raises(error, match=said):
            reader.read(page(words))
        assert words_of(reader.read(page("après"))) == ["après"]


def test_errors_are_those_of_a_reader_in_this_process():
    with reading() as reader:
        for words in ("gone", "blocked", "layout", "source"):
            shown = []
            for each in (reader, DirectReader(SOURCE)):
                with pytest.raises(SourceError) as caught:
                    each.read(page(words))
                shown.append((type(caught.value), str(caught.value), vars(caught.value)))
            assert shown[0] == shown[1]


def test_nobodys_words_are_in_a_bugs_description():
    with reading() as reader, pytest.raises(ParserFailed) as caught:
        reader.read(page("bug"))
    assert "somebody" not in str(caught.value)


def test_a_child_that_cannot_be_waited_for_is_ended(monkeypatch):
    monkeypatch.setattr("crawlers.page_process.PATIENCE", 0.0)
    monkeypatch.setattr("crawlers.page_process.SLOWNESS", 0.01)
    began = time.monotonic()
    with reading(seconds=50) as reader, pytest.raises(ReadingLimit, match="the rest is left unread"):
        reader.read(page("loop"))
    assert time.monotonic() - began < 20


def test_a_whole_body_passes_as_it_is():
    with reading() as reader:
        assert words_of(reader.read(page("é" * 300_000))) == ["é" * 300_000]


def test_a_started_process_reads_as_this_one_does():
    case = next(
        path for path in sorted((PAGES / "schema_org").iterdir()) if (path / "expected.json").exists()
    )
    body = next(path for path in case.iterdir() if path.name.startswith("page."))
    import gzip

    raw = gzip.decompress(body.read_bytes()) if body.suffix == ".gz" else body.read_bytes()
    given = Page(url="https://avis.example/", body=raw, fetched_at=AT)
    with ChildReader.started("schema_org", FetchSettings()) as reader:
        assert reader.read(given) == DirectReader(load_source("schema_org")).read(given)
