import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.bluesky.posts import address_of
from crawlers.sources.bluesky.source import SOURCE, BlueskyParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
URL = "https://bsky.social/xrpc/app.bsky.feed.searchPosts?q=pousse&sort=latest&limit=100"
ACCOUNT = {"identifier": "veille.example", "password_env": "BSKY_PASSWORD"}


def post(key="k1", text="Chez Pousse", **more):
    return {
        "uri": f"at://did:plc:a/app.bsky.feed.post/{key}",
        "author": {"did": "did:plc:a", "handle": "maud.example"},
        "record": {"text": text, "createdAt": "2026-03-08T10:00:00Z"},
        "indexedAt": "2026-03-08T10:00:01Z",
    } | more


def page(body, status=200, headers=None, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(
        url=URL, body=raw.encode(), fetched_at=AT, status=status, headers=headers or {}, context=context
    )


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def test_the_search_asks_for_the_newest_under_a_session():
    params = BlueskyParams(query='"Pousse & Cie"', language="fr", **ACCOUNT)
    (request,) = requests(params, since=AT)
    assert request.url == (
        "https://bsky.social/xrpc/app.bsky.feed.searchPosts?q=%22Pousse+%26+Cie%22&sort=latest&limit=100"
        "&lang=fr&since=2026-03-09T06%3A00%3A00Z"
    )
    assert request.headers == {"Authorization": "token:Bearer"}
    assert entity(params) == "pousse & cie/fr"
    grant = SOURCE.grant(params)
    assert grant.url == "https://bsky.social/xrpc/com.atproto.server.createSession"
    assert grant.fields == {"identifier": "veille.example", "password": "secret:BSKY_PASSWORD"}


def test_pages_follow_by_their_cursor():
    (second,) = parse({"posts": [post()], "cursor": "a=&b"}).follow
    assert second.url == f"{URL}&cursor=a%3D%26b"
    assert second.headers == {"Authorization": "token:Bearer"}
    assert parse({"posts": [], "cursor": "25"}).follow == ()
    assert parse({"posts": [post()]}).follow == ()
    assert parse({"posts": [post()], "cursor": "25"}, since="2026-03-09T00:00:00+00:00").follow == ()


def test_the_page_of_a_post():
    assert address_of("at://did:plc:a/app.bsky.feed.post/k1") == "https://bsky.app/profile/did:plc:a/post/k1"
    for wrong in (None, "", "https://a.example", "at://did:plc:a"):
        assert address_of(wrong) is None


@pytest.mark.parametrize(
    ("created", "at"),
    [
        ("2026-03-08T09:00:00.123456Z", datetime(2026, 3, 8, 9, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-08T10:59:00+00:00", datetime(2026, 3, 8, 10, 59, tzinfo=UTC)),
        ("2026-03-08T12:00:00Z", datetime(2026, 3, 8, 10, 0, 1, tzinfo=UTC)),
        ("2031-01-01T00:00:00Z", datetime(2026, 3, 8, 10, 0, 1, tzinfo=UTC)),
        ("hier", datetime(2026, 3, 8, 10, 0, 1, tzinfo=UTC)),
    ],
)
def test_a_device_whose_clock_is_ahead_is_not_believed(created, at):
    (one,) = parse({"posts": [post(record={"text": "Pousse", "createdAt": created})]}).items
    assert one.published.at == at


def test_answers_and_languages():
    record = {
        "text": "Pousse",
        "createdAt": "2026-03-08T10:00:00Z",
        "reply": {"parent": {}},
        "langs": ["fr-FR"],
    }
    (one,) = parse({"posts": [post(record=record)]}).items
    assert (one.kind, one.language, one.author) == ("comment", "fr", "maud.example")
    assert parse({"posts": [post()]}).items[0].kind == "post"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"error": "AuthMissing", "message": "Authentication Required"}, 403, Blocked),
        ({"error": "AuthMissing", "message": "Authentication Required"}, 401, Blocked),
        ({"error": "InvalidToken"}, 400, Blocked),
        ({"error": "RateLimitExceeded"}, 429, RateLimited),
        ({"error": "InvalidRequest", "message": "q"}, 400, SourceError),
        ({"error": "UpstreamFailure"}, 502, SourceError),
        ({"error": "x"}, 200, SourceError),
        ({"posts": ["x"]}, 200, LayoutChanged),
        ({"actors": []}, 200, LayoutChanged),
        ("", 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_the_reset_of_a_limit_is_told():
    reset = str(int(AT.timestamp()) + 90)
    with pytest.raises(RateLimited) as raised:
        parse({"error": "RateLimitExceeded"}, status=429, headers={"ratelimit-reset": reset})
    assert raised.value.retry_after == datetime(2026, 3, 9, 6, 1, 30, tzinfo=UTC)


def test_nothing_found_is_empty():
    assert parse({"posts": []}).says_empty
    assert parse({"posts": [post()]}, must_name='["Autre"]').says_empty


def test_a_crawl_logs_in_renews_an_expired_session_and_pages_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setenv("BSKY_PASSWORD", "mot-de-passe-secret")
    sessions = []

    def answer(asked):
        if asked.path.endswith("createSession"):
            given = json.loads(asked.body)
            if given != {"identifier": "veille.example", "password": "mot-de-passe-secret"}:
                return Answer({"error": "AuthenticationRequired"}, 401)
            sessions.append(f"jeton-{len(sessions)}")
            return Answer({"accessJwt": sessions[-1], "refreshJwt": "r", "did": "did:plc:v"})
        if asked.headers.get("authorization") != f"Bearer {sessions[-1]}":
            return Answer({"error": "AuthMissing"}, 401)
        number = int(asked.query.get("cursor", "0"))
        if number == 1 and len(sessions) == 1:
            return Answer({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        more = {"cursor": str(number + 1)} if number < 2 else {}
        return Answer({"posts": [post(f"k{number}")]} | more)

    with ApiSite(answer) as site:
        params = {"query": "pousse", "base_url": site.url, "days": 365, **ACCOUNT}
        done = crawl("bluesky", params, tmp_path / "run")
    assert (done.summary.status, done.summary.mentions, len(sessions)) == ("ok", 3, 2)
    kept = str(done.pages) + done.summary.model_dump_json()
    assert not any(secret in kept for secret in ("mot-de-passe-secret", *sessions))
