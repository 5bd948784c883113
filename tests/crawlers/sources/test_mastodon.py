import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawlers.sources.mastodon.source import SOURCE, MastodonParams, entity, requests
from crawlers.upkeep import KnownMention
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
TAG = "https://pre.example/api/v1/timelines/tag/jardin?limit=40"


def status(number=1, text="<p>Bien</p>", **more):
    return {
        "id": str(number),
        "url": f"https://pre.example/@maud/{number}",
        "created_at": "2026-03-08T10:00:00.000Z",
        "content": text,
        "visibility": "public",
        "account": {"acct": "maud"},
    } | more


def page(body, url=TAG, status=200, headers=None, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(
        url=url, body=raw.encode(), fetched_at=AT, status=status, headers=headers or {}, context=context
    )


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


@pytest.mark.parametrize(
    "wrong",
    [
        {"instance": "pre.example"},
        {"instance": "pre.example", "tag": "a", "query": "b", "key_env": "T"},
        {"instance": "pre.example", "query": "b"},
        {"instance": "https://pre.example", "tag": "a"},
        {"instance": "pre.example", "tag": "#a"},
    ],
)
def test_one_question_is_asked_and_a_search_needs_a_token(wrong):
    with pytest.raises(ValidationError):
        MastodonParams(**wrong)


def test_requests_name_the_token_and_never_hold_it():
    params = MastodonParams(instance="Pre.example", tag="Été", key_env="PRE_TOKEN")
    (request,) = requests(params)
    assert request.url == "https://Pre.example/api/v1/timelines/tag/%C3%89t%C3%A9?limit=40"
    assert request.headers == {"Authorization": "Bearer secret:PRE_TOKEN"}
    assert entity(params) == "pre.example/#été"
    (search,) = requests(MastodonParams(instance="pre.example", query='"Pousse & Cie"', key_env="T"))
    assert search.url.startswith("https://pre.example/api/v2/search?q=%22Pousse+%26+Cie%22&type=statuses")


def test_the_link_header_leads_on_and_never_elsewhere():
    link = {"link": f'<{TAG}&max_id=1>; rel="next", <{TAG}&min_id=9>; rel="prev"'}
    (older,) = parse([status()], headers=link, key_env="T").follow
    assert (older.url, older.headers) == (f"{TAG}&max_id=1", {"Authorization": "Bearer secret:T"})
    for elsewhere in ("https://loin.example/a", "http://pre.example/a", "https://pre.example:8443/a"):
        assert parse([status()], headers={"link": f'<{elsewhere}>; rel="next"'}, key_env="T").follow == ()


def test_without_the_header_a_full_page_leads_on_by_its_last_id():
    full = [status(100 - number) for number in range(40)]
    assert parse(full).follow[0].url == f"{TAG}&max_id=61"
    assert parse(full[:39]).follow == ()
    assert parse(full, headers={"link": f'<{TAG}&min_id=9>; rel="prev"'}).follow == ()


def test_the_paging_ends_at_what_was_read_before():
    link = {"link": f'<{TAG}&max_id=1>; rel="next"'}
    assert parse([status()], headers=link, since="2026-03-09T00:00:00+00:00").follow == ()
    assert parse([status()], headers=link, since="2026-03-08T00:00:00+00:00").follow != ()
    assert parse([status()], headers=link, days="0").follow == ()


def test_a_search_leads_on_by_its_offset():
    url = "https://pre.example/api/v2/search?q=x&type=statuses&limit=40&offset=40"
    full = {"statuses": [status(number) for number in range(40)]}
    assert "offset=80" in parse(full, url=url).follow[0].url
    assert parse({"statuses": [status()]}, url=url).follow == ()
    assert parse({"statuses": []}, url=url).says_empty


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"visibility": "private"}, "not_public"),
        ({"visibility": "direct"}, "not_public"),
        ({"account": {"acct": "a", "noindex": True}}, "not_public"),
        ({"account": {"acct": "a", "indexable": False}}, "not_public"),
        ({"reblog": {"id": "7"}}, "duplicate_in_page"),
        ({"content": ""}, "no_text"),
        ({"id": None}, "unreadable"),
    ],
)
def test_what_is_not_ours_to_keep_is_left_out_and_said(more, reason):
    found = parse([status(), status(2, **more)])
    assert [item.native_id for item in found.items] == ["1"]
    assert [each.reason for each in found.rejected] == [reason]


def test_accounts_that_say_nothing_of_searching_are_read():
    account = {"acct": "a@loin.example", "noindex": None, "discoverable": False}
    (one,) = parse([status(account=account)]).items
    assert one.author == "a@loin.example"


def test_an_author_has_one_address_from_every_instance():
    assert parse([status()]).items[0].author == "maud@pre.example"
    assert parse([status()], instance="autre.example").items[0].author == "maud@autre.example"


def test_edits_answers_warnings_and_html_are_what_they_are():
    text = '<p>J&#39;ai <a href="x">#<span>Pousse</span></a><br>adoré 🌱</p><script>x</script>'
    more = {"edited_at": "2026-03-08T11:00:00Z", "in_reply_to_id": "9", "spoiler_text": "jardin"}
    (one,) = parse([status(text=text, language="fr-CA", **more)]).items
    assert (one.kind, one.title, one.text, one.language) == (
        "comment",
        "jardin",
        "J'ai #Pousse\nadoré 🌱",
        "fr",
    )
    assert one.updated.at == datetime(2026, 3, 8, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"error": "The access token is invalid"}, 401, Blocked),
        ({"error": "This action is not allowed"}, 403, Blocked),
        ({"error": "This method requires an authenticated user"}, 422, Blocked),
        ({"error": "Too many requests"}, 429, RateLimited),
        ({"error": "Validation failed"}, 422, SourceError),
        ({"error": "oops"}, 200, SourceError),
        ({"statuses": "x"}, 200, LayoutChanged),
        ('["a", "b"]', 200, LayoutChanged),
        ("<p>hello</p>", 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_the_reset_of_a_limit_is_told():
    with pytest.raises(RateLimited) as raised:
        parse({"error": "x"}, status=429, headers={"x-ratelimit-reset": "2026-03-09T06:05:00.0Z"})
    assert raised.value.retry_after == datetime(2026, 3, 9, 6, 5, tzinfo=UTC)


def test_an_empty_hashtag_is_empty_and_a_page_of_others_too():
    assert parse([]).says_empty
    assert parse("[ \n ]").says_empty
    assert parse([status()], must_name='["Pousse"]').says_empty


def test_a_crawl_pages_to_the_end_with_its_token(tmp_path, monkeypatch):
    monkeypatch.setenv("PRE_TOKEN", "jeton-secret")

    def answer(asked):
        if asked.headers.get("authorization") != "Bearer jeton-secret":
            return Answer({"error": "The access token is invalid"}, 401)
        before = int(asked.query.get("max_id", "4"))
        rows = [status(number) for number in range(before - 1, max(0, before - 3), -1)]
        link = f'<{site.url}{asked.path}?limit=40&max_id={rows[-1]["id"]}>; rel="next"' if rows else ""
        return Answer(rows, headers={"link": link} if link else {})

    with ApiSite(answer) as site:
        params = {"instance": "pre.example", "tag": "jardin", "base_url": site.url, "days": 3650}
        params["key_env"] = "PRE_TOKEN"
        done = crawl("mastodon", params, tmp_path / "run")
    assert (done.summary.status, done.summary.mentions) == ("ok", 3)
    assert "jeton-secret" not in str(done.pages) + done.summary.model_dump_json()


def asked_again(body, code=200):
    params = MastodonParams(instance="pre.example", tag="jardin", key_env="T")
    (request,) = SOURCE.requests_again(params, [KnownMention(native_id="7", extra={"thread": "x"})])
    assert request.url == "https://pre.example/api/v1/statuses/7"
    assert request.headers == {"Authorization": "Bearer secret:T"}
    raw = json.dumps(body).encode() if not isinstance(body, str) else body.encode()
    answer = Page(
        url=request.url, body=raw, fetched_at=AT, status=code, kind=request.kind, context=request.context
    )
    return SOURCE.parse(answer)


def test_a_known_status_is_asked_for_again():
    (one,) = asked_again(status(7, "<p>Mieux</p>")).items
    assert (one.native_id, one.text, one.extra) == ("7", "Mieux", {"thread": "x"})
    gone = ({"error": "Record not found"}, 404), (status(7, visibility="private"), 200)
    for body, code in gone:
        assert [(each.reason, each.detail) for each in asked_again(body, code).rejected] == [
            ("not_public", "7")
        ]
    with pytest.raises(SourceError):
        asked_again("<html>fermé</html>", 404)
    with pytest.raises(Blocked):
        asked_again({"error": "This method requires an authenticated user"}, 401)
