import json
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.sources.stackexchange.source import SOURCE, StackExchangeParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
URL = "https://api.stackexchange.com/2.3/search/excerpts?q=x&site=french&page=1&key={secret:SE_KEY}"


def item(number=1, **more):
    created = {"creation_date": int(AT.timestamp()) - 3_600, "title": "Pousse &amp; Cie", "score": -1}
    return {"question_id": number, "excerpt": "Un <b>mot</b>"} | created | more


def answer(*items, **more):
    return {"items": list(items), "has_more": False, "quota_remaining": 10} | more


def page(body, status=200, url=URL, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(url=url, body=raw.encode(), fetched_at=AT, status=status, context=context)


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def test_requests_ask_for_the_newest():
    params = StackExchangeParams(query="Pousse", site="diy", key_env="SE_KEY")
    (request,) = requests(params, since=AT)
    assert "site=diy" in request.url
    assert f"fromdate={int(AT.timestamp())}" in request.url
    assert request.url.endswith("&key={secret:SE_KEY}")
    assert entity(params) == "diy/pousse"


def test_questions_and_answers_are_told_apart():
    question, reply = parse(answer(item(), item(answer_id=7)), site="stackoverflow").items
    assert (question.kind, question.native_id, question.url, question.title) == (
        "question",
        "q1",
        "https://stackoverflow.com/q/1",
        "Pousse & Cie",
    )
    assert (reply.kind, reply.native_id, reply.url, reply.title) == (
        "comment",
        "a7",
        "https://stackoverflow.com/a/7",
        None,
    )
    assert question.likes is None, "a score below zero is no number of likes"


def test_pages_end_where_the_quota_does():
    (second,) = parse(answer(item(), has_more=True), key_env="SE_KEY").follow
    assert second.url == URL.replace("page=1", "page=2")
    assert parse(answer(item(), has_more=True, quota_remaining=0)).follow == ()
    assert parse(answer(item(), has_more=True), since="2026-03-09T06:00:00+00:00").follow == ()


@pytest.mark.parametrize(
    ("backoff", "seconds"),
    [(7, 7), ("12", 12), (None, 0), (-3, 0), (1e9, 86_400), ([], 0)],
)
def test_the_pause_that_an_answer_asks_for(backoff, seconds):
    assert SOURCE.wait(page(answer(item(), backoff=backoff))) == seconds
    assert SOURCE.wait(page("no JSON")) == 0


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"error_id": 502, "error_name": "throttle_violation", "error_message": "wait"}, 400, RateLimited),
        ({"error_id": 502, "error_name": "throttle_violation", "error_message": "wait"}, 200, RateLimited),
        ({"error_id": 403, "error_name": "access_denied", "error_message": "key"}, 403, Blocked),
        ({"error_id": 400, "error_name": "bad_parameter", "error_message": "site"}, 400, SourceError),
        ({"error_id": 500, "error_name": "internal_error", "error_message": "x"}, 200, SourceError),
        (answer({"user_id": 1}), 200, LayoutChanged),
        ({"items": []}, 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_a_throttle_says_until_when():
    words = "too many requests from this IP, more requests available in 90 seconds"
    with pytest.raises(RateLimited) as raised:
        parse({"error_id": 502, "error_name": "throttle_violation", "error_message": words}, status=400)
    assert raised.value.retry_after == AT + timedelta(seconds=90)


def test_a_crawl_leaves_the_pause_that_is_asked_for(tmp_path):
    moments = []

    def reply(asked):
        from time import monotonic

        moments.append(monotonic())
        number = int(asked.query["page"])
        more = {"backoff": 1, "has_more": True} if number == 1 else {}
        return Answer(answer(item(number), **more))

    with ApiSite(reply) as site:
        params = {"query": "x", "base_url": site.url, "days": 3650}
        done = crawl("stackexchange", params, tmp_path / "a")
        long = crawl("stackexchange", params, tmp_path / "b", max_retry_after=0.5)
    assert (done.summary.status, done.summary.mentions) == ("ok", 2)
    assert moments[1] - moments[0] >= 1
    assert (long.summary.status, long.summary.mentions, len(moments)) == ("degraded", 1, 3)
