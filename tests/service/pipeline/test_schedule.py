"""What is due, on plain days and on both nights when Paris changes its clocks."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouidire.period import period_of
from ouidire.settings.configuration import SourceSettings
from ouidire.settings.cron import moments_after, problem_of
from service.pipeline.schedule import (
    COUNTED,
    Due,
    Last,
    Timetable,
    digest_time,
    due,
    due_period,
    due_sources,
    due_time,
)

PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)


def paris(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def local(moments):
    return [f"{each.astimezone(PARIS):%d %H:%M %Z}" for each in moments]


def between(line, start, end):
    return [
        each
        for each in islice(moments_after(line, paris(start), timezone="Europe/Paris"), 60)
        if each <= paris(end)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "30 2 * * *",
            ["28 02:30 CET", "29 03:00 CEST", "30 02:30 CEST"],
        ),  # 02:30 does not exist on the 29th
        ("0 2 * * *", ["28 02:00 CET", "29 03:00 CEST", "30 02:00 CEST"]),
        ("0 3 * * *", ["28 03:00 CET", "29 03:00 CEST", "30 03:00 CEST"]),
        (
            "15,45 2 * * *",
            ["28 02:15 CET", "28 02:45 CET", "29 03:00 CEST", "30 02:15 CEST", "30 02:45 CEST"],
        ),
        ("0 6 * * 1", ["30 06:00 CEST"]),
    ],
)
def test_the_night_that_skips_an_hour(line, expected):
    assert local(between(line, "2026-03-28T00:00", "2026-03-30T12:00")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 2 * * *", ["24 02:30 CEST", "25 02:30 CEST", "26 02:30 CET"]),  # 02:30 comes twice on the 25th
        ("0 3 * * *", ["24 03:00 CEST", "25 03:00 CET", "26 03:00 CET"]),
        ("0 7 * * 1", ["26 07:00 CET"]),
    ],
)
def test_the_night_that_has_an_hour_twice(line, expected):
    assert local(between(line, "2026-10-24T00:00", "2026-10-26T12:00")) == expected


def test_what_follows_real_time_runs_through_both_nights():
    assert len(between("*/30 * * * *", "2026-10-25T00:00", "2026-10-25T06:00")) == 14  # seven hours pass
    assert len(between("*/30 * * * *", "2026-03-29T00:00", "2026-03-29T06:00")) == 10  # five do
    moments = between("0 * * * *", "2026-10-25T00:00", "2026-10-25T06:00")
    assert {later - earlier for earlier, later in pairwise(moments)} == {HOUR}


def test_within_the_hour_that_comes_twice_a_fixed_hour_is_not_named_again():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    table = Timetable(cron="30 2 * * *")
    assert table.after(first - timedelta(seconds=1)) == first
    assert table.after(second) == paris("2026-10-26T02:30")
    assert due(table, Last(started_at=first, status="ok"), now=second + HOUR) is None


@given(
    st.sampled_from(
        [
            "30 2 * * *",
            "0 2-4 * * *",
            "*/20 * * * *",
            "0 * * * *",
            "5 3 * * 0",
            "0 7 * * 1-5",
            "59 1,2,3 * * *",
        ]
    ),
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(-100_000, 100_000),
    st.integers(0, 30),
)
def test_times_go_forward_and_never_come_twice(line, night, seconds, jitter):
    table = Timetable(cron=line, jitter=timedelta(seconds=jitter), name="a")
    begun = night + timedelta(seconds=seconds)
    times = table.times(begun, begun + 3 * DAY)
    assert all(earlier < later for earlier, later in pairwise([begun, *times]))
    for middle in times[::17]:  # wherever one begins to look, the same times are seen
        assert table.times(middle, begun + 3 * DAY) == [each for each in times if each > middle]


@given(st.integers(1, 10_000), st.integers(0, 60 * 24 * 30), st.integers(0, 100))
def test_an_interval_is_due_when_it_has_passed_and_counts_what_was_missed(minutes, later, percent):
    every = timedelta(minutes=minutes)
    table = Timetable(every=every, jitter=every * percent / 200, name="a")
    begun, now = SPRING, SPRING + timedelta(minutes=later)
    found = due(table, Last(started_at=begun, status="ok"), now=now, slack=timedelta())
    passed = table.times(begun, now)
    assert (found is None) is (not passed)
    if found:
        assert found == Due(passed[-1], len(passed) - 1)
        assert begun + every <= found.at <= now


def test_three_days_down_are_one_run_and_two_missed():
    last = Last(started_at=paris("2026-03-27T06:00"), status="ok")
    now = paris("2026-03-30T09:00")
    assert due(Timetable(cron="0 6 * * *"), last, now=now) == Due(paris("2026-03-30T06:00"), 2)
    assert due(Timetable(every=DAY), last, now=now) == Due(last.started_at + 3 * DAY, 2)
    assert due(Timetable(cron="0 6 * * *"), Last(started_at=now, status="ok"), now=now + HOUR) is None


def test_what_failed_is_tried_again_after_an_hour_and_what_was_killed_at_once():
    table, now = Timetable(cron="0 6 * * *"), paris("2026-03-27T06:30")
    failed = Last(started_at=paris("2026-03-27T06:00"), status="failed")
    assert due_time(table, failed, now=paris("2026-03-27T06:30")) == paris("2026-03-27T07:00")
    assert due(table, failed, now=now) is None
    assert due(table, failed, now=now + HOUR) == Due(paris("2026-03-27T07:00"), 0)
    assert due(table, failed.model_copy(update={"killed": True}), now=now) == Due(failed.started_at, 0)
    killed = failed.model_copy(update={"killed": True, "missed": 2})
    assert due(table, killed, now=now) == Due(failed.started_at, 2)
    assert due(table, killed, now=now + DAY) == Due(
        paris("2026-03-28T06:00"), 3
    )  # the killed one did not take place either
    assert due(table, None, now=now) == Due(None, 0)


def test_slack_is_for_those_who_look_once_an_hour():
    last, now = Last(started_at=SPRING, status="ok"), SPRING + DAY - timedelta(minutes=4)
    assert due(Timetable(every=DAY), last, now=now) is not None
    assert due(Timetable(every=DAY), last, now=now, slack=timedelta()) is None
    assert due(Timetable(cron="4 0 * * *", timezone="UTC"), last, now=now) is not None
    assert (
        due(Timetable(cron="0 0 * * *", timezone="UTC"), Last(started_at=SPRING, status="ok"), now=now)
        is None
    )


def test_what_is_due_keeps_the_order_of_the_configuration():
    tables = {"b": Timetable(), "a": Timetable(), "c": Timetable()}
    assert list(due_sources(tables, {"a": Last(started_at=SPRING, status="ok")}, now=SPRING)) == ["b", "c"]


def test_jitter_spreads_what_is_due_together():
    tables = [
        Timetable(cron="0 6 * * *", jitter=timedelta(minutes=20), name=f"source {number}")
        for number in range(50)
    ]
    times = [table.after(SPRING) for table in tables]
    assert times == [table.after(SPRING) for table in tables]
    assert len(set(times)) == 50
    assert paris("2026-03-29T06:00") <= min(times) < max(times) < paris("2026-03-29T06:20")


def test_years_of_downtime_are_not_walked_through():
    found = due(Timetable(cron="* * * * *"), Last(started_at=SPRING, status="ok"), now=SPRING + 3000 * DAY)
    assert found.missed == COUNTED - 1


def test_the_longest_gap_of_a_working_week_is_its_end():
    assert Timetable(cron="0 6 * * 1-5").longest_gap(SPRING) == 3 * DAY
    assert Timetable(every=DAY, jitter=HOUR).longest_gap(SPRING) == DAY + HOUR


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        ("2026-03-23", 2, "29 03:00 CEST"),
        ("2026-10-19", 2, "25 02:00 CEST"),
        ("2026-03-23", 7, "29 07:00 CEST"),
    ],
)
def test_a_digest_on_the_sunday_that_changes_the_clocks_is_due_once(day, hour, expected):
    period = period_of("week", datetime.fromisoformat(day).date() - 7 * DAY, timezone="Europe/Paris")
    at = digest_time(period, weekday=7, hour=hour).astimezone(UTC)
    assert local([at]) == [expected]
    asked = {"timezone": "Europe/Paris", "weekday": 7, "hour": hour}
    assert due_period("week", now=at, **asked) == period
    assert due_period("week", now=at - timedelta(seconds=1), **asked) == period.before(1)[0]
    assert due_period("week", now=at + HOUR, **asked) == period


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("0 6 * *", "five fields"),
        ("0 0 6 * * *", "five fields"),
        ("60 6 * * *", "no such minute"),
        ("0 6 31 2 *", "no such day-of-month"),
        ("0 6 * * lundi", "no such day-of-week"),
    ],
)
def test_a_line_that_says_nothing_is_refused(line, says):
    assert says in problem_of(line)
    with pytest.raises(ValueError, match=says):
        SourceSettings(source="feed", cron=line)


def test_a_source_has_one_timetable_and_no_more_jitter_than_room():
    assert SourceSettings(source="feed", cron="30 6 * * 1-5", jitter="20m").cron == "30 6 * * 1-5"
    with pytest.raises(ValueError, match="keep one"):
        SourceSettings(source="feed", cron="30 6 * * 1-5", every="1d")
    with pytest.raises(ValueError, match="jitter"):
        SourceSettings(source="feed", cron="*/10 * * * *", jitter="6m")
    with pytest.raises(ValueError, match="jitter"):
        SourceSettings(source="feed", every="1h", jitter="1h")


@pytest.mark.parametrize("status", ["ok", "failed", "running"])
@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("table", [Timetable(every=14 * DAY), Timetable(cron="0 6 * * *", jitter=HOUR)])
def test_a_last_run_in_the_future_delays_nothing(table, status, killed):
    now = paris("2026-03-27T06:30")
    last = Last(started_at=paris("2031-01-06T07:00"), status=status, killed=killed)
    assert due_time(table, last, now=now) is None
    assert due(table, last, now=now) == Due(now, 0)
    assert due_time(table, last, now=last.started_at) is not None or killed
    moments_ahead = last.model_copy(update={"started_at": now + timedelta(seconds=90)})
    assert killed or due(table, moments_ahead, now=now) is None  # two clocks never agree to the second
