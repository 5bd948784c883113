"""State databases as former versions left them: at an older migration, with rows as they wrote them."""

import pickle
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType

from alembic import command
from alembic.config import Config

import ouidire.state.migrations
from ouidire.state import State
from ouidire.state.databases import open_engine

FORMER_TIMER = "ouidire.serving.alarm"
"""The module whose classes the scheduler's jobs were pickled by."""


def state_at(url, revision):
    """Make a state database at an older migration, where there is none; return it open."""
    state = State(open_engine(url))
    config = Config()
    folder = Path(ouidire.state.migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with state.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return state


@contextmanager
def former_timer(unpickled):
    """Stand in for the module that is no more; whatever is unpickled of it is noted in `unpickled`."""

    class TimetableTrigger:
        def __getstate__(self):
            return {"cron": "0 6 * * *", "timezone": "Europe/Paris"}

        def __setstate__(self, values):
            unpickled.append(values)

    module = ModuleType(FORMER_TIMER)
    TimetableTrigger.__module__, TimetableTrigger.__qualname__ = FORMER_TIMER, "TimetableTrigger"
    module.TimetableTrigger = TimetableTrigger
    package = ModuleType("ouidire.serving")
    sys.modules |= {"ouidire.serving": package, FORMER_TIMER: module}
    try:
        yield module
    finally:
        del sys.modules["ouidire.serving"], sys.modules[FORMER_TIMER]


def add_pickled_job(connection, name, module, *, at: datetime):
    """Add a job of the scheduler's as APScheduler 3.11 stored it, with the trigger of `former_timer`."""
    job = {
        "version": 1,
        "id": name,
        "func": f"{FORMER_TIMER}:nothing",
        "trigger": module.TimetableTrigger(),
        "executor": "default",
        "args": (),
        "kwargs": {},
        "name": name,
        "misfire_grace_time": None,
        "coalesce": True,
        "max_instances": 1,
        "next_run_time": at,
    }
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS scheduler_jobs "
        "(id VARCHAR(191) NOT NULL PRIMARY KEY, next_run_time FLOAT, job_state BLOB NOT NULL)"
    )
    connection.exec_driver_sql(
        "INSERT INTO scheduler_jobs VALUES (?, ?, ?)",
        (name, at.timestamp(), pickle.dumps(job, pickle.HIGHEST_PROTOCOL)),
    )
