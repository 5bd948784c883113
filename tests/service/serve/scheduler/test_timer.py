"""Timers in the state: plain data that fires late once; nothing of it that was altered is believed or run."""

import os
import pickle
from datetime import UTC, datetime, timedelta

import apscheduler.schedulers.base
import pytest
import structlog
from sqlalchemy import inspect, text

from ouidire.state import open_state
from ouidire.state.timers import read_timers
from service.pipeline.schedule import Timetable
from service.serve.scheduler.timer import JobTimer
from tests.support.former_state import state_at
from tests.support.simulation import Clockwork

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
JOBS = {
    "hourly": Timetable(every=HOUR, name="hourly"),
    "monday": Timetable(cron="0 7 * * 1", name="monday"),
    "spread": Timetable(every=timedelta(days=1), jitter=HOUR, name="spread"),
}


class Process:
    """The timers of one process on a clock of ours."""

    def __init__(self, state, now):
        self.fired, self.now = [], now
        self.scheduler = Clockwork(timezone=UTC)
        self.timer = JobTimer(state, self.fired.append, scheduler=self.scheduler)

    def look(self):
        self.scheduler._process_jobs()


@pytest.fixture
def state(tmp_path):
    opened = open_state(f"sqlite:///{tmp_path / 'state.db'}")
    yield opened
    opened.close()


@pytest.fixture
def logged():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def start(state, monkeypatch):
    """Starts a process at a moment, with its own timers."""

    def make(now, jobs=JOBS):
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return made.now.astimezone(tz or UTC)

        monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Clock)
        made = Process(state, now)
        made.timer.start(jobs, now=now)
        return made

    return make


def rows(state):
    with state.read() as connection:
        return {row.name: row for row in read_timers(connection)}


def alter(state, **values):
    with state.begin() as connection:
        for column, value in values.items():
            statement = text(f"UPDATE timers SET {column} = :value WHERE name = 'monday'")  # noqa: S608
            connection.execute(statement, {"value": value})


def test_a_timer_is_stored_as_text(start, state):
    start(NOW)
    row = rows(state)["monday"]
    assert Timetable.model_validate_json(row.timetable) == JOBS["monday"]
    assert datetime.fromisoformat(row.next_at) == datetime(2026, 3, 16, 6, tzinfo=UTC)


def test_what_should_have_fired_while_nothing_ran_fires_at_the_next_start_once(start, logged):
    process = start(NOW)
    assert process.fired == []
    process.timer.stop()
    later = start(NOW + timedelta(days=30))
    later.look()
    assert sorted(later.fired) == sorted(JOBS)
    later.look()
    assert sorted(later.fired) == sorted(JOBS)
    assert all(at > later.now for at in later.timer.times().values())
    late = {each["job"]: each for each in logged if each["event"] == "late"}
    assert late.keys() == JOBS.keys()
    assert (late["monday"]["planned"], late["monday"]["minutes"]) == ("2026-03-16T06:00Z", 23 * 24 * 60 + 120)


def test_a_time_that_was_set_holds_over_a_restart(start):
    first = start(NOW)
    first.timer.set("hourly", NOW + timedelta(minutes=5))
    first.timer.stop()
    second = start(NOW + timedelta(minutes=1))
    assert second.timer.times()["hourly"] == NOW + timedelta(minutes=5)
    assert second.fired == []


def test_killed_before_it_moved_on_it_fires_again(start, state):
    start(NOW).timer.stop()
    killed = start(NOW + HOUR)
    killed.timer._store._write = print  # killed between firing and writing
    killed.look()
    again = start(NOW + HOUR)
    again.look()
    assert killed.fired == again.fired == ["hourly"]


def test_jobs_that_the_configuration_has_no_more_are_forgotten_and_others_start_anew(start, state):
    start(NOW).timer.stop()
    changed = {"hourly": Timetable(every=2 * HOUR, name="hourly"), "new": Timetable(name="new")}
    process = start(NOW + timedelta(days=2), changed)
    process.look()
    assert process.fired == []  # another timetable, another job: nothing of theirs was missed
    assert rows(state).keys() == {"hourly", "new"}
    process.timer.keep({"new": changed["new"]})
    assert rows(state).keys() == {"new"}


class Payload:
    """Runs a command when it is unpickled, as the rows of former versions were."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


ALTERED = {
    "a pickle for a timetable": {"timetable": pickle.dumps(Payload("never"))},
    "a pickle for a moment": {"next_at": pickle.dumps(Payload("never"))},
    "a number": {"next_at": 5},
    "no JSON": {"timetable": "{"},
    "JSON of something else": {"timetable": '["os", "system", "id"]'},
    "JSON with more in it": {"timetable": '{"every": "P7D", "run": "id"}'},
    "deep JSON": {"timetable": "[" * 100_000},
    "no date": {"next_at": "Monday"},
    "a date without an offset": {"next_at": "2026-03-16T06:00:00"},
    "a date that there is not": {"next_at": "2026-02-31T06:00:00+00:00"},
    "a date before all dates": {"next_at": "0001-01-01T00:00:00+14:00"},
    "a date too far": {"next_at": "9999-12-31T23:59:59-12:00"},
    "a week too late": {"next_at": "2026-03-23T06:00:00+00:00"},
}


@pytest.mark.parametrize("values", ALTERED.values(), ids=ALTERED)
def test_an_altered_row_runs_nothing_and_is_dropped_with_a_log_line(
    start, state, values, logged, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    start(NOW).timer.stop()
    alter(state, **values)
    process = start(NOW + timedelta(minutes=1))
    process.look()
    assert [each["event"] for each in logged] == ["stored timer dropped"]
    assert len(repr(logged)) < 1000
    assert process.fired == []
    assert process.timer.times()["monday"] == datetime(2026, 3, 16, 6, tzinfo=UTC)
    assert datetime.fromisoformat(rows(state)["monday"].next_at) == datetime(2026, 3, 16, 6, tzinfo=UTC)
    assert not (tmp_path / "never").exists()


def test_a_name_or_a_text_that_is_none_is_dropped_too(start, state, logged):
    start(NOW).timer.stop()
    with state.begin() as connection:
        connection.execute(text("INSERT INTO timers VALUES (X'80', X'80', X'80')"))
    start(NOW).timer.stop()
    assert rows(state).keys() == JOBS.keys()
    with state.begin() as connection:
        connection.execute(text("INSERT INTO timers VALUES (CAST(X'80' AS TEXT), 'x', 'x')"))
    start(NOW).timer.stop()
    assert rows(state).keys() == JOBS.keys()
    assert [each["event"] for each in logged] == ["stored timer dropped", "stored timers dropped"]


def test_a_moment_of_long_ago_is_one_firing_and_no_walk_through_the_ages(start, state, logged):
    start(NOW).timer.stop()
    alter(state, next_at="1026-03-09T06:00:00+00:00")
    process = start(NOW)
    process.look()
    assert process.fired == ["monday"]
    assert [each["event"] for each in logged] == ["late"]


def test_a_state_that_cannot_be_written_stops_no_timer(start, state, logged, tmp_path):
    process = start(NOW)
    state.engine.dispose()
    (tmp_path / "state.db").rename(tmp_path / "gone.db")
    (tmp_path / "state.db").mkdir()
    process.now = NOW + HOUR
    process.look()
    process.now = NOW + 2 * HOUR
    process.look()
    assert process.fired == ["hourly", "hourly"]
    assert {each["event"] for each in logged} == {"timer not written to the state"}


def test_the_pickled_jobs_of_former_versions_are_dropped_unread(tmp_path):
    url = f"sqlite:///{tmp_path / 'state.db'}"
    state = state_at(url, "0006")
    with state.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE IF NOT EXISTS scheduler_jobs "
                "(id VARCHAR(191) PRIMARY KEY, next_run_time FLOAT, job_state BLOB)"
            )
        )
        statement = text("INSERT INTO scheduler_jobs VALUES ('report', 0, :state)")
        connection.execute(statement, {"state": pickle.dumps(Payload(tmp_path / "never"))})
    state.close()
    state = open_state(url)
    JobTimer(state, lambda _: None, scheduler=Clockwork(timezone=UTC)).start(JOBS, now=NOW)
    assert rows(state).keys() == JOBS.keys()
    with state.read() as connection:
        assert "scheduler_jobs" not in inspect(connection).get_table_names()
    assert not (tmp_path / "never").exists()
    state.close()


def test_a_clock_that_was_ahead_holds_up_no_timer(start, logged):
    process = start(NOW)
    process.now = NOW + timedelta(days=1800)
    process.look()
    fired, process.now = len(process.fired), NOW + HOUR
    process.look()
    assert len(process.fired) == fired  # all wait for the year that the clock showed
    process.timer.pull_forward(now=process.now)
    process.look()
    assert sorted(process.fired[fired:]) == sorted(JOBS)
    process.timer.pull_forward(now=process.now)
    process.look()
    assert len(process.fired) == fired + len(JOBS)
    assert [each["event"] for each in logged] == ["timer pulled forward"] * len(JOBS)
