"""A state moved to another database and back, and restored from a backup of either: rehearsed, row by row."""

import hashlib
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
import zstandard
from sqlalchemy import update

import crawlers.spawn
from ouidire.errors import StateError, UsageError
from ouidire.settings.configuration import StateSettings
from ouidire.state import open_state
from ouidire.state.databases.copying import copy_rows, is_empty, sums_of
from ouidire.state.marks import MOVED, mark_of, set_mark
from ouidire.state.runs import begin_run, list_runs
from ouidire.state.tables import runs
from service.demo import crawl_time
from service.pipeline.index.rebuild import rebuild
from service.pipeline.installation import Installation
from service.pipeline.keep import moved_state
from service.pipeline.keep.backup import back_up, restore
from service.pipeline.keep.moved_state import dump_state, move_state, restore_state
from tests.service.pipeline.keep.test_backup import held
from tests.support.former_state import state_at
from tests.support.pipeline_chain import Chain, configuration, crawl, listing
from tests.support.state_urls import BACKENDS, new_schema, postgres_server, state_url_on

__all__ = ["postgres_server"]


@pytest.fixture(params=BACKENDS)
def url(request, tmp_path):
    """Where the state is to go."""
    return state_url_on(request, tmp_path)


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """One week of one source, collected once for all tests here."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(crawlers.spawn, "run_job", crawl)
        made = Chain(
            tmp_path_factory.mktemp("collected"),
            dict(configuration(recipient=[]), source=[listing("pousse-et-compagnie-lyon")]),
        )
        made.week(1)
        settings = made.open(1).settings
        made.close()
    return settings


@pytest.fixture
def installation(collected, tmp_path):
    """A copy of it that a test may change."""
    shutil.copytree(collected.base, tmp_path / "house")
    opened = Installation(
        collected.model_copy(update={"base": tmp_path / "house"}), now=crawl_time(1) + timedelta(hours=1)
    )
    yield opened
    opened.close()


@pytest.fixture
def at():
    """Opens the same installation with its state elsewhere: `at(installation, url)`."""
    made = []

    def elsewhere(installation, url):
        settings = installation.settings.model_copy(update={"state": StateSettings(url=url)})
        made.append(Installation(settings, now=installation.fixed_now))
        return made[-1]

    yield elsewhere
    for each in made:
        each.close()


def sums(state):
    with state.read() as connection:
        return sums_of(connection)


def test_a_state_is_moved_row_by_row_and_moved_back(installation, url, at):
    before, known = sums(installation.state), held(installation)
    moved = move_state(installation, url)
    assert moved.tables == before
    assert moved.tables["items"].rows > 10
    assert moved.tables["enrichments"].rows > 10
    installation.close()
    there = at(installation, url)
    assert sums(there.state) == before
    assert held(there) == known
    assert move_state(there, installation.settings.state_url).tables == before
    there.close()
    assert held(at(installation, None)) == known
    with pytest.raises(StateError, match="the state was moved from here"):
        _ = at(installation, url).state


def test_work_goes_on_where_the_state_went(installation, url, at):
    move_state(installation, url)
    there = at(installation, url)
    with there.state.begin() as connection:
        last = list_runs(connection, limit=1)[0].sequence
        run = begin_run(
            connection,
            run_id="next",
            kind="collect",
            source="feed",
            source_key="feed:x",
            entity="x",
            brands=(),
            place=None,
            query_kind=None,
            full=True,
            now=there.clock(),
        )
    assert run.sequence == last + 1
    there.close()


def test_a_state_that_was_moved_is_refused_and_says_where_it_is(installation, url, at):
    move_state(installation, url)
    with pytest.raises(StateError, match=r"the state was moved from here \(to .*\): name that database"):
        _ = at(installation, None).state


def test_nothing_is_moved_while_a_run_is_not_ended(installation, url):
    with installation.state.begin() as connection:
        run = list_runs(connection, limit=1)[0]
        connection.execute(update(runs).where(runs.c.id == run.id).values(status="running"))
    with pytest.raises(UsageError, match="a run is not ended"):
        move_state(installation, url)
    target = open_state(url)
    with target.read() as connection:
        assert is_empty(connection)
    target.close()


def test_nothing_is_moved_to_where_it_is_or_over_another_state(installation, url):
    with pytest.raises(UsageError, match="the state is there already"):
        move_state(installation, installation.settings.state_url)
    other = open_state(url)
    with other.begin() as connection:
        set_mark(connection, "x", "1")
    before = sums(other)
    with pytest.raises(UsageError, match="holds another state already"):
        move_state(installation, url)
    assert sums(other) == before
    other.close()
    with installation.state.read() as connection:
        assert mark_of(connection, MOVED) is None


def test_a_move_that_is_killed_half_way_is_made_again(installation, url, monkeypatch, at):
    before = sums(installation.state)
    installation.close()
    pid = os.fork()
    if pid == 0:
        whole = moved_state.copy_rows

        def cut_short(source, target):
            whole(source, target)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(moved_state, "copy_rows", cut_short)
        move_state(Installation(installation.settings), url)
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    target = open_state(url)
    with target.read() as connection:
        assert is_empty(connection)
    target.close()
    moved = move_state(at(installation, None), url).tables
    assert {name: each for name, each in moved.items() if name != "marks"} == {
        name: each for name, each in before.items() if name != "marks"
    }


def test_a_move_that_was_cut_before_its_last_step_is_ended_by_another(installation, url):
    target = open_state(url)
    with installation.state.read() as source, target.begin() as connection:
        copy_rows(source, connection)
    target.close()
    move_state(installation, url)
    with installation.state.read() as connection:
        assert mark_of(connection, MOVED) is not None


def test_a_row_that_arrives_otherwise_stops_the_move(installation, url, monkeypatch):
    found = moved_state.copy_rows.__globals__["_value"]

    def wrong(kind, value):
        return not value if kind == "boolean" else found(kind, value)

    monkeypatch.setitem(moved_state.copy_rows.__globals__, "_value", wrong)
    with pytest.raises(StateError, match="the copy differs in items"):
        move_state(installation, url)
    with installation.state.read() as connection:
        assert mark_of(connection, MOVED) is None


def test_a_backup_of_either_is_restored_into_either(installation, url, tmp_path, request, at):
    known, secret = held(installation), installation.secret
    move_state(installation, url)
    there = at(installation, url)
    before = sums(there.state)
    back_up(there, tmp_path / "backup", with_key=True)
    there.close()
    installation.close()
    shutil.rmtree(installation.settings.path(None, ""))
    targets = [f"sqlite:///{tmp_path / 'again' / 'state.db'}"]
    if not url.startswith("sqlite"):
        targets.append(new_schema(request.getfixturevalue("postgres_server")))
    for target in targets:
        shutil.rmtree(installation.settings.path(None, ""), ignore_errors=True)
        put_back = at(installation, target)
        restore(put_back.settings, tmp_path / "backup")
        assert put_back.secret == secret
        assert sums(put_back.state) == before
        rebuild(put_back)
        assert held(put_back)[0] == known[0]
        with pytest.raises(UsageError, match="there is something already"):
            restore(put_back.settings, tmp_path / "backup")
        put_back.close()


def test_a_backup_of_a_file_is_restored_into_a_server(installation, postgres_server, tmp_path, at):
    before = sums(installation.state)
    back_up(installation, tmp_path / "backup", with_key=True)
    installation.close()
    shutil.rmtree(installation.settings.path(None, ""))
    there = at(installation, new_schema(postgres_server))
    restore(there.settings, tmp_path / "backup")
    assert sums(there.state) == before
    there.close()


def test_a_dump_of_a_former_version_is_migrated(url, tmp_path, monkeypatch):
    former = state_at(f"sqlite:///{tmp_path / 'former.db'}", "0001")
    former.close()
    dump = tmp_path / "state.ndjson.zst"
    with zstandard.open(dump, "wt", encoding="utf-8") as file:
        file.write('{"ouidire_state":1,"revision":"0001"}\n')
        file.write('{"table":"suppressions","columns":{"token":"text","at":"moment"}}\n')
        row = '["someone","2026-03-09T06:00:00.000000+00:00"]\n'
        file.write(row)
        digest = hashlib.sha256(row.encode()).hexdigest()
        file.write(f'{{"end":"suppressions","rows":1,"sha256":"{digest}"}}\n{{"end":""}}\n')
    restore_state(url, dump)
    state = open_state(url)
    found = sums(state)
    assert (found["suppressions"].rows, found["themes"].rows) == (1, 0)
    state.close()


def test_a_dump_that_is_cut_short_or_altered_is_refused_and_nothing_is_written(installation, url, tmp_path):
    dump = tmp_path / "state.ndjson.zst"
    dump_state(installation.state, dump)
    whole = zstandard.decompress(dump.read_bytes(), max_output_size=1 << 26)
    lines = whole.splitlines(keepends=True)
    for broken in (lines[:-1], lines[: len(lines) // 2], [*lines[:2], *lines[3:]], [b"{}\n"], []):
        dump.write_bytes(zstandard.compress(b"".join(broken)))
        with pytest.raises(StateError, match=r"cut short or altered|is no dump of a state"):
            restore_state(url, dump)
    state = open_state(url)
    with state.read() as connection:
        assert is_empty(connection)
    state.close()


def test_what_postgresql_cannot_hold_is_replaced_on_the_way(installation, url):
    with installation.state.begin() as connection:
        set_mark(connection, "a\0b", "\0")
    move_state(installation, url)
    there = open_state(url)
    with there.read() as connection:
        assert mark_of(connection, "a\ufffdb") == "\ufffd"
    there.close()


def test_the_sums_tell_any_change_of_any_table(installation, at):
    before = sums(installation.state)
    path = installation.settings.state_url.removeprefix("sqlite:///")
    installation.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE items SET late = 1 - late WHERE id = (SELECT min(id) FROM items)")
    after = sums(at(installation, None).state)
    assert {name for name in before if before[name] != after[name]} == {"items"}
