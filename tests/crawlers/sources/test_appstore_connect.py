"""App Store Connect: read from answers, and in whole runs against a local imitation."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from crawlers.sources.appstore_connect.source import SOURCE, AppStoreConnectParams, entity, grant, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
URL = "https://api.appstoreconnect.apple.com/v1/apps/990001/customerReviews?sort=-createdDate&limit=200&include=response"
GIVEN = {"app_id": "990001", "key_id": "2X9R4HXF34", "issuer_id": "57246542-96fe-1a63-e053-0824d011072a"}
KEY = ec.generate_private_key(ec.SECP256R1())


def page(body, status=200, **context):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    known = {"entity": "990001", "app": "990001"} | context
    return Page(url=URL, body=raw, fetched_at=AT, status=status, kind="reviews", context=known)


def review(number=1, response=None, **more):
    said = {
        "rating": 4,
        "title": "Pratique",
        "body": "Tout marche.",
        "reviewerNickname": "maud",
        "createdDate": f"2026-10-{1 + number % 28:02d}T11:12:44-07:00",
        "territory": "FRA",
    }
    relation = {"relationships": {"response": {"data": {"id": response}}}} if response else {}
    return {"type": "customerReviews", "id": f"r-{number}", "attributes": said | more, **relation}


def one(*included, **more):
    return SOURCE.parse(page({"data": [review(**more)], "included": list(included)})).items[0]


def test_what_is_asked_for():
    (first,) = requests(AppStoreConnectParams(**GIVEN))
    assert (first.url, first.headers["Authorization"]) == (URL, "token:Bearer")
    (first,) = requests(AppStoreConnectParams(**GIVEN, territory="FRA"))
    assert first.url.endswith("&filter%5Bterritory%5D=FRA")
    assert entity(AppStoreConnectParams(**GIVEN, territory="FRA")) == "990001/FRA"
    found = grant(AppStoreConnectParams(**GIVEN))
    assert (found.header["kid"], found.claims["iss"], found.seconds <= 1200) == (
        GIVEN["key_id"],
        GIVEN["issuer_id"],
        True,
    )
    with pytest.raises(ValidationError):
        AppStoreConnectParams(**GIVEN, territory="fr")


def test_a_review_has_its_country_and_its_answer_once_published():
    answer = {"responseBody": "Merci", "lastModifiedDate": "2026-10-05T00:00:00Z", "state": "PUBLISHED"}
    included = {"type": "customerReviewResponses", "id": "a", "attributes": answer}
    kept = one(included, response="a")
    assert (kept.country, kept.title, kept.reply.text, kept.reply.published.at.day) == (
        "FR",
        "Pratique",
        "Merci",
        5,
    )
    assert kept.published.at == datetime(2026, 10, 2, 18, 12, 44, tzinfo=UTC)
    waiting = {**included, "attributes": answer | {"state": "PENDING_PUBLISH"}}
    assert one(waiting, response="a").reply is None
    assert one(response="absent").reply is None
    assert [one(territory=code).country for code in ("GBR", "XKX", "MARS", 7, None)] == [
        "GB",
        "XK",
        None,
        None,
        None,
    ]


def test_nothing_is_left_out_in_silence():
    rows = [
        review(1),
        review(1),
        {"type": "apps", "id": "1"},
        7,
        review(2, rating=None),
        review(3, body=None, title=None),
    ]
    parsed = SOURCE.parse(page({"data": rows}))
    assert [each.reason for each in parsed.rejected] == [
        "duplicate_in_page", "unreadable", "unreadable", "bad_rating",
    ]  # fmt: skip
    assert [each.text for each in parsed.items] == ["Tout marche.", ""]


def test_only_the_cursor_is_taken_of_the_next_address():
    links = {"links": {"next": "https://evil.example/v1?cursor=yAE.A%2B&limit=9"}}
    parsed = SOURCE.parse(page({"data": [review()], **links}))
    assert parsed.follow[0].url == f"{URL}&cursor=yAE.A%2B"
    old = SOURCE.parse(page({"data": [review()], **links}, since="2026-10-20T00:00:00+00:00"))
    assert old.follow == ()
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page({"data": [review()], "links": {"next": "https://h.example/"}}))


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": {}}, [], b"", b"{", {"data": [], "meta": {"paging": {"total": 4}}}]
)
def test_what_is_no_list_is_never_emptiness(body):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page(body))


@pytest.mark.parametrize(
    ("status", "code", "raised", "words"),
    [
        (401, "NOT_AUTHORIZED", Blocked, "key_id"),
        (403, "FORBIDDEN_ERROR", Blocked, "role"),
        (403, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", Blocked, "agreements"),
        (429, "RATE_LIMIT_EXCEEDED", RateLimited, "quota"),
    ],
)
def test_apples_errors_are_named(status, code, raised, words):
    errors = [{"status": str(status), "code": code, "title": "t", "detail": "d"}]
    with pytest.raises(raised, match=words):
        SOURCE.parse(page({"errors": errors}, status))


class Apple(ApiSite):
    """App Store Connect by a clock of its own: it refuses tokens that are not of its last 20 minutes."""

    def __init__(self, number, *, ahead=timedelta(0)):
        super().__init__(self.respond)
        self.number, self.ahead = number, ahead

    def respond(self, asked):
        now = datetime.now(UTC) + self.ahead
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        part = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        dated = {"date": format_datetime(now, usegmt=True)}
        if not claims["iat"] <= now.timestamp() <= claims["exp"] <= claims["iat"] + 1200:
            return Answer({"errors": [{"status": "401", "code": "NOT_AUTHORIZED"}]}, 401, dated)
        start = int(asked.query.get("cursor", "0"))
        rows = [review(each) for each in range(start, min(start + 200, self.number))]
        more = {"links": {"next": f"{self.url}/x?cursor={start + 200}"}} if start + 200 < self.number else {}
        return Answer({"data": rows, "meta": {"paging": {"total": self.number}}, **more}, headers=dated)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=-2), timedelta(hours=3)])
def test_reviews_are_read_to_their_end_whatever_our_clock_says(tmp_path, monkeypatch, ahead):
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "AuthKey.p8").write_bytes(pem)
    monkeypatch.setenv("APPSTORE_KEY_FILE", str(tmp_path / "AuthKey.p8"))
    with Apple(430, ahead=ahead) as site:
        run = crawl("appstore_connect", {**GIVEN, "base_url": site.url}, tmp_path / "run")
    assert (run.summary.status, run.summary.items, run.summary.complete) == ("ok", 430, True)
    assert "eyJ" not in run.summary.model_dump_json() + "".join(
        f"{each.url} {each.text}" for each in run.pages
    )
