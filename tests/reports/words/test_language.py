from datetime import UTC, date, datetime

import pytest

from ouidire.period import period_of
from ouidire.text.catalogue import LANGUAGES
from reports.typography import breakable, one_line, shortened, tame
from reports.words.language import Localizer


@pytest.mark.parametrize(
    ("day", "fr", "en"),
    [
        (date(2026, 3, 2), "du lundi 2 au dimanche 8 mars 2026", "Monday 2 to Sunday 8 March 2026"),
        (
            date(2026, 7, 1),
            "du lundi 29 juin au dimanche 5 juillet 2026",
            "Monday 29 June to Sunday 5 July 2026",
        ),
        (
            date(2025, 12, 31),
            "du lundi 29 décembre 2025 au dimanche 4 janvier 2026",
            "Monday 29 December 2025 to Sunday 4 January 2026",
        ),
        (date(2026, 6, 3), "du lundi 1er au dimanche 7 juin 2026", "Monday 1 to Sunday 7 June 2026"),
    ],
)
def test_weeks_in_words(day, fr, en):
    period = period_of("week", day, timezone="Europe/Paris")
    spans = [
        Localizer(language, timezone="Europe/Paris").span(period).replace("\u00a0", " ")
        for language in LANGUAGES
    ]
    assert spans == [fr, en]


def test_months_in_words():
    period = period_of("month", date(2026, 2, 9), timezone="Europe/Paris")
    assert Localizer("fr", period="month").span(period) == "en février\u00a02026"


def test_numbers():
    fr, en = Localizer("fr"), Localizer("en")
    assert fr.number(12345.6, digits=1) == "12\u202f345,6"
    assert fr.percent(0.1234, digits=1) == "12,3\u202f%"
    assert fr.number(-34, signed=True) == "−34"
    assert fr.number(-0.001, digits=2, signed=True) == "0,00"
    assert en.number(12345.6, digits=1) == "12,345.6"
    assert en.percent(0.1234) == "12%"


def test_moments_are_local_to_the_period():
    speech = Localizer("fr", timezone="Europe/Paris")
    assert (
        speech.moment(datetime(2026, 2, 28, 23, 30, tzinfo=UTC)).replace("\u00a0", " ")
        == "dimanche 1er mars à 0 h 30"
    )


def test_plurals_follow_the_language():
    assert Localizer("fr").say("where.mentions", n=0) == "0 mention"
    assert Localizer("en").say("where.mentions", n=0) == "0 mentions"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a\u202eb\u2066c\u200bd", "abcd"),
        ("un\r\n\r\ndeux\ttrois", "un deux trois"),
        ("z\u0300\u0301\u0302\u0303\u0304algo", "z\u0300\u0301algo"),
        ("👩\u200d🌾 bravo", "👩\u200d🌾 bravo"),
        ("\x00\x1b[31mrouge", "[31mrouge"),
    ],
)
def test_tame(given, expected):
    assert tame(given) == expected


def test_shortened_cuts_at_sentences_then_words():
    assert shortened("Une phrase. Une autre phrase qui dure", 20) == "Une phrase. …"
    assert shortened("mot " * 20, 30).endswith("mot…")
    assert len(shortened("x" * 500, 240)) == 240


def test_what_is_cut_keeps_its_spaces_and_ends_on_a_word():
    text = "Le NPS recule : 12\u202f345 avis «\u00a0décevants\u00a0» en tout"
    assert shortened(text.replace(" :", "\u00a0:"), 38) == "Le NPS recule\u00a0: 12\u202f345 avis…"
    assert shortened("Un deux trois\u00a0: quatre-vingt-dix", 20) == "Un deux trois…"


def test_one_line():
    assert one_line(" a\tb\r\nc\u2028d  e\u00a0: f\u202f% ") == "a b c d e\u00a0: f\u202f%"


def test_breakable_words():
    assert max(len(part) for part in breakable("u" * 300).split("\u200b")) == 40
    assert breakable("court") == "court"
