"""What is found out of a delivery afterwards: a person settles what was in doubt, a bounce tells of what did not arrive.

In doubt is what was claimed and never marked, since a process died or a line broke. The ledger keeps no
address: a delivery's reader is named where the configuration still names them. What is being sent right now
is claimed as well: these functions want the installation's lock held.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import structlog

from ouidire.errors import UsageError
from ouidire.mailing.delivery import DeliveryKey, delivery_name, recipient_key
from ouidire.state.ledger import LedgerEntry
from reports.delivery.bounces import Unreadable, read_bounce
from service.pipeline.installation import Installation
from service.pipeline.report.alerts import MESSAGE, REPORT
from service.pipeline.report.sending import ledger_of

log = structlog.get_logger()

Resolution = Literal["sent", "again"]
FEWEST = 6
"""Digits of a name that are enough, where no other begins so."""
BY_HAND = "settled by hand"


class UnconfirmedDelivery(NamedTuple):
    """One message of which nobody knows whether it left.

    `id` is what its Message-ID begins with (of a channel's message, or of a reader whom the configuration no
    longer names, a name made the same way); `tells` are the kinds of the alerts that it tells.
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
    """List what is in doubt, oldest first."""
    return [doubt for doubt, _ in _found(installation)]


def resolve(
    installation: Installation, names: Sequence[str], verdict: Resolution
) -> list[UnconfirmedDelivery]:
    """Settle what is in doubt, by the beginnings of its names: `sent`, never to be sent again, or to be sent `again`.

    An alert's message is settled with all the alerts that it tells. Raises UsageError, and settles nothing,
    where a name fits nothing that is in doubt, or more than one thing.
    """
    found = _found(installation)
    chosen = [_named(name, found) for name in dict.fromkeys(names)]
    rows = [row for _, covered in chosen for row in covered]
    ledger_of(installation).resolve(rows, status="sent" if verdict == "sent" else "failed", reason=BY_HAND)
    return [doubt for doubt, _ in chosen]


class Bounced(NamedTuple):
    """What a delivery report comes to: `refused` is noted of its delivery, `delayed` (a server still tries) and `delivered` are not.

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


def bounce(installation: Installation, data: bytes) -> Bounced:
    """Take in one delivery report: a message that a server gave up is marked refused, with the status code, and never sent again."""
    try:
        read = read_bounce(data)
    except Unreadable as error:
        return Bounced("unreadable", problem=str(error))
    names = names_of(installation)
    entries = ledger_of(installation).entries("sent", "claimed", "refused")
    head = next(
        (
            each
            for each in entries
            if each.recipient in names and name_of(each, names[each.recipient]) == read.name
        ),
        None,
    )
    if head is None:
        return Bounced(
            "unknown",
            read.name,
            read.status,
            problem="no delivery of ours to a reader of the configuration is called so",
        )
    told = (read.name, read.status, head.brand, head.period, names[head.recipient])
    if read.action != "failed":
        return Bounced("delayed" if read.action == "delayed" else "delivered", *told)
    rows = [head.id, *(each.id for each in _covered(head, entries))]
    ledger_of(installation).resolve(
        rows, status="refused", reason=f"bounced {read.status}".strip(), among=("sent", "claimed")
    )
    log.warning(
        "bounced",
        report=head.report,
        brand=head.brand,
        period=head.period,
        name=read.name,
        status=read.status,
    )
    return Bounced("refused", *told)


def names_of(installation: Installation) -> dict[str, str]:
    """Return the readers and channels that the configuration names, by the hash under which the ledger knows them."""
    named = [
        *(each.address for each in installation.settings.recipient),
        *(each.name for each in installation.settings.channel),
    ]
    return {recipient_key(name, secret=installation.secret): name for name in named}


def name_of(entry: LedgerEntry, recipient: str | None) -> str:
    """Return the name of a delivery of the ledger."""
    told = entry.recipient if recipient is None else recipient
    return delivery_name(
        DeliveryKey(
            report=entry.report, edition=entry.edition, brand=entry.brand, period=entry.period, recipient=told
        )
    )


def _found(installation: Installation) -> list[tuple[UnconfirmedDelivery, tuple[int, ...]]]:
    """Every doubt, with the ledger's lines that it stands on."""
    names = names_of(installation)
    return [
        (_doubt(head, covered, names.get(head.recipient)), (head.id, *(each.id for each in covered)))
        for head, covered in _heads(installation)
    ]


def _heads(installation: Installation) -> Iterator[tuple[LedgerEntry, list[LedgerEntry]]]:
    """Each message in doubt, and the alerts that it tells: those that were claimed with it, at the same moment."""
    entries = ledger_of(installation).unconfirmed()
    covered = {head.id: _covered(head, entries) for head in entries}
    told = {each.id for some in covered.values() for each in some}
    return ((each, covered[each.id]) for each in entries if each.id not in told)


def _covered(head: LedgerEntry, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Return the alerts that a message of alerts tells; of nothing else."""
    if head.report != REPORT or head.edition != MESSAGE:
        return []
    return [
        each
        for each in entries
        if each.report == REPORT and each.edition != MESSAGE and _claim(each) == _claim(head)
    ]


def _claim(entry: LedgerEntry) -> tuple[str, str, datetime]:
    return entry.brand, entry.recipient, entry.claimed_at


def _doubt(head: LedgerEntry, covered: Sequence[LedgerEntry], recipient: str | None) -> UnconfirmedDelivery:
    return UnconfirmedDelivery(
        id=name_of(head, recipient),
        report=head.report,
        brand=head.brand,
        period=f"{head.claimed_at:%Y-%m-%d}" if head.report == REPORT else head.period,
        edition=head.edition,
        claimed_at=head.claimed_at,
        recipient=recipient,
        tells=tuple(sorted({each.edition for each in covered})),
    )


def _named(
    name: str, found: Sequence[tuple[UnconfirmedDelivery, tuple[int, ...]]]
) -> tuple[UnconfirmedDelivery, tuple[int, ...]]:
    wanted = name.strip().lstrip("<").partition("@")[0].lower()
    fitting = [each for each in found if len(wanted) >= FEWEST and each[0].id.startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(
            f"{name!r} may mean {len(fitting)} deliveries; write more of it, as `ouidire report doubts` shows it"
        )
    raise UsageError(f"nothing that is in doubt is called {name!r}; `ouidire report doubts` lists what is")
