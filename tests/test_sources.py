"""Tests of the conventions that every source keeps, and of every golden page, read again.

`tests/support/golden.py` rewrites what is expected of the pages.
"""

import ast
import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from crawlers import SOURCES, load_source
from crawlers.base import FactSheet, Params, Source
from crawlers.reading.refusals import check_refused
from ouidire import errors
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.page import Page, Request
from ouidire.privacy import identified
from tests.support import golden

SINCE = datetime(2026, 1, 5, tzinfo=UTC)
FORBIDDEN = {
    "socket",
    "requests",
    "httpx",
    "aiohttp",
    "urllib.request",
    "subprocess",
    "scrapy",
    "playwright",
    "time",
    "random",
    "os",
}
LONGEST = 200
"""Lines of a source's file that are not blank.

The aim is 60–150; what is longer is split by reason to change.
"""

FOLDERS = golden.folders()


def named(folder):
    return f"{folder.parent.name}/{folder.name}"


@pytest.fixture(params=sorted(SOURCES))
def source(request):
    return load_source(request.param)


def parameters(source):
    """An example of the source's parameters, as the configuration has them."""
    return json.loads((golden.PAGES / source.slug / "params.json").read_text(encoding="utf-8"))


def example(source):
    return source.params(**parameters(source))


def odd_pages():
    """Bodies that are no page of any source: a layout must look at them without failing."""
    at = datetime(2026, 3, 9, tzinfo=UTC)
    bodies = (b"", b" ", b"\x00\xff", b"<", b"{", b"[]", b"null", b"<p>Bonjour</p>", b"PK\x03\x04", b"<!--")
    return [Page(url="https://a.example/", body=body, fetched_at=at) for body in bodies]


def modules_of(name, seen):
    """The files of a module and of all our own modules that it imports, however deep."""
    if name in seen or not name.startswith("crawlers"):
        return seen
    seen[name] = Path(import_module(name).__file__)
    for node in ast.walk(ast.parse(seen[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules_of(node.module, seen)
    return seen


def test_the_catalogue_is_sorted():
    assert list(SOURCES) == sorted(SOURCES)


def test_every_folder_of_pages_is_a_sources():
    assert {folder.name for folder in golden.PAGES.iterdir()} <= set(SOURCES)


def test_every_source_is_a_source_of_its_slug(source):
    assert isinstance(source, Source)
    assert SOURCES[source.slug] == f"crawlers.sources.{source.slug}.source"
    assert issubclass(source.params, Params)
    assert source.fields


def test_layouts_are_named_and_dated_newest_first(source):
    assert source.layouts
    names = [layout.name for layout in source.layouts]
    assert len(set(names)) == len(names)
    for layout in source.layouts:
        assert re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", layout.name)
        assert re.fullmatch(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", layout.since)
        assert layout.marks.strip()
    dates = [layout.since for layout in source.layouts]
    assert dates == sorted(dates, reverse=True)


def test_every_layout_is_bound_to_a_page_that_it_reads(source):
    stated = [golden.expected(folder) for folder in golden.folders(source.slug)]
    read = {one["layout"] for one in stated if "raises" not in one}
    assert read == {layout.name for layout in source.layouts}


def test_knowing_a_page_is_pure_and_never_fails(source):
    for page in [golden.load(folder) for folder in FOLDERS] + odd_pages():
        before = page.model_dump()
        known = [layout.knows(page) for layout in source.layouts]
        assert all(isinstance(one, bool) for one in known)
        assert known == [layout.knows(page) for layout in source.layouts]
        assert page.model_dump() == before


def test_a_page_of_no_known_layout_is_never_read(source):
    for page in [golden.load(folder) for folder in FOLDERS] + odd_pages():
        if source.layout_of(page) is None:
            with pytest.raises(SourceError) as raised:
                source.parse(page)
            if source.check is check_refused and raised.type is LayoutChanged:
                assert raised.value.selector == " | ".join(layout.marks for layout in source.layouts)


def test_fact_sheets_are_complete(source):
    about = source.about
    assert isinstance(about, FactSheet)
    assert all(text.strip() for text in (about.title, about.site, about.official_api))
    assert len(about.legal_note) > 80, "say what an operator must know before switching the source on"
    assert about.terms_url is None or about.terms_url.startswith("https://")
    assert about.limits
    if about.kind in {"reviews", "app_store", "survey"}:
        assert about.rating_scale


def test_unknown_parameters_are_refused(source):
    with pytest.raises(ValidationError):
        source.params(**parameters(source), colour="green")


def test_entities_are_the_sites_and_stable(source):
    params = example(source)
    entity = source.entity(params)
    assert entity
    assert entity == source.entity(source.params.model_validate_json(params.model_dump_json()))
    assert not re.search(r"https?://|utm_|\s$|^\s", entity)


def test_requests_are_built_and_never_made(source, monkeypatch, repository):
    monkeypatch.chdir(repository)
    monkeypatch.setattr(
        "builtins.open", lambda *_args, **_more: pytest.fail("requests() must not read anything")
    )
    for since in (None, SINCE):
        built = list(source.first_requests(example(source), since=since))
        assert built
        for request in built:
            assert isinstance(request, Request)
            parts = urlsplit(request.url)
            if source.about.access == "file":
                assert parts.scheme == "file"
                assert parts.path.startswith("/")
            else:
                assert parts.scheme in {"http", "https"}
                assert parts.netloc
        assert built == list(source.first_requests(example(source), since=since))


def test_parsers_are_pure(source):
    """No network, clock or environment, in the source or in any helper that it imports."""
    for name, path in modules_of(SOURCES[source.slug], {}).items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = []
            if isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                imported = [node.module or ""]
            bad = [
                one
                for one in imported
                if one in FORBIDDEN or one.split(".")[0] in FORBIDDEN - {"urllib.request"}
            ]
            assert not bad, f"{name} imports {bad}"
            if isinstance(node, ast.Attribute) and node.attr in {
                "now",
                "utcnow",
                "today",
                "urlopen",
                "environ",
                "getenv",
            }:
                pytest.fail(
                    f"{name}, line {node.lineno}: {node.attr} is not for parsers; times come from "
                    "page.fetched_at"
                )


def test_files_are_small_and_say_what_they_cannot_see(source):
    path = Path(import_module(SOURCES[source.slug]).__file__)
    text = path.read_text(encoding="utf-8")
    assert sum(bool(line.strip()) for line in text.splitlines()) <= LONGEST
    told = ast.get_docstring(ast.parse(text))
    assert told
    assert "cannot" in told
    assert told.startswith(source.slug)


def test_every_source_has_pages(source):
    folders = golden.folders(source.slug)
    assert len(folders) >= 2
    endings = [golden.expected(folder) for folder in folders]
    assert any(one.get("items") for one in endings), "one page must yield items"
    assert any("raises" in one or one.get("says_empty") for one in endings), (
        "one page must be empty, blocked or changed"
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_golden(folder):
    assert golden.read(folder) == golden.expected(folder), (
        "if this is meant: python -m tests.support.golden, then read the diff"
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_golden_layout(folder):
    layout = load_source(folder.parent.name).layout_of(golden.load(folder))
    assert golden.expected(folder)["layout"] == (layout.name if layout else None)


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_golden_invariants(folder):
    page, stated = golden.load(folder), golden.expected(folder)
    if "raises" in stated:
        assert issubclass(getattr(errors, stated["raises"]), errors.SourceError)
        return
    parsed = Parsed.model_validate(stated)
    latest = page.fetched_at + timedelta(days=1)
    assert parsed.items or parsed.says_empty, "zero items is legal only when the page says so"
    for item in parsed.items:
        assert item.entity
        if item.item in {"search_page", "suggestions", "answer"}:
            continue
        assert item.url is None or urlsplit(item.url).scheme in {"http", "https"}
        if item.rating is not None:
            assert item.rating.worst <= item.rating.value <= item.rating.best
        if item.item == "mention":
            assert item.text or item.title or item.rating or item.asked_score is not None
            assert item.author_key is None
            for date in (item.published, item.updated, item.experienced, item.reply and item.reply.published):
                assert date is None or date.at <= latest
            assert not re.search(r"[\x00-\x08\ud800-\udfff]", item.text + (item.title or ""))
    ids = [one for one, _ in identified(parsed.items, slug=folder.parent.name, secret=b"0" * 32)]
    assert len(ids) == len(set(ids)), "two items of one page share their identity"
    for follow in parsed.follow:
        assert urlsplit(follow.url).scheme in {"http", "https", "file"}
        assert follow.url != page.url
    if parsed.declared_total is not None:
        assert parsed.declared_total >= 0


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_golden_pages_are_ours_and_small(folder):
    files = [path for path in folder.iterdir() if path.name.startswith("page.")]
    body = files[0].read_bytes()
    assert len(gzip.decompress(body) if files[0].suffix == ".gz" else body) < 200_000
    hosts = urlsplit(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["url"])
    assert hosts.scheme in {"http", "https", "file"}
