import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.discourse.source import SOURCE, DiscourseParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
URL = "https://forum.example/search.json?q=pousse+order%3Alatest&page=1"


def post(number=1, **more):
    return {
        "id": number,
        "username": "maud",
        "created_at": "2026-03-08T10:00:00.000Z",
        "blurb": "…chez Pousse…",
        "post_number": 2,
        "topic_id": 7,
    } | more


def search(*posts, more=None, **grouped):
    return {
        "posts": list(posts),
        "topics": [{"id": 7, "title": "Graines", "slug": "graines"}],
        "grouped_search_result": {"more_full_page_results": more, "post_ids": [1] if posts else []} | grouped,
    }


def page(body, status=200, url=URL, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(url=url, body=raw.encode(), fetched_at=AT, status=status, context=context)


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def test_the_search_asks_for_the_newest():
    params = DiscourseParams(url="https://forum.example/f", query="Pousse & Cie")
    (request,) = requests(params, since=AT)
    assert request.url == (
        "https://forum.example/f/search.json?q=Pousse+%26+Cie+after%3A2026-03-09+order%3Alatest&page=1"
    )
    assert entity(params) == "forum.example/pousse & cie"


def test_the_whole_text_is_asked_for_and_decides_on_the_name():
    context = {"must_name": '["Pousse"]', "full_text": "yes", "base": "https://forum.example/f"}
    found = parse(search(post(), post(2, blurb="…du gazon…")), **context)
    assert [(item.native_id, item.extent) for item in found.items] == [("1", "summary")]
    assert [follow.url for follow in found.follow] == [
        "https://forum.example/f/posts/1.json",
        "https://forum.example/f/posts/2.json",
    ]
    whole = post(2, cooked="<p>Vu chez Pousse</p>", topic_slug="g")
    (one,) = SOURCE.parse(page(whole, url=found.follow[1].url, **found.follow[1].context)).items
    assert (one.extent, one.text, one.url) == (
        "full",
        "Vu chez Pousse",
        "https://forum.example/f/t/graines/7/2",
    )


def test_what_is_quoted_is_not_said():
    quoted = '<aside class="quote"><blockquote>Pousse est nul</blockquote></aside><p>Ah bon ?</p>'
    found = parse(
        post(cooked=quoted, raw="x"), url="https://forum.example/posts/1.json", must_name='["Pousse"]'
    )
    assert found.says_empty
    (one,) = parse(post(cooked=quoted, raw="x"), url="https://forum.example/posts/1.json").items
    assert one.text == "Ah bon ?"


def test_pages_follow_one_another():
    (second,) = parse(search(post(), more=True)).follow
    assert second.url == URL.replace("page=1", "page=2")
    assert parse(search(post(), more=True), since="2026-03-09T00:00:00+00:00").follow == ()


def test_the_first_post_of_a_topic_has_its_title():
    (one,) = parse(search(post(post_number=1))).items
    assert (one.kind, one.title, one.extra) == ("post", "Graines", {})
    (reply,) = parse(search(post())).items
    assert (reply.kind, reply.title, reply.extra) == ("comment", None, {"thread": "Graines"})


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"errors": ["You need to be logged in"], "error_type": "not_logged_in"}, 403, Blocked),
        ({"errors": ["slow down"], "error_type": "rate_limit"}, 429, RateLimited),
        ({"errors": ["not found"], "error_type": "not_found"}, 404, SourceGone),
        (search(error="Your search term is too short."), 200, SourceError),
        ({"errors": ["x"]}, 200, SourceError),
        (search() | {"posts": [], "grouped_search_result": {"post_ids": [3]}}, 200, LayoutChanged),
        ({"post_stream": {"posts": []}}, 200, LayoutChanged),
        ({"posts": []}, 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_nothing_found_is_empty():
    assert parse(search()).says_empty


def test_a_crawl_reads_extracts_and_whole_posts(tmp_path):
    def answer(asked):
        if asked.path == "/search.json":
            number = int(asked.query["page"])
            return Answer(search(post(number), more=number < 2))
        number = int(asked.path.removeprefix("/posts/").removesuffix(".json"))
        return Answer(post(number, cooked=f"<p>Pousse, avis {number}</p>"))

    with ApiSite(answer) as site:
        params = {"url": site.url, "query": "pousse", "must_name": ["Pousse"], "days": 3650}
        done = crawl("discourse", params, tmp_path / "run")
    assert done.summary.status == "ok"
    assert sorted((item.native_id, item.extent) for item in done.items) == [
        ("1", "full"),
        ("1", "summary"),
        ("2", "full"),
        ("2", "summary"),
    ]
