"""The state: migrated from nothing, one writer at a time, clear about what it cannot open."""

import os
import signal
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy

from ouidire.errors import ConfigError, OuidireError, StateError
from ouidire.harvest.manifest import RunSummary, Validators
from ouidire.mailing.delivery import DeliveryKey
from ouidire.settings.configuration import settings_from
from ouidire.state import migrate, open_state
from ouidire.state.databases import open_engine
from ouidire.state.items import (
    ItemRecord,
    SourceItems,
    count_live,
    find_items,
    items_past,
    last_seen_before,
    listed_items,
    load_items,
    removed_items,
    save_items,
    source_keys,
)
from ouidire.state.ledger import StateLedger
from ouidire.state.marks import drop_mark, mark_of, set_mark
from ouidire.state.runs import (
    KILLED,
    Counts,
    begin_run,
    count_shown,
    cursor_of,
    end_run,
    killed_runs_before,
    list_runs,
    mark_ingested,
    shown_runs,
    waiting_runs,
)
from ouidire.state.suppressions import suppress, suppressed
from ouidire.state.tables import metadata
from service.pipeline.installation import Installation
from tests.support.former_state import state_at

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)


@pytest.fixture
def state(url):
    opened = open_state(url)
    yield opened
    opened.close()


def tables_of(state):
    with state.read() as connection:
        return set(sqlalchemy.inspect(connection).get_table_names())


def type_in(state, kind):
    return str(kind.compile(state.engine.dialect))


def test_the_migrations_make_the_tables_that_the_code_knows(state):
    assert tables_of(state) == {*metadata.tables, "alembic_version"}
    with state.read() as connection:
        assert migrate.stamped(connection) == migrate.HEAD
        found = sqlalchemy.inspect(connection)
        for name, table in metadata.tables.items():
            columns = {
                each["name"]: (type_in(state, each["type"]), each["nullable"])
                for each in found.get_columns(name)
            }
            expected = {each.name: (type_in(state, each.type), bool(each.nullable)) for each in table.columns}
            assert columns == expected, name
            indexes = {
                each["name"] for each in found.get_indexes(name) if "duplicates_constraint" not in each
            }
            assert indexes == {each.name for each in table.indexes}, name


def test_an_older_database_is_migrated_and_keeps_what_it_has(url, state):
    with state.begin() as connection:
        suppress(connection, ["someone"], now=NOW)
        for table in (
            "marks",
            "unsubscribed",
            "measured",
            "timers",
            "ended_sessions",
            "holds",
            "aliases",
            "answer_tasks",
            "audit_entries",
            "corrections",
            "second_readings",
            "saved_views",
            "chart_notes",
            "accounts",
            "api_tokens",
            "themes",
            "sent_replies",
        ):  # later than the first
            connection.execute(sqlalchemy.text(f"DROP TABLE {table}"))
        for column in ("due_at", "missed", "decision"):
            connection.execute(sqlalchemy.text(f"ALTER TABLE runs DROP COLUMN {column}"))
        for column in ("suspicion", "kept", "emergent"):
            connection.execute(sqlalchemy.text(f"ALTER TABLE items DROP COLUMN {column}"))
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '0001'"))
    state.close()
    again = open_state(url)
    assert tables_of(again) == {*metadata.tables, "alembic_version"}
    with again.read() as connection:
        assert suppressed(connection) == {"someone"}
    again.close()


@pytest.mark.parametrize("after", [1, 10, 16, 31, 32, 33])
def test_killed_while_it_is_made_it_is_made_the_next_time(url, after):
    pid = os.fork()
    if pid == 0:
        made = []

        def count(_connection, _cursor, words, *_):
            made.append(words)
            if len(made) == after:
                os.kill(os.getpid(), signal.SIGKILL)

        sqlalchemy.event.listen(sqlalchemy.Engine, "after_cursor_execute", count)
        try:
            open_state(url)
        finally:
            os._exit(7)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    state = open_state(url)
    assert tables_of(state) == {*metadata.tables, "alembic_version"}
    state.close()


def test_a_newer_database_is_refused_and_left_alone(url, state):
    with state.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '9999'"))
    state.close()
    with pytest.raises(StateError, match="version 9999, newer than this Ouï-dire"):
        open_state(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    engine.dispose()


def test_what_is_no_database_is_told(tmp_path):
    (tmp_path / "state.db").write_bytes(b"surely no database" * 300)
    with pytest.raises(StateError, match="restore it from your backup"):
        open_state(f"sqlite:///{tmp_path / 'state.db'}")
    with pytest.raises(ConfigError, match="is no database URL"):
        open_state("not a url")


def test_a_transaction_is_whole_or_nothing(state):
    def interrupted():
        with state.begin() as connection:
            suppress(connection, ["a"], now=NOW)
            raise KeyboardInterrupt

    def wrong():
        with state.begin() as connection:
            suppress(connection, ["a"], now=NOW)
            connection.execute(sqlalchemy.text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with state.read() as connection:
        assert suppressed(connection) == frozenset()
    with pytest.raises(StateError, match="refused the work"):
        wrong()
    with state.read() as connection:
        assert suppressed(connection) == frozenset()


def test_readers_see_one_moment_and_wait_for_nobody(state):
    with state.read() as before:
        assert suppressed(before) == frozenset()
        with state.begin() as connection:
            suppress(connection, ["a"], now=NOW)
        assert suppressed(before) == frozenset()
    with state.read() as after:
        assert suppressed(after) == {"a"}


def test_writers_queue(state):
    def add(number):
        with state.begin() as connection:
            have = len(suppressed(connection))
            suppress(connection, [f"{number}-{have}"], now=NOW)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with state.read() as connection:
        assert sorted(int(each.split("-")[1]) for each in suppressed(connection)) == list(range(8))


def test_one_installation_has_one_writer(tmp_path):
    installation = Installation(
        settings_from({"brand": [{"slug": "a", "name": "A"}]}, base=tmp_path), now=NOW
    )
    other = Installation(installation.settings, now=NOW)
    with (
        installation.exclusive(),
        pytest.raises(
            OuidireError,
            match=rf"another Ouï-dire is at work here \(process {os.getpid()}, since .* UTC, on ",
        ),
        other.exclusive(),
    ):
        raise AssertionError
    with other.exclusive():
        assert str(os.getpid()) in (tmp_path / "var" / "lock").read_text()


# --- Runs ---

KEY = "schema_org:shop.example"


def began(connection, run_id, *, kind="collect", key=KEY, days=0.0):
    return begin_run(
        connection,
        run_id=run_id,
        kind=kind,
        source="schema_org",
        source_key=key,
        entity="shop.example",
        brands=("a",),
        place=None,
        query_kind=None,
        full=True,
        now=NOW + timedelta(days=days),
    )


def summary(status="ok", *, cursor=None, reason="", **more):
    return RunSummary(status=status, reason=reason, started_at=NOW, finished_at=NOW, cursor=cursor, **more)


def ended(state, run_id, told, *, sealed=True, **more):
    with state.begin() as connection:
        run = began(connection, run_id, **more)
        end_run(connection, run, told, sealed=sealed)
        return run


def cursor(state):
    with state.read() as connection:
        return cursor_of(connection, KEY)


def test_a_cursor_only_moves_over_what_is_safe(state):
    etag = {"http://shop.example/": Validators(etag="1")}
    ended(state, "1", summary(cursor=NOW, validators=etag))
    assert (cursor(state).at, cursor(state).validators) == (NOW, etag)
    ended(state, "2", summary(cursor=NOW - timedelta(days=3)))
    assert cursor(state).at == NOW
    ended(state, "3", summary("failed", cursor=NOW + timedelta(days=1)), sealed=False)
    ended(state, "4", summary("blocked", cursor=NOW + timedelta(days=1)))
    ended(state, "5", summary(cursor=NOW + timedelta(days=1)), kind="import")
    ended(state, "6", summary(cursor=NOW + timedelta(days=1)), kind="reparse")
    assert (cursor(state).at, cursor(state).validators) == (NOW, etag)
    ended(state, "7", summary("degraded", cursor=NOW + timedelta(days=1)))
    assert (cursor(state).at, cursor(state).validators) == (NOW, {})


def test_a_killed_run_that_was_made_again_counts_for_nothing(state):
    killed = summary("failed", reason=KILLED)
    ended(state, "1", summary())
    ended(state, "2", killed, sealed=False)
    ended(state, "3", killed, sealed=False)
    fourth = ended(state, "4", summary())
    ended(state, "5", killed, sealed=False)
    ended(state, "6", killed, sealed=False, key="schema_org:other.example")
    ended(state, "7", summary(), kind="reparse")
    with state.begin() as connection:
        assert killed_runs_before(connection, fourth) == ["3", "2"]
        for run in waiting_runs(connection):
            mark_ingested(connection, run, Counts(), now=NOW)
        assert [run.id for run in shown_runs(connection)] == ["1", "4", "5", "6"]
        assert count_shown(connection) == 4


def test_runs_are_listed_by_what_is_asked(state):
    ended(state, "1", summary())
    ended(state, "2", summary("degraded"), kind="import")
    ended(state, "3", summary("failed"), sealed=False)
    with state.read() as connection:
        assert [run.id for run in list_runs(connection, source_key=KEY, kind="collect")] == ["3", "1"]
        assert [run.id for run in list_runs(connection, status=("ok", "degraded"))] == ["2", "1"]
        assert [run.id for run in list_runs(connection, full=True, limit=1)] == ["3"]
        assert list_runs(connection, full=False) == []


# --- Items, ledger, marks ---


def row(item_id, **more):
    usual = {
        "source": "schema_org",
        "source_key": KEY,
        "revision": 1,
        "presence": "present",
        "content": "c",
        "first_seen_at": NOW,
    }
    numbers = {"last_seen_at": NOW, "first_run": 1, "changed_run": 1, "last_run": 1, "content_run": 1}
    return ItemRecord(id=item_id, **{**usual, **numbers, **more})


def test_items_come_back_as_they_were_saved(state):
    ended(state, "1", summary())
    rows = [
        row(f"{number:04d}", brands=("b", "a"), published_at=NOW, published_precision="day")
        for number in range(1201)
    ]
    with state.begin() as connection:
        save_items(connection, rows)
        save_items(
            connection,
            [
                row(
                    "0007",
                    presence="vanished",
                    author_key="k",
                    url_hash="u",
                    last_seen_at=NOW - timedelta(days=9),
                )
            ],
        )
        save_items(connection, [row("0008", presence="erased"), row("0009", presence="expired")])
    with state.read() as connection:
        found = load_items(connection, [each.id for each in rows])
        assert len(found) == 1201
        assert found["0001"] == rows[1]
        assert count_live(connection)["mention"] == 1199
        assert [each.id for each in removed_items(connection)] == ["0008", "0009"]
        assert [each.id for each in find_items(connection, author_keys=["k"])] == ["0007"]
        assert [each.id for each in find_items(connection, url_hash="u")] == ["0007"]
        assert [each.id for each in last_seen_before(connection, NOW, limit=5)] == ["0007"]
        assert source_keys(connection) == [KEY]
        listed = listed_items(connection, KEY, run=2, since=1)
        assert [each.id for each in listed[:3]] == ["0000", "0001", "0002"]
        assert len(listed) == 1198
        assert listed_items(connection, KEY, run=2, since=2) == []
        assert items_past(connection, KEY, before=2) == SourceItems(items=1199, seen_twice=0, newest=NOW)
        assert items_past(connection, KEY, before=1) == SourceItems()


PARCEL = DeliveryKey(
    report="digest", edition="brand", brand="a", period="2026-W10", recipient="Claire@example.fr"
)


def test_the_ledger_claims_once(state):
    ledger = StateLedger(state, secret=b"s" * 32, clock=lambda: NOW)
    assert ledger.final_outcome(PARCEL) is None
    assert ledger.claim(PARCEL) == "claimed"
    assert (ledger.claim(PARCEL), ledger.final_outcome(PARCEL)) == ("in_doubt", None)
    assert len(ledger.unconfirmed()) == 1
    ledger.mark_failed(PARCEL, "busy", final=False)
    assert ledger.claim(PARCEL.model_copy(update={"recipient": " claire@EXAMPLE.fr"})) == "claimed"
    ledger.mark_sent(PARCEL)
    assert (ledger.claim(PARCEL), ledger.final_outcome(PARCEL), ledger.unconfirmed()) == (
        "already_sent",
        ("already_sent", ""),
        [],
    )
    other = PARCEL.model_copy(update={"period": "2026-W11"})
    assert ledger.claim(other) == "claimed"
    ledger.mark_failed(other, "no such user", final=True)
    assert (ledger.claim(other), ledger.final_outcome(other)) == ("refused", ("refused", "no such user"))
    with state.read() as connection:
        assert (
            b"claire"
            not in repr(connection.execute(metadata.tables["deliveries"].select()).all()).lower().encode()
        )


def test_marks(state):
    with state.begin() as connection:
        assert mark_of(connection, "x") is None
        set_mark(connection, "x", "1")
        set_mark(connection, "x", "2")
        assert mark_of(connection, "x") == "2"
        drop_mark(connection, "x")
        assert mark_of(connection, "x") is None


FORMER_SUMMARY = (
    '{"status":"degraded","reason":"HTTP 403 (https://avis.example/p)","started_at":"2026-03-09T06:00:00Z",'
    '"finished_at":"2026-03-09T06:07:00Z","requests":9,"pages":8,"not_modified":1,"items":70,'
    '"rejected":{"no_text":2},"refused_by_robots":1,"declared_total":80,"complete":false,'
    '"fill_rates":{"rating":0.5},"cursor":null}'
)
"""A run's summary as versions at every migration until 0007 wrote it."""
FORMER_REVISIONS = [f"{number:04}" for number in range(1, int(migrate.HEAD))]


@pytest.mark.parametrize("revision", FORMER_REVISIONS)
def test_the_runs_of_every_former_version_are_read(url, revision):
    former = state_at(url, revision)
    with former.begin() as connection:
        connection.execute(
            sqlalchemy.text(
                'INSERT INTO runs (id, kind, source, source_key, entity, brands, "full", started_at,'
                " finished_at, status, reason, summary, sealed, new, updated, unchanged, vanished) VALUES"
                " ('r1', 'collect', 'feed', :key, 'e', '[\"a\"]', true, '2026-03-09 06:00:00.000000',"
                " '2026-03-09 06:07:00.000000', 'degraded', 'HTTP 403', :summary, true, 4, 3, 2, 1)"
            ),
            {"key": KEY, "summary": FORMER_SUMMARY},
        )
    former.close()
    state = open_state(url)
    with state.read() as connection:
        (run,) = list_runs(connection)
        assert migrate.stamped(connection) == migrate.HEAD
    state.close()
    assert (run.status, run.brands, run.started_at, run.missed) == ("degraded", ("a",), NOW, 0)
    assert (run.new, run.updated, run.unchanged, run.vanished) == (4, 3, 2, 1)
    summary = run.summary
    assert (summary.requests, summary.pages, summary.items, summary.declared_total) == (9, 8, 70, 80)
    assert (summary.rejected, summary.fill_rates) == ({"no_text": 2}, {"rating": 0.5})


def test_a_folder_in_the_place_of_the_state_is_named(tmp_path):
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StateError, match="is a folder; move it away, then `ouidire restore`"):
        open_state(f"sqlite:///{tmp_path / 'state.db'}")
