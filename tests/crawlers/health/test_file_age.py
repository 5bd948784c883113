"""An older file counts as read before the newer one; a person's word on its age stands."""

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.health.file_age import FileAges
from ouidire.clock import StatedDate
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)


def page(at: datetime = NOW) -> Page:
    return Page(url="file:///x.csv", body=b"x", fetched_at=at, kind="file")


def parsed(day: int, text: str = "Bien", **more: object) -> Parsed:
    at = StatedDate(at=datetime(2026, 3, day, 12, tzinfo=UTC), precision="day")
    return Parsed(items=(Mention(entity="e", native_id=str(day), text=text, published=at, **more),))


def read(*files: Parsed, at: datetime = NOW) -> FileAges:
    ages = FileAges(())
    for number, each in enumerate(files):
        ages.dated(page(at + timedelta(days=number)), each)
    return ages


def test_a_file_that_ends_earlier_counts_as_read_before_the_one_that_goes_on():
    ages = FileAges(read(parsed(9), parsed(20)).read)
    found = ages.dated(page(NOW + timedelta(days=5)), parsed(10, "Autre"))
    assert found.fetched_at < NOW + timedelta(days=1)
    assert found.fetched_at > NOW
    assert "2026-03-10" in ages.note
    assert "2026-03-20" in ages.note
    assert "--fetched-at" in ages.note


def test_the_same_file_again_counts_as_read_when_it_first_was_if_another_came_since():
    first, second = parsed(9), parsed(9, "Autre")
    known = read(first, second).read
    again = FileAges(known)
    assert again.dated(page(NOW + timedelta(days=5)), first).fetched_at == NOW
    assert again.note
    last = FileAges(known)
    assert last.dated(page(NOW + timedelta(days=5)), second).fetched_at == NOW + timedelta(days=5)
    assert last.note == ""


@pytest.mark.parametrize("day", [20, 21])
def test_a_file_that_goes_as_far_or_further_is_the_newest(day):
    ages = FileAges(read(parsed(20)).read)
    assert ages.dated(page(NOW + timedelta(days=5)), parsed(day, "Autre")).fetched_at > NOW + timedelta(
        days=4
    )
    assert ages.note == ""


def test_an_edit_or_a_reply_dates_a_file_too():
    late = StatedDate(at=datetime(2026, 3, 25, tzinfo=UTC))
    ages = FileAges(read(parsed(20)).read)
    assert ages.dated(page(), parsed(9, updated=late)).fetched_at == NOW
    assert ages.note == ""


def test_what_a_person_says_of_a_file_s_age_stands():
    ages = FileAges(read(parsed(20)).read, as_of=NOW + timedelta(days=5))
    assert ages.dated(page(NOW + timedelta(days=5)), parsed(9)).fetched_at == NOW + timedelta(days=5)
    assert ages.note == ""


def test_of_several_files_of_one_run_the_one_with_the_newest_date_counts_as_read_last():
    ages = FileAges(())
    ages.several = True
    newer, older = ages.dated(page(), parsed(20)), ages.dated(page(), parsed(9))
    assert NOW - timedelta(minutes=1) < older.fetched_at < newer.fetched_at <= NOW


def test_dates_that_are_told_from_the_moment_of_reading_date_no_file():
    vague = StatedDate(at=datetime(2026, 3, 9, tzinfo=UTC), precision="relative")
    ages = FileAges(read(parsed(20)).read)
    assert (
        ages.dated(
            page(), Parsed(items=(Mention(entity="e", native_id="1", text="x", published=vague),))
        ).fetched_at
        == NOW
    )
