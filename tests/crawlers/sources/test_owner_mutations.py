"""Whatever an answer of an owners' API holds is read, left out with a reason, or an error a run knows."""

import copy
import json
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers import load_source
from ouidire.errors import SourceError
from ouidire.items import Parsed
from ouidire.privacy import identified
from tests.support import golden

SLUGS = (
    "appstore_connect",
    "facebook_page",
    "google_business",
    "instagram",
    "play_owner",
    "skeepers",
    "trustpilot_api",
)
TEXTS = (
    "",
    " ",
    "\x00",
    "\ud83c",
    "\u202e",
    "NaN",
    "../../x",
    "a" * 5_000,
    "javascript:alert(1)",
    "<b>x</b>",
)
DATES = ("1970-01-01", "2999-01-01T00:00:00Z", "https://evil.example/?cursor=x")
NUMBERS = (0, -1, 6, 1e308, 10**30)
NESTED = ([], {}, [[]], [None], {"a": {"b": []}}, [1, 2, 3])
HOSTILE = st.sampled_from([None, True, False, *NUMBERS, *TEXTS, *DATES, *NESTED])
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def places(value, way=()):
    """Every place in a JSON value, as the keys that lead to it."""
    yield way
    inner = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    for key, each in inner:
        yield from places(each, (*way, key))


def put(value, way, what, *, drop):
    """The value with something else at a place, or with nothing there."""
    if not way:
        return what
    changed = copy.deepcopy(value)
    at = changed
    for key in way[:-1]:
        at = at[key]
    if drop:
        del at[way[-1]]
    else:
        at[way[-1]] = what
    return changed


def read(page, source):
    try:
        parsed = source.parse(page)
    except SourceError:
        return
    assert Parsed.model_validate_json(parsed.model_dump_json()) == parsed
    assert parsed == source.parse(page)
    for item in parsed.items:
        assert item.entity == page.context["entity"]
        assert item.rating is None or item.rating.worst <= item.rating.value <= item.rating.best
        assert item.url is None or urlsplit(item.url).scheme in {"http", "https"}
        if item.item == "mention":
            assert item.text or item.title or item.rating
    ids = [name for name, _ in identified(parsed.items, slug=source.slug, secret=b"0" * 32)]
    assert len(ids) == len(set(ids))
    for follow in parsed.follow:
        host, own = urlsplit(follow.url).hostname, urlsplit(page.url).hostname
        assert host.endswith("googleapis.com") or host == own, "credentials go nowhere else"
        assert ".." not in urlsplit(follow.url).path


@pytest.mark.parametrize("slug", SLUGS)
@given(data=st.data())
@QUIET
def test_hostile_values_anywhere(slug, data):
    source = load_source(slug)
    page = golden.load(data.draw(st.sampled_from(golden.folders(slug))))
    value = page.json_value()
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(sorted(places(value), key=str)))
        value = put(value, way, data.draw(HOSTILE), drop=bool(way) and data.draw(st.booleans()))
    body = json.dumps(value).encode()
    read(source.minimised(golden.changed(page, body=body)), source)


@pytest.mark.parametrize("slug", SLUGS)
@given(cut=st.integers(0, 4_000), junk=st.binary(max_size=6))
@QUIET
def test_answers_that_break_off(slug, cut, junk):
    source = load_source(slug)
    for folder in golden.folders(slug):
        page = golden.load(folder)
        read(source.minimised(golden.changed(page, body=page.body[:cut] + junk)), source)


@pytest.mark.parametrize(
    ("case", "layout", "mentions"),
    [
        ("appstore_connect/2026-11-france", "reviews", 2),
        ("facebook_page/2026-11-mentions", "mentions", 1),
        ("facebook_page/2026-11-posts", "posts", 3),
        ("facebook_page/2026-11-recommendations", "recommendations", 2),
        ("google_business/2026-11-reviews", "json", 3),
        ("instagram/2026-11-comments", "comments", 2),
        ("instagram/2026-11-tags", "tags", 1),
        ("play_owner/2026-11-week", "reviews", 2),
        ("skeepers/2026-11-brand", "published", 2),
        ("trustpilot_api/2026-11-reviews", "reviews", 2),
    ],
)
def test_a_saved_answer_is_read_without_what_was_asked(case, layout, mentions):
    page = golden.load(golden.PAGES / case)
    saved = golden.changed(page, kind="list", context={})
    parsed = load_source(case.partition("/")[0]).parse(saved)
    found = [each for each in parsed.items if each.item == "mention"]
    assert (parsed.layout, len(found)) == (layout, mentions)
    assert all(each.entity for each in found)
    assert parsed.follow == (), "nobody knows with whose token"
    nowhere = golden.changed(saved, url="file:///tmp/page.json")
    assert len(load_source(case.partition("/")[0]).parse(nowhere).items) >= mentions
