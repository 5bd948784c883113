"""What each database does in its own way, and that a state cannot tell which one holds it."""

import os
import signal
import threading
import time
from datetime import UTC, datetime

import pytest
import sqlalchemy

from ouidire.errors import ConfigError, StateError
from ouidire.settings.configuration import settings_from
from ouidire.state import databases, migrate, open_state
from ouidire.state.databases import open_engine, postgresql
from ouidire.state.marks import mark_of, set_mark
from ouidire.state.problems import advised
from ouidire.state.suppressions import suppress, suppressed
from ouidire.state.tables import marks, metadata
from tests.support.postgres_server import PASSWORD
from tests.support.state_urls import new_schema

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)


@pytest.fixture
def state(url):
    opened = open_state(url)
    yield opened
    opened.close()


@pytest.fixture
def on_postgres(postgres_server):
    opened = open_state(new_schema(postgres_server))
    yield opened
    opened.close()


def in_children(work, *, number):
    """Run work(n) in so many processes at once; return their exit statuses."""
    children = []
    for each in range(number):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                work(each)
                status = 0
            finally:
                os._exit(status)
        children.append(pid)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]


def test_texts_are_ordered_by_code_points_whatever_the_server_says(state):
    names = ["é", "e", "Z", "a", "f", "_", "2026-W10", "2026-W2"]
    with state.begin() as connection:
        for name in names:
            set_mark(connection, name, "")
    with state.read() as connection:
        found = list(connection.execute(sqlalchemy.select(marks.c.name).order_by(marks.c.name)).scalars())
        between = sqlalchemy.select(marks.c.name).where(marks.c.name.between("2026-W1", "2026-W19"))
        assert list(connection.execute(between).scalars()) == ["2026-W10"]
    assert found == sorted(names)


def test_a_text_is_kept_whole_whatever_its_column_was_meant_for(state):
    long = "é" * 5000
    with state.begin() as connection:
        set_mark(connection, long, "😀 '\"\\ %s :x ?")
    with state.read() as connection:
        assert mark_of(connection, long) == "😀 '\"\\ %s :x ?"


def test_moments_keep_their_microseconds_in_utc(state):
    table = metadata.tables["suppressions"]
    at = datetime.fromisoformat("2026-03-29T02:30:00.123456+02:00")
    with state.begin() as connection:
        suppress(connection, ["a"], now=at)
    with state.read() as connection:
        found = connection.execute(sqlalchemy.select(table.c.at)).scalar_one()
    assert (found, found.tzinfo) == (at, UTC)


def test_two_that_migrate_at_once_make_one_state(url):
    assert in_children(lambda _: open_state(url).close(), number=4) == [0, 0, 0, 0]
    state = open_state(url)
    with state.read() as connection:
        assert migrate.stamped(connection) == migrate.HEAD
        rows = connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar_one()
    state.close()
    assert rows == 1


def test_processes_that_read_and_then_write_wait_for_each_other(url, state):
    def add(number):
        own = open_state(url)
        for _ in range(5):
            with own.begin() as connection:
                have = len(suppressed(connection))
                suppress(connection, [f"{have}-{number}"], now=NOW)
        own.close()

    assert in_children(add, number=4) == [0, 0, 0, 0]
    with state.read() as connection:
        assert sorted(int(each.split("-")[0]) for each in suppressed(connection)) == list(range(20))


def test_a_writer_that_is_killed_leaves_nothing_and_holds_nobody(url, state):
    pid = os.fork()
    if pid == 0:
        own = open_state(url)
        with own.begin() as connection:
            set_mark(connection, "half", "done")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    with state.begin() as connection:
        assert mark_of(connection, "half") is None
        set_mark(connection, "next", "done")


def test_a_database_of_something_else_is_left_alone(url):
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE customers (id INTEGER)")
    engine.dispose()
    with pytest.raises(StateError, match=r"holds something else already \(customers\)"):
        open_state(url)
    with engine.connect() as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == ["customers"]
    engine.dispose()


def test_a_database_that_something_else_migrates_is_left_alone(url, state):
    with state.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'ae1027a6acf'")
    state.close()
    with pytest.raises(StateError, match="holds something else already"):
        open_state(url)


def test_what_is_no_database_for_a_state_is_named():
    with pytest.raises(ConfigError, match=r"state\.url: mysql cannot hold a state; write sqlite:///"):
        open_state("mysql://u:S3CRET@h/db")


def test_the_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(postgresql, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install ouidire\[postgres\]"):
        open_state("postgresql://h/db")


def test_servers_are_told_from_files():
    assert databases.is_server("postgresql+psycopg://u:{secret:X}@h/db")
    assert databases.is_server("postgres://h/db")
    assert not databases.is_server("sqlite:///x.db")
    assert not databases.is_server("nonsense")


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://u:S3CRET@h/db", "postgresql://h/db?user=u&password=S3CRET"]
)
def test_a_password_does_not_stand_in_the_configuration(url, tmp_path):
    brand = {"slug": "a", "name": "A"}
    with pytest.raises(ConfigError, match=r"state\.url: .* write \{secret:NAME\} in its place") as caught:
        settings_from({"brand": [brand], "state": {"url": url}}, base=tmp_path)
    assert "S3CRET" not in str(caught.value)
    named = settings_from(
        {"brand": [brand], "state": {"url": url.replace("S3CRET", "{secret:X}")}}, base=tmp_path
    )
    assert "{secret:X}" in named.state_url


@pytest.mark.postgres
class TestServer:
    """What only a server can do to us."""

    def test_the_password_is_a_secret_of_the_environment_or_of_a_file(
        self, postgres_server, monkeypatch, tmp_path
    ):
        postgres_server.query("CREATE DATABASE secret_one")
        named = postgres_server.address("secret_one").replace(
            ":a%20p%40ss%2Fword@", ":{secret:STATE_PASSWORD}@"
        )
        assert "{secret:STATE_PASSWORD}" in named
        with pytest.raises(ConfigError, match="secret STATE_PASSWORD is missing"):
            open_state(named)
        monkeypatch.setenv("STATE_PASSWORD", PASSWORD)
        open_state(named).close()
        monkeypatch.delenv("STATE_PASSWORD")
        (tmp_path / "password").write_text(f"{PASSWORD}\n")
        monkeypatch.setenv("STATE_PASSWORD_FILE", str(tmp_path / "password"))
        open_state(named).close()

    def test_what_keeps_us_out_is_told_without_the_password(self, postgres_server):
        for url, advice in (
            (postgres_server.address().replace("a%20p%40ss%2Fword", "S3CRET"), "check both in state.url"),
            (postgres_server.address("nowhere"), "create the database"),
            ("postgresql://u:S3CRET@127.0.0.1:1/x", "check that it runs"),
            ("postgresql://u:S3CRET@/x?host=/nowhere", "check that it runs"),
            (f"{postgres_server.address()}?nonsense=1", "check the options"),
        ):
            with pytest.raises(StateError) as caught:
                open_state(url)
            assert advice in str(caught.value)
            assert "S3CRET" not in str(caught.value)
            assert PASSWORD not in str(caught.value)

    def test_a_database_that_is_not_ours_to_change_is_told(self, postgres_server):
        postgres_server.query("CREATE ROLE guest LOGIN")
        postgres_server.query("CREATE DATABASE guarded")
        url = postgres_server.url("guarded").replace("ouidire@", "guest@")
        with pytest.raises(StateError, match="make it the owner of the database"):
            open_state(url)

    def test_a_database_of_another_encoding_is_refused(self, postgres_server):
        postgres_server.query(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LOCALE 'C' LOCALE_PROVIDER libc"
        )
        with pytest.raises(StateError, match="is in LATIN1, which cannot hold every letter"):
            open_state(postgres_server.url("latin"))
        tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        assert postgres_server.query(tables, "latin") == [(0,)]

    def test_a_server_that_is_too_old_is_refused(self, postgres_server, monkeypatch):
        monkeypatch.setattr(postgresql, "OLDEST", 99)
        with pytest.raises(StateError, match=r"PostgreSQL \d+: install 99 or newer"):
            open_state(new_schema(postgres_server))

    def test_a_standby_is_told(self, on_postgres):
        def write():
            with on_postgres.begin() as connection:
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
                set_mark(connection, "x", "1")

        with pytest.raises(StateError, match=r"the server only reads: state\.url must lead to"):
            write()

    def test_readers_cannot_write(self, on_postgres):
        with (
            pytest.raises(StateError, match="cannot execute INSERT in a read-only transaction"),
            on_postgres.read() as connection,
        ):
            set_mark(connection, "x", "1")

    def test_the_one_letter_that_it_cannot_hold_is_replaced(self, on_postgres):
        with on_postgres.begin() as connection:
            set_mark(connection, "a\0b", "\0")
        with on_postgres.read() as connection:
            assert mark_of(connection, "a\ufffdb") == "\ufffd"

    def test_a_writer_is_waited_for_so_long_and_no_longer(self, on_postgres, monkeypatch):
        monkeypatch.setattr(
            postgresql,
            "BEGIN_WRITING",
            postgresql.BEGIN_WRITING.replace("lock_timeout = '30s'", "lock_timeout = '50ms'"),
        )
        with (
            on_postgres.begin(),
            pytest.raises(StateError, match="another program holds it"),
            on_postgres.begin(),
        ):
            raise AssertionError

    def test_two_schemas_of_a_database_do_not_wait_for_each_other(self, postgres_server, on_postgres):
        other = open_state(new_schema(postgres_server))
        with on_postgres.begin(), other.begin() as connection:
            set_mark(connection, "x", "1")
        other.close()

    def test_a_server_that_was_started_again_is_found_again(self, postgres_server):
        state = open_state(new_schema(postgres_server))
        with state.begin() as connection:
            set_mark(connection, "x", "1")
        postgres_server.halt()
        with pytest.raises(StateError, match="check that it runs"), state.read():
            raise AssertionError
        postgres_server.again()
        with state.read() as connection:
            assert mark_of(connection, "x") == "1"
        state.close()

    def test_a_client_that_is_stopped_in_a_transaction_is_let_go(self, on_postgres):
        words = postgresql.BEGIN_WRITING
        assert "idle_in_transaction_session_timeout = '300s'" in words
        ready = threading.Event()

        def stuck():
            with on_postgres.begin() as connection:
                connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
                ready.set()
                time.sleep(0.5)
                connection.exec_driver_sql("SELECT 1")

        failed = []

        def run():
            try:
                stuck()
            except StateError as error:
                failed.append(str(error))

        thread = threading.Thread(target=run)
        thread.start()
        ready.wait()
        with on_postgres.begin() as connection:
            set_mark(connection, "x", "1")
        thread.join()
        assert len(failed) == 1


class OperationalError(Exception):
    """A server's error, as the driver raises it."""

    def __init__(self, said, code):
        super().__init__(said)
        self.sqlstate = code


@pytest.mark.parametrize(
    ("said", "code", "advice"),
    [
        (
            "FATAL: authentification par mot de passe échouée pour l'utilisateur « u »",
            None,
            "the user or the password",
        ),
        ("FATAL: la base de données « x » n'existe pas", None, "create the database"),
        ("FATAL: the database system is starting up", None, "check that it runs"),
        ("FATAL: sorry, too many clients already", None, "no connection left"),
        ("could not extend file: No space left on device", "53100", "make room"),
        ("droit refusé pour la table items", "42501", "the owner of the database"),
        ("fin de la connexion", "57P01", "check that it runs"),
        ("invalid page in block 3", "XX001", "it is damaged"),
        ("valeur trop longue", "22001", "the database server's log"),
    ],
)
def test_a_servers_fault_is_told_in_whatever_language_it_speaks(said, code, advice):
    line = advised(OperationalError(said, code))
    assert line.startswith(said)
    assert advice in line
