"""Dates as people write them, and the one text of a span."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.explore.date_span import MOVING, DateSpan
from reports.explore.date_words import parse_dates
from reports.explore.problem import ViewError

TODAY = date(2026, 3, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("02/03/2026", "2026-03-02"),
        ("2/3/26", "2026-03-02"),
        ("02.03.2026", "2026-03-02"),
        ("2 mars 2026", "2026-03-02"),
        ("1er mars 2026", "2026-03-01"),
        ("le lundi 2 mars 2026", "2026-03-02"),
        ("March 2, 2026", "2026-03-02"),
        ("2nd March 2026", "2026-03-02"),
        ("2026-3-2", "2026-03-02"),
        ("2 mars", "2026-03-02"),
        ("24/12", "2025-12-24"),
        ("semaine 10", "2026-W10"),
        ("Semaine 10 de 2026", "2026-W10"),
        ("S10 2026", "2026-W10"),
        ("s10", "2026-W10"),
        ("week 10", "2026-W10"),
        ("2026-W10", "2026-W10"),
        ("2026W10", "2026-W10"),
        ("semaine 50", "2025-W50"),
        ("mars 2026", "2026-03"),
        ("Mars", "2026-03"),
        ("décembre", "2025-12"),
        ("de\u0301cembre 2025", "2025-12"),
        ("03/2026", "2026-03"),
        ("2026-03", "2026-03"),
        ("2026", "2026"),
        ("T1 2026", "2026-01-01..2026-03-31"),
        ("2026-Q1", "2026-01-01..2026-03-31"),
        ("1er trimestre 2026", "2026-01-01..2026-03-31"),
        ("du 2 au 15 mars 2026", "2026-03-02..2026-03-15"),
        ("du 2 mars au 15 mars 2026", "2026-03-02..2026-03-15"),
        ("02/03/2026 - 15/03/2026", "2026-03-02..2026-03-15"),
        ("2026-03-02..2026-03-15", "2026-03-02..2026-03-15"),
        ("from 2 March to 15 March 2026", "2026-03-02..2026-03-15"),
        ("entre le 2 mars et le 15 mars", "2026-03-02..2026-03-15"),
        ("janvier à mars 2026", "2026-01-01..2026-03-31"),
        ("semaine 9 à semaine 10", "2026-02-23..2026-03-08"),
        ("depuis le 02/03/2026", "2026-03-02.."),
        ("à partir de mars 2026", "2026-03-01.."),
        ("since March 2026", "2026-03-01.."),
        ("avant mars 2026", "..2026-02-28"),
        ("jusqu’au 15 mars 2026", "..2026-03-15"),
        ("hier", "yesterday"),
        ("Aujourd’hui", "today"),
        ("la semaine dernière", "last-week"),
        ("le mois dernier", "last-month"),
        ("30 derniers jours", "30d"),
        ("les 30 derniers jours", "30d"),
        ("last 30 days", "30d"),
        ("7j", "7d"),
    ],
)
def test_dates_are_read_as_people_write_them(written, read):
    found = parse_dates(written, today=TODAY)
    assert str(found) == read
    assert parse_dates(read, today=TODAY) == found


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("today", date(2026, 3, 18), date(2026, 3, 18)),
        ("yesterday", date(2026, 3, 17), date(2026, 3, 17)),
        ("this-week", date(2026, 3, 16), date(2026, 3, 22)),
        ("last-week", date(2026, 3, 9), date(2026, 3, 15)),
        ("this-month", date(2026, 3, 1), date(2026, 3, 31)),
        ("last-month", date(2026, 2, 1), date(2026, 2, 28)),
        ("28d", date(2026, 2, 19), date(2026, 3, 18)),
    ],
)
def test_moving_spans_move_with_today(span, first, last):
    assert tuple(DateSpan(moving=span).bounds(TODAY)) == (first, last)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            " ",
            "31/02/2026",
            "2026-W60",
            "30/30/2026",
            "2026-13",
            "00/00/0000",
            "9999-12-31",
            "0001-01-01",
        ),
        *("15/03/2026..02/03/2026", "bientôt", "..", "mars mars", "1' OR 1=1", "9999999d", "0d", "2025-W53"),
        *("\x00", "٠٢/٠٣/٢٠٢٦", "1" * 5000, "du au", "depuis", "32 mars", "40 au 2 mars 2026"),
    ],
)
def test_what_is_no_date_is_refused_with_what_to_write(written):
    with pytest.raises(ViewError, match=r"2026-03-02|02/03/2026") as caught:
        parse_dates(written, today=TODAY)
    assert "2026" in caught.value.sentence("fr")


days = st.dates(date(1970, 1, 1), date(2199, 12, 31))
fixed = st.one_of(
    days.map(lambda day: DateSpan(first=day)),
    days.map(lambda day: DateSpan(last=day)),
    st.tuples(days, days).map(lambda both: DateSpan(first=min(both), last=max(both))),
)
moving = st.one_of(st.sampled_from(MOVING), st.integers(1, 3660).map("{}d".format)).map(
    lambda name: DateSpan(moving=name)
)
spans = st.one_of(fixed, moving)


@given(spans, days)
@example(DateSpan(first=date(2020, 12, 28), last=date(2021, 1, 3)), TODAY)
def test_a_span_is_read_back_from_its_text(span, today):
    assert parse_dates(str(span), today=today) == span
    first, last = span.bounds(today) if not span.moving or today.year > 1985 else (None, None)
    assert first is None or last is None or first <= last


@given(st.text(max_size=40) | st.from_regex(r"[0-9a-zéû/.\- ']{0,24}", fullmatch=True))
def test_any_text_is_a_span_or_one_message(text):
    try:
        span = parse_dates(text, today=TODAY)
    except ViewError as error:
        found = error
    else:
        assert parse_dates(str(span), today=TODAY) == span
        return
    assert "\n" not in str(found)
