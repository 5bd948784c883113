import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawlers.reading.extract import (
    absolute_url,
    canonical_link,
    clean,
    count,
    decimal,
    element_text,
    html_to_text,
    next_link,
    one_line,
    read_json,
    registrable_host,
    scaled,
    stated_date,
    title_of,
)
from ouidire.page import Page

AT = datetime(2026, 3, 10, 15, tzinfo=UTC)


def page(body, **more):
    return Page(
        url=more.pop("url", "https://www.exemple.fr/avis?page=1"), body=body.encode(), fetched_at=AT, **more
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8,4", 8.4),
        ("3.7777777", 3.7777777),
        ("1 234", 1234),
        ("1\u202f234,5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1'234.5", 1234.5),
        ("1.234.567", 1234567),
        ("٤٫٥", 4.5),
        ("４．５", 4.5),
        ("−3", -3),
        ("4.2 out of 5", 4.2),
        ("\u200e4,7", 4.7),
        (4, 4),
        (4.5, 4.5),
        ("", None),
        ("aucune", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ([], None),
    ],
)
def test_decimal(text, expected):
    assert decimal(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("26,026", 26026),
        ("26 026 avis", 26026),
        ("12.345 Bewertungen", 12345),
        ("1,2 k avis", 1200),
        ("12K", 12000),
        ("1,5 M", 1500000),
        ("3.0", 3),
        ("(489)", 489),
        (18, 18),
        ("-3", None),
        ("aucun", None),
        ("1 234 567", 1234567),
    ],
)
def test_count(text, expected):
    assert count(text) == expected


@pytest.mark.parametrize(
    ("value", "best", "worst", "expected"),
    [
        ("8,4", "10", None, (8.4, 10, 1)),
        ("8,4", None, None, (8.4, 10, 1)),
        ("4/5", None, None, (4, 5, 1)),
        ("4 sur 5 étoiles", None, None, (4, 5, 1)),
        ("4.2 out of 5 stars", None, None, (4.2, 5, 1)),
        ("92 %", None, None, (92, 100, 0)),
        (0, 5, 0, (0, 5, 0)),
        (0.5, None, None, (0.5, 5, 0)),
        ("8", "5", None, None),
        ("6", None, "10", (6, 10, 1)),
        ("-1", None, None, None),
        ("nul", None, None, None),
        (250, None, None, None),
        (0.8, 1, 0, (0.8, 1, 0)),
        (2, 5, 3, None),
    ],
)
def test_scaled(value, best, worst, expected):
    rating = scaled(value, best=best, worst=worst)
    assert (rating and (rating.value, rating.best, rating.worst)) == expected


@given(st.one_of(st.text(max_size=300), st.floats(), st.integers(), st.none(), st.booleans()))
def test_numbers_never_raise_and_ratings_are_within_their_scale(value):
    rating = scaled(value)
    assert rating is None or rating.worst <= rating.value <= rating.best
    assert count(value) is None or count(value) >= 0
    decimal(value)


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2021-04-18T22:04:52.400Z", "2021-04-18T22:04:52.400", "second"),
        ("2015-09-26T10:12:14+02:00", "2015-09-26T08:12:14", "second"),
        ("2016-11-29 23:07:00.000000", "2016-11-29T23:07", "second"),
        ("2022-07-07", "2022-07-07T12:00", "day"),
        ("20240131", "2024-01-31T12:00", "day"),
        ("2022-07", "2022-07-01T12:00", "month"),
        ("2022", "2022-01-01T12:00", "year"),
        ("mars 2024", "2024-03-01T12:00", "month"),
        ("Wed, 27 Jun 2018 15:36:49 +0200", "2018-06-27T13:36:49", "second"),
        ("Mon, 10 Mar 2024 17:15:00 CET", "2024-03-10T16:15", "second"),
        ("lun., 02 mars 2026 18:00:27 +0100", "2026-03-02T17:00:27", "second"),
        ("on October 22, 2012", "2012-10-22T12:00", "day"),
        ("Reviewed in the United States on December 9, 2025", "2025-12-09T12:00", "day"),
        ("Ven 7 Oct 2011 08:23", "2011-10-07T08:23", "second"),
        ("3 mars 2024 à 14h05", "2024-03-03T14:05", "second"),
        ("1er août 2024", "2024-08-01T12:00", "day"),
        ("13/12/2025 10:15", "2025-12-13T10:15", "second"),
        ("02/03/26", "2026-03-02T12:00", "day"),
        ("3/14/2025", "2025-03-14T12:00", "day"),
        ("5 mars", "2026-03-05T12:00", "day"),
        ("12 décembre", "2025-12-12T12:00", "day"),
        ("il y a 2 jours", "2026-03-08T12:00", "relative"),
        ("Il y a 15 heures", "2026-03-10T12:00", "relative"),
        ("hier", "2026-03-09T12:00", "relative"),
        ("avant-hier", "2026-03-08T12:00", "relative"),
        ("a year ago", "2025-03-10T12:00", "relative"),
        ("2 months ago", "2026-01-10T12:00", "relative"),
        ("vor 3 Tagen", "2026-03-07T12:00", "relative"),
        ("hace un mes", "2026-02-10T12:00", "relative"),
        ("2020年8月7日", "2020-08-07T12:00", "day"),
        ("12 марта 2024", "2024-03-12T12:00", "day"),
        ("12 sierpnia 2024", "2024-08-12T12:00", "day"),
        (1583020800, "2020-03-01T00:00", "second"),
        ("1583020800000", "2020-03-01T00:00", "second"),
    ],
)
def test_dates(text, at, precision):
    found = stated_date(text, fetched_at=AT)
    assert found is not None
    assert (found.at, found.precision) == (datetime.fromisoformat(at).replace(tzinfo=UTC), precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bientôt",
        "1970-01-01",
        "0001-01-01T00:00:00",
        "2026-03-12T15:01:00Z",
        "31/02/2024",
        "12",
        "x" * 500,
        None,
        [],
        True,
        "n° 12345",
    ],
)
def test_no_dates(text):
    assert stated_date(text, fetched_at=AT) is None


def test_midnight_may_mean_a_day_and_keeps_the_local_one():
    text = "2024-05-02T00:00:00+02:00"
    assert stated_date(text, fetched_at=AT).at == datetime(2024, 5, 1, 22, tzinfo=UTC)
    day = stated_date(text, fetched_at=AT, midnight="day")
    assert (day.at, day.precision) == (datetime(2024, 5, 2, 12, tzinfo=UTC), "day")


@given(st.text(max_size=150))
def test_dates_never_raise_and_are_never_in_the_future(text):
    found = stated_date(text, fetched_at=AT, other_languages=False)
    assert found is None or (found.at.year >= 1990 and found.at.tzinfo == UTC and (found.at - AT).days <= 1)


def test_html_to_text_keeps_paragraphs_and_plain_text():
    assert (
        html_to_text("Bien.<br>Très <b>bon</b><p>Un</p><p>Deux &amp;eacute;</p><script>x()</script>fin")
        == "Bien.\nTrès bon\nUn\n\nDeux é\nfin"
    )
    assert html_to_text("prix <100 € & >50 <3") == "prix <100 € & >50 <3"
    assert html_to_text("AT&amp;T") == "AT&T"
    assert html_to_text("a\x00b\ud800\r\nc") == "ab\ufffd\nc"


@given(st.text())
def test_clean_text_can_always_be_stored(text):
    cleaned = clean(text)
    assert cleaned.encode("utf-8").decode() == cleaned
    assert clean(cleaned) == cleaned
    assert html_to_text(text).encode("utf-8") is not None


def test_element_text_survives_depth_and_stops_at_its_limit():
    deep = html.fromstring("<div>" * 200 + "au fond" + "</div>" * 200)
    assert element_text(deep) == "au fond"
    assert len(element_text(html.fromstring("<p>" + "mot " * 50_000 + "</p>"), limit=100)) <= 100
    assert element_text(html.fromstring("<p>a<!-- non --> b<script>c</script> d</p>")) == "a b d"


def test_one_line():
    assert one_line(" <b>deux</b>\n lignes ") == "deux lignes"
    assert one_line(4) == "4"
    assert one_line("") is None
    assert one_line(True) is None
    assert one_line({"a": 1}) is None


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' * 50_000, "1" * 10_000, "", "{", "nope"])
def test_bad_json_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 (any message of json will do)
        read_json(text)


def test_links():
    assert absolute_url("https://a.fr/b/", " ../c\n?d=1 ") == "https://a.fr/c?d=1"
    assert absolute_url("https://a.fr/", "javascript:alert(1)") is None
    assert absolute_url("https://a.fr/", "http://[bad") is None
    assert absolute_url("https://a.fr/", None) is None
    assert registrable_host("https://avis.exemple.co.uk:80/x") == "exemple.co.uk"
    assert registrable_host("http://127.0.0.1:8000/") == "127.0.0.1"


def test_links_of_a_page():
    head = '<head><title> Un\n titre </title><link rel="canonical" href="/avis?utm_source=x#y"></head>'
    body = head + '<a rel="nofollow NEXT" href="?page=2">2</a>'
    assert canonical_link(page(body)) == "https://www.exemple.fr/avis"
    assert next_link(page(body)) == "https://www.exemple.fr/avis?page=2"
    assert title_of(page(body)) == "Un titre"
    header = {"link": '<https://www.exemple.fr/avis?page=3>; rel="next", </>; rel="prev"'}
    assert next_link(page(body, headers=header)) == "https://www.exemple.fr/avis?page=3"
    assert next_link(page('<a rel="next" href="#bas">suite</a>')) is None
    assert canonical_link(page("")) is None


def test_a_json_body_is_still_a_tree():
    assert canonical_link(page(json.dumps({"a": 1}))) is None


def test_c1_characters_are_read_as_windows_1252():
    assert clean("L\u0092accueil, un c\u009cur \u0080") == "L’accueil, un cœur €"
