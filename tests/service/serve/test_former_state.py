"""A state whose scheduler pickled its jobs, as former versions did: migrated, and nothing of it is run."""

import pickle
from datetime import UTC, datetime

import sqlalchemy

from ouidire.settings.configuration import settings_from
from ouidire.state import migrate, open_state
from service.pipeline.configured_sources import configured_sources
from service.serve.scheduler.jobs import jobs_of
from service.serve.scheduler.timer import JobTimer
from tests.support.former_state import add_pickled_job, former_timer, state_at

LONG_AGO = datetime(2026, 3, 9, 6, tzinfo=UTC)


def test_jobs_pickled_by_a_module_that_is_no_more_are_not_unpickled_and_made_again(tmp_path):
    url = f"sqlite:///{tmp_path / 'state.db'}"
    settings = settings_from(
        {
            "brand": [{"slug": "pousse", "name": "Pousse & Compagnie"}],
            "source": [{"source": "feed", "brands": ["pousse"], "params": {"url": "http://a.example/rss"}}],
        },
        base=tmp_path,
    )
    jobs = jobs_of(settings, configured_sources(settings))
    unpickled = []
    with former_timer(unpickled) as module:
        state = state_at(url, "0005")
        with state.begin() as connection:
            for name in (*jobs, "source that:is/no/more"):
                add_pickled_job(connection, name, module, at=LONG_AGO)
            stored = connection.exec_driver_sql("SELECT job_state FROM scheduler_jobs").scalars().all()
        state.close()
        pickle.loads(stored[0])  # noqa: S301 (our own; it shows that the trap works)
        assert len(unpickled) == 1
        unpickled.clear()

        state = open_state(url)
        with state.read() as connection:
            assert migrate.stamped(connection) == migrate.HEAD
            left = []
            if sqlalchemy.inspect(connection).has_table("scheduler_jobs"):
                left = connection.exec_driver_sql("SELECT id FROM scheduler_jobs").all()
            assert left == []
        timer = JobTimer(state, [].append)
        timer.start(jobs, now=datetime.now(UTC))
        try:
            assert timer.times().keys() == jobs.keys()
            assert min(timer.times().values()) > LONG_AGO
        finally:
            timer.stop()
            state.close()
    assert unpickled == []
