"""No mail leaves by itself before a person has tried one, or named a day; an outbox uses nothing up."""

from datetime import date, timedelta

import pytest
from sqlalchemy.event import listen

from ouidire.errors import UsageError
from ouidire.mailing.delivery import DeliveryKey
from ouidire.settings.configuration import settings_from
from ouidire.state.ledger import StateLedger
from reports.delivery import deliver
from service.pipeline.report.beginning import TESTED, has_begun, send_test, why_not_yet
from service.pipeline.report.digests import send_digests_due
from service.pipeline.report.sending import IN_OUTBOX
from service.pipeline.run_due import process_pending
from tests.support.pipeline_chain import configuration, listing

POST = {"host": "127.0.0.1", "port": 9, "security": "none", "timeout": 1}


@pytest.fixture
def sent(monkeypatch):
    """What would have left by SMTP."""
    mails = []
    monkeypatch.setattr(deliver.SmtpTransport, "send", lambda _self, mail: mails.append(mail))
    return mails


def with_post(played, **digest):
    data = configuration(
        source=[listing("pousse-et-compagnie-lyon")], recipient=[{"address": "d@pousse.example"}]
    )
    data |= {"smtp": POST, "digest": {**data.get("digest", {}), **digest}}
    installation = played.open(4, after=timedelta(hours=1))
    installation.settings = settings_from(data, base=installation.settings.base)
    return installation


@pytest.fixture
def played(chain):
    made = chain(
        configuration(
            source=[listing("pousse-et-compagnie-lyon")], recipient=[{"address": "d@pousse.example"}]
        )
    )
    for week in (3, 4):
        made.week(week)
    return made


def test_a_mail_server_that_nobody_tried_sends_nothing_and_a_test_opens_it(played, sent):
    installation = with_post(played)
    assert not has_begun(installation.state)
    done = process_pending(installation)
    assert sent == []
    assert "report send --test" in (done.not_yet or "")
    (period,) = {each.period for each in send_digests_due(played.open(4, after=timedelta(hours=1)))}
    assert period
    with installation.state.read() as connection:
        from ouidire.state.marks import mark_of

        assert mark_of(connection, TESTED) is None
    from ouidire.period import last_full_period

    week = last_full_period("week", installation.clock(), timezone=installation.settings.timezone)
    results = send_test(installation, week, address="moi@pousse.example")
    assert [(each.recipient, each.outcome) for each in results] == [("moi@pousse.example", "sent")]
    assert [mail["To"] for mail in sent] == ["moi@pousse.example"]
    assert why_not_yet(installation) is None
    # what was only written to the outbox is not used up: it leaves now, once
    assert [each.outcome for each in send_digests_due(installation)] == ["sent"]
    assert [mail["To"] for mail in sent] == ["moi@pousse.example", "d@pousse.example"]
    assert [each.outcome for each in send_digests_due(installation)] == ["already_sent"]


def test_a_day_is_named_in_the_configuration(played, sent):
    today = played.open(4, after=timedelta(hours=1)).clock().date()
    later = with_post(played, start=today + timedelta(days=1))
    assert str(today + timedelta(days=1)) in (why_not_yet(later) or "")
    assert process_pending(later).sent == ()
    assert why_not_yet(with_post(played, start=date(2020, 1, 1))) is None
    assert sent == []


def test_nothing_is_tried_before_something_was_collected_well(chain, sent):
    installation = with_post(chain(configuration(recipient=[], source=[])))
    from ouidire.period import last_full_period

    week = last_full_period("week", installation.clock(), timezone=installation.settings.timezone)
    with pytest.raises(UsageError, match="nothing was collected well yet"):
        send_test(installation, week, address="moi@pousse.example")
    assert sent == []


def test_whether_mail_has_left_is_asked_of_one_line_of_the_ledger(chain):
    installation = chain(configuration(recipient=[], source=[])).open(4)
    ledger = StateLedger(installation.state, secret=b"", clock=installation.clock)
    keys = [
        DeliveryKey(report="digest", edition="brand", brand="b", period=f"2026-W{week:02}", recipient="a")
        for week in range(1, 4)
    ]
    ledger.claim_all(keys)
    ledger.mark_all(keys[:2], status="sent", reason=IN_OUTBOX)
    assert not has_begun(installation.state)
    ledger.mark_all(keys[2:], status="sent")
    asked = []
    listen(installation.state.engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    assert has_begun(installation.state)
    assert [each for each in asked if "FROM deliveries" in each and "LIMIT" not in each] == []
