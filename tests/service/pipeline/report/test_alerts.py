"""Alerts through the whole pipeline: sent once to each, held in quiet hours and beyond the budget."""

import email
import json
from datetime import timedelta
from email.policy import default
from itertools import chain
from pathlib import Path

import pytest

from ouidire.errors import ConfigError
from ouidire.harvest.manifest import RunSummary
from ouidire.mailing.delivery import recipient_key
from ouidire.mailing.unsubscribe import Subscription
from ouidire.settings.configuration import settings_from
from ouidire.state.runs import Counts, begin_run, end_run, mark_ingested
from ouidire.state.unsubscribed import unsubscribe
from service.cli import run
from service.pipeline.installation import Installation
from service.pipeline.report.alert_plan import is_quiet
from service.pipeline.report.alerts import found_alerts, send_alerts, send_alerts_due
from service.pipeline.run_due import run_due
from tests.support.alert_samples import BAD, NOW, day, hostile, runs, usual, vanished
from tests.support.webhook_receiver import WebhookReceiver

CRISIS = {"app_store:pousse": 6, "schema_org:verdict": 26}
BASE = {
    "brand": [{"slug": "pousse", "name": "Pousse & Compagnie", "domains": ["pousse.example"]}],
    "digest": {"sender": "Ouï-dire <alertes@example.fr>"},
    "recipient": [{"address": "claire@example.fr", "alerts": True}, {"address": "bob@example.fr"}],
}
EVENING = NOW  # 18.30 in Paris
NIGHT = NOW + timedelta(hours=4)
MORNING = NOW + timedelta(hours=13)


@pytest.fixture
def documents():
    return list(chain(usual(), day(0, CRISIS, bad=0.3), runs(), hostile()))


@pytest.fixture
def opened(tmp_path, documents):
    houses = []

    def at(moment, documents=documents, **more):
        installation = Installation(settings_from({**BASE, **more}, base=tmp_path), now=moment)
        assert installation.secret, "the key, then the state, before the index: one without them was lost"
        with installation.state.read():
            installation.index.upsert(documents)
        houses.append(installation)
        return installation

    yield at
    for installation in houses:
        installation.close()


def outcomes(sent):
    return [(each.recipient, each.outcome) for each in sent]


def mails(installation):
    folder = installation.settings.path(None, "outbox")
    found = (
        [email.message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]
        if folder.exists()
        else []
    )
    return [(mail["To"], mail.get_body(("plain",)).get_content()) for mail in found]


def test_told_once_to_those_who_want_it(opened):
    installation = opened(EVENING)
    assert outcomes(send_alerts(installation)) == [("claire@example.fr", "sent")]
    assert send_alerts(installation) == []
    assert send_alerts(opened(EVENING + timedelta(hours=1))) == []
    ((to, text),) = mails(installation)
    assert to == "claire@example.fr"
    assert "32 mentions" in text.replace("\u00a0", " ")
    assert "première page pour" in text.replace("\n", " ")


def test_what_comes_later_is_told_alone(opened, documents):
    send_alerts(opened(EVENING))
    later = opened(EVENING + timedelta(hours=1), [*documents, *vanished(7, days_ago=0)])
    assert outcomes(send_alerts(later)) == [("claire@example.fr", "sent")]
    new = mails(later)
    assert len(new) == 2
    (text,) = [text for _, text in new if "avis retirés" in text.replace("\u00a0", " ")]
    assert "32 mentions" not in text.replace("\u00a0", " ")


def test_a_crisis_that_lasts_is_told_once_in_three_days(opened, documents):
    assert len(send_alerts(opened(EVENING))) == 1
    kinds = []
    for days in (1, 2, 3):
        later = timedelta(days=days)
        for each in day(0, CRISIS, bad=0.3):
            moved = {
                "period_at": each.period_at + later,
                "published_at": each.published_at + later,
                "id": f"{each.id}{days}",
            }
            documents.append(each.model_copy(update=moved))
        kinds.append(len(send_alerts(opened(EVENING + later, documents))))
    assert kinds == [0, 0, 1]


def test_quiet_hours_hold_and_the_morning_tells(opened):
    night = opened(NIGHT)
    (held,) = send_alerts(night)
    assert (held.outcome, "quiet hours" in held.place) == ("held", True)
    assert mails(night) == []
    morning = opened(MORNING)
    assert outcomes(send_alerts(morning)) == [("claire@example.fr", "sent")]
    assert len(mails(morning)) == 1


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        ((21, 7), 23, True),
        ((21, 7), 6, True),
        ((21, 7), 7, False),
        ((21, 7), 20, False),
        ((12, 14), 13, True),
        ((12, 14), 14, False),
        ((9, 9), 9, False),
    ],
)
def test_quiet_hours_go_past_midnight(hours, at, quiet):
    settings = settings_from({**BASE, "alerts": {"quiet_from": hours[0], "quiet_to": hours[1]}}, base=Path())
    assert is_quiet(settings.alerts, EVENING.replace(hour=at)) is quiet


def test_the_budget_holds_what_is_beyond_until_the_next_day(opened, documents):
    alerts = {"per_day": 1}
    first = opened(EVENING, alerts=alerts)
    assert outcomes(send_alerts(first)) == [("claire@example.fr", "sent")]
    assert "le seul message de ce jour" in mails(first)[0][1].replace("\n", " ").replace("\u00a0", " ")
    more = [*documents, *vanished(7, days_ago=0)]
    (held,) = send_alerts(opened(EVENING + timedelta(hours=1), more, alerts=alerts))
    assert (held.outcome, "budget of 1" in held.place) == ("held", True)
    tomorrow = opened(EVENING + timedelta(hours=15), more, alerts=alerts)
    assert outcomes(send_alerts(tomorrow)) == [("claire@example.fr", "sent")]
    assert len(mails(tomorrow)) == 2


def test_who_left_is_told_nothing(opened):
    installation = opened(EVENING)
    secret = installation.secret
    with installation.state.begin() as connection:
        unsubscribe(
            connection,
            Subscription(report="alert", recipient=recipient_key("Claire@example.fr", secret=secret)),
            now=EVENING,
        )
    assert [(each.outcome, each.recipients) for each in send_alerts(installation)] == [("unsubscribed", 1)]
    assert mails(installation) == []


def test_a_crash_between_send_and_mark_is_told_and_not_repeated(opened, monkeypatch):
    installation = opened(EVENING)

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ouidire.state.ledger.CoveringLedger.mark_sent", die)
        with pytest.raises(KeyboardInterrupt):
            send_alerts(installation)
    again = send_alerts(installation)
    assert {each.outcome for each in again} == {"in_doubt"}
    assert all("may have left" in each.problem for each in again)
    assert len(mails(installation)) == 1


def ingested(installation, number):
    """Note in the state that one more run was taken in."""
    with installation.state.begin() as connection:
        about = {
            "source": "schema_org",
            "source_key": "schema_org:verdict",
            "entity": "verdict",
            "brands": ("pousse",),
        }
        run = begin_run(
            connection,
            run_id=f"run{number}",
            kind="collect",
            place=None,
            query_kind=None,
            full=True,
            now=installation.clock(),
            **about,
        )
        end_run(
            connection,
            run,
            RunSummary(status="ok", started_at=installation.clock(), finished_at=installation.clock()),
            sealed=False,
        )
        mark_ingested(connection, run, Counts(), now=installation.clock())


def test_the_service_looks_when_something_was_ingested_and_only_then(opened, documents, monkeypatch):
    installation = opened(EVENING)
    assert send_alerts_due(installation) == []  # nothing was ever collected
    ingested(installation, 1)
    assert outcomes(send_alerts_due(installation)) == [("claire@example.fr", "sent")]
    with monkeypatch.context() as patch:
        patch.setattr("service.pipeline.report.alerts.find", lambda *_, **__: pytest.fail("it looked again"))
        assert send_alerts_due(installation) == []
    later = opened(EVENING + timedelta(hours=1), [*documents, *vanished(7, days_ago=0)])
    assert send_alerts_due(later) == []  # the index knows, but no run says so
    ingested(later, 2)
    assert outcomes(send_alerts_due(later)) == [("claire@example.fr", "sent")]


def test_what_was_held_at_night_is_looked_at_in_the_morning_and_what_failed_the_next_time(
    opened, receiver, monkeypatch
):
    more = channels(receiver, monkeypatch, "webhook")
    night = opened(NIGHT, **more)
    ingested(night, 1)
    assert outcomes(send_alerts_due(night)) == [("salon-webhook", "held")]
    assert send_alerts_due(night) == []
    morning = opened(MORNING, **more)
    receiver.answers = [404]
    assert outcomes(send_alerts_due(morning)) == [("salon-webhook", "failed")]
    assert outcomes(send_alerts_due(morning)) == [("salon-webhook", "sent")]
    assert send_alerts_due(morning) == []


def test_ouidire_run_tells_them(opened):
    installation = opened(EVENING)
    ingested(installation, 1)
    done = run_due(installation)
    assert outcomes(done.alerts) == [("claire@example.fr", "sent")]
    assert done.changed
    assert run_due(installation).alerts == ()


@pytest.fixture
def receiver():
    receiver = WebhookReceiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def channels(receiver, monkeypatch, *kinds):
    monkeypatch.setenv("HOOK", receiver.url)
    listed = [{"name": f"salon-{kind}", "kind": kind, "url_env": "HOOK"} for kind in kinds]
    return {"recipient": [], "channel": listed, "fetch": {"allow_hosts": ["127.0.0.1"]}}


def test_channels_are_told_once_each(opened, receiver, monkeypatch):
    installation = opened(EVENING, **channels(receiver, monkeypatch, "webhook", "slack", "teams"))
    assert outcomes(send_alerts(installation)) == [
        ("salon-webhook", "sent"),
        ("salon-slack", "sent"),
        ("salon-teams", "sent"),
    ]
    assert send_alerts(installation) == []
    bodies = [json.loads(body) for _, body, _ in receiver.got]
    assert bodies[0]["type"] == "ouidire.alerts"
    assert "blocks" in bodies[1]
    assert bodies[2]["type"] == "message"
    assert any(text in json.dumps(bodies[0], ensure_ascii=False) for text in BAD)


def test_a_channel_in_doubt_stays_so(opened, receiver, monkeypatch):
    installation = opened(EVENING, **channels(receiver, monkeypatch, "slack"))
    receiver.answers = ["hang up"]
    assert outcomes(send_alerts(installation)) == [("salon-slack", "in_doubt")]
    assert {each.outcome for each in send_alerts(installation)} == {"in_doubt"}
    assert len(receiver.got) == 1


def test_a_channel_that_refuses_is_tried_by_the_next_run(opened, receiver, monkeypatch):
    installation = opened(EVENING, **channels(receiver, monkeypatch, "teams"))
    receiver.answers = [404]
    (failed,) = send_alerts(installation)
    assert failed.outcome == "failed"
    assert receiver.url not in failed.problem
    assert outcomes(send_alerts(installation)) == [("salon-teams", "sent")]


def test_a_channel_without_its_address_stops_nobody_else(opened, receiver, monkeypatch):
    more = channels(receiver, monkeypatch, "slack")
    more["channel"] = [{"name": "muet", "kind": "teams", "url_env": "NOT_SET"}, *more["channel"]]
    sent = send_alerts(opened(EVENING, **more))
    assert outcomes(sent) == [("muet", "failed"), ("salon-slack", "sent")]
    assert "NOT_SET is not set" in sent[0].problem


@pytest.mark.parametrize(
    ("channel", "problem"),
    [
        ({"kind": "slack", "url": "https://hooks.slack.com/x"}, "is a secret"),
        ({"kind": "webhook"}, "give the address once"),
        ({"kind": "teams", "url_env": "X", "secret_env": "Y"}, "checks no signature"),
    ],
)
def test_channels_are_checked(tmp_path, channel, problem):
    with pytest.raises(ConfigError, match=problem):
        settings_from({**BASE, "channel": [{"name": "salon", **channel}]}, base=tmp_path)


def test_a_template_of_ones_own_that_breaks_stops_all_before_anything_is_sent(opened, tmp_path):
    own = tmp_path / "gabarits"
    own.mkdir()
    (own / "alert.txt.j2").write_text("{{ c.brand.name }}\n{{ c.nothing_of_the_kind }}\n")
    two = [
        {"address": "claire@example.fr", "alerts": True},
        {"address": "bob@example.fr", "alerts": True, "language": "en"},
    ]
    installation = opened(EVENING, recipient=two, templates="gabarits")
    with pytest.raises(ConfigError, match=r"alert\.txt\.j2:2: .*nothing_of_the_kind"):
        send_alerts(installation)
    assert mails(installation) == []
    assert found_alerts(installation)


def test_the_commands_say_what_rings_and_send_it(opened, tmp_path, capsys):
    installation = opened(EVENING)
    installation.close()
    text = (
        '[[brand]]\nslug = "pousse"\nname = "Pousse & Compagnie"\n'
        '[[recipient]]\naddress = "claire@example.fr"\nalerts = true\n'
    )
    (tmp_path / "ouidire.toml").write_text(text, encoding="utf-8")
    at = ["--config", str(tmp_path / "ouidire.toml"), "--now", EVENING.isoformat()]
    assert run(["alerts", "preview", *at, "--out", str(tmp_path / "alert.html")]) == 0
    assert "huit lundis comparables" in capsys.readouterr().out.replace("\u00a0", " ")
    assert "<html" in (tmp_path / "alert.html").read_text(encoding="utf-8")
    assert run(["alerts", "preview", *at, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["brand"]["slug"] == "pousse"
    assert run(["alerts", "send", *at, "--json"]) == 0
    assert [each["outcome"] for each in json.loads(capsys.readouterr().out)] == ["sent"]
    assert run(["alerts", "send", *at]) == 0
    assert "no alert that was not sent already" in capsys.readouterr().out
    assert run(["alerts", "preview", *at, "--brand", "autre"]) == 2
    assert run(["alerts", "preview", *at, "--language", "de"]) == 2
    assert "no language of alerts" in capsys.readouterr().err
