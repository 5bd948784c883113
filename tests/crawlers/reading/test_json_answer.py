"""What every JSON answer has in common: its values, and its refusals in the service's own words."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading import json_answer as answers
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)


def page(body="", status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(
        url="https://api.example:8443/v1?q=x", body=body.encode(), fetched_at=AT, status=status, headers=named
    )


def test_an_object_is_read_whatever_stands_before_it():
    assert answers.read_object(page('\ufeff \n{"a": "b\tc"}')) == {"a": "b\tc"}
    assert answers.known_object(page('{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '"x"', "{", "Your query was too short", "<p>", "[" * 99_999]
)
def test_what_is_no_object_is_said_to_be_none(body):
    assert answers.known_object(page(body)) == {}
    with pytest.raises(LayoutChanged):
        answers.read_object(page(body))


def test_the_words_of_an_answer_that_is_no_json_are_shown():
    with pytest.raises(LayoutChanged, match="Your query was too short"):
        answers.read_value(page("Your query was too short"))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_values_of_the_wrong_kind_are_nothing(value):
    assert answers.mapping(value) == {}
    assert all(isinstance(each, dict) for each in answers.objects(value))
    for read in (answers.plain_text, answers.markup_text):
        assert isinstance(read(value), str)
    assert answers.name_of(value) is None or isinstance(answers.name_of(value), str)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, SourceError),
        (401, Blocked),
        (403, Blocked),
        (404, SourceGone),
        (410, SourceGone),
        (422, SourceError),
        (429, RateLimited),
        (451, Blocked),
        (500, SourceError),
        (503, SourceError),
    ],
)
def test_error_statuses_speak_in_the_services_words(status, error):
    with pytest.raises(error) as raised:
        answers.check_status(page("{}", status), "clé <b>inconnue</b>", advice="check key_env")
    assert type(raised.value) is error
    assert f"api.example answered HTTP {status}: clé inconnue" in str(raised.value)
    assert ("check key_env" in str(raised.value)) is (error is Blocked)


def test_good_statuses_pass():
    for status in (200, 206, 304):
        answers.check_status(page("{}", status), "no error")


@pytest.mark.parametrize(
    ("headers", "later"),
    [
        ({"retry_after": "120"}, timedelta(minutes=2)),
        ({"x_ratelimit_reset": "2026-03-09T06:05:00.123456Z"}, timedelta(minutes=5, microseconds=123456)),
        ({"x_ratelimit_reset": str(int(AT.timestamp()) + 60)}, timedelta(minutes=1)),
        ({"x_ratelimit_reset": "59.5"}, timedelta(seconds=59.5)),
        ({"x_ratelimit_reset": "bientôt"}, None),
        ({}, None),
    ],
)
def test_when_to_come_back(headers, later):
    found = answers.reset_of(page("", 429, **headers))
    assert found == (None if later is None else AT + later)


def test_an_answer_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(answers, "LARGEST", 10)
    with pytest.raises(LayoutChanged, match="at most"):
        answers.read_value(page(json.dumps({"a": "b" * 10})))
