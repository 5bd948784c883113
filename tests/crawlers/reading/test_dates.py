"""Dates as tools and people write them, each with the moment that is meant."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawlers.reading.dates import stated_date
from crawlers.reading.offsets import read_offset

AT = datetime(2026, 4, 1, 6, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026/03/12 2:15:30 PM UTC+1", "2026-03-12T13:15:30"),
        ("2026/03/12 12:20:05 AM UTC+1", "2026-03-11T23:20:05"),
        ("2026-03-12 14:15:30 +01:00", "2026-03-12T13:15:30"),
        ("12/03/2026 14:15:30 GMT+1", "2026-03-12T13:15:30"),
        ("12/03/2026 2:15:30 PM", "2026-03-12T13:15:30"),
        ("12 mar 2026 2.15pm", "2026-03-12T13:15:00"),
        ("12 mars 2026 2:15 p.m.", "2026-03-12T13:15:00"),
        ("Thu Mar 12 14:15:30 GMT+100 2026", "2026-03-12T13:15:30"),
        ("Thu Mar 12 14:15:30 CET 2026", "2026-03-12T13:15:30"),
        ("Thu Mar 12 2026 14:15:30 GMT+0100 (heure normale d’Europe centrale)", "2026-03-12T13:15:30"),
        ("jeudi 12 mars 2026 à 14:15:30 heure normale d’Europe centrale", "2026-03-12T13:15:30"),
        ("Thu, 12 Mar 2026 14:15:30 AEDT", "2026-03-12T03:15:30"),
        ("Thu, 12 Mar 2026 2:15:30 PM GMT", "2026-03-12T14:15:30"),
        ("Thu, 12 Mar 2026 10:15:30 GMT-4", "2026-03-12T14:15:30"),
        ("12-mars-26 14:15", "2026-03-12T13:15:00"),
    ],
)
def test_moments(text, at):
    found = stated_date(text, fetched_at=AT, timezone=PARIS)
    assert found is not None
    assert (found.at, found.precision) == (datetime.fromisoformat(at).replace(tzinfo=UTC), "second")


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("12-févr-26", "2026-02-12", "day"),
        ("12-févr.-26", "2026-02-12", "day"),
        ("12 févr. 26", "2026-02-12", "day"),
        ("14 juill. 2025", "2025-07-14", "day"),
        ("il y a deux semaines", "2026-03-18", "relative"),
        ("il y a environ trois jours", "2026-03-29", "relative"),
        ("vor zwei Wochen", "2026-03-18", "relative"),
        ("two weeks ago", "2026-03-18", "relative"),
    ],
)
def test_days(text, day, precision):
    found = stated_date(text, fetched_at=AT, timezone=PARIS)
    assert found is not None
    assert (found.at.date().isoformat(), found.precision) == (day, precision)


def test_a_day_and_a_month_before_a_time_state_no_year():
    found = stated_date("12 mars 14:05", fetched_at=AT, timezone=PARIS)
    assert found is not None
    assert found.at == datetime(2026, 3, 12, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Z", 0),
        ("+01:00", 60),
        ("+0530", 330),
        ("GMT+1", 60),
        ("UTC-4", -240),
        ("GMT+100", 60),
        ("aest", 600),
    ],
)
def test_offsets(text, minutes):
    offset = read_offset(text)
    assert offset is not None
    assert offset.utcoffset(None).total_seconds() == minutes * 60


@pytest.mark.parametrize("text", ["", "avis", "+99", "+2460", "12", "GMT+", "(", "+1:2"])
def test_what_is_no_offset(text):
    assert read_offset(text) is None
