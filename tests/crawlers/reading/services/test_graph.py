"""Meta's Graph API: errors, usage and paging that Facebook pages and Instagram accounts share."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.reading.services.graph import check_graph, cursor_after, graph_request, graph_wait
from ouidire.errors import Blocked, RateLimited, SourceError, SourceGone
from ouidire.page import Page


def page(body, status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    at = datetime(2026, 11, 2, tzinfo=UTC)
    return Page(
        url="https://graph.facebook.com/",
        body=json.dumps(body).encode(),
        fetched_at=at,
        status=status,
        headers=named,
    )


@pytest.mark.parametrize(
    ("code", "message", "status", "raised"),
    [
        (190, "Session has expired", 400, Blocked),
        (190, "Session has expired", 200, Blocked),
        (200, "Permissions error", 403, Blocked),
        (283, "Requires permission: pages_read_user_content", 403, Blocked),
        (4, "Application request limit reached", 403, RateLimited),
        (32, "Page request limit reached", 400, RateLimited),
        (80001, "There have been too many calls", 400, RateLimited),
        (803, "Some of the aliases you requested do not exist", 404, SourceGone),
        (100, "Unsupported get request. Object with ID '1' does not exist", 400, SourceGone),
        (2, "An unexpected error has occurred", 500, SourceError),
        (100, "Tried accessing nonexisting field", 400, SourceError),
    ],
)
def test_metas_errors_are_named(code, message, status, raised):
    body = {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}}
    with pytest.raises(raised) as found:
        check_graph(page(body, status))
    assert type(found.value) is raised
    assert check_graph(page({"data": []})) is None


def test_the_last_page_has_a_cursor_too():
    cursors = {"cursors": {"after": "b"}}
    assert cursor_after({"paging": cursors}) is None
    assert cursor_after({"paging": {**cursors, "next": "https://evil.example/"}}) == "b"
    assert [
        cursor_after({"paging": odd}) for odd in (None, 3, {"next": True}, {"next": "x", "cursors": []})
    ] == [None] * 4


def test_the_token_is_in_a_header_alone():
    context = {"version": "v24.0", "token": "JETON"}
    request = graph_request("1/ratings", {"limit": "9"}, context, kind="x", after="b&c")
    assert request.url == "https://graph.facebook.com/v24.0/1/ratings?limit=9&after=b%26c"
    assert request.headers["Authorization"] == "Bearer secret:JETON"


@pytest.mark.parametrize(
    ("name", "header", "seconds"),
    [
        ("x_app_usage", '{"call_count": 28, "total_time": 25, "total_cputime": 25}', 0),
        ("x_app_usage", '{"call_count": 97}', 60),
        (
            "x_business_use_case_usage",
            '{"1": [{"call_count": 100, "estimated_time_to_regain_access": 19}]}',
            1140,
        ),
        ("x_page_usage", "not JSON", 0),
        ("x_page_usage", '[{"call_count": 100}]', 0),
        ("x_app_usage", '{"call_count": "100", "estimated_time_to_regain_access": true}', 0),
    ],
)
def test_how_long_to_wait(name, header, seconds):
    assert graph_wait(page({}, **{name: header})) == seconds
