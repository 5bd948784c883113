"""feed: what feeds of careless makers hold, as found by bending real ones."""

from datetime import UTC, datetime

import pytest

from crawlers.sources.feed.source import SOURCE
from ouidire.page import Page

parse = SOURCE.parse


def read(items):
    body = f'<rss version="2.0"><channel><title>Fil</title><link>http://fil.example/</link>{items}</channel></rss>'
    return parse(
        Page(
            url="http://fil.example/rss.xml", body=body.encode(), fetched_at=datetime(2026, 3, 9, tzinfo=UTC)
        )
    )


@pytest.mark.parametrize(
    "stated",
    [
        "0000-00-00",
        "0000-00-00T00:00:00Z",
        "Wed, 30 Nov -0001 00:00:00 +0000",
        "99999-01-01",
        "32/13/2025",
        "0001-01-01T00:00:00",
    ],
)
def test_a_date_that_is_none_costs_the_date_and_nothing_else(stated):
    parsed = read(
        f"<item><title>Le magasin</title><link>http://fil.example/1</link><pubDate>{stated}</pubDate></item>"
    )
    assert [(one.title, one.published) for one in parsed.items] == [("Le magasin", None)]
    assert [one.reason for one in parsed.rejected] == ["bad_date"]


def test_a_year_of_two_digits_and_a_zone_of_zeros_are_a_date():
    parsed = read(
        "<item><title>Un</title><link>http://fil.example/1</link><pubDate>Wed, 27 Jun 18 15:36:49 "
        "+0000</pubDate></item>"
    )
    assert parsed.items[0].published.at == datetime(2018, 6, 27, 15, 36, 49, tzinfo=UTC)


def test_entries_that_all_lead_to_one_page_are_told_apart_by_their_titles():
    link = "<link>http://fil.example/</link>"
    parsed = read(
        f"<item><title>Un</title>{link}</item><item><title>Deux</title>{link}</item><item><title>Trois</title>{link}</item>"
    )
    assert [one.title for one in parsed.items] == ["Un", "Deux", "Trois"]
    assert len({one.native_id for one in parsed.items}) == 3
    assert {one.url for one in parsed.items} == {"http://fil.example/"}
    again = read(f"<item><title>Zéro</title>{link}</item><item><title>Un</title>{link}</item>")
    assert again.items[1].native_id == parsed.items[0].native_id, (
        "a newer entry does not take an older one's name"
    )


def test_their_own_ids_come_first():
    link = "<link>http://fil.example/direct</link>"
    parsed = read(
        "".join(
            f'<item><title>Direct</title>{link}<guid isPermaLink="false">d{number}</guid></item>'
            for number in (1, 2)
        )
    )
    assert [one.native_id for one in parsed.items] == ["d1", "d2"]


def test_one_entry_given_twice_is_one():
    entry = "<item><title>Un</title><link>http://fil.example/1</link></item>"
    parsed = read(entry + entry.replace("/1<", "/1?utm_source=rss<"))
    assert [one.native_id for one in parsed.items] == ["http://fil.example/1"]
    assert [one.reason for one in parsed.rejected] == ["duplicate_in_page"]
