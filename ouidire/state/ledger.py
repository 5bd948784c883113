"""The delivery ledger: claim, send, mark. Addresses are kept as keyed hashes only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from ouidire.clock import Clock
from ouidire.mailing.delivery import Claim, DeliveryKey, recipient_key
from ouidire.state import State
from ouidire.state.tables import deliveries


class Settled(NamedTuple):
    """A delivery of which nothing is left to do: it was made, or refused for good for a `reason`."""

    outcome: Literal["already_sent", "refused"]
    reason: str = ""


class LedgerEntry(NamedTuple):
    """One line of the ledger; `recipient` is the keyed hash of an address."""

    id: int
    report: str
    edition: str
    brand: str
    period: str
    recipient: str
    status: str
    claimed_at: datetime


DeliveryStatus = Literal["sent", "failed", "refused"]
_SETTLED: dict[str, Literal["already_sent", "refused"]] = {"sent": "already_sent", "refused": "refused"}


class StateLedger:
    """The ledger in the state database; every method commits before it returns."""

    def __init__(self, state: State, *, secret: bytes, clock: Clock) -> None:
        self._state = state
        self._secret = secret
        self._clock = clock

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim a delivery (see `ouidire.mailing.delivery.Ledger`)."""
        return self.claim_all([key])

    def settled(self, key: DeliveryKey) -> Settled | None:
        """Return how the delivery ended when nothing is left to do, nor to render, for it; None otherwise."""
        with self._state.read() as connection:
            row = _row(connection, self._fields(key))
        outcome = _SETTLED.get(row.status) if row is not None else None
        return None if row is None or outcome is None else Settled(outcome, row.reason)

    def mark_sent(self, key: DeliveryKey) -> None:
        """Say that the message was accepted."""
        self.mark_all([key], status="sent")

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Say that the message certainly did not leave; `final` where trying again would not help."""
        self.mark_all([key], status="refused" if final else "failed", reason=reason)

    def in_doubt(self) -> list[LedgerEntry]:
        """List the deliveries claimed and never marked, oldest first; while something is being sent, it is among them."""
        return self.entries("claimed")

    def entries(self, *statuses: str) -> list[LedgerEntry]:
        """List the deliveries that stand so, oldest first."""
        columns = [deliveries.c[name] for name in LedgerEntry._fields]
        with self._state.read() as connection:
            query = select(*columns).where(deliveries.c.status.in_(statuses)).order_by(deliveries.c.id)
            return [LedgerEntry(*row) for row in connection.execute(query)]

    def settle(
        self,
        entries: Sequence[int],
        *,
        status: DeliveryStatus,
        reason: str,
        among: Sequence[str] = ("claimed",),
    ) -> int:
        """Say of deliveries, by their `id`, what a person or a report found out; return of how many it was still to be said."""
        wanted = (deliveries.c.id.in_(entries), deliveries.c.status.in_(among))
        with self._state.begin() as connection:
            done = connection.execute(
                update(deliveries)
                .where(*wanted)
                .values(status=status, reason=reason, finished_at=self._clock())
            )
        return done.rowcount

    def status(self, key: DeliveryKey) -> str | None:
        """Return how a delivery stands: claimed, sent, failed or refused; None when it was never claimed."""
        with self._state.read() as connection:
            row = _row(connection, self._fields(key))
        return None if row is None else str(row.status)

    def delivered_since(self, key: DeliveryKey, *, first: str, last: str) -> bool:
        """Whether the same report, edition and brand went to the same recipient for a period in `first`…`last` (as texts), or may have."""
        fields = self._fields(key)
        same = [deliveries.c[name] == fields[name] for name in ("report", "edition", "brand", "recipient")]
        query = select(deliveries.c.id).where(
            *same, deliveries.c.period.between(first, last), deliveries.c.status.in_(("sent", "claimed"))
        )
        with self._state.read() as connection:
            return connection.execute(query).first() is not None

    def count_since(self, key: DeliveryKey, moment: datetime) -> int:
        """Count what of a report's edition went to a recipient since a moment, whatever the brand, or may have."""
        fields = self._fields(key)
        same = [deliveries.c[name] == fields[name] for name in ("report", "edition", "recipient")]
        query = select(deliveries.c.id).where(
            *same, deliveries.c.claimed_at >= moment, deliveries.c.status.in_(("sent", "claimed"))
        )
        with self._state.read() as connection:
            return len(connection.execute(query).all())

    def covering(self, keys: Sequence[DeliveryKey]) -> "CoveringLedger":
        """Return a ledger for one message that makes all these deliveries: claimed together, marked together."""
        return CoveringLedger(self, tuple(keys))

    def claim_all(self, keys: Sequence[DeliveryKey]) -> Claim:
        """Claim deliveries at one moment, or none of them: then return how the first one that cannot be claimed stands."""
        now = self._clock()
        with self._state.begin() as connection:
            rows = [(fields, _row(connection, fields)) for fields in map(self._fields, keys)]
            for _, row in rows:
                if row is not None and row.status != "failed":
                    return _SETTLED.get(row.status, "in_doubt")
            for fields, row in rows:
                values = {"status": "claimed", "claimed_at": now, "reason": ""}
                if row is None:
                    connection.execute(insert(deliveries).values(**fields, **values))
                else:
                    connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**values))
        return "claimed"

    def mark_all(self, keys: Sequence[DeliveryKey], *, status: DeliveryStatus, reason: str = "") -> None:
        """Mark deliveries in one transaction."""
        with self._state.begin() as connection:
            for fields in map(self._fields, keys):
                matching = [deliveries.c[name] == value for name, value in fields.items()]
                connection.execute(
                    update(deliveries)
                    .where(*matching)
                    .values(status=status, reason=reason, finished_at=self._clock())
                )

    def _fields(self, key: DeliveryKey) -> dict[str, str]:
        return {**key.model_dump(), "recipient": recipient_key(key.recipient, secret=self._secret)}


class CoveringLedger:
    """One message's ledger: it makes several deliveries at once, and a crash in between leaves all of them in doubt."""

    def __init__(self, ledger: StateLedger, keys: tuple[DeliveryKey, ...]) -> None:
        self._ledger = ledger
        self._keys = keys

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim the message and all that it makes, or nothing."""
        return self._ledger.claim_all((key, *self._keys))

    def mark_sent(self, key: DeliveryKey) -> None:
        """Say that the message was accepted."""
        self._ledger.mark_all((key, *self._keys), status="sent")

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Say that the message certainly did not leave."""
        self._ledger.mark_all((key, *self._keys), status="refused" if final else "failed", reason=reason)


def _row(connection: Connection, fields: dict[str, str]) -> Row[tuple[object, ...]] | None:
    return connection.execute(
        select(deliveries).where(*[deliveries.c[name] == value for name, value in fields.items()])
    ).first()
