import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.mediacloud.source import SOURCE, MediaCloudParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
URL = "https://search.mediacloud.org/api/search/story-list?q=pousse&cs=1"
PARAMS = MediaCloudParams(query="Pousse", collection=34, key_env="MC_KEY")


def story(number=1, **more):
    return {
        "id": str(number),
        "url": f"https://gazette.example/{number}",
        "title": f"Pousse {number}",
        "publish_date": "2026-03-08",
        "language": "fr",
        "media_name": "gazette.example",
    } | more


def parse(body, status=200, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    given = {"key_env": "MC_KEY"} | context
    return SOURCE.parse(Page(url=URL, body=raw.encode(), fetched_at=AT, status=status, context=given))


def test_the_key_is_named_after_its_scheme():
    (request,) = requests(PARAMS, since=AT)
    assert request.headers == {"Authorization": "Token secret:MC_KEY"}
    assert "start=2026-03-09" in request.url
    assert entity(PARAMS) == "34/pousse"


def test_pages_follow_by_their_token():
    (second,) = parse({"stories": [story()], "pagination_token": "a="}).follow
    assert second.url == f"{URL}&pagination_token=a%3D"
    assert second.headers == {"Authorization": "Token secret:MC_KEY"}
    assert parse({"stories": [], "pagination_token": "a="}).follow == ()
    later = "2026-03-09T12:00:00+00:00"
    assert parse({"stories": [story()], "pagination_token": "a"}, since=later).follow == ()


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"detail": "Invalid token."}, 401, Blocked),
        ({"detail": "Request was throttled."}, 429, RateLimited),
        ({"status": "error", "note": "over weekly quota"}, 403, Blocked),
        ({"status": "error", "note": "bad query"}, 200, SourceError),
        ({"status": "error"}, 200, SourceError),
        ({"stories": "x"}, 200, LayoutChanged),
        ({"stories": ["x"]}, 200, LayoutChanged),
        ({"count": 4}, 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_nothing_found_is_empty():
    assert parse({"stories": [], "pagination_token": None}).says_empty
    assert parse({"stories": [story()]}, must_name='["Autre"]').says_empty


def test_a_story_is_its_title_and_its_day():
    (one,) = parse({"stories": [story(url="https://gazette.example/1?utm_source=x")]}).items
    assert (one.kind, one.title, one.native_id) == ("article", "Pousse 1", "https://gazette.example/1")
    assert (one.published.precision, one.language, one.extra) == ("day", "fr", {"medium": "gazette.example"})
