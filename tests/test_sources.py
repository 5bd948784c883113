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
from ouidire.items import Parsed
from ouidire.page import Request
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

EXAMPLES = {
    "app_store": {"app_id": "990001", "country": "fr"},
    "feed": {
        "url": "https://potager.example/feed.xml?utm_source=x",
        "full_text": True,
        "must_name": ["Pousse et Compagnie"],
    },
    "google_results": {"query": "pousse et compagnie", "accept_legal_note": True},
    "schema_org": {"url": "https://www.avis-jardin.example/magasins/lyon?page=1", "expect": "reviews"},
    "search_api": {"provider": "brave", "query": "pousse et compagnie", "key_env": "SEARCH_API_KEY"},
    "survey_file": {"path": "service/demo/site/surveys/*.csv", "columns": {"score": "Note (0 à 10)"}},
    "trustpilot": {"company": "pousse-et-compagnie.example"},
}
FOLDERS = golden.folders()


def named(folder):
    return f"{folder.parent.name}/{folder.name}"


@pytest.fixture(params=sorted(SOURCES))
def source(request):
    return load_source(request.param)


def example(source):
    return source.params(**EXAMPLES[source.slug])


def modules_of(name, seen):
    """The files of a module and of all our own modules that it imports, however deep."""
    if name in seen or not name.startswith("crawlers"):
        return seen
    seen[name] = Path(import_module(name).__file__)
    for node in ast.walk(ast.parse(seen[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules_of(node.module, seen)
    return seen


def test_the_catalogue_is_sorted_and_every_source_has_an_example():
    assert list(SOURCES) == sorted(SOURCES)
    assert set(EXAMPLES) == set(SOURCES)


def test_every_source_is_a_source_of_its_slug(source):
    assert isinstance(source, Source)
    assert SOURCES[source.slug] == f"crawlers.sources.{source.slug}.source"
    assert issubclass(source.params, Params)
    assert source.versions
    assert source.fields


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
        source.params(**EXAMPLES[source.slug], colour="green")


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
def test_golden_invariants(folder):
    page, stated = golden.load(folder), golden.expected(folder)
    if "raises" in stated:
        assert stated["raises"] in {"Blocked", "RateLimited", "LayoutChanged", "SourceGone", "SourceError"}
        return
    parsed = Parsed.model_validate(stated)
    latest = page.fetched_at + timedelta(days=1)
    assert parsed.items or parsed.says_empty, "zero items is legal only when the page says so"
    for item in parsed.items:
        assert item.entity
        if item.item == "search_page":
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
