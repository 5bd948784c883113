"""Deliveries afterwards: a person resolves what is in doubt, a bounce marks what did not arrive.

In doubt is what was claimed and never marked, since a process died or a line broke. The ledger keeps no
address: a delivery's reader is named where the configuration still names them. What is being sent right now
is claimed as well: these functions want the installation's lock held.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import structlog

from ouidire.errors import UsageError
from ouidire.mailing.delivery import DeliveryKey, delivery_name, recipient_key
from ouidire.state.ledger import LedgerEntry
from reports.delivery.bounces import Unreadable, read_bounce
from reports.delivery.deliver import CUT_SHORT
from service.pipeline.installation import Installation
from service.pipeline.report.alert_plan import MESSAGE, REPORT
from service.pipeline.report.sending import SendResult, ledger_of

log = structlog.get_logger()

Resolution = Literal["sent", "again"]
FEWEST = 6
"""Digits of a name that are enough, where no other begins so."""
BY_HAND = "settled by hand"


class UnconfirmedDelivery(NamedTuple):
    """One message of which nobody knows whether it left.

    `id` is what its Message-ID begins with (of a channel's message, or of a reader whom the configuration no
    longer names, a name made the same way); `tells` are the kinds of the alerts in it.
    """

    id: str
    report: str
    brand: str
    period: str
    edition: str
    claimed_at: datetime
    recipient: str | None
    tells: tuple[str, ...] = ()


def unconfirmed_deliveries(installation: Installation) -> list[UnconfirmedDelivery]:
    """Return the deliveries in doubt, oldest first."""
    return [each.delivery for each in _unconfirmed(installation)]


def doubt_problems(
    installation: Installation, *, digests: Sequence[SendResult], alerts: Sequence[SendResult]
) -> list[str]:
    """Return a line for the operator on each delivery in doubt that no result of this pass speaks of.

    Whatever its age: it stays in doubt until a person resolves it. An alert's results name the alerts in a
    message, one by one.
    """
    known = {(each.brand, each.recipient, each.period) for each in digests if each.outcome == "in_doubt"}
    of_alerts = {(each.brand, each.recipient) for each in alerts if each.outcome == "in_doubt"}
    return [
        f"{each.report} {each.brand} {each.period} to {each.recipient or 'a former recipient'}: {CUT_SHORT}"
        for each in unconfirmed_deliveries(installation)
        if (each.report == REPORT and (each.brand, each.recipient) not in of_alerts)
        or (each.report != REPORT and (each.brand, each.recipient, each.period) not in known)
    ]


class _Unconfirmed(NamedTuple):
    """A delivery in doubt, and the ids of the ledger's entries that it stands on."""

    delivery: UnconfirmedDelivery
    entries: tuple[int, ...]


def resolve(
    installation: Installation, names: Sequence[str], verdict: Resolution
) -> list[UnconfirmedDelivery]:
    """Resolve deliveries in doubt, by the beginnings of their names, and return them.

    `sent`: never to be sent again; `again`: to be sent again. A message of alerts is resolved with all the
    alerts in it. Raises UsageError, and resolves nothing, where a name fits nothing that is in doubt, or more
    than one thing.
    """
    found = _unconfirmed(installation)
    chosen = [_named(name, found) for name in dict.fromkeys(names)]
    entries = [entry for each in chosen for entry in each.entries]
    status: Literal["sent", "failed"] = "sent" if verdict == "sent" else "failed"
    ledger_of(installation).resolve(entries, status=status, reason=BY_HAND)
    return [each.delivery for each in chosen]


class Bounced(NamedTuple):
    """What became of one delivery report.

    `refused` is noted of its delivery; `delayed` (a server still tries) and `delivered` are not.
    `unknown`: no delivery of ours is called so, or its reader is no longer in the configuration.
    `unreadable`: `problem` says why.
    """

    outcome: Literal["refused", "delayed", "delivered", "unknown", "unreadable"]
    id: str = ""
    status: str = ""
    brand: str = ""
    period: str = ""
    recipient: str | None = None
    problem: str = ""


def record_bounce(installation: Installation, data: bytes) -> Bounced:
    """Take in one delivery report, and return what became of it.

    A message that a server gave up is marked refused, with the status code, and never sent again.
    """
    try:
        report = read_bounce(data)
    except Unreadable as error:
        return Bounced("unreadable", problem=str(error))
    names = names_by_key(installation)
    entries = ledger_of(installation).entries("sent", "claimed", "refused")
    head = next(
        (
            each
            for each in entries
            if each.recipient in names and message_name(each, names[each.recipient]) == report.name
        ),
        None,
    )
    if head is None:
        problem = "no delivery of ours to a reader of the configuration is called so"
        return Bounced("unknown", report.name, report.status, problem=problem)
    about = (report.name, report.status, head.brand, head.period, names[head.recipient])
    if report.action != "failed":
        return Bounced("delayed" if report.action == "delayed" else "delivered", *about)
    ledger_of(installation).resolve(
        [head.id, *(each.id for each in _alerts_in(head, entries))],
        status="refused",
        reason=f"bounced {report.status}".strip(),
        among=("sent", "claimed"),
    )
    log.warning(
        "bounced",
        report=head.report,
        brand=head.brand,
        period=head.period,
        name=report.name,
        status=report.status,
    )
    return Bounced("refused", *about)


def names_by_key(installation: Installation) -> dict[str, str]:
    """Return the recipients and channels of the configuration by the hash under which the ledger has them."""
    named = [
        *(each.address for each in installation.settings.recipient),
        *(each.name for each in installation.settings.channel),
    ]
    return {recipient_key(name, secret=installation.secret): name for name in named}


def message_name(entry: LedgerEntry, recipient: str | None) -> str:
    """Return what the Message-ID of a ledger entry's message begins with."""
    return delivery_name(
        DeliveryKey(
            report=entry.report,
            edition=entry.edition,
            brand=entry.brand,
            period=entry.period,
            recipient=entry.recipient if recipient is None else recipient,
        )
    )


def _unconfirmed(installation: Installation) -> list[_Unconfirmed]:
    """Return every delivery in doubt, oldest first: each message, with the alerts claimed with it."""
    names = names_by_key(installation)
    entries = ledger_of(installation).unconfirmed()
    alerts = {head.id: _alerts_in(head, entries) for head in entries}
    covered = {each.id for some in alerts.values() for each in some}
    return [
        _Unconfirmed(
            _delivery(head, alerts[head.id], names.get(head.recipient)),
            (head.id, *(each.id for each in alerts[head.id])),
        )
        for head in entries
        if head.id not in covered
    ]


def _alerts_in(head: LedgerEntry, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Return the alerts in a message of alerts: those claimed with it, at the same moment. None in others."""
    if head.report != REPORT or head.edition != MESSAGE:
        return []
    alerts = [each for each in entries if each.report == REPORT and each.edition != MESSAGE]
    return [each for each in alerts if _claim_of(each) == _claim_of(head)]


def _claim_of(entry: LedgerEntry) -> tuple[str, str, datetime]:
    return entry.brand, entry.recipient, entry.claimed_at


def _delivery(head: LedgerEntry, alerts: Sequence[LedgerEntry], recipient: str | None) -> UnconfirmedDelivery:
    return UnconfirmedDelivery(
        id=message_name(head, recipient),
        report=head.report,
        brand=head.brand,
        period=f"{head.claimed_at:%Y-%m-%d}" if head.report == REPORT else head.period,
        edition=head.edition,
        claimed_at=head.claimed_at,
        recipient=recipient,
        tells=tuple(sorted({each.edition for each in alerts})),
    )


def _named(name: str, found: Sequence[_Unconfirmed]) -> _Unconfirmed:
    """Return the one delivery in doubt whose name begins so. Raises UsageError."""
    wanted = name.strip().lstrip("<").partition("@")[0].lower()
    fitting = [each for each in found if len(wanted) >= FEWEST and each.delivery.id.startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(
            f"{name!r} may mean {len(fitting)} deliveries; "
            "write more of it, as `ouidire report doubts` shows it"
        )
    raise UsageError(f"nothing that is in doubt is called {name!r}; `ouidire report doubts` lists what is")
