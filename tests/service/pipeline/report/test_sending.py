"""Digests sent by the pipeline: to those who have not left, each with a link of its own to leave by."""

import email
from datetime import UTC, date, datetime
from email.policy import default

import pytest

from ouidire.errors import UsageError
from ouidire.mailing.delivery import DeliveryKey, recipient_key
from ouidire.mailing.unsubscribe import PATH, Subscription, read_token
from ouidire.period import last_full_period, period_of
from ouidire.settings.configuration import settings_from
from ouidire.state.counts import reported_periods
from ouidire.state.unsubscribed import unsubscribe
from reports.words.coverage_text import join_spans
from reports.words.language import Localizer
from service.pipeline.installation import Installation
from service.pipeline.report.collection_facts import unsent_before
from service.pipeline.report.digests import (
    digest_context,
    edition_of,
    send_digests,
    send_digests_again,
)
from service.pipeline.report.sending import ledger_of

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
PERIOD = last_full_period("week", NOW, timezone="Europe/Paris")
CONFIGURATION = {
    "brand": [{"slug": "pousse", "name": "Pousse & Compagnie"}],
    "digest": {"sender": "Ouï-dire <digest@example.fr>"},
    "serve": {"url": "https://ouidire.example.fr"},
    "recipient": [
        {"address": "claire@example.fr"},
        {"address": "Bob@example.fr", "language": "en"},
        {"address": "zoe@example.fr"},
    ],
}


@pytest.fixture
def installation(tmp_path):
    installation = Installation(settings_from(CONFIGURATION, base=tmp_path), now=NOW)
    yield installation
    installation.close()


def outcomes(sent):
    return [(each.recipient, each.outcome, each.recipients) for each in sent]


def test_who_left_gets_nothing_and_is_told_by_number(installation):
    secret = installation.secret
    with installation.state.begin() as connection:
        for address in ("bob@example.fr", "zoe@example.fr"):
            unsubscribe(
                connection,
                Subscription(report="digest", recipient=recipient_key(address, secret=secret)),
                now=NOW,
            )
    sent = send_digests(installation, PERIOD)
    assert outcomes(sent) == [("claire@example.fr", "sent", 1), ("", "unsubscribed", 2)]
    assert sent[1].line == "pousse 2026-W10: nothing sent to those who unsubscribed (2)"
    assert outcomes(send_digests(installation, PERIOD)) == [
        ("claire@example.fr", "already_sent", 1),
        ("", "unsubscribed", 2),
    ]
    assert len(list((installation.settings.path(None, "outbox")).iterdir())) == 1


def test_each_mail_has_its_own_link_to_leave_by(installation):
    send_digests(installation, PERIOD)
    links = {}
    for path in installation.settings.path(None, "outbox").iterdir():
        mail = email.message_from_bytes(path.read_bytes(), policy=default)
        links[mail["To"]] = mail["List-Unsubscribe"].removeprefix("<").removesuffix(">")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert set(links) == {each["address"] for each in CONFIGURATION["recipient"]}
    for address, link in links.items():
        token = link.removeprefix(f"https://ouidire.example.fr{PATH}")
        expected = Subscription(report="digest", recipient=recipient_key(address, secret=installation.secret))
        assert read_token(token, secret=installation.secret) == expected


def test_what_was_refused_for_good_is_told_as_refused_every_time(installation):
    ledger = ledger_of(installation)
    key = DeliveryKey(
        report="digest", edition="brand", brand="pousse", period=PERIOD.key, recipient="claire@example.fr"
    )
    ledger.claim(key)
    ledger.mark_failed(key, "smtp.example.fr refused the recipient: 550 no such user", final=True)
    first = send_digests(installation, PERIOD)[0]
    assert (first.outcome, "550 no such user" in first.problem) == ("refused", True)


def test_periods_whose_digests_went_to_nobody_are_named(installation):
    ledger = ledger_of(installation)
    edition = edition_of(installation.settings.editions["brand"], "pousse")

    def told(week, status, recipient="claire@example.fr"):
        key = DeliveryKey(
            report="digest", edition="brand", brand="pousse", period=f"2026-W{week:02d}", recipient=recipient
        )
        ledger.claim(key)
        if status != "claimed":
            ledger.mark_all([key], status=status)

    def unsent():
        return [each.key for each in unsent_before(installation, PERIOD, edition=edition)]

    assert unsent() == []  # nothing was ever sent: nothing was missed
    told(5, "sent")
    assert unsent() == ["2026-W06", "2026-W07", "2026-W08", "2026-W09"]
    told(7, "failed")  # the mail server was down all week
    assert len(unsent()) == 4
    told(8, "claimed")  # it may have left
    assert unsent() == ["2026-W09"]
    other = edition.model_copy(update={"name": "executive"})
    assert unsent_before(installation, PERIOD, edition=other) == ()
    send_digests(installation, PERIOD)
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=default)
        for path in installation.settings.path(None, "outbox").iterdir()
    ]
    french = (
        next(each for each in mails if each["To"] == "claire@example.fr").get_body(("plain",)).get_content()
    )
    assert "du lundi 23 février au dimanche 1er mars" in " ".join(french.split())
    told(9, "refused")  # it went to nobody
    assert unsent() == ["2026-W09"]
    told(9, "sent")
    assert unsent() == []


def test_a_digest_says_when_the_next_one_comes(installation):
    edition = edition_of(installation.settings.editions["brand"], "pousse")
    assert digest_context(installation, PERIOD, edition=edition).next_at == datetime(
        2026, 3, 16, 6, tzinfo=UTC
    )
    assert digest_context(installation, PERIOD.before(3)[0], edition=edition).next_at is None  # long past


def test_several_periods_are_named_together():
    weeks = PERIOD.before(3)
    months = [period_of("month", date(2026, month, 1), timezone="Europe/Paris") for month in (1, 2)]
    french, english = Localizer("fr", timezone="Europe/Paris"), Localizer("en", timezone="Europe/Paris")
    assert join_spans(french, weeks).replace("\u00a0", " ") == "du lundi 9 février au dimanche 1er mars 2026"
    assert join_spans(english, months).replace("\u00a0", " ") == "January 2026 and February 2026"


def test_what_was_refused_can_be_sent_once_more(installation):
    send_digests(installation, PERIOD)
    outbox = installation.settings.path(None, "outbox")
    for path in outbox.iterdir():
        path.unlink()
    assert send_digests_again(installation, PERIOD) == [], "nobody was refused"
    ledger = ledger_of(installation)
    key = DeliveryKey(
        report="digest", edition="brand", brand="pousse", period=PERIOD.key, recipient="claire@example.fr"
    )
    ledger.mark_failed(key, "554 no service", final=True)
    assert outcomes(send_digests(installation, PERIOD))[0] == ("claire@example.fr", "refused", 1)
    assert outcomes(send_digests_again(installation, PERIOD)) == [("claire@example.fr", "sent", 1)]
    assert len(list(outbox.iterdir())) == 1
    assert ledger.status(key) == "sent"


def test_a_person_may_ask_for_one_address(installation):
    send_digests(installation, PERIOD)
    assert outcomes(send_digests_again(installation, PERIOD, to=("bob@example.fr",))) == [
        ("Bob@example.fr", "sent", 1)
    ]
    with pytest.raises(UsageError, match=r"nobody@example\.fr"):
        send_digests_again(installation, PERIOD, to=("nobody@example.fr",))


def test_a_week_refused_to_all_is_named_in_the_next(installation):
    send_digests(installation, PERIOD)
    ledger = ledger_of(installation)
    with installation.state.read() as connection:
        assert reported_periods(connection, report="digest", edition="brand", brand="pousse") == {PERIOD.key}
    for each in ("claire@example.fr", "Bob@example.fr", "zoe@example.fr"):
        key = DeliveryKey(report="digest", edition="brand", brand="pousse", period=PERIOD.key, recipient=each)
        ledger.mark_failed(key, "554 no service", final=True)
    with installation.state.read() as connection:
        assert reported_periods(connection, report="digest", edition="brand", brand="pousse") == set()
