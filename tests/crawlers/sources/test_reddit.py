import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.reddit.source import SOURCE, RedditParams, entity, requests
from ouidire.errors import Blocked, ConfigError, LayoutChanged, RateLimited, SourceError
from ouidire.ids import mention_id
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
URL = "https://oauth.reddit.com/search?q=pousse&sort=new"
APP = {"client_id_env": "REDDIT_ID", "client_secret_env": "REDDIT_SECRET", "accept_legal_note": True}


def link(name="abc", title="Chez Pousse", text="", **more):
    about = {
        "name": f"t3_{name}",
        "id": name,
        "title": title,
        "selftext": text,
        "author": "maud",
        "created_utc": AT.timestamp() - 3_600,
        "permalink": f"/r/jardin/comments/{name}/x/",
        "subreddit": "jardin",
        "num_comments": 1,
        "edited": False,
    }
    return {"kind": "t3", "data": about | more}


def comment(name="c1", body="Pousse, bien", replies="", **more):
    about = {
        "name": f"t1_{name}",
        "id": name,
        "body": body,
        "author": "idris",
        "created_utc": AT.timestamp() - 60,
    }
    return {"kind": "t1", "data": about | {"replies": replies} | more}


def listing(*rows, after=None):
    return {"kind": "Listing", "data": {"after": after, "children": list(rows)}}


def page(body, status=200, url=URL, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(url=url, body=raw.encode(), fetched_at=AT, status=status, context=context)


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def test_nothing_is_asked_before_the_legal_note_is_accepted():
    refusing = RedditParams(query="Pousse", **(APP | {"accept_legal_note": False}))
    with pytest.raises(ConfigError, match="agreement with Reddit"):
        list(requests(refusing))
    assert SOURCE.about.opt_in


def test_the_search_goes_to_the_host_of_tokens_alone():
    params = RedditParams(query="Pousse", subreddit="Jardin", **APP)
    (request,) = requests(params)
    assert request.url == (
        "https://oauth.reddit.com/r/Jardin/search?q=Pousse&sort=new&type=link&limit=100&raw_json=1&restrict_sr=1"
    )
    assert request.headers == {"Authorization": "token:Bearer"}
    assert entity(params) == "r/jardin/pousse"
    assert SOURCE.grant(params).basic == ("secret:REDDIT_ID", "secret:REDDIT_SECRET")


def test_pages_follow_by_the_last_name():
    (second,) = parse(listing(link(), after="t3_abc")).follow
    assert second.url == f"{URL}&after=t3_abc"
    assert parse(listing(after="t3_abc")).follow == ()
    assert parse(listing(link(), after="t3_abc"), since="2026-03-09T06:00:00+00:00").follow == ()


def test_comments_of_what_is_there_are_asked_for():
    rows = (link(), link("abd", num_comments=0), link("abe", removed_by_category="moderator"), link("../x"))
    found = parse(listing(*rows), comments="yes")
    assert [follow.url for follow in found.follow] == [
        "https://oauth.reddit.com/comments/abc?sort=new&limit=500&raw_json=1"
    ]


def thread(depth):
    deep = ""
    for number in range(depth):
        deep = listing(comment(f"c{number}", replies=deep))
    return [listing(link()), deep]


def test_a_thread_is_read_deeper_than_reddit_answers():
    """An answer holds ten levels of replies; the rest is behind "more"."""
    found = parse(thread(30))
    assert len(found.items) == 31
    assert found.last_page is False


def test_an_answer_deeper_than_any_thread_is_no_thread():
    with pytest.raises(LayoutChanged):
        parse(thread(100))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (link(removed_by_category="deleted"), "not_public"),
        (link(text="[removed]"), "not_public"),
        (comment(body="[deleted]"), "not_public"),
        (link(promoted=True), "advertisement"),
        (comment(body="> Pousse, bien"), "no_text"),
        ({"kind": "t5", "data": {}}, "unreadable"),
    ],
)
def test_what_is_no_mention_is_left_out_and_said(row, reason):
    found = parse(listing(link("abd"), row))
    assert [item.native_id for item in found.items] == ["t3_abd"]
    assert [each.reason for each in found.rejected] == [reason]


def test_what_a_comment_quotes_is_not_what_it_says():
    answer = comment(body="> Pousse est nul\n\nAh bon ? &gt; et 3 > 2")
    assert parse(listing(answer), must_name='["Pousse"]').says_empty
    assert parse(listing(answer)).items[0].text == "Ah bon ? > et 3 > 2"


def test_a_deleted_author_is_nobody():
    (one,) = parse(listing(comment(author="[deleted]"))).items
    assert one.author is None


@pytest.mark.parametrize(
    ("edited", "at"),
    [(False, None), (True, None), (AT.timestamp() - 30, datetime(2026, 3, 9, 5, 59, 30, tzinfo=UTC))],
)
def test_edits(edited, at):
    (one,) = parse(listing(comment(edited=edited))).items
    assert (one.updated and one.updated.at) == at


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"message": "Unauthorized", "error": 401}, 401, Blocked),
        ({"message": "Forbidden", "reason": "private", "error": 403}, 403, Blocked),
        ("<body>blocked by network security</body>", 403, Blocked),
        ({"message": "Too Many Requests", "error": 429}, 429, RateLimited),
        ({"message": "x", "error": 500}, 500, SourceError),
        ({"message": "x", "error": 400}, 200, SourceError),
        ({"kind": "Listing", "data": {"children": ["x"]}}, 200, LayoutChanged),
        ({"kind": "t5", "data": {}}, 200, LayoutChanged),
        ("[]", 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_nothing_found_is_empty():
    assert parse(listing()).says_empty


def test_a_crawl_takes_a_token_and_reads_posts_and_comments(tmp_path, monkeypatch):
    monkeypatch.setenv("REDDIT_ID", "identifiant")
    monkeypatch.setenv("REDDIT_SECRET", "cle-secrete")

    def answer(asked):
        if asked.path == "/token":
            return Answer({"access_token": "jeton-secret", "token_type": "bearer", "expires_in": 86_400})
        if asked.headers.get("authorization") != "Bearer jeton-secret":
            return Answer({"message": "Unauthorized", "error": 401}, 401)
        if asked.path.startswith("/comments/"):
            return Answer([listing(link()), listing(comment(), {"kind": "more", "data": {}})])
        return Answer(listing(link(), link("abz", removed_by_category="deleted")))

    with ApiSite(answer) as site:
        params = {"query": "pousse", "base_url": site.url, "token_url": f"{site.url}/token", "days": 365}
        done = crawl("reddit", params | APP, tmp_path / "run")
    assert done.summary.status == "ok"
    assert sorted(item.native_id for item in done.items) == ["t1_c1", "t3_abc"]
    assert done.summary.withdrawn == (mention_id("reddit:pousse", "t3_abz"),)
    assert "-secret" not in str(done.pages) + done.summary.model_dump_json()
