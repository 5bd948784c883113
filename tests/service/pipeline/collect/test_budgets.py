"""Daily budgets of keys: counted over the runs of a day, in the zone whose midnight renews them."""

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.access import Budget
from ouidire.harvest.manifest import RunSummary
from ouidire.state import open_state
from ouidire.state.runs import begin_run, end_run
from service.pipeline.collect.budgets import budget_health, spent_today

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
CALLS = Budget(key="CLE", what="calls", limit=100, costs={"list": 1})
PACIFIC = Budget(key="CLE", what="searches", limit=5, zone="America/Los_Angeles", costs={"search": 1})


@pytest.fixture
def state(tmp_path):
    opened = open_state(f"sqlite:///{tmp_path / 'state.db'}")
    yield opened
    opened.close()


def ran(state, number, at, spent):
    with state.begin() as connection:
        run = begin_run(
            connection,
            run_id=f"r{number}",
            kind="collect",
            source="essai",
            source_key=f"essai:{number}",
            entity="x",
            brands=("b",),
            place=None,
            query_kind=None,
            full=True,
            now=at,
        )
        summary = RunSummary(status="ok", started_at=at, finished_at=at, spent=spent)
        end_run(connection, run, summary, sealed=False)


def test_what_all_runs_of_the_day_spent_is_counted(state):
    ran(state, 1, NOON - timedelta(days=1), {"CLE/calls": 50})
    ran(state, 2, NOON - timedelta(hours=11), {"CLE/calls": 3, "AUTRE/calls": 9})
    ran(state, 3, NOON - timedelta(hours=1), {"CLE/calls": 4, "CLE/searches": 1})
    ran(state, 4, NOON - timedelta(hours=2), {"CLE/searches": 2})
    with state.read() as connection:
        spent = spent_today(connection, (CALLS, PACIFIC), now=NOON)
        calls, searches = budget_health(connection, (CALLS, PACIFIC), now=NOON)
    assert spent == {"CLE/calls": 7, "CLE/searches": 3}
    assert (calls.spent, calls.renewed_at) == (7, "2026-12-01T00:00Z")
    assert (searches.spent, searches.renewed_at) == (3, "2026-12-01T08:00Z")
    assert calls.sentence == "CLE: 7 of 100 calls spent today"


def test_a_new_day_begins_by_the_zones_own_midnight(state):
    ran(state, 1, datetime(2026, 11, 30, 7, 59, tzinfo=UTC), {"CLE/searches": 5})
    with state.read() as connection:
        assert spent_today(connection, (PACIFIC,), now=NOON) == {"CLE/searches": 0}
        before = datetime(2026, 11, 30, 7, 59, 30, tzinfo=UTC)
        assert spent_today(connection, (PACIFIC,), now=before) == {"CLE/searches": 5}


def test_the_day_on_which_clocks_change_has_one_end(state):
    with state.read() as connection:
        (found,) = budget_health(connection, (PACIFIC,), now=datetime(2026, 11, 1, 20, tzinfo=UTC))
    assert found.renewed_at == "2026-11-02T08:00Z"
