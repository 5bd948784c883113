"""Mentions as they are read of a page: named, once each, with what was left out and why."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.reading.mentions import ReadMentions, asked_names, asking, query_name
from ouidire.clock import StatedDate
from ouidire.mention import Mention
from ouidire.page import Page

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)


def reading(**context):
    return ReadMentions(Page(url="https://a.example/", body=b"", fetched_at=AT, context=context))


def mention(number=1, text="Chez L’Entrepôt hier", day=8, **more):
    published = StatedDate(at=datetime(2026, 3, day, tzinfo=UTC))
    return Mention(kind="post", entity="a", native_id=str(number), text=text, published=published, **more)


def test_only_what_has_a_name_is_kept():
    read = reading(**asking("a", names=["L'Entrepôt"]))
    read.keep(mention(1), "1")
    read.keep(mention(2, "Un entrepôt en feu"), "2")
    assert [each.native_id for each in read.mentions] == ["1"]
    assert read.rejected == ()


def test_a_page_that_names_nobody_is_empty_and_one_that_could_not_be_read_is_not():
    read = reading(**asking("a", names=["Pousse"]))
    read.keep(mention(), "1")
    assert read.parsed().says_empty
    assert not read.parsed(nothing=False).says_empty
    read.reject("not_public", "2")
    assert read.parsed().says_empty
    read.reject("unreadable", "3", {"a": 1})
    assert not read.parsed().says_empty


def test_what_has_no_words_no_id_or_came_before_is_said():
    read = reading()
    read.keep(mention(1), "1")
    read.keep(mention(1, "again"), "2")
    read.keep(mention(2, ""), "3")
    read.keep(mention(3).model_copy(update={"native_id": None}), "4")
    assert [(each.reason, each.where) for each in read.rejected] == [
        ("duplicate_in_page", "2"),
        ("no_text", "3"),
        ("unreadable", "4"),
    ]


def test_dates_that_cannot_be_right_are_said_where_a_place_is_given():
    read = reading()
    assert read.date("2026-03-08T10:00:00Z", "1").at == datetime(2026, 3, 8, 10, tzinfo=UTC)
    assert read.date("2036-03-08", "2") is None
    assert read.date("2036-03-08", None) is None
    assert read.date(None, "3") is None
    assert [(each.reason, each.where) for each in read.rejected] == [("bad_date", "2")]


@pytest.mark.parametrize(("since", "past"), [("2026-03-09", True), ("2026-03-08", False), (None, False)])
def test_a_page_of_the_past_ends_the_paging_also_where_nobody_is_named(since, past):
    moment = datetime.fromisoformat(since).replace(tzinfo=UTC) if since else None
    read = reading(**asking("a", names=["Personne"], since=moment))
    read.keep(mention(1, day=7), "1")
    read.keep(mention(2, day=8), "2")
    assert read.is_past is past
    assert read.oldest == datetime(2026, 3, 7, tzinfo=UTC)


def test_names_of_a_context_are_what_it_says():
    def page(**context):
        return Page(url="https://a.example/", body=b"", fetched_at=AT, context=context)

    assert asked_names(page(**asking("a", names=("C&A", "É")))) == ["C&A", "É"]
    for wrong in ("", "{", "{}", "3"):
        assert asked_names(page(must_name=wrong)) == []
    assert json.loads(asking("a", names=["É"])["must_name"]) == ["É"]
    assert asking("a", page="", more="x") == {"entity": "a", "more": "x"}


def test_a_query_is_an_entity_however_it_is_written():
    assert query_name(' "Pousse  & Compagnie" ') == query_name("pousse & compagnie") == "pousse & compagnie"
    assert query_name('""') == "*"
