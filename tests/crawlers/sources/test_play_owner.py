"""Google Play for owners: read from answers, and in whole runs against a local imitation."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crawlers.sources.play_owner.source import SOURCE, PlayOwnerParams, grant, requests
from ouidire.errors import Blocked, LayoutChanged, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
APP = "fr.pousse.jardin"
URL = f"https://androidpublisher.googleapis.com/androidpublisher/v3/applications/{APP}/reviews?maxResults=100"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def page(body, status=200):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(url=URL, body=raw, fetched_at=AT, status=status, kind="reviews", context={"entity": APP})


def said(text="Pratique", stars=4, seconds=1793000000, **more):
    words = {
        "text": text,
        "starRating": stars,
        "lastModified": {"seconds": str(seconds)},
        "reviewerLanguage": "fr",
    }
    return {"userComment": words | more}


def review(number=1, *comments):
    return {"reviewId": f"gp:{number}", "authorName": "Maud", "comments": list(comments) or [said()]}


def one(*comments):
    return SOURCE.parse(page({"reviews": [review(1, *comments)]})).items[0]


def test_what_is_asked_for():
    (first,) = requests(PlayOwnerParams(package=APP))
    assert (first.url, first.headers["Authorization"]) == (URL, "token:Bearer")
    assert grant(PlayOwnerParams(package=APP)).scope.endswith("/androidpublisher")


def test_title_and_text_are_told_apart_by_a_tab():
    assert (one(said("Bien\tTout marche")).title, one(said("Bien\tTout marche")).text) == (
        "Bien",
        "Tout marche",
    )
    assert (one(said("\tTout marche")).title, one(said("\tTout marche")).text) == (None, "Tout marche")


def test_the_authors_own_words_are_kept_of_a_translated_text():
    assert one(said("It crashes", originalText="Ça plante")).text == "Ça plante"


def test_an_edited_review_has_its_newest_words_and_both_dates():
    kept = one(said("Nul", stars=1, seconds=1792000000), said("Mieux", stars=4, seconds=1793000000))
    assert (kept.text, kept.rating.value) == ("Mieux", 4)
    assert kept.published.at < kept.updated.at
    assert one().updated is None


def test_the_developers_answer():
    kept = one(said(), {"developerComment": {"text": "Merci", "lastModified": {"seconds": "1793100000"}}})
    assert (kept.reply.text, kept.reply.published.at.year) == ("Merci", 2026)


def test_nothing_is_left_out_in_silence():
    rows = [
        review(1),
        review(1),
        None,
        {"reviewId": "gp:9"},
        review(2, said(stars=9)),
        review(3, said(seconds="bientôt")),
    ]
    parsed = SOURCE.parse(page({"reviews": rows}))
    assert [each.reason for each in parsed.rejected] == [
        "duplicate_in_page", "unreadable", "unreadable", "bad_rating", "bad_date",
    ]  # fmt: skip
    assert len(parsed.items) == 2


@pytest.mark.parametrize("body", [{"reviews": None}, {"avis": []}, [], b"", b"{", b"<html>"])
def test_what_is_no_list_is_never_emptiness(body):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page(body))


def test_a_week_without_reviews_is_empty():
    assert SOURCE.parse(page({})).says_empty
    assert not SOURCE.enumerates, "what leaves the week has not vanished"


@pytest.mark.parametrize(
    ("status", "error", "raised", "words"),
    [
        (403, {"message": "The current user has insufficient permissions"}, Blocked, "Play Console"),
        (
            403,
            {"status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}]},
            Blocked,
            "enable",
        ),
        (
            404,
            {"message": "No application was found for the given package name."},
            SourceGone,
            "No application",
        ),
    ],
)
def test_googles_errors_are_named(status, error, raised, words):
    with pytest.raises(raised, match=words):
        SOURCE.parse(page({"error": {"code": status, **error}}, status))


class Console(ApiSite):
    """A Play Console: reviews by page tokens, for whoever has exchanged a signed assertion."""

    def __init__(self, number):
        super().__init__(self.respond)
        self.number, self.tokens = number, 0

    def respond(self, asked):
        if asked.path == "/token":
            assert "assertion=" in asked.body
            self.tokens += 1
            return Answer({"access_token": f"jeton-{self.tokens}", "expires_in": 3599})
        if asked.headers.get("authorization") != f"Bearer jeton-{self.tokens}":
            return Answer({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, 401)
        start = int(asked.query.get("token", "0"))
        rows = [review(each) for each in range(start, min(start + 100, self.number))]
        more = {"tokenPagination": {"nextPageToken": str(start + 100)}} if start + 100 < self.number else {}
        return Answer({"reviews": rows, **more} if rows else {})


def test_a_week_is_read_to_its_end(tmp_path, monkeypatch):
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    account = {"client_email": "lecture@projet.example", "private_key": pem, "token_uri": "https://h.example"}
    (tmp_path / "compte.json").write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_PLAY_ACCOUNT_FILE", str(tmp_path / "compte.json"))
    with Console(230) as site:
        run = crawl("play_owner", {"package": APP, "base_url": site.url}, tmp_path / "run")
        assert (run.summary.status, run.summary.items, run.summary.complete) == ("ok", 230, False)
        site.number = 0
        empty = crawl("play_owner", {"package": APP, "base_url": site.url}, tmp_path / "none")
    assert empty.summary.status == "empty"
    assert "jeton-" not in run.summary.model_dump_json() + "".join(each.text for each in run.pages)
