"""The first screen of digests posted to channels: once each, with its line in the ledger."""

import json
from datetime import UTC, datetime

import pytest

from ouidire.errors import ConfigError
from ouidire.period import last_full_period
from ouidire.settings.configuration import settings_from
from service.pipeline.installation import Installation
from service.pipeline.report.digests import send_digests, send_digests_again
from service.pipeline.report.sending import ledger_of
from tests.support.webhook_receiver import WebhookReceiver

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
PERIOD = last_full_period("week", NOW, timezone="Europe/Paris")
BASE = {
    "brand": [{"slug": "pousse", "name": "Pousse & Compagnie"}],
    "digest": {"sender": "Ouï-dire <digest@example.fr>"},
    "fetch": {"allow_hosts": ["127.0.0.1"]},
}


@pytest.fixture
def receiver():
    receiver = WebhookReceiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def channel(kind, **more):
    return {"name": f"salon-{kind}", "kind": kind, "url_env": "HOOK", "editions": ["brand"]} | more


@pytest.fixture
def opened(tmp_path, receiver, monkeypatch):
    monkeypatch.setenv("HOOK", receiver.url)
    made = []

    def at(*channels, **more):
        installation = Installation(
            settings_from({**BASE, "channel": channels, **more}, base=tmp_path), now=NOW
        )
        assert installation.secret
        made.append(installation)
        return installation

    yield at
    for installation in made:
        installation.close()


def outcomes(sent):
    return [(each.recipient, each.outcome) for each in sent]


def test_each_channel_gets_its_edition_once(opened, receiver):
    installation = opened(*(channel(kind) for kind in ("webhook", "slack", "teams")))
    assert outcomes(send_digests(installation, PERIOD)) == [
        ("salon-webhook", "sent"),
        ("salon-slack", "sent"),
        ("salon-teams", "sent"),
    ]
    assert {outcome for _, outcome in outcomes(send_digests(installation, PERIOD))} == {"already_sent"}
    webhook, slack, teams = (json.loads(body) for _, body, _ in receiver.got)
    assert (webhook["type"], webhook["period"]) == ("ouidire.digest", "2026-W10")
    assert webhook["id"] == receiver.got[0][0]["webhook-id"]
    assert slack["blocks"][0]["type"] == "header"
    assert teams["attachments"][0]["content"]["type"] == "AdaptiveCard"


def test_mails_go_beside_and_a_channel_that_fails_holds_up_nobody(opened, receiver):
    receiver.answers = [404]
    installation = opened(
        channel("slack"),
        channel("teams"),
        recipient=[{"address": "claire@example.fr", "editions": ["brand"]}],
    )
    sent = send_digests(installation, PERIOD)
    assert outcomes(sent) == [
        ("claire@example.fr", "sent"),
        ("salon-slack", "failed"),
        ("salon-teams", "sent"),
    ]
    assert receiver.url not in str([each.problem for each in sent])
    assert ("salon-slack", "sent") in outcomes(send_digests(installation, PERIOD))


def test_what_broke_while_it_was_posted_is_in_doubt_and_not_posted_again(opened, receiver):
    receiver.answers = ["hang up"]
    installation = opened(channel("slack"))
    assert outcomes(send_digests(installation, PERIOD)) == [("salon-slack", "in_doubt")]
    assert outcomes(send_digests(installation, PERIOD)) == [("salon-slack", "in_doubt")]
    assert len(receiver.got) == 1


def test_what_failed_is_posted_again_when_a_person_asks(opened, receiver):
    receiver.answers = [404]
    installation = opened(channel("teams"))
    send_digests(installation, PERIOD)
    assert outcomes(send_digests_again(installation, PERIOD)) == [("salon-teams", "sent")]
    assert ledger_of(installation) is not None


def test_language_brands_and_editions_are_the_channel_s_own(opened, receiver):
    installation = opened(
        channel("webhook", language="en"),
        channel("slack", brands=["pousse"], editions=["executive", "month"]),
        channel("teams", editions=[]),
    )
    assert outcomes(send_digests(installation, PERIOD)) == [
        ("salon-webhook", "sent"),
        ("salon-slack", "sent"),
    ]
    assert json.loads(receiver.got[0][1])["language"] == "en"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"editions": ["brnad"]}, "no edition is called 'brnad'"),
        ({"alerts": False, "editions": []}, "it gets nothing"),
    ],
)
def test_channels_are_checked(tmp_path, wrong, problem):
    with pytest.raises(ConfigError, match=problem):
        settings_from({**BASE, "channel": [channel("slack", **wrong)]}, base=tmp_path)
