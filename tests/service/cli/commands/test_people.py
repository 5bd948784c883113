"""`ouidire people` and `ouidire token`: accounts and tokens are added, limited, listed and removed."""

import io
import json

import pytest

from service.cli import run
from service.serve.web import passwords
from service.serve.web.passwords import verify_password
from tests.service.serve.conftest import PASSWORD, quick_hash

FILE = """
[[brand]]
slug = "pousse"
name = "Pousse"
[[brand]]
slug = "rivale"
name = "Rivale"
"""


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys):
    """Runs a command on an installation of two brands; gives its code and what it printed."""
    (tmp_path / "ouidire.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(passwords, "hashed", quick_checked)

    def asked(*words, typed=f"{PASSWORD}\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = run([*words, "--config", str(tmp_path / "ouidire.toml")])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return asked


_hashed = passwords.hashed


def quick_checked(password):
    """As `hashed`, which is slow on purpose; short ones are refused by the true one."""
    return _hashed(password) if len(password) < passwords.SHORTEST else quick_hash(password)


def test_accounts_are_added_limited_and_removed(ask):
    assert "there is no account yet" in ask("people", "list")[1]
    limits = ("--brand", "pousse", "--place", "Lyon")
    code, told = ask("people", "add", "Lea.Martin", "--role", "analyst", *limits)
    assert (code, "lea.martin can log in: analyst, sees brands pousse; places Lyon" in told) == (0, True)
    assert ask("people", "limit", "lea.martin", "--role", "reader", "--all-places")[0] == 0
    (found,) = json.loads(ask("people", "list", "--json")[1])
    assert (found["name"], found["role"]) == ("lea.martin", "reader")
    assert found["limits"] == {"brands": ["pousse"], "places": []}
    assert not {"password", "stamp"} & found.keys()
    assert ask("people", "passwd", "LEA.martin", typed="une autre phrase\n")[0] == 0
    assert ask("people", "remove", "lea.martin", "--by", "noe")[0] == 0
    assert json.loads(ask("people", "list", "--json")[1]) == []
    entries = json.loads(ask("audit", "--json")[1])
    assert [(each["action"], each["by"]) for each in entries] == [
        ("account_remove", "noe"),
        ("account_password", "operator"),
        ("account_change", "operator"),
        ("account_add", "operator"),
    ]
    assert PASSWORD not in json.dumps(entries)


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (("add", "operator"), PASSWORD, "choose another name"),
        (("add", "léa <script>"), PASSWORD, "is no name of an account"),
        (("add", "lea", "--role", "boss"), PASSWORD, "there are reader, analyst, operator"),
        (("add", "lea", "--brand", "nobody"), PASSWORD, "the configured ones are pousse, rivale"),
        (("add", "lea", "--role", "operator", "--brand", "pousse"), PASSWORD, "sees all brands"),
        (("add", "lea"), "", "no password was given"),
        (("add", "lea"), "court", "12 characters"),
        (("passwd", "lea"), PASSWORD, "there is no account"),
        (("remove", "lea"), PASSWORD, "there is no account"),
        (("limit", "lea"), PASSWORD, "say what changes"),
        (("limit", "lea", "--brand", "pousse", "--all-brands"), PASSWORD, "--all-brands"),
    ],
)
def test_what_makes_no_sense_is_refused_with_one_message(ask, words, typed, says):
    code, told = ask("people", *words, typed=typed)
    assert (code, says in told) == (2, True), told
    assert "Traceback" not in told
    assert json.loads(ask("people", "list", "--json")[1]) == []


def test_one_name_is_one_account(ask):
    assert ask("people", "add", "lea")[0] == 0
    code, told = ask("people", "add", "LEA")
    assert (code, "already" in told) == (2, True)


def test_a_token_is_shown_once_listed_and_revoked(ask):
    scopes = ("--scope", "read", "--scope", "mcp")
    code, told = ask("token", "create", "Tableau", *scopes, "--brand", "pousse", "--expires", "30d")
    text = told.split()[0]
    assert (code, text.startswith("ouidire_"), len(text)) == (0, True, 64)
    (found,) = json.loads(ask("token", "list", "--json")[1])
    assert (found["scopes"], found["limits"]["brands"]) == (["read", "mcp"], ["pousse"])
    assert text[-24:] not in ask("token", "list")[1]
    assert ask("token", "revoke", found["id"])[0] == 0
    assert "revoked" in ask("token", "list")[1]
    code, told = ask("token", "revoke", found["id"])
    assert (code, "no token" in told) == (2, True)
    assert text not in ask("audit", "--json")[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("x", "--scope", "all"), "there are read, export"),
        (("x", "--expires", "soon"), "like 30m, 12h, 1d"),
        (("x", "--expires", "0d"), "ends after some time"),
        ((" ",), "what it is for"),
        (("x", "--scope", "operate", "--brand", "pousse"), "sees all brands"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(ask, words, says):
    code, told = ask("token", "create", *words)
    assert (code, says in told) == (2, True), told


def test_a_hash_is_what_is_kept(ask, tmp_path):
    assert ask("people", "add", "lea")[0] == 0
    assert verify_password(PASSWORD, quick_hash(PASSWORD))
    assert PASSWORD.encode() not in (tmp_path / "var" / "state.db").read_bytes()
