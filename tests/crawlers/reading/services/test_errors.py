"""Errors in services' own words, in the shapes that they have."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.reading.services.errors import ErrorRule, check_answer, stated_error
from ouidire.errors import Blocked, RateLimited, SourceError, SourceGone
from ouidire.page import Page

AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
RULES = (
    ErrorRule("none", ("commentsdisabled",)),
    ErrorRule("key", ("expired_token",), "make a new token", codes=(190,)),
)


def page(body, status=200, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(url="https://api.example/x", body=raw, fetched_at=AT, status=status, headers=named)


def check(answer):
    return check_answer(answer, service="Exemple", key_advice="look at EXEMPLE_KEY", rules=RULES)


GOOGLE_DISABLED = {
    "error": {
        "code": 403,
        "message": "My Business API has not been used in project 1 before or it is disabled.",
        "status": "PERMISSION_DENIED",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}],
    }
}
GOOGLE_QUOTA = {"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}], "message": "The request…"}}
META_EXPIRED = {"error": {"message": "Session has expired", "type": "OAuthException", "code": 190}}
APPLE_REFUSED = {"errors": [{"status": "401", "code": "NOT_AUTHORIZED", "title": "T", "detail": "D"}]}
APPLE_GONE = {"errors": [{"status": "404", "code": "NOT_FOUND", "detail": "no app"}]}
GOOGLE_WRONG = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "bad mask"}}
APIGEE_QUOTA = {"fault": {"faultstring": "Rate limit quota violation", "detail": {"errorcode": "p.Quota"}}}
COMMENTS_OFF = {"error": {"code": 403, "errors": [{"reason": "commentsDisabled"}], "message": "no"}}


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        (GOOGLE_DISABLED, 403, Blocked, ("SERVICE_DISABLED", "has not been used", "EXEMPLE_KEY")),
        (GOOGLE_QUOTA, 403, RateLimited, ("quotaExceeded", "quota")),
        ({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, 429, RateLimited, ("RESOURCE_EXHAUSTED",)),
        ({"error": {"code": 8, "message": "Quota exceeded for quota metric"}}, 200, RateLimited, ("metric",)),
        ({"error": "AuthMissing", "message": "Authentication Required"}, 403, Blocked, ("AuthMissing",)),
        ({"error": "expired_token", "message": "x"}, 400, Blocked, ("make a new token",)),
        (META_EXPIRED, 400, Blocked, ("new token",)),
        (META_EXPIRED, 200, Blocked, ("new token",)),
        (APPLE_REFUSED, 401, Blocked, ("NOT_AUTHORIZED", "D")),
        (APPLE_GONE, 404, SourceGone, ("no app",)),
        ({"message": "Forbidden", "errorCode": 1037}, 403, Blocked, ("1037", "Forbidden")),
        ({"error": {"code": 503, "status": "UNAVAILABLE"}}, 503, SourceError, ("try again later",)),
        ({"error": "something odd"}, 200, SourceError, ("something odd",)),
        (GOOGLE_WRONG, 400, SourceError, ("bad mask", "parameters")),
        (APIGEE_QUOTA, 200, RateLimited, ("violation",)),
        ([{"error": {"code": 401, "message": "no"}}], 401, Blocked, ("no",)),
        ({"success": False, "msg": "no such key", "data": []}, 200, SourceError, ("no such key",)),
        ({"status": "error", "message": "bad key", "reviews": []}, 200, SourceError, ("bad key",)),
        ({"ok": False, "message": "quota spent"}, 200, RateLimited, ("quota spent",)),
        (b"<html><title>502</title></html>", 502, SourceError, ("502",)),
        (b"", 403, Blocked, ("403",)),
        (b"{", 500, SourceError, ("500",)),
        (b"[]", 404, SourceGone, ("404",)),
    ],
)  # fmt: skip
def test_an_error_is_raised_with_the_services_words_and_what_to_do(body, status, error, words):
    with pytest.raises(error) as raised:
        check(page(body, status))
    assert type(raised.value) is error
    for each in words:
        assert each in str(raised.value)


@pytest.mark.parametrize(
    "body",
    [b"", b"<p>", b"{", {"reviews": []}, {"error": None, "errors": []}, [], [{"id": 1}], {"message": "x"},
     [{"status": "failed"}],
     {"status": "ok"}, {"success": True}, {"status": 200}],
)  # fmt: skip
def test_an_answer_is_let_through(body):
    assert check(page(body)) is None


def test_what_is_no_error_to_a_source_is_left_to_its_layouts():
    assert check(page(COMMENTS_OFF, 403)) is None


def test_long_words_are_cut():
    with pytest.raises(Blocked) as raised:
        check(page({"error": {"message": "a" * 100_000}}, 403))
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    "hostile",
    [
        {"error": {"code": [1], "message": {"a": 1}, "details": 3}},
        {"error": [[]]},
        {"errors": {"a": []}},
        {"error": 10**400},
    ],
)  # fmt: skip
def test_hostile_errors_are_errors_all_the_same(hostile):
    assert stated_error(page(hostile)) is not None
    with pytest.raises(SourceError):
        check(page(hostile, 400))


def test_when_a_quota_is_renewed_goes_with_the_error():
    with pytest.raises(RateLimited) as raised:
        check(page({"error": {"message": "slow down"}}, 429, retry_after="120"))
    assert raised.value.retry_after == AT + timedelta(minutes=2)
