"""URLs of new states for tests, on SQLite and on PostgreSQL."""

import os
import secrets

import pytest

from tests.support.postgres_server import Server, Unavailable

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL of this session's own; tests that ask for it are skipped where there is none."""
    try:
        server = Server().start()
    except Unavailable as reason:
        if os.environ.get("OUIDIRE_POSTGRES_NEEDED"):
            raise
        pytest.skip(str(reason))
    yield server
    server.stop()


def new_schema(server):
    """Return the URL of an empty schema, as good as a database of its own."""
    name = f"s{secrets.token_hex(6)}"
    server.query(f"CREATE SCHEMA {name}")
    return server.url(schema=name)


def state_url_on(request, folder):
    """Return the URL of a state that is not there yet, on the database of the request's parameter."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'deep' / 'state.db'}"
    return new_schema(request.getfixturevalue("postgres_server"))
