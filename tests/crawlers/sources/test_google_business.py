"""Owners' reviews on Google: read from answers, and in whole runs against a local imitation."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.reading.services.minimised import dropping
from crawlers.sources.google_business.source import SOURCE, GoogleBusinessParams, entity, grant, requests
from crawlers.sources.google_business.texts import own_words
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, crawl
from tests.support.google_business_site import GoogleBusiness, review

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
CONTEXT = {
    "entity": "accounts/-",
    "account": "accounts/1",
    "location": "locations/7",
    "place": "Pousse & Cie (LYO)",
}
URL = "https://mybusiness.googleapis.com/v4/accounts/1/locations/7/reviews?pageSize=50"


def page(body, status=200, kind="reviews", url=URL, **context):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(url=url, body=raw, fetched_at=AT, status=status, kind=kind, context=CONTEXT | context)


def parse(*reviews, **more):
    return SOURCE.parse(page({"reviews": list(reviews), **more}))


def one(**fields):
    return parse({**review(1), **fields}).items[0]


# --- Requests ---


def test_one_account_or_all_that_the_consent_sees():
    (first,) = requests(GoogleBusinessParams())
    assert first.url == "https://mybusinessaccountmanagement.googleapis.com/v1/accounts?pageSize=20"
    assert first.headers["Authorization"] == "token:Bearer"
    (first,) = requests(GoogleBusinessParams(account="accounts/12", locations=("9", "7")))
    assert first.url.startswith(
        "https://mybusinessbusinessinformation.googleapis.com/v1/accounts/12/locations?readMask=name%2Ctitle"
    )
    assert "pageSize=100" in first.url
    assert entity(GoogleBusinessParams()) == "accounts/-"
    assert (
        entity(GoogleBusinessParams(account="accounts/12", locations=("9", "7")))
        == "accounts/12/locations/7+9"
    )


def test_the_token_is_made_from_the_consent_and_says_what_to_do():
    found = grant(GoogleBusinessParams.model_validate({"refresh_token_env": "CONSENTEMENT"}))
    assert found.url == "https://oauth2.googleapis.com/token"
    assert "secret:CONSENTEMENT" in found.fields.values()
    assert "CONSENTEMENT" in found.advice


def test_accounts_lead_to_locations_and_those_to_reviews():
    accounts = {
        "accounts": [{"name": "accounts/1"}, {"name": "accounts/../v1/x"}, {}],
        "nextPageToken": "a&b",
    }
    parsed = SOURCE.parse(page(accounts, kind="accounts", url="https://h.example/v1/accounts"))
    assert [each.kind for each in parsed.follow] == ["locations", "accounts"]
    assert parsed.follow[1].url.endswith("pageToken=a%26b")
    assert [each.reason for each in parsed.rejected] == ["unreadable", "unreadable"]
    locations = {
        "locations": [
            {"name": "locations/7", "title": "Pousse & Cie", "storeCode": "LYO"},
            {"name": "locations/8", "title": "Pousse & Cie", "storefrontAddress": {"locality": "Nantes"}},
            {
                "name": "accounts/1/locations/9",
                "title": "Pousse & Cie Paris",
                "storefrontAddress": {"locality": "Paris"},
            },
            {"name": "locations/evil?x=", "title": "x"},
        ],
        "totalSize": 4,
    }
    parsed = SOURCE.parse(page(locations, kind="locations"))
    assert [each.context["place"] for each in parsed.follow] == [
        "Pousse & Cie (LYO)", "Pousse & Cie (Nantes)", "Pousse & Cie Paris",
    ]  # fmt: skip
    assert parsed.follow[2].url.startswith(
        "https://mybusiness.googleapis.com/v4/accounts/1/locations/9/reviews?pageSize=50&orderBy=updateTime+desc"
    )
    only = SOURCE.parse(page(locations, kind="locations", locations="8"))
    assert [each.context["location"] for each in only.follow] == ["locations/8"]


def test_locations_that_are_not_verified_are_left_out_and_said():
    known = {"name": "locations/7", "title": "A", "metadata": {"hasVoiceOfMerchant": True}}
    other = {"name": "locations/8", "title": "B", "metadata": {"mapsUri": "https://maps.google.com/"}}
    parsed = SOURCE.parse(page({"locations": [known, other]}, kind="locations"))
    assert [each.context["location"] for each in parsed.follow] == ["locations/7"]
    assert [each.reason for each in parsed.rejected] == ["not_public"]
    unsaid = SOURCE.parse(page({"locations": [other]}, kind="locations"))
    assert len(unsaid.follow) == 1, "where Google says it of none, all are asked for"


def test_a_consent_without_a_profile_is_no_empty_account():
    with pytest.raises(SourceError, match="sees no account"):
        SOURCE.parse(page({}, kind="accounts"))
    assert SOURCE.parse(page({}, kind="locations")).says_empty


# --- Reviews ---


def test_a_review_has_its_place_its_date_and_its_reply():
    kept = one(reviewReply={"comment": "Merci !", "updateTime": "2026-10-02T08:00:00Z"})
    assert (kept.native_id, kept.place, kept.author) == ("locations/7/AbC-1", "Pousse & Cie (LYO)", "Maud 1")
    assert (kept.rating.value, kept.rating.best) == (5, 5)
    assert kept.published.at == datetime(2026, 10, 1, 9, 30, 0, 123456, tzinfo=UTC)
    assert kept.updated is None
    assert (kept.reply.text, kept.reply.published.at.day) == ("Merci !", 2)


def test_an_edited_review_keeps_both_dates():
    kept = one(updateTime="2026-10-20T10:00:00Z")
    assert (kept.published.at.day, kept.updated.at.day) == (1, 20)


def test_stars_without_words_are_kept_and_words_without_stars_too():
    stars = one(comment=None)
    assert (stars.text, stars.rating.value) == ("", 5)
    assert one(starRating="STAR_RATING_UNSPECIFIED").rating is None
    neither = parse(review(1, comment=None, starRating="STAR_RATING_UNSPECIFIED"), review(2))
    assert [each.reason for each in neither.rejected] == ["no_text"]


@pytest.mark.parametrize("stars", ["SIX", 5, "cinq", ["FIVE"], {"a": 1}])
def test_unknown_stars_are_left_out_and_said(stars):
    parsed = parse(review(1, starRating=stars), review(2))
    if stars in ("SIX", 5, "cinq"):
        assert [each.reason for each in parsed.rejected] == ["bad_rating"]
        assert len(parsed.items) == 1
    else:
        assert all(each.rating is None or each.rating.value == 5 for each in parsed.items)


def test_who_hides_his_name_is_not_one_author_with_all_others():
    assert one(reviewer={"displayName": "Un utilisateur de Google", "isAnonymous": True}).author is None
    assert one(reviewer=None).author is None


def test_markup_emoji_and_unbreakable_spaces_are_the_authors_own():
    kept = one(comment="Prix < 10 € & <b>top</b> 🌱\u00a0!")
    assert kept.text == "Prix < 10 € & <b>top</b> 🌱\u00a0!"


@pytest.mark.parametrize(
    ("written", "own"),
    [
        ("(Translated by Google) Very good\n\n(Original)\nTrès bien", "Très bien"),
        ("Très bien\n\n(Translated by Google)\nVery good", "Très bien"),
        ("(Traduit par Google) Très bien\n\n(Avis d'origine)\nSehr gut", "Sehr gut"),
        ("Sehr gut (Traduit par Google) Très bien", "Sehr gut"),
        ("(Original)\nSehr gut\n\n(Translated by Google)\nVery good", "Sehr gut"),
        ("(Übersetzt von Google) Gut\n(Originaltext)\nBien", "Bien"),
        ("J'ai acheté l'(Original) chez eux", "J'ai acheté l'(Original) chez eux"),
        ("Traduit par Google, quelle horreur", "Traduit par Google, quelle horreur"),
        ("", ""),
    ],
)
def test_the_authors_own_words_are_kept_of_a_translated_text(written, own):
    assert own_words(written) == (own, False)


def test_a_translation_alone_is_marked_as_one():
    kept = one(comment="(Translated by Google) Very good")
    assert (kept.text, kept.extra["translated"]) == ("Very good", True)


LATER = {"name": "accounts/1/locations/7/reviews/Z", "starRating": "ONE"}


def test_hostile_values_are_left_out_with_a_reason():
    parsed = parse(
        review(1), {"reviewId": {"x": 1}}, 7, None, LATER,
        review(2, createTime="demain", updateTime=[1], reviewReply="merci", reviewer="moi"),
    )  # fmt: skip
    assert [each.native_id for each in parsed.items] == [
        "locations/7/AbC-1",
        "locations/7/Z",
        "locations/7/AbC-2",
    ]
    assert sorted(each.reason for each in parsed.rejected) == [
        "bad_date",
        "unreadable",
        "unreadable",
        "unreadable",
    ]


@pytest.mark.parametrize(
    "body",
    [{"reviews": None}, {"reviews": {}}, {"totalReviewCount": 4}, {"avis": []}, [], b"", b"<html>", b"{"],
)
def test_what_is_no_list_of_reviews_is_never_emptiness(body):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page(body))


def test_an_empty_object_is_a_place_without_reviews():
    parsed = SOURCE.parse(page({}))
    assert (parsed.says_empty, parsed.items, parsed.last_page) == (True, (), True)


DISABLED = {"reason": "SERVICE_DISABLED", "metadata": {"service": "mybusiness.googleapis.com"}}
NONE_YET = {"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit_value": "0"}}
NO_RIGHT = {"status": "PERMISSION_DENIED", "message": "The caller does not have permission"}
SCOPE = {"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}


@pytest.mark.parametrize(
    ("status", "error", "kind", "raised", "words"),
    [
        (403, {"status": "PERMISSION_DENIED", "details": [DISABLED]}, "reviews", Blocked, "enable the API"),
        (429, {"status": "RESOURCE_EXHAUSTED", "details": [NONE_YET]}, "accounts", Blocked, "not approved"),
        (429, {"status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded"}, "reviews", RateLimited, "quota"),
        (403, {"status": "PERMISSION_DENIED", "details": [SCOPE]}, "reviews", Blocked, "business.manage"),
        (403, NO_RIGHT, "accounts", Blocked, "consent"),
        (404, {"status": "NOT_FOUND", "message": "not found"}, "reviews", SourceGone, "NOT_FOUND"),
        (400, {"status": "INVALID_ARGUMENT", "message": "bad"}, "reviews", SourceError, "INVALID"),
        (503, {"status": "UNAVAILABLE"}, "reviews", SourceError, "later"),
        (200, {"code": 403, "status": "PERMISSION_DENIED", "message": "x"}, "accounts", Blocked, "consent"),
    ],
)  # fmt: skip
def test_googles_errors_are_named(status, error, kind, raised, words):
    with pytest.raises(raised, match=words) as found:
        SOURCE.parse(page({"error": {"code": status, **error}}, status, kind))
    assert type(found.value) is raised


def test_photographs_are_not_stored():
    found = SOURCE.minimised(page({"reviews": [review(1)]}))
    assert b"photos.example" not in found.body
    assert SOURCE.parse(found).items[0].author == "Maud 1"
    assert b"email" not in dropping("email")(page(b'{"email": ')).body, "of a broken answer nothing is kept"


# --- Whole runs ---


@pytest.fixture
def owner(monkeypatch):
    for name in ("ID", "SECRET"):
        monkeypatch.setenv(f"GOOGLE_CLIENT_{name}", f"client-{name}")
    monkeypatch.setenv("GOOGLE_REFRESH_TOKEN", "1//consentement")
    many = [review(number, stars=1 + number % 5) for number in range(1, 8)]
    with GoogleBusiness({"7": ("Pousse & Cie Lyon", many), "8": ("Pousse & Cie Nantes", [])}) as site:
        yield site


def read(site, folder, **more):
    return crawl("google_business", {"base_url": site.url}, folder, **more)


def mentions(run):
    return [each for each in run.items if each.item == "mention"]


def test_every_location_is_read_to_its_end(owner, tmp_path):
    owner.page = 3
    run = read(owner, tmp_path / "run")
    assert (run.summary.status, run.summary.complete) == ("ok", True)
    assert len(mentions(run)) == 7
    assert {each.place for each in mentions(run)} == {"Pousse & Cie Lyon"}
    assert {each.entity for each in run.items} == {"accounts/-"}, "the source's own: else nothing vanishes"
    (average,) = [each for each in run.items if each.item == "rating_summary"]
    assert (average.rating_count, average.subject) == (7, "Pousse & Cie Lyon")
    left = run.summary.model_dump_json() + "".join(each.text for each in run.pages)
    assert not any(secret in left for secret in ("jeton", "consentement", "client-", "photos.example"))


def test_a_token_that_expires_in_mid_run_is_renewed(owner, tmp_path):
    owner.page, owner.expires_after = 3, 4
    run = read(owner, tmp_path / "run")
    assert (run.summary.status, len(mentions(run)), owner.tokens) == ("ok", 7, 2)


def test_a_withdrawn_consent_is_named(owner, tmp_path):
    owner.consent = Answer(
        {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400
    )
    run = read(owner, tmp_path / "run")
    assert run.summary.status == "blocked"
    assert "GOOGLE_REFRESH_TOKEN" in run.summary.reason


def test_a_page_token_that_repeats_ends_and_nothing_vanishes(owner, tmp_path):
    owner.page, owner.loops = 3, True
    run = read(owner, tmp_path / "run")
    assert (run.summary.status, run.summary.complete) == ("degraded", False)
    assert "led back to what was read already" in run.summary.reason


def test_one_location_that_may_not_be_read_does_not_hide_the_others(owner, tmp_path):
    denied = {"error": {"code": 403, **NO_RIGHT}}
    owner.refusals["8"] = Answer(denied, 403)
    owner.places["9"] = ("Pousse & Cie Brest", [review(9)])
    run = read(owner, tmp_path / "run", concurrency=1)
    assert (run.summary.status, len(mentions(run))) == ("degraded", 8)
    assert "not verified" in run.summary.reason


def test_what_changed_is_found_without_reading_all(owner, tmp_path):
    owner.page = 2
    owner.places["7"][1][0]["updateTime"] = "2026-10-30T08:00:00Z"
    run = read(owner, tmp_path / "run", since=datetime(2026, 10, 7, tzinfo=UTC))
    found = [each.native_id.removeprefix("locations/7/AbC-") for each in mentions(run)]
    assert found == ["1", "7", "6", "5"]
    assert not run.summary.complete


def test_a_place_without_reviews_is_empty_and_a_project_without_approval_blocked(owner, tmp_path):
    del owner.places["7"]
    assert read(owner, tmp_path / "one").summary.status == "empty"
    details = [{"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit_value": "0"}}]
    owner.wrong = Answer({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": details}}, 429)
    run = read(owner, tmp_path / "two", retries=0)
    assert run.summary.status == "blocked"
    assert "not approved" in run.summary.reason
