"""One's own Instagram account: read from answers, and in whole runs against a local imitation."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.instagram.source import SOURCE, InstagramParams, entity, requests
from ouidire.errors import LayoutChanged
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
ACCOUNT = "178414000001"


def page(body, kind="comments", **context):
    known = {
        "entity": f"{ACCOUNT}/{kind}",
        "account": ACCOUNT,
        "version": "v24.0",
        "token": "JETON",
        "posts": "100",
    }
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(
        url="https://graph.facebook.com/", body=raw, fetched_at=AT, kind=kind, context=known | context
    )


def comment(number, who="maud", text="Superbe", **more):
    return {"id": f"c{number}", "text": text, "timestamp": "2026-10-30T09:00:00+0000", "username": who} | more


def medium(*comments, number=1, **more):
    return {"id": f"{number}", "username": "pousse", "permalink": "https://www.instagram.com/p/A/"} | {
        "comments": {"data": list(comments), **more}
    }


def test_what_is_asked_for():
    (first,) = requests(InstagramParams(account_id=ACCOUNT))
    assert first.url.startswith(f"https://graph.facebook.com/v24.0/{ACCOUNT}/media?fields=id%2Cusername")
    (first,) = requests(InstagramParams(account_id=ACCOUNT, read="tags"))
    assert f"/{ACCOUNT}/tags?" in first.url
    assert entity(InstagramParams(account_id=ACCOUNT)) == f"{ACCOUNT}/comments"


def test_the_accounts_own_words_are_replies_and_no_mentions():
    answered = comment(1, replies={"data": [comment(2, "pousse", "Merci"), comment(3, "zoe", "Moi aussi")]})
    own = comment(4, "pousse", "Venez", replies={"data": [comment(5, "idris", "J'arrive")]})
    kept = SOURCE.parse(page({"data": [medium(answered, own)]})).items
    assert [(each.author, each.text) for each in kept] == [
        ("maud", "Superbe"), ("zoe", "Moi aussi"), ("idris", "J'arrive"),
    ]  # fmt: skip
    assert (kept[0].reply.text, kept[0].url) == ("Merci", "https://www.instagram.com/p/A/")


def test_posts_that_tag_the_account():
    row = {
        "id": "9",
        "caption": "Chez @pousse",
        "timestamp": "2026-10-30T09:00:00+0000",
        "username": "maud",
        "like_count": 3,
    }
    (kept,) = SOURCE.parse(page({"data": [row]}, "tags")).items
    assert (kept.kind, kept.text, kept.likes) == ("post", "Chez @pousse", 3)


def test_hostile_values_are_left_out_with_a_reason():
    parsed = SOURCE.parse(
        page({"data": [7, medium(comment(1), {"text": "sans id"}), {"id": "..", "comments": []}]})
    )
    assert [each.native_id for each in parsed.items] == ["c1"]
    assert [each.reason for each in parsed.rejected] == ["unreadable", "unreadable"]
    assert SOURCE.parse(page({"data": [medium()]})).says_empty
    for body in ({}, {"data": 3}, [], b"", b"<html>"):
        with pytest.raises(LayoutChanged):
            SOURCE.parse(page(body))


class Graph(ApiSite):
    """An account's API: so many media with so many comments each, by cursors."""

    def __init__(self, media, comments):
        super().__init__(self.respond)
        self.media, self.comments = media, comments

    def respond(self, asked):
        assert asked.headers["authorization"] == "Bearer IGQ-jeton"
        start = int(asked.query.get("after", "0"))
        if asked.path.endswith("/comments"):
            return Answer(self.listed(self.rows(asked.path.split("/")[-2]), start, 50))
        media = [
            {"id": str(number), "username": "pousse", "comments": self.listed(self.rows(number), 0, 50)}
            for number in range(self.media)
        ]
        return Answer(self.listed(media, start, 25))

    def rows(self, number):
        return [comment(f"{number}-{each}") for each in range(self.comments)]

    def listed(self, rows, start, size):
        more = {"next": "x"} if start + size < len(rows) else {}
        return {
            "data": rows[start : start + size],
            "paging": {"cursors": {"after": str(start + size)}, **more},
        }


def test_comments_are_read_to_their_end(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTAGRAM_TOKEN", "IGQ-jeton")
    with Graph(30, 120) as site:
        run = crawl("instagram", {"account_id": ACCOUNT, "base_url": site.url}, tmp_path / "run")
    assert (run.summary.status, run.summary.items, run.summary.complete) == ("ok", 3600, True)
