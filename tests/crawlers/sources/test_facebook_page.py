"""One's own Facebook page: read from answers, and in whole runs against a local imitation."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.facebook_page.source import SOURCE, FacebookPageParams, entity, requests
from ouidire.errors import LayoutChanged
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
PAGE = "104700001"
US = {"from": {"id": PAGE, "name": "Pousse"}}


def page(body, kind="recommendations", **context):
    known = {"entity": f"{PAGE}/{kind}", "page": PAGE, "version": "v24.0", "token": "JETON", "posts": "100"}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(
        url="https://graph.facebook.com/", body=raw, fetched_at=AT, kind=kind, context=known | context
    )


def comment(number, text="Superbe", **more):
    return {"id": f"c{number}", "message": text, "created_time": "2026-10-30T09:00:00+0000"} | more


def test_what_is_asked_for():
    (first,) = requests(FacebookPageParams(page_id=PAGE))
    assert first.url.startswith(
        f"https://graph.facebook.com/v24.0/{PAGE}/ratings?fields=created_time%2Crecommendation_type"
    )
    assert first.headers["Authorization"] == "Bearer secret:FACEBOOK_PAGE_TOKEN"
    assert [entity(FacebookPageParams(page_id=PAGE, read=each)) for each in ("posts", "mentions")] == [
        f"{PAGE}/posts", f"{PAGE}/mentions",
    ]  # fmt: skip


def test_a_recommendation_is_a_yes_or_a_no_and_never_stars():
    rows = [
        {"created_time": "2026-10-28T16:04:11+0000", "recommendation_type": "positive", "review_text": "Top"},
        {"created_time": "2026-10-27T16:04:11+0000", "recommendation_type": "negative", "review_text": "Nul"},
        {"created_time": "2017-10-27T16:04:11+0000", "rating": 4, "review_text": "Bien"},
        {
            "created_time": "2017-10-26T16:04:11+0000",
            "rating": 9,
            "recommendation_type": "MAYBE",
            "review_text": "Bof",
        },
    ]
    kept = SOURCE.parse(page({"data": rows})).items
    assert [each.extra for each in kept] == [{"recommends": True}, {"recommends": False}, {}, {}]
    assert [each.rating and each.rating.value for each in kept] == [None, None, 4, None]


def test_recommendations_without_a_word_are_counted_and_no_fault(tmp_path):
    silent = {"recommendation_type": "positive"}
    rows = [{"created_time": f"2026-10-{day:02d}T08:00:00+0000", **silent} for day in range(1, 9)]
    rows.append({"created_time": "2026-10-09T08:00:00+0000", "review_text": "Top", **silent})
    with ApiSite(lambda _: Answer({"data": rows})) as site:
        run = read(site, tmp_path / "run")
        del rows[-1]
        assert read(site, tmp_path / "none").summary.status == "empty"
    assert (run.summary.status, run.summary.items, run.summary.rejected) == ("ok", 1, {"no_words": 8})


def test_the_pages_own_words_are_replies_and_no_mentions():
    answered = comment(1, comments={"data": [comment(2, "Merci", **US), comment(3, "Moi aussi")]})
    post = comment(9, "Nos figuiers", **US, comments={"data": [answered, comment(4, "Venez", **US)]})
    visitor = comment(8, "Ouverts dimanche ?")
    kept = SOURCE.parse(page({"data": [post, visitor]}, "posts")).items
    assert [(each.kind, each.text) for each in kept] == [
        ("comment", "Superbe"), ("comment", "Moi aussi"), ("post", "Ouverts dimanche ?"),
    ]  # fmt: skip
    assert kept[0].reply.text == "Merci"


def test_a_page_without_comments_has_nothing_and_one_of_errors_is_no_page():
    assert SOURCE.parse(page({"data": [comment(9, "Nos figuiers", **US)]}, "posts")).says_empty
    assert SOURCE.parse(page({"data": []})).says_empty
    for body in ({}, {"data": {}}, [], b"", b"<html>"):
        with pytest.raises(LayoutChanged):
            SOURCE.parse(page(body))


def test_hostile_values_are_left_out_with_a_reason():
    rows = [
        7,
        None,
        {"id": {"a": 1}, "message": "x"},
        comment(1, "ok", **{"from": "moi", "comments": {"data": 3}}),
    ]
    parsed = SOURCE.parse(page({"data": rows}, "posts"))
    assert [each.native_id for each in parsed.items] == ["c1"]
    assert [each.reason for each in parsed.rejected] == ["unreadable"] * 3
    evil = {"paging": {"next": "x", "cursors": {"after": "b"}}}
    post = {"id": "../../me", "created_time": "2026-10-30", **US, "comments": {"data": [], **evil}}
    assert SOURCE.parse(page({"data": [post]}, "posts")).follow == ()


class Graph(ApiSite):
    """A page's API: so many posts with so many comments each, by cursors."""

    def __init__(self, posts, comments, *, loops=False):
        super().__init__(self.respond)
        self.posts, self.comments, self.loops = posts, comments, loops

    def respond(self, asked):
        if asked.headers.get("authorization") != "Bearer EAAB-jeton":
            return Answer({"error": {"message": "Error validating access token", "code": 190}}, 400)
        start = int(asked.query.get("after", "0"))
        if asked.path.endswith("/comments"):
            return Answer(self.listed(self.comment_rows(asked.path.split("/")[-2]), start, 100))
        rows = [
            {"id": f"p{number}", "created_time": "2026-10-30T08:00:00+0000", "message": "Nous", **US,
             "comments": self.listed(self.comment_rows(f"p{number}"), 0, 100)}
            for number in range(self.posts)
        ]  # fmt: skip
        return Answer(self.listed(rows, start, 25))

    def comment_rows(self, post):
        return [comment(f"{post}-{number}") for number in range(self.comments)]

    def listed(self, rows, start, size):
        after = 0 if self.loops and start else start + size
        more = {"next": "https://graph.facebook.com/?access_token=EAAB"} if start + size < len(rows) else {}
        return {"data": rows[start : start + size], "paging": {"cursors": {"after": str(after)}, **more}}


@pytest.fixture(autouse=True)
def _token(monkeypatch):
    monkeypatch.setenv("FACEBOOK_PAGE_TOKEN", "EAAB-jeton")


def read(site, folder, **given):
    return crawl("facebook_page", {"page_id": PAGE, "base_url": site.url, **given}, folder)


def test_comments_are_read_to_their_end_of_as_many_posts_as_asked(tmp_path):
    with Graph(30, 130) as site:
        run = read(site, tmp_path / "run", read="posts")
        assert (run.summary.status, run.summary.items, run.summary.complete) == ("ok", 30 * 130, True)
        few = read(site, tmp_path / "few", read="posts", posts=20)
        assert (few.summary.status, few.summary.items, few.summary.complete) == ("ok", 25 * 130, False)
    assert "EAAB-jeton" not in run.summary.model_dump_json() + "".join(
        f"{each.url} {each.text}" for each in run.pages
    )


def test_a_cursor_that_repeats_and_a_token_that_has_expired(tmp_path, monkeypatch):
    with Graph(30, 300, loops=True) as site:
        run = read(site, tmp_path / "loop", read="posts", posts=5_000)
        assert (run.summary.status, run.summary.complete) == ("degraded", False)
        monkeypatch.setenv("FACEBOOK_PAGE_TOKEN", "EAAB-autre")
        run = read(site, tmp_path / "expired", read="posts")
    assert run.summary.status == "blocked"
    assert "token_env" in run.summary.reason
