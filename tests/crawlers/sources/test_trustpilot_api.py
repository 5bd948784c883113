"""Trustpilot by its API: read from answers, and in whole runs against a local imitation."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawlers.sources.trustpilot_api.source import SOURCE, TrustpilotApiParams, entity, grant, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
CONTEXT = {"entity": "pousse.example", "key": "TRUSTPILOT_API_KEY", "unit": "46d5b8a2", "total": "2"}
URL = "https://api.trustpilot.com/v1/business-units/46d5b8a2/reviews?page=1&perPage=100"
UNIT = {
    "id": "46d5b8a2",
    "displayName": "Pousse & Cie",
    "score": {"trustScore": 4.3, "stars": 4.5},
    "numberOfReviews": {"total": 240, "oneStar": 9, "fiveStars": 200},
}


def page(body, status=200, url=URL, **context):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(url=url, body=raw, fetched_at=AT, status=status, kind="reviews", context=CONTEXT | context)


def review(number, **more):
    return {
        "id": f"65a{number}",
        "stars": 4,
        "title": "Ravie",
        "text": "Des plants vigoureux.",
        "language": "fr",
        "createdAt": f"2026-10-{1 + number % 28:02d}T10:00:00.000Z",
        "updatedAt": None,
        "consumer": {"id": "5f", "displayName": f"Maud {number}", "email": "maud@example.org"},
        "referenceId": "CMD-4711",
        "isVerified": True,
        "companyReply": None,
    } | more


def one(**more):
    return SOURCE.parse(page({"reviews": [review(1, **more)], "links": []})).items[0]


def params(**given):
    return TrustpilotApiParams.model_validate({"domain": "pousse.example", **given})


def test_a_company_is_found_by_its_domain_or_its_id():
    (found,) = requests(params())
    assert found.url == "https://api.trustpilot.com/v1/business-units/find?name=pousse.example"
    assert found.headers["apikey"] == "secret:TRUSTPILOT_API_KEY"
    (found,) = requests(TrustpilotApiParams(business_unit="46d5b8a2"))
    assert found.url == "https://api.trustpilot.com/v1/business-units/46d5b8a2"
    assert entity(params(language="fr")) == "pousse.example/fr"


@pytest.mark.parametrize(
    "given",
    [
        {"domain": None},
        {"business_unit": "46d5b8a2"},
        {"user_env": "MOI"},
        {"user_env": "MOI", "password_env": "MOT"},
        {"domain": "a/b"},
        {"key_env": "tpk-the-key-itself"},
    ],
)
def test_parameters_that_make_no_sense_are_refused(given):
    with pytest.raises(ValidationError):
        params(**given)


def test_the_companys_own_view_has_a_token():
    assert grant(params()) is None
    found = grant(params(secret_env="SECRET_TP"))  # noqa: S106 (a name)
    assert found.fields == {"grant_type": "client_credentials"}
    assert found.basic == ("secret:TRUSTPILOT_API_KEY", "secret:SECRET_TP")
    given = {"secret_env": "SECRET_TP", "user_env": "MOI", "password_env": "MOT"}
    assert grant(params(**given)).fields["grant_type"] == "password"
    parsed = SOURCE.parse(page(UNIT, private="yes"))
    assert parsed.follow[0].url.startswith(
        "https://api.trustpilot.com/v1/private/business-units/46d5b8a2/reviews?page=1"
    )
    assert parsed.follow[0].headers["Authorization"] == "token:Bearer"


def test_a_company_shows_its_score_and_leads_to_its_reviews():
    parsed = SOURCE.parse(page(UNIT))
    (summary,) = parsed.items
    assert (summary.rating.value, summary.rating_count, summary.histogram) == (4.3, 240, {"1": 9, "5": 200})
    assert parsed.follow[0].context["total"] == "240"
    none = SOURCE.parse(page({**UNIT, "numberOfReviews": {"total": 0}}))
    assert (none.says_empty, none.follow) == (True, ())
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page({**UNIT, "id": "../../evil"}))


def test_a_review_has_its_dates_its_reply_and_no_order():
    kept = one(
        companyReply={"text": "Merci !", "createdAt": "2026-10-04T08:00:00Z"},
        updatedAt="2026-10-05T08:00:00Z",
    )
    assert (kept.title, kept.language, kept.verified, kept.author) == ("Ravie", "fr", True, "Maud 1")
    assert (kept.published.at.day, kept.updated.at.day, kept.reply.published.at.day) == (2, 5, 4)
    assert kept.url == "https://www.trustpilot.com/reviews/65a1"
    assert one(experiencedAt="2026-09-30T00:00:00Z").experienced.at.day == 30
    assert one(status="reported").extra["status"] == "reported"
    assert "status" not in one(status="active").extra
    stored = SOURCE.minimised(page({"reviews": [review(1)]}))
    assert b"example.org" not in stored.body
    assert b"4711" not in stored.body


def test_stars_without_words_are_kept_and_nothing_is_left_out_in_silence():
    assert one(text="", title="").rating.value == 4
    parsed = SOURCE.parse(
        page({"reviews": [review(1), review(1), 7, {"id": "x"}, review(2, stars=9, text="", title="")]})
    )
    assert [each.reason for each in parsed.rejected] == [
        "duplicate_in_page", "unreadable", "bad_rating", "bad_rating",
    ]  # fmt: skip


def test_the_next_page_is_never_an_address_of_the_answers():
    more = {"links": [{"rel": "next-page", "href": "https://evil.example/steal"}]}
    parsed = SOURCE.parse(page({"reviews": [review(1)], **more}))
    assert parsed.follow[0].url.startswith(
        "https://api.trustpilot.com/v1/business-units/46d5b8a2/reviews?page=2&"
    )
    assert SOURCE.parse(page({"reviews": [review(1)], "links": []})).follow == ()
    full = SOURCE.parse(page({"reviews": [review(number) for number in range(100)]}))
    assert "page=2" in full.follow[0].url
    old = SOURCE.parse(page({"reviews": [review(1)], **more}, since="2026-10-20T00:00:00+00:00"))
    assert old.follow == ()


@pytest.mark.parametrize("body", [{"reviews": []}, {"reviews": None}, {}, [], b"", b"<html>"])
def test_what_is_no_list_of_reviews_is_never_emptiness(body):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page(body))


def test_a_language_without_reviews_is_empty():
    assert SOURCE.parse(page({"reviews": []}, language="fr")).says_empty


BAD_KEY = {"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.InvalidApiKey"}}}


@pytest.mark.parametrize(
    ("status", "body", "raised", "words"),
    [
        (401, BAD_KEY, Blocked, "key_env"),
        (403, {"message": "Forbidden", "errorCode": 1037}, Blocked, "Connect"),
        (404, {"message": "Business unit not found"}, SourceGone, "not found"),
        (429, {"fault": {"faultstring": "Rate limit quota violation"}}, RateLimited, "quota"),
        (200, {"error": {"message": "Too many requests"}}, RateLimited, "Too many"),
    ],
)
def test_trustpilots_errors_are_named(status, body, raised, words):
    with pytest.raises(raised, match=words):
        SOURCE.parse(page(body, status))


class Company(ApiSite):
    """A company's API: `numbers` are its reviews, a token is good for `lasts` answers."""

    def __init__(self, numbers, *, lasts=10**6):
        super().__init__(self.respond)
        self.numbers, self.lasts, self.tokens, self.used = list(numbers), lasts, 0, 0

    def respond(self, asked):
        if asked.path.endswith("/accesstoken"):
            assert asked.headers["authorization"] == f"Basic {b64encode(b'tpk-cle:tps-secret').decode()}"
            self.tokens, self.used = self.tokens + 1, 0
            return Answer({"access_token": f"jeton-{self.tokens}", "expires_in": "359999"})
        if "/private/" in asked.path:
            self.used += 1
            if asked.headers.get("authorization") != f"Bearer jeton-{self.tokens}" or self.used > self.lasts:
                return Answer({"message": "Access token expired", "errorCode": 1006}, 401)
        elif asked.headers.get("apikey") != "tpk-cle":
            return Answer(BAD_KEY, 401)
        if not asked.path.endswith("/reviews"):
            return Answer({**UNIT, "numberOfReviews": {"total": len(self.numbers)}})
        start = (int(asked.query["page"]) - 1) * 100
        links = [{"rel": "next-page", "href": "x"}] if start + 100 < len(self.numbers) else []
        return Answer(
            {"reviews": [review(each) for each in self.numbers[start : start + 100]], "links": links}
        )


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("TRUSTPILOT_API_KEY", "tpk-cle")
    monkeypatch.setenv("SECRET_TP", "tps-secret")


def test_reviews_are_read_to_their_end(tmp_path):
    with Company(range(250)) as site:
        run = crawl("trustpilot_api", {"domain": "pousse.example", "base_url": site.url}, tmp_path / "run")
    assert (run.summary.status, run.summary.items, run.summary.complete) == ("ok", 251, True)
    left = run.summary.model_dump_json() + "".join(each.text for each in run.pages)
    assert not any(each in left for each in ("tpk-cle", "example.org", "4711"))


def test_the_own_view_is_read_with_a_token_that_expires(tmp_path):
    with Company(range(250), lasts=2) as site:
        given = {"domain": "pousse.example", "base_url": site.url, "secret_env": "SECRET_TP"}
        run = crawl("trustpilot_api", given, tmp_path / "run")
        assert (run.summary.status, run.summary.items, site.tokens) == ("ok", 251, 2)
        site.numbers = []
        assert crawl("trustpilot_api", given, tmp_path / "none").summary.status == "empty"


def test_a_wrong_key_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("TRUSTPILOT_API_KEY", "tpk-autre")
    with Company(range(3)) as site:
        run = crawl("trustpilot_api", {"domain": "pousse.example", "base_url": site.url}, tmp_path / "run")
    assert run.summary.status == "blocked"
    assert "key_env" in run.summary.reason
