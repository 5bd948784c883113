"""Accounts log in, change their password and are removed; tokens open what their scopes name."""

import json
from datetime import timedelta

from ouidire.state.people.accounts import load_account, remove_account
from ouidire.state.people.audit import list_audit
from ouidire.state.people.tokens import list_tokens, revoke_token
from service.serve.web.attempts import FREE_TRIES
from tests.service.serve.conftest import NOW, PASSWORD, Browser
from tests.service.serve.web.accounts.conftest import FORM, log_in

NEW = "une autre phrase de passe"


def test_only_the_right_name_and_password_open_a_session(peopled):
    with peopled() as as_:
        browser = as_(None)
        assert log_in(browser, "nobody")[0] == 401
        assert log_in(browser, "rea", "wrong but long enough")[0] == 401
        status, headers, _ = log_in(browser, " REA ")
        assert (status, headers["Location"]) == (303, "/mentions?lang=fr")
        assert log_in(as_(None), "")[1]["Location"] == "/?lang=fr"  # the configured password, as ever
        assert log_in(as_(None), "ope")[1]["Location"] == "/?lang=fr"


def test_wrong_passwords_of_accounts_are_slowed_down_together(peopled):
    with peopled() as as_:
        browser = as_(None)
        names = ("rea", "ana", "nobody", "", "ope")
        assert [log_in(browser, name, "wrong but long enough")[0] for name in names] == [401] * 5
        assert FREE_TRIES == 4
        assert log_in(browser, "rea", "wrong but long enough")[0] == 429


def test_an_account_that_is_removed_opens_nothing_any_more(peopled, installation):
    with peopled() as as_:
        browser = as_("rea")
        assert browser.ask("/mentions?published=28d")[0] == 200
        with installation.state.begin() as connection:
            remove_account(connection, "rea")
        assert browser.ask("/mentions?published=28d")[0] == 303
        assert log_in(browser, "rea")[0] == 401


def test_another_password_ends_every_session_but_this_one(peopled, installation):
    with peopled() as as_:
        browser, other = as_("ana"), as_("ana")
        form = FORM.search(browser.ask("/compte")[2])[1]
        fields = {"form": form, "current": PASSWORD, "new": NEW, "again": NEW}
        for wrong, status in (
            ({"current": "wrong but long enough"}, 403),
            ({"again": NEW + "x"}, 400),
            ({"new": "court", "again": "court"}, 400),
            ({"form": "forged"}, 403),
        ):
            assert browser.ask("/compte", {**fields, **wrong})[0] == status, wrong
        assert other.ask("/compte")[0] == 200
        assert browser.ask("/compte", fields)[0] == 303
        assert browser.ask("/compte")[0] == 200
        assert other.ask("/compte")[0] == 303
        assert log_in(other, "ana", NEW)[0] == 303
    with installation.state.read() as connection:
        assert load_account(connection, "ana").password.startswith("$argon2id$")
        told = [(each.by, each.action) for each in list_audit(connection)]
    assert ("ana", "account_password") in told
    assert not any(NEW in str(each) for each in told)


def test_where_there_are_accounts_sitting_at_the_machine_is_not_enough(peopled):
    with peopled(password_env=None) as as_:
        assert as_(None).ask("/mentions")[0] == 303
        assert log_in(as_(None), "")[0] == 401  # no password is configured
        assert as_("ope").ask("/")[0] == 200


def test_the_audit_shows_who_logged_in_and_exported(peopled):
    with peopled() as as_:
        assert as_("ana").ask("/mentions.csv")[0] == 200
        browser = as_("ope")
        found = json.loads(browser.ask("/journal.json")[2])
        assert [(each["by"], each["action"]) for each in found["items"]] == [
            ("ope", "log_in"),
            ("ana", "export"),
            ("ana", "log_in"),
        ]
        assert found["next"] is None
        shown = browser.ask("/journal?by=ana&action=export")[2]
        assert "mentions.csv" in shown
        assert "connexion</td>" not in shown
        assert browser.ask("/journal?before=x")[0] == 400
        assert "branded" in browser.ask("/comptes")[2]


# --- Tokens ---


def test_a_token_opens_what_its_scopes_name_and_nothing_else(peopled, token_for):
    expected = {
        "read": {
            "/mentions.json": 200,
            "/mentions.csv": 403,
            "/corrections": 403,
            "/metrics": 403,
            "/compte": 403,
        },
        "export": {"/mentions.json": 200, "/mentions.csv": 200, "/corrections": 403, "/": 403},
        "decide": {"/mentions.json": 200, "/mentions.csv": 403, "/corrections": 200, "/journal": 403},
        "operate": {"/mentions.json": 403, "/metrics": 200, "/journal.json": 200, "/": 200},
        "mcp": {"/mentions.json": 403, "/metrics": 403, "/": 403},
    }
    with peopled() as as_:
        for scope, answers in expected.items():
            header, _ = token_for(scope)
            for path, status in answers.items():
                assert as_(None).ask(path, **header)[0] == status, (scope, path)
        fields = {"mention": "ours0", "state": "dismissed"}
        assert as_(None).ask("/a-repondre", fields, **token_for("read")[0])[0] == 403
        assert as_(None).ask("/a-repondre", fields, **token_for("decide")[0])[0] == 303


def test_a_token_sees_its_brands_and_places_alone(peopled, token_for):
    header, _ = token_for("read", brands=("pousse",), places=("Lyon",))
    with peopled() as as_:
        found = json.loads(as_(None).ask("/mentions.json", **header)[2])
        assert found["total"] == 3
        assert as_(None).ask("/mentions/theirs0.json", **header)[0] == 404


def test_a_token_that_has_ended_or_was_revoked_opens_nothing(peopled, token_for, installation):
    ended, _ = token_for("read", lasting=timedelta(seconds=-1) + timedelta(seconds=2))
    revoked, token = token_for("read")
    with installation.state.begin() as connection:
        revoke_token(connection, token.id, at=NOW)
    with peopled() as as_:
        assert as_(None).ask("/mentions.json", **ended)[0] == 200
        installation.clock = lambda: NOW + timedelta(seconds=1)
        status, headers, shown = as_(None).ask("/mentions.json", **ended)
        assert (status, headers["WWW-Authenticate"]) == (401, 'Bearer realm="ouidire"')
        assert json.loads(shown)["error"]["status"] == 401
        assert as_(None).ask("/mentions.json", **revoked)[0] == 401


def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(peopled, token_for):
    right, _ = token_for("read")
    kept = right["Authorization"]
    wrong = ("Bearer", "Bearer x", kept[:-1] + ("A" if kept[-1] != "A" else "B"), "Bearer é", kept + "A")
    with peopled() as as_:
        browser = Browser(as_(None).address)
        for each in wrong:
            sent = {"Authorization": each.encode().decode("latin-1")}
            assert browser.ask("/mentions.json", **sent)[0] == 401, each
        status, headers, _ = browser.ask("/mentions.json", Authorization="Bearer x")
        assert (status, int(headers["Retry-After"]) > 0) == (429, True)
        assert browser.ask("/mentions.json", **right)[0] == 200
        assert browser.ask("/mentions.json", Authorization=f"Basic {kept[7:]}")[0] == 303


def test_no_secret_of_a_token_is_kept_or_logged(peopled, token_for, installation, capsys):
    header, token = token_for("read")
    secret = header["Authorization"].rpartition("_")[2]
    with peopled() as as_:
        as_(None).ask("/mentions.json", **header)
    state = installation.settings.path(None, "state.db")
    kept = b"".join(each.read_bytes() for each in state.parent.glob("state.db*"))
    assert token.id.encode() in kept
    assert secret.encode() not in kept
    printed = capsys.readouterr()
    assert secret not in printed.out + printed.err
    with installation.state.read() as connection:
        assert [each.used_at for each in list_tokens(connection)] == [NOW]
