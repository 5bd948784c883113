"""`ouidire password`: a line to keep in the place of a password."""

import io

import pytest

from service.cli import run
from service.serve.web.passwords import verify_password

PASSWORD = "correct horse battery"  # noqa: S105 (of a test)


@pytest.mark.parametrize("typed", [f"{PASSWORD}\n", f"{PASSWORD}\r\n", PASSWORD])
def test_the_hash_of_a_password_is_printed_on_one_line(typed, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert run(["password"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("$argon2id$")
    assert verify_password(PASSWORD, line)


@pytest.mark.parametrize(("typed", "says"), [("", "no password was given"), ("short\n", "12 characters")])
def test_a_password_that_would_not_do_is_refused(typed, says, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert run(["password"]) == 2
    assert says in capsys.readouterr().err
