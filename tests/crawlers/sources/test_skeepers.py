"""Skeepers: read from answers, and in whole runs against a local imitation."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from crawlers.sources.skeepers.source import SOURCE, SkeepersParams, entity, grant, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
URL = "https://api.skeepers.io/verified-reviews/v1/published/brands/reviews?limit=200"
CONTEXT = {"entity": "pousse.example/brands", "of": "brands"}


def page(body, status=200, link=None, **context):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"} | ({"link": link} if link else {})
    return Page(
        url=URL,
        body=raw,
        fetched_at=AT,
        status=status,
        headers=headers,
        kind="reviews",
        context=CONTEXT | context,
    )


def review(number=1, **more):
    return {
        "review_id": f"r-{number}",
        "review_rate": 4,
        "review_content": "Des plants vigoureux.",
        "review_date": "2026-10-20T08:00:00Z",
        "publish_date": "2026-10-22T08:00:00Z",
        "author_firstname": "Maud",
        "author_lastname": "C.",
        "order_reference": "CMD-4711",
        "is_verified": True,
        "locale": "fr_FR",
    } | more


def one(**more):
    return SOURCE.parse(page([review(**more)])).items[0]


def test_what_is_asked_for():
    (first,) = requests(SkeepersParams(website="Pousse.example"))
    assert first.url == URL
    since = datetime(2026, 10, 1, tzinfo=UTC)
    (first,) = requests(SkeepersParams(website="x.example", of="products", product="a b"), since=since)
    assert first.url.endswith(
        "/products/reviews?limit=200&product_variation_id=a+b&publish_date.gte=2026-10-01T00%3A00%3A00Z"
    )
    assert entity(SkeepersParams(website="Pousse.example")) == "pousse.example/brands"
    assert grant(SkeepersParams(website="x.example")).fields["audience"] == "verified-reviews"


def test_a_review_is_verified_and_invited_as_the_service_states():
    kept = one(product_name="Lavande vraie", shop_name="Lyon")
    assert (kept.verified, kept.extra, kept.author) == (True, {"invited": True}, "Maud C.")
    assert (kept.language, kept.country, kept.place, kept.subject) == ("fr", "FR", "Lyon", "Lavande vraie")
    assert kept.published.at.day == 20
    assert one(is_verified=False).extra == {}
    assert one(syndicated_review=True).extra == {"syndicated": True}
    assert one(is_verified="oui").verified is None


def test_the_authors_words_are_kept_and_not_their_translation_nor_orders():
    kept = one(translation={"language": "en", "content": "Vigorous."})
    assert kept.text == "Des plants vigoureux."
    assert b"4711" not in SOURCE.minimised(page([review()])).body


def test_a_reply_is_the_brands():
    comments = [
        {"origin": "customer", "content": "Et encore"},
        {"origin": "brand", "content": "Merci", "date": "2026-10-23"},
    ]
    assert (one(comments=comments).reply.text, one(comments=comments).reply.published.at.day) == ("Merci", 23)
    assert one(comments=comments[:1]).reply is None


def test_nothing_is_left_out_in_silence():
    parsed = SOURCE.parse(
        page(
            [
                review(1),
                review(1),
                None,
                {"review_rate": 3},
                review(2, review_rate=0),
                review(3, review_content=None),
            ]
        )
    )
    assert [each.reason for each in parsed.rejected] == [
        "duplicate_in_page", "unreadable", "unreadable", "bad_rating",
    ]  # fmt: skip
    assert [each.text for each in parsed.items] == ["Des plants vigoureux.", ""]


def test_the_next_page_is_named_by_a_header_and_only_its_cursor_is_taken():
    link = (
        '<https://evil.example/x?cursor=a%2Bb&limit=1>; rel="next", <https://h.example/?cursor=z>; rel="prev"'
    )
    parsed = SOURCE.parse(page([review()], link=link))
    assert parsed.follow[0].url == f"{URL}&cursor=a%2Bb"
    assert parsed.last_page is False
    assert SOURCE.parse(page([review()], link='<https://h.example/?cursor=z>; rel="prev"')).last_page is True
    own = SOURCE.parse(page([review()], link='<https://api.skeepers.io/x?after=7>; rel="next"'))
    assert own.follow[0].url == "https://api.skeepers.io/x?after=7"
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page([review()], link='<https://h.example/?page=2>; rel="next"'))
    full = SOURCE.parse(page([review(number) for number in range(200)]))
    assert (full.follow, full.last_page) == ((), False), "there may be more, and nothing says where"


@pytest.mark.parametrize("body", [{}, {"data": {}}, "x", 3, None, b"", b"[", b"<html>"])
def test_what_is_no_list_is_never_emptiness(body):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page(body))


def test_an_empty_list_is_emptiness():
    assert SOURCE.parse(page([])).says_empty


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (401, {"error": "invalid_token"}, Blocked),
        (403, {"detail": "no scope"}, Blocked),
        (429, {"message": "Too many requests"}, RateLimited),
        (200, {"error": "boom"}, SourceError),
        (500, {"title": "Internal"}, SourceError),
    ],
)
def test_errors_are_named(status, body, raised):
    with pytest.raises(raised, match="Skeepers"):
        SOURCE.parse(page(body, status))


class Account(ApiSite):
    """An account's API: reviews by cursor, tokens that are good for `lasts` answers."""

    def __init__(self, number, *, lasts=10**6, loops=False):
        super().__init__(self.respond)
        self.number, self.lasts, self.loops, self.tokens, self.used = number, lasts, loops, 0, 0

    def respond(self, asked):
        if asked.path == "/token":
            assert asked.headers["authorization"] == f"Basic {b64encode(b'client-id:client-mot').decode()}"
            self.tokens, self.used = self.tokens + 1, 0
            return Answer({"access_token": f"jeton-{self.tokens}", "expires_in": 300})
        self.used += 1
        if asked.headers.get("authorization") != f"Bearer jeton-{self.tokens}" or self.used > self.lasts:
            return Answer({"error": "invalid_token"}, 401)
        start = int(asked.query.get("cursor", "0"))
        shown = [review(each) for each in range(start, min(start + 200, self.number))]
        more = 0 if self.loops and start else start + 200
        link = (
            {"link": f'<{self.url}/brands/reviews?cursor={more}>; rel="next"'}
            if start + 200 < self.number
            else {}
        )
        return Answer(shown, headers=link)


@pytest.fixture(autouse=True)
def _client(monkeypatch):
    monkeypatch.setenv("SKEEPERS_CLIENT_ID", "client-id")
    monkeypatch.setenv("SKEEPERS_CLIENT_SECRET", "client-mot")


def read(site, folder):
    return crawl("skeepers", {"website": "pousse.example", "base_url": site.url}, folder)


def test_reviews_are_read_to_their_end_with_a_token_that_expires(tmp_path):
    with Account(450, lasts=2) as site:
        run = read(site, tmp_path / "run")
        assert (run.summary.status, run.summary.items, run.summary.complete) == ("ok", 450, True)
        assert site.tokens == 2
        site.number = 0
        assert read(site, tmp_path / "none").summary.status == "empty"
    left = run.summary.model_dump_json() + "".join(each.text for each in run.pages)
    assert not any(each in left for each in ("jeton-", "client-mot", "4711"))


def test_a_cursor_that_repeats_ends_the_listing(tmp_path):
    with Account(900, loops=True) as site:
        run = read(site, tmp_path / "run")
    assert (run.summary.status, run.summary.complete) == ("degraded", False)
