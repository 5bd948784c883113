"""Deliveries in doubt, resolved by a person, and bounces taken in: by commands, with a real SMTP server."""

import json
from datetime import UTC, datetime

import pytest

from ouidire.mailing.delivery import DeliveryKey, delivery_name
from ouidire.settings.configuration import load_settings
from reports.delivery.smtp import SmtpTransport
from service.cli import run
from service.pipeline.installation import Installation
from service.pipeline.report.alert_plan import MESSAGE
from service.pipeline.report.deliveries_in_doubt import resolve, unconfirmed_deliveries
from service.pipeline.report.sending import ledger_of
from tests.reports.delivery.test_deliver import serving

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
AT = NOW.isoformat()
CLAIRE, BOB = "Claire@example.fr", "bob@example.fr"
TOML = """
[[brand]]
slug = "pousse"
name = "Pousse & Compagnie"

[digest]
sender = "Ouï-dire <digest@example.fr>"
start = 2020-01-01

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"

[[recipient]]
address = "Claire@example.fr"

[[recipient]]
address = "bob@example.fr"
editions = ["brand", "executive"]
"""
DSN = """\
From: MAILER-DAEMON@mx.example.fr
To: digest@example.fr
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you...

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.fr

Final-Recipient: rfc822; claire@example.fr
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <claire@example.fr>: no such user

--b
Content-Type: text/rfc822-headers

From: digest@example.fr
Message-ID: <{name}@example.fr>

--b--
"""


class Mailbox:
    def __init__(self):
        self.got = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.got.append(envelope.rcpt_tos[0])
        return "250 OK"


@pytest.fixture
def mailbox():
    with serving(Mailbox()) as box:
        yield box


@pytest.fixture
def config(tmp_path, mailbox):
    path = tmp_path / "ouidire.toml"
    path.write_text(TOML.format(port=mailbox.port), encoding="utf-8")
    return path


@pytest.fixture
def installation(config):
    made = Installation(load_settings(config), now=NOW)
    yield made
    made.close()


@pytest.fixture
def command(config, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "240")  # a table that does not fold

    def carry_out(*words, code=0):
        assert run([*words, "--config", str(config), "--now", AT]) == code
        told = capsys.readouterr()
        return " ".join((told.out if "--json" in words else told.out + told.err).split())

    return carry_out


def key(recipient=CLAIRE, *, report="digest", edition="brand", period="2026-W10"):
    return DeliveryKey(report=report, edition=edition, brand="pousse", period=period, recipient=recipient)


def killed_before_the_mark(monkeypatch, config, *, of):
    """Have a pass die right after the server took the message of one recipient."""
    send = SmtpTransport.send

    def die(self, mail):
        send(self, mail)
        if mail["To"].addresses[0].addr_spec == of:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SmtpTransport, "send", die)
        assert run(["report", "send", "--config", str(config), "--now", AT]) != 0


def test_what_arrived_is_settled_as_sent_and_never_sent_again(mailbox, config, command, monkeypatch):
    killed_before_the_mark(monkeypatch, config, of=CLAIRE)
    told = command("report", "send", code=3)
    assert "in_doubt" in told
    assert "ouidire report doubts" in told
    assert mailbox.got == [CLAIRE, BOB, BOB]

    (doubt,) = json.loads(command("report", "doubts", "--json"))
    assert (doubt["recipient"], doubt["brand"], doubt["period"], doubt["edition"]) == (
        CLAIRE,
        "pousse",
        "2026-W10",
        "brand",
    )
    assert doubt["id"] == delivery_name(key())
    listed = command("report", "doubts")
    assert doubt["id"][:12] in listed
    assert CLAIRE in listed

    assert "never sent again" in command("report", "settle", doubt["id"][:12], "--sent")
    assert command("report", "doubts") == "nothing is in doubt"
    assert "in_doubt" not in command("report", "send")
    assert mailbox.got == [CLAIRE, BOB, BOB]
    assert "nothing that is in doubt" in command("report", "settle", doubt["id"], "--again", code=2)


def test_what_did_not_arrive_is_sent_again_once(mailbox, config, command, monkeypatch):
    killed_before_the_mark(monkeypatch, config, of=CLAIRE)
    told = command("report", "settle", f"<{delivery_name(key())}@example.fr>", "--again")
    assert "ouidire report send --brand pousse --period 2026-W10" in told
    command("report", "send")
    assert mailbox.got.count(CLAIRE) == 2
    assert "already_sent" in command("report", "send")
    assert mailbox.got.count(CLAIRE) == 2


def test_a_name_must_fit_one_thing_and_a_verdict_must_be_given(installation, command):
    ledger = ledger_of(installation)
    for each in (key(), key(BOB)):
        ledger.claim(each)
    first = delivery_name(key())
    assert "--sent" in command("report", "settle", first, code=2)
    assert "--sent" in command("report", "settle", first, "--sent", "--again", code=2)
    assert "nothing that is in doubt" in command(
        "report", "settle", first[:5], "--sent", code=2
    )  # too little of it
    assert "nothing that is in doubt" in command("report", "settle", "0" * 32, "--sent", code=2)
    assert "nothing that is in doubt" in command("report", "settle", first, "0" * 32, "--sent", code=2)
    assert len(unconfirmed_deliveries(installation)) == 2  # all of them, or none
    resolve(installation, [first, delivery_name(key(BOB)), first], "sent")
    assert unconfirmed_deliveries(installation) == []
    assert [ledger.status(each) for each in (key(), key(BOB))] == ["sent", "sent"]


def test_while_something_is_sent_nothing_is_taken_for_a_doubt(installation, command):
    ledger_of(installation).claim(key())
    with installation.exclusive():
        assert "at work" in command("report", "doubts", code=1)
        assert "at work" in command("report", "settle", delivery_name(key()), "--sent", code=1)
    assert len(unconfirmed_deliveries(installation)) == 1


def test_a_reader_whom_nobody_names_any_more_is_not_named(installation, command):
    ledger_of(installation).claim(key("gone@example.fr"))
    (doubt,) = unconfirmed_deliveries(installation)
    assert doubt.recipient is None
    told = command("report", "doubts")
    assert "(left the configuration)" in told
    assert "gone@" not in told
    assert "nothing is sent" in command("report", "settle", doubt.id[:8], "--again")
    assert unconfirmed_deliveries(installation) == []


def test_a_message_of_alerts_is_settled_with_all_that_it_tells(installation):
    ledger = ledger_of(installation)
    message = key(report="alert", edition=MESSAGE, period="a1b2")
    alerts = [key(report="alert", edition=kind, period="2026-03-08") for kind in ("volume", "polarity")]
    ledger.covering(alerts).claim(message)
    ledger.claim(key(BOB, report="alert", edition="volume", period="2026-03-08"))  # another reader's stays
    first, second = unconfirmed_deliveries(installation)
    assert (first.recipient, first.tells, first.period) == (CLAIRE, ("polarity", "volume"), "2026-03-09")
    resolve(installation, [first.id], "again")
    assert [ledger.status(each) for each in (message, *alerts)] == ["failed"] * 3
    assert unconfirmed_deliveries(installation) == [second]


def test_every_pass_tells_of_what_is_in_doubt_until_it_is_settled(installation, command):
    """Alerts and digests of long ago too, that no pass would send any more: exit 3 each time."""
    ledger = ledger_of(installation)
    old = key(period="2026-W02")
    ledger.claim(old)
    alerts = [key(BOB, report="alert", edition=kind, period="2026-03-08") for kind in ("volume", "polarity")]
    ledger.covering(alerts).claim(key(BOB, report="alert", edition=MESSAGE, period="a1b2"))
    for _ in range(2):
        told = command("run", code=3)
        assert (
            told.count("digest pousse 2026-W02 to Claire@example.fr: an earlier attempt was cut short") == 1
        )
        assert told.count("alert pousse 2026-03-09 to bob@example.fr: an earlier attempt was cut short") == 1
    for each in unconfirmed_deliveries(installation):
        resolve(installation, [each.id], "sent")
    assert "cut short" not in command("run")


def bounce(folder, name, action="failed", status="5.1.1"):
    path = folder / f"{action}.eml"
    path.write_text(DSN.format(name=name, action=action, status=status), encoding="ascii")
    return str(path)


@pytest.mark.parametrize("before", ["sent", "claimed"])
def test_a_bounce_marks_its_delivery_refused(installation, tmp_path, command, before):
    ledger = ledger_of(installation)
    ledger.claim(key())
    if before == "sent":
        ledger.mark_sent(key())
    told = command("report", "bounce", bounce(tmp_path, delivery_name(key())))
    assert f"pousse 2026-W10 to {CLAIRE}: refused (5.1.1)" in told
    assert ledger.final_outcome(key()) == ("refused", "bounced 5.1.1")
    assert "no such user" not in told
    again = json.loads(command("report", "bounce", bounce(tmp_path, delivery_name(key())), "--json"))
    assert [each["outcome"] for each in again] == ["refused"]
    assert "bounced 5.1.1" in command("report", "send", code=3)


def test_a_report_that_is_none_or_of_nothing_of_ours_changes_nothing(installation, tmp_path, command):
    ledger = ledger_of(installation)
    ledger.claim(key())
    ledger.mark_sent(key())
    late, other = bounce(tmp_path, delivery_name(key()), "delayed", "4.4.7"), tmp_path / "other.eml"
    assert "delayed (4.4.7)" in command("report", "bounce", late)
    other.write_text("Subject: hello\n\nyour mail bounced, believe me\n", encoding="ascii")
    assert "unreadable" in command("report", "bounce", str(other), code=1)
    assert "unknown" in command("report", "bounce", bounce(tmp_path, "f" * 32), late, code=3)
    assert "unknown" in command(
        "report", "bounce", bounce(tmp_path, delivery_name(key("gone@example.fr"))), code=1
    )
    assert ledger.status(key()) == "sent"
    assert "No such file" in command("report", "bounce", str(tmp_path / "none.eml"), code=1)
