"""Answers without what must not be kept of people, also where they are broken."""

from datetime import UTC, datetime

import pytest

from crawlers.reading.services.minimised import dropping
from ouidire.page import Page

AT = datetime(2026, 3, 9, tzinfo=UTC)


def made(body):
    return Page(url="https://api.example/", body=body, fetched_at=AT)


def test_values_go_wherever_they_stand():
    kept = dropping("From")(made(b'{"data": [{"from": {"name": "Ana Klimt"}, "id": 1, "text": "\\ud800"}]}'))
    assert kept.json_value() == {"data": [{"id": 1, "text": "\ufffd"}]}


@pytest.mark.parametrize(
    "body",
    [b'{"from": {"name": "Ana Klimt"}, "text": "cu', b' [{"from": "Ana Klimt"}, ' + b"[" * 5_000],
)
def test_of_a_broken_answer_no_name_is_kept(body):
    kept = dropping("from")(made(body))
    assert b"Klimt" not in kept.body
    assert str(len(body)).encode() in kept.body


@pytest.mark.parametrize("body", [b'{"text": "nobody', b"<p data-x='\"from\"'>Panne</p>", b""])
def test_other_pages_stay_as_they_are(body):
    assert dropping("from")(made(body)).body == body


def test_a_stream_of_one_object_a_line_loses_the_keys_line_by_line():
    body = b'{"id": 1, "avatar": "a.png"}\n{"id": 2, "avatar": "Ana\n\n{"id": 3, "to": {"avatar": "b.png"}}\n'
    lines = dropping("avatar")(made(body)).body.decode().split("\n")
    assert [lines[0], lines[2], lines[3]] == ['{"id": 1}', "", '{"id": 3, "to": {}}']
    assert (lines[1][:7], "Ana" in lines[1]) == ("(a line", False)
    for other in (b'{\n"avatar": "Ana",\n', b'[1]\n{"avatar": "Ana"}'):
        assert b"Ana" not in dropping("avatar")(made(other)).body, "no stream: a broken answer is not kept"
