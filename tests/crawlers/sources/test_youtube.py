import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawlers.sources.youtube.source import SOURCE, YoutubeParams, entity, requests
from crawlers.upkeep import KnownMention
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
CHANNEL = "UC" + "a" * 22
THREADS = "https://www.googleapis.com/youtube/v3/commentThreads?videoId=v1&key={secret:YT_KEY}"


def page(body, status=200, url=THREADS, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(
        url=url, body=raw.encode(), fetched_at=AT, status=status, context={"key_env": "YT_KEY"} | context
    )


def comment(name="c1", text="Bien", **more):
    about = {"textOriginal": text, "authorDisplayName": "@maud", "publishedAt": "2026-03-08T10:00:00Z"}
    return {"id": name, "snippet": about | more}


def thread(top, replies=(), total=None):
    about = {"videoId": "v1", "topLevelComment": top}
    about["totalReplyCount"] = len(replies) if total is None else total
    return {"id": top["id"], "snippet": about, "replies": {"comments": list(replies)}}


def threads(*rows, following=None):
    answer = {"kind": "youtube#commentThreadListResponse", "items": list(rows)}
    return answer | ({"nextPageToken": following} if following else {})


def failure(code, reason, message="no", status=None):
    return {"error": {"code": code, "message": message, "status": status, "errors": [{"reason": reason}]}}


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def test_one_question_is_asked():
    for wrong in ({}, {"query": "a", "channel": CHANNEL}, {"channel": "moi"}, {"videos": ["a&b"]}):
        with pytest.raises(ValidationError):
            YoutubeParams(key_env="YT_KEY", **wrong)
    assert entity(YoutubeParams(key_env="K", query=" Pousse  ET Cie")) == "pousse et cie"
    assert entity(YoutubeParams(key_env="K", videos=["b", "a"])) == "a+b"


def test_a_search_is_one_call_and_the_comments_of_a_channel_need_none():
    (search,) = requests(YoutubeParams(key_env="YT_KEY", query="Pousse"))
    assert search.url.startswith(
        "https://www.googleapis.com/youtube/v3/search?part=snippet&type=video&q=Pousse"
    )
    assert search.url.endswith("&key={secret:YT_KEY}")
    (own,) = requests(YoutubeParams(key_env="YT_KEY", channel=CHANNEL))
    assert "/commentThreads?part=snippet%2Creplies&order=time&textFormat=plainText" in own.url
    assert f"&allThreadsRelatedToChannelId={CHANNEL}&key=" in own.url


def test_comments_of_ones_own_channel_are_marked():
    (request,) = requests(YoutubeParams(key_env="YT_KEY", channel=CHANNEL))
    (one,) = SOURCE.parse(page(threads(thread(comment())), **request.context)).items
    assert one.extra["own_page"] is True
    assert parse(threads(thread(comment()))).items[0].extra == {}


def test_answers_beyond_those_given_are_asked_for():
    found = parse(threads(thread(comment(), [comment("c2")], total=7), thread(comment("c3"))))
    assert [item.native_id for item in found.items] == ["c1", "c2", "c3"]
    (more,) = found.follow
    assert (more.kind, more.context["video"]) == ("replies", "v1")
    assert "comments?part=snippet&parentId=c1" in more.url


def test_pages_follow_by_their_token_with_the_key_only_named():
    (second,) = parse(threads(thread(comment()), following="A+B/=")).follow
    assert second.url == (
        "https://www.googleapis.com/youtube/v3/commentThreads?videoId=v1&pageToken=A%2BB%2F%3D"
        "&key={secret:YT_KEY}"
    )
    assert parse(threads(thread(comment()), following="A"), since="2026-03-09T00:00:00+00:00").follow == ()


def test_an_edit_has_its_date_and_html_is_text():
    edited = comment(updatedAt="2026-03-08T11:00:00Z", textOriginal="", textDisplay="J&#39;aime<br>&lt;3")
    (one,) = parse(threads(thread(edited))).items
    assert (one.text, one.updated.at) == ("J'aime\n<3", datetime(2026, 3, 8, 11, tzinfo=UTC))
    assert parse(threads(thread(comment(updatedAt="2026-03-08T10:00:00Z")))).items[0].updated is None


def test_comments_that_are_switched_off_are_no_failure():
    assert parse(failure(403, "commentsDisabled"), status=403).says_empty
    assert parse(failure(404, "videoNotFound"), status=404).says_empty


def test_a_video_or_channel_that_the_source_names_and_is_gone_is_gone():
    with pytest.raises(SourceGone):
        parse(failure(404, "channelNotFound"), status=404, named="yes")
    assert parse(failure(403, "commentsDisabled"), status=403, named="yes").says_empty


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (failure(403, "quotaExceeded"), 403, RateLimited),
        (failure(403, "dailyLimitExceeded"), 403, RateLimited),
        (failure(429, "rateLimitExceeded", status="RESOURCE_EXHAUSTED"), 429, RateLimited),
        (failure(400, "badRequest", "API key not valid."), 400, Blocked),
        (failure(400, "keyInvalid"), 400, Blocked),
        (failure(403, "accessNotConfigured"), 403, Blocked),
        (failure(403, "forbidden"), 403, Blocked),
        (failure(400, "invalidPageToken"), 400, SourceError),
        (failure(500, "backendError"), 200, SourceError),
        ({"error": "x"}, 500, SourceError),
        (threads() | {"items": None}, 200, LayoutChanged),
        (threads() | {"pageInfo": {"totalResults": 5}}, 200, LayoutChanged),
        ({"kind": "youtube#videoListResponse"}, 200, LayoutChanged),
        ("{}", 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_a_quota_begins_anew_at_midnight_in_california():
    with pytest.raises(RateLimited) as raised:
        parse(failure(403, "quotaExceeded"), status=403)
    assert raised.value.retry_after == datetime(2026, 3, 9, 7, tzinfo=UTC)


def test_no_comments_are_empty():
    assert parse(threads()).says_empty


def test_a_crawl_goes_from_the_search_to_the_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("YT_KEY", "cle-secrete")

    def answer(asked):
        what = asked.path.rpartition("/")[2]
        if asked.query.get("key") != "cle-secrete":
            return Answer(failure(400, "keyInvalid"), 400)
        if what == "search":
            about = {"publishedAt": "2026-03-01T00:00:00Z", "channelTitle": "Carnet"}
            rows = [
                {"id": {"videoId": name}, "snippet": about | {"title": f"Pousse {name}"}}
                for name in ("v1", "off", "v2")
            ]
            return Answer({"kind": "youtube#searchListResponse", "items": rows, "nextPageToken": "P"})
        if what == "comments":
            return Answer({"kind": "youtube#commentListResponse", "items": [comment("c2"), comment("c4")]})
        if asked.query["videoId"] == "off":
            return Answer(failure(403, "commentsDisabled"), 403)
        name = f"c1-{asked.query['videoId']}"
        if asked.query["videoId"] == "v2" or asked.query.get("pageToken"):
            return Answer(threads(thread(comment(name))))
        return Answer(threads(thread(comment("c2-top"), [comment("c2")], total=2), following="T"))

    with ApiSite(answer) as site:
        params = {"query": "pousse", "key_env": "YT_KEY", "base_url": site.url, "days": 3650}
        done = crawl("youtube", params, tmp_path / "run")
    kept = {item.native_id for item in done.items}
    assert kept == {"v1", "off", "v2", "c1-v1", "c1-v2", "c2-top", "c2", "c4"}
    assert done.summary.status == "ok"
    assert sum(asked.path.endswith("search") for asked in site.asked) == 1
    assert "cle-secrete" not in str(done.pages) + done.summary.model_dump_json()


def test_searches_and_the_rest_have_budgets_of_their_own():
    searches, units = SOURCE.budgets(YoutubeParams(key_env="YT_KEY", query="Pousse"))
    assert (searches.name, searches.limit, searches.costs) == ("YT_KEY/searches", 100, {"videos": 1})
    assert (units.limit, units.costs) == (10_000, {"threads": 1, "replies": 1, "again": 1})
    assert searches.zone == units.zone == "America/Los_Angeles"


def asked_again(body, *names, status=200):
    known = [KnownMention(native_id=name, url=f"https://y.example/{name}") for name in names]
    (request,) = SOURCE.requests_again(YoutubeParams(key_env="YT_KEY", query="Pousse"), known)
    assert f"&id={'%2C'.join(names)}&" in request.url
    raw = json.dumps(body).encode()
    answer = Page(
        url=request.url, body=raw, fetched_at=AT, status=status, kind=request.kind, context=request.context
    )
    return SOURCE.parse(answer)


def test_known_comments_are_asked_for_again_and_those_that_are_gone_are_noted():
    rows = [comment("c1", "Pousse, en mieux"), comment("c1.2", "Ah")]
    found = asked_again({"kind": "youtube#commentListResponse", "items": rows}, "c1", "c1.2", "c3")
    assert [(each.native_id, each.url, each.extra) for each in found.items] == [
        ("c1", "https://y.example/c1", {}),
        ("c1.2", "https://y.example/c1.2", {}),
    ]
    assert [(each.reason, each.detail) for each in found.rejected] == [("not_public", "c3")]
    gone = asked_again(failure(404, "commentNotFound"), "c1", status=404)
    assert [each.detail for each in gone.rejected] == ["c1"]
