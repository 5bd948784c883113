import sqlite3

import pytest

from ouidire.errors import ConfigError
from ouidire.state import open_state
from ouidire.state.problems import advised


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("database or disk is full", "make room"),
        ("disk I/O error", "make room"),
        ("attempt to write a readonly database", "permissions"),
        ("unable to open database file", "permissions"),
        ("database is locked", "another program"),
        ("database disk image is malformed", "restore it from your backup"),
        ("file is not a database", "restore it from your backup"),
        ("something never seen", "restore it from your backup"),
    ],
)
def test_a_fault_is_told_with_what_to_do_about_it(said, advice):
    line = advised(sqlite3.OperationalError(said))
    assert line.startswith(said)
    assert advice in line
    assert ("nothing is lost" in line) == ("disk is full" in said or "I/O" in said)


@pytest.mark.parametrize("url", ["postgresql:/u:S3CRET@h/db", "S3CRET", "postgresql://u:S3CRET@h:port/db"])
def test_a_password_in_an_address_is_never_shown(url):
    with pytest.raises(ConfigError, match=r"state\.url") as caught:
        open_state(url)
    assert "S3CRET" not in str(caught.value)
