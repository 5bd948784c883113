"""Runs that a service's message asks for: soon, once, and of everything where something was changed."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.harvest.manifest import RunSummary
from ouidire.settings.configuration import settings_from
from ouidire.state.marks import ask_for_run
from ouidire.state.runs import end_run
from service.pipeline.collect.crawl_source import begin, collect
from service.pipeline.collect.due import due_now
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class House:
    """An installation whose one source is read daily, at moments that a test sets."""

    def __init__(self, folder):
        data = {
            "brand": [{"slug": "pousse", "name": "Pousse"}],
            "source": [
                {
                    "source": "trustpilot_api",
                    "brands": ["pousse"],
                    "every": "1d",
                    "params": {"domain": "p.example"},
                }
            ],
        }
        self.installation = Installation(settings_from(data, base=folder), now=NOW)
        (self.wanted,) = configured_sources(self.installation.settings)

    def at(self, moment):
        self.installation.fixed_now = moment
        self.installation.clock = lambda: moment

    def ran(self, at, *, status="ok", full=True):
        run = begin(self.installation, self.wanted, now=at, full=full, kind="collect", due=None)
        if status != "running":
            summary = RunSummary(status=status, started_at=at, finished_at=at, items=3)
            with self.installation.state.begin() as connection:
                end_run(connection, run, summary, sealed=False)

    def asked(self, at, *, full=False):
        with self.installation.state.begin() as connection:
            ask_for_run(connection, self.wanted.key, at=at, full=full)

    def due(self):
        return list(due_now(self.installation, [self.wanted]))


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    made.installation.close()


def test_a_message_makes_a_source_due_once(house):
    house.ran(NOW - 60 * MINUTE)
    assert house.due() == []
    house.asked(NOW - MINUTE)
    assert house.due() == [house.wanted.key]
    house.ran(NOW, full=False)
    house.at(NOW + 60 * MINUTE)
    assert house.due() == []


def test_many_messages_are_answered_by_one_run_in_ten_minutes(house):
    house.ran(NOW)
    house.asked(NOW + MINUTE)
    house.at(NOW + 2 * MINUTE)
    assert house.due() == []
    house.at(NOW + 11 * MINUTE)
    assert house.due() == [house.wanted.key]


def test_a_source_that_is_running_is_not_due(house):
    house.ran(NOW - 60 * MINUTE, status="running")
    house.asked(NOW - MINUTE)
    assert house.due() == []


@pytest.mark.parametrize("full", [True, False])
def test_what_was_changed_is_looked_for_in_everything(house, full, monkeypatch):
    jobs = []
    monkeypatch.setattr(
        "service.pipeline.collect.crawl_source._crawl", lambda job, *_: jobs.append(job) or "not crawled"
    )
    house.ran(NOW - 60 * MINUTE)
    house.asked(NOW - MINUTE, full=full)
    run = collect(house.installation, house.wanted)
    assert run.full is full
    assert len(jobs) == 1
