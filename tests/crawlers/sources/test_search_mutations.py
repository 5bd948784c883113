"""Whatever is done to a page, a parser answers with what it read or with one of the errors a run knows."""

import gzip
import json
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.sources.google_results.source import SOURCE as GOOGLE_RESULTS
from crawlers.sources.search_api.source import SOURCE as SEARCH_API
from ouidire.errors import SourceError
from ouidire.items import Parsed
from ouidire.page import Page
from tests.support.paths import PAGES

GOOGLE = {
    case.parent.name: gzip.decompress(case.read_bytes())
    for case in sorted((PAGES / "google_results").glob("*/page.html.gz"))
}
ANSWERS = {case.parent.name: case.read_bytes() for case in sorted((PAGES / "search_api").glob("*/page.json"))}
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def outcome(source, body, context):
    page = Page(
        url="https://www.google.com/search?q=x",
        body=body,
        fetched_at=datetime.fromisoformat("2026-03-02T06:00:00+00:00"),
        context=context,
    )
    try:
        parsed = source.parse(page)
    except SourceError:
        return None
    assert isinstance(parsed, Parsed)
    (found,) = parsed.items
    assert [entry.position for entry in found.entries] == list(range(1, len(found.entries) + 1))
    assert all(entry.url is None or entry.url.startswith(("http://", "https://")) for entry in found.entries)
    assert all(entry.rating is None or entry.rating.value <= entry.rating.best for entry in found.entries)
    assert parsed.says_empty <= (not any(entry.type == "organic" for entry in found.entries))
    assert Parsed.model_validate_json(parsed.model_dump_json()) == parsed
    assert source.parse(page) == parsed
    return parsed


@st.composite
def mutated(draw, bodies):
    body = bytearray(bodies[draw(st.sampled_from(sorted(bodies)))])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(body) - 1)))
        how = draw(st.sampled_from(["cut", "drop", "insert", "flip", "repeat"]))
        span = draw(st.integers(1, 400))
        if how == "cut":
            del body[at:]
        elif how == "drop":
            del body[at : at + span]
        elif how == "insert":
            body[at:at] = draw(
                st.sampled_from(
                    [
                        b"<div>",
                        b"</div></div>",
                        b"<h3>",
                        b"<a href=",
                        b'"',
                        b"\xff\xfe",
                        b"&#0;",
                        b"<!--",
                        b"<script>",
                        b"{",
                        b"]",
                    ]
                )
            )
        elif how == "flip" and body:
            body[at] ^= draw(st.integers(1, 255))
        else:
            body[at:at] = body[at : at + span] * draw(st.integers(1, 4))
    return bytes(body)


@QUIET
@given(
    body=mutated(GOOGLE),
    context=st.sampled_from([{}, {"query": "x", "gl": "fr", "hl": "fr", "device": "mobile"}]),
)
def test_any_mutation_of_a_result_page_ends_clearly(body, context):
    outcome(GOOGLE_RESULTS, body, context)


@QUIET
@given(body=mutated(ANSWERS), provider=st.sampled_from([None, "searxng", "brave", "serper", "google_cse"]))
def test_any_mutation_of_an_answer_ends_clearly(body, provider):
    outcome(SEARCH_API, body, {"provider": provider, "query": "x"} if provider else {})


@QUIET
@given(
    name=st.sampled_from(sorted(ANSWERS)),
    key=st.sampled_from(
        [
            "results",
            "organic",
            "web",
            "mixed",
            "items",
            "queries",
            "query",
            "error",
            "infoboxes",
            "answers",
            "searchParameters",
            "videos",
        ]
    ),
    value=JSON,
)
def test_any_value_in_place_of_a_section_ends_clearly(name, key, value):
    outcome(SEARCH_API, json.dumps(json.loads(ANSWERS[name]) | {key: value}).encode(), {})


@QUIET
@given(body=st.binary(max_size=3_000))
def test_any_bytes_end_clearly(body):
    outcome(GOOGLE_RESULTS, body, {})
    outcome(SEARCH_API, body, {})


def test_every_truncation_of_one_page_ends_clearly():
    body = GOOGLE["2023-05-desktop-brand"]
    read = [outcome(GOOGLE_RESULTS, body[:length], {}) for length in range(0, len(body), 97)]
    assert read[0] is None
    assert read[-1] is not None
