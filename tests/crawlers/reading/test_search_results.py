import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.search_results import (
    MAX_TEXT,
    clean,
    query_of,
    search_entity,
    shown_rating,
    shows_rating,
    unwrap,
    whole_number,
)
from ouidire.errors import SourceError

BASE = "https://www.google.com/search?q=x"


@pytest.mark.parametrize(
    ("text", "value", "best", "count", "shown"),
    [
        ("Rating: 4.7 · \u200e26,026 reviews", 4.7, 5, 26026, "Rating: 4.7 · 26,026 reviews"),
        ("Note : 2,2 - \u200e22 votes", 2.2, 5, 22, "Note : 2,2 - 22 votes"),
        ("Note\u00a0: 4 - 109\u202fvotes", 4, 5, 109, "Note : 4 - 109 votes"),
        ("Rating: 8.7/10 · \u200e1,947,320 votes", 8.7, 10, 1947320, "Rating: 8.7/10 · 1,947,320 votes"),
        ("Rating: 88% · 161 votes", 88, 100, 161, "Rating: 88% · 161 votes"),
        ("Note : 7,8/10 · 1\u202f947 avis", 7.8, 10, 1947, "Note : 7,8/10 · 1 947 avis"),
        ("Noté 4,5 sur 5", 4.5, 5, None, "Noté 4,5 sur 5"),
        ("Rated 4.6 out of 5 from 340317 reviews.", 4.6, 5, 340317, "Rated 4.6 out of 5 from 340317 reviews"),
        ("Bewertung: 4,3 · 1.204 Rezensionen", 4.3, 5, 1204, "Bewertung: 4,3 · 1.204 Rezensionen"),
        ("4,8 (78) · Plombier", 4.8, 5, 78, "4,8 (78)"),
        ("4,6(1,2 k)", 4.6, 5, 1200, "4,6(1,2 k)"),
        ("3,8 (1 204 avis Google)", 3.8, 5, 1204, "3,8 (1 204 avis Google)"),
        ("Rating: 4.7 · $12.99", 4.7, 5, None, "Rating: 4.7"),
    ],
)
def test_a_shown_rating_is_read_as_it_stands(text, value, best, count, shown):
    rating = shown_rating(text)
    assert rating is not None
    assert (rating.value, rating.best, rating.count, rating.text) == (value, best, count, shown)


@pytest.mark.parametrize(
    "text", [None, "", "no digits", "Rating: 9", "12345", "Note : 6/5", "200 % de réduction"]
)
def test_a_number_beyond_its_scale_is_no_rating(text):
    assert shown_rating(text) is None


def test_a_bare_number_shows_no_rating():
    assert not shows_rating("103 Avenue de Clichy · 01 42 28 61 22")
    assert not shows_rating("Ouvert 24 h/24")
    assert shows_rating("4,4 (37)")
    assert shows_rating("Note : 4,0 sur 5")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Environ 17 200 000 résultats ", 17_200_000),
        ("Environ 17\u202f200\u00a0000 résultats", 17_200_000),
        ("About 1,310,000,000 results", 1_310_000_000),
        ("Ungefähr 114.000.000 Ergebnisse", 114_000_000),
        ("About 1,31,00,000 results", 13_100_000),
        ("Page 2 of about 298,000 results", 298_000),
        ("About 0 results", 0),
        ("Pas de nombre", None),
    ],
)
def test_totals_are_read_whatever_the_grouping(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/url?q=https://a.example/x%3Fb%3D1&sa=U", "https://a.example/x?b=1"),
        ("https://www.google.fr/url?sa=t&url=https://a.example/", "https://a.example/"),
        ("https://www.google.com/amp/s/a.example/page?x=1", "https://a.example/page?x=1"),
        (
            "https://www.googleadservices.com/pagead/aclk?sa=L&adurl=https://a.example/ad",
            "https://a.example/ad",
        ),
        ("https://a.example/x#:~:text=mot", "https://a.example/x"),
        ("https://a.example/x#part", "https://a.example/x#part"),
        ("javascript:alert(1)", None),
        ("tel:+33400000000", None),
        ("https://[bad", None),
        ("", None),
        (None, None),
        ("https://a.example/" + "x" * 9_000, None),
    ],
)
def test_addresses_are_taken_out_of_redirects(href, url):
    assert unwrap(href, base=BASE) == url


def test_a_redirect_of_a_local_copy_is_unwrapped_too():
    assert unwrap("/url?q=https://a.example/", base="http://127.0.0.1:8000/page.html") == "https://a.example/"
    assert (
        unwrap("https://b.example/url?q=https://a.example/", base=BASE)
        == "https://b.example/url?q=https://a.example/"
    )


def test_a_search_has_one_name_whatever_its_case_and_blanks():
    names = {
        search_entity("google", query, gl="FR", hl="fr", device="desktop")
        for query in ("Pousse  et Compagnie", " pousse et compagnie ")
    }
    assert names == {"google/fr/fr/desktop/pousse et compagnie"}
    assert search_entity("google", "é", gl=None, hl=None, device="mobile") == search_entity(
        "google", "e\u0301", gl=None, hl=None, device="mobile"
    )


@given(st.text(max_size=400))
def test_any_text_is_cleaned_to_one_short_line_and_rates_within_its_scale(text):
    line = clean(text)
    assert line is None or (line == clean(line) and "\n" not in line and len(line) <= MAX_TEXT)
    rating = shown_rating(text)
    assert rating is None or 0 <= rating.value <= rating.best


@pytest.mark.parametrize("unit", ["1 ", "Note : ", "4,8 (", "1,234,", "Rating: 4.7 · ", "(" * 10, "a"])
def test_long_texts_are_read_in_bounded_steps(unit):
    text = unit * 400_000
    assert len(clean(text) or "") <= MAX_TEXT
    shown_rating(text)
    whole_number(text)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("fleurs témoin", "Fleurs  TEMOIN"),
        ('"fleurs témoin" avis', "fleurs témoin"),
        ("fleur temoin lile", "fleurs témoin lille"),
        ("fleurs témoin", None),
        ("株式会社", "株式会社"),
    ],
)
def test_a_query_with_its_spelling_mended_is_the_same(asked, shown):
    assert query_of(asked, shown) == asked


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("fleurs témoin", "plomberie dupont"),
        ("meilleure jardinerie lyon", "meilleure plomberie lyon"),
        ("fleurs témoin avis", "fleurs martin avis"),
        ("株式会社", "fleurs"),
    ],
)
def test_another_query_is_refused(asked, shown):
    with pytest.raises(SourceError, match="another search"):
        query_of(asked, shown)


def test_a_page_asked_for_by_nobody_names_its_query_itself():
    assert query_of(None, "fleurs témoin") == "fleurs témoin"
