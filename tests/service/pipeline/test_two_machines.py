"""Two machines, which share one state on a real PostgreSQL and no file: one works at a time, and knows it."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from ouidire.errors import StateError
from ouidire.settings.configuration import StateSettings, settings_from
from ouidire.state.marks import mark_of, set_mark
from ouidire.system.locks import LockHeld
from service.pipeline.installation import Installation
from tests.support.state_urls import new_schema, postgres_server

__all__ = ["postgres_server"]

pytestmark = pytest.mark.postgres
HOLDERS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid::bigint = 1869965687"
)
BUSY = "another Ouï-dire is at work here"


@pytest.fixture
def machine(postgres_server, tmp_path):
    """Make machines: each with a folder of its own, all with one state."""
    url, made = new_schema(postgres_server), []

    def make(name, **more):
        settings = settings_from({"brand": [{"slug": "a", "name": "A"}]}, base=tmp_path / name)
        settings = settings.model_copy(update={"state": StateSettings(url=url)})
        made.append(Installation(settings, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


def write(installation, value):
    with installation.state.begin() as connection:
        set_mark(connection, "proof", value)


def read(installation):
    with installation.state.read() as connection:
        return mark_of(connection, "proof")


def end_sessions(server):
    for (pid,) in server.query(HOLDERS):
        server.query(f"SELECT pg_terminate_backend({pid})")
    while server.query(HOLDERS):
        time.sleep(0.01)


def test_the_second_is_told_who_works(machine):
    first, second = machine("first"), machine("second")
    with first.exclusive():
        with pytest.raises(LockHeld, match=rf"{BUSY} \(process {os.getpid()}, since 20.+ UTC, on "):
            second.exclusive().__enter__()
        write(first, "first")
    with second.exclusive():
        write(second, "second")
    assert read(first) == "second"


def test_states_of_one_server_do_not_wait_for_each_other(machine, postgres_server, tmp_path):
    other = machine("other")
    other.settings = other.settings.model_copy(
        update={"state": StateSettings(url=new_schema(postgres_server))}
    )
    with machine("first").exclusive(), other.exclusive():
        write(other, "written")


def test_who_lost_the_lock_to_another_writes_nothing(machine, postgres_server):
    first, second = machine("first"), machine("second")
    with first.exclusive():
        write(first, "first")
        end_sessions(postgres_server)  # a network that was away, seen from the server
        with second.exclusive():
            write(second, "second")
            with pytest.raises(StateError, match=rf"lock of the state was lost.+{BUSY} \(process"):
                write(first, "a zombie's")
            assert read(second) == "second"


def test_who_lost_the_lock_to_nobody_begins_again(machine, postgres_server):
    first, second = machine("first"), machine("second")
    with first.exclusive():
        write(first, "first")
        end_sessions(postgres_server)
        with pytest.raises(StateError, match="held again: nothing was written; begin this work again"):
            write(first, "in doubt")
        assert read(first) == "first"
        write(first, "again")
        with pytest.raises(LockHeld):
            second.exclusive().__enter__()
    assert read(second) == "again"


def test_a_killed_machine_holds_nothing(machine, tmp_path):
    first = machine("first")
    url = first.settings.state.url
    script = """
        import sys, time
        from ouidire.state.databases import hold
        with hold(sys.argv[1], busy="{holder}"):
            print("held", flush=True)
            time.sleep(60)
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), url], stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(LockHeld, match=f"process {child.pid}, since"):
            first.exclusive().__enter__()
        child.send_signal(signal.SIGSTOP)  # stopped is not gone: it may go on
        with pytest.raises(LockHeld):
            first.exclusive().__enter__()
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    for _ in range(500):
        try:
            with first.exclusive():
                write(first, "taken")
            break
        except LockHeld:
            time.sleep(0.01)
    assert read(first) == "taken"


def test_a_server_that_is_away_is_told(machine, postgres_server):
    first = machine("first")
    url = first.settings.state.url.replace(f"port={postgres_server.port}", "port=1")
    assert url != first.settings.state.url
    first.settings = first.settings.model_copy(update={"state": StateSettings(url=url)})
    with pytest.raises(StateError, match="the database server does not answer"):
        first.exclusive().__enter__()
