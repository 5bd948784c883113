"""The delivery ledger: claim, send, mark. Addresses are kept as keyed hashes only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from ouidire.clock import Clock
from ouidire.mailing.delivery import Claim, DeliveryKey, recipient_key
from ouidire.state import State
from ouidire.state.tables import deliveries


class FinalOutcome(NamedTuple):
    """How a delivery ended for good: it was made, or refused for a `reason`."""

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
    reason: str = ""


DeliveryStatus = Literal["sent", "failed", "refused"]
_FINAL: dict[str, Literal["already_sent", "refused"]] = {"sent": "already_sent", "refused": "refused"}


class StateLedger:
    """The ledger in the state database; every method commits before it returns."""

    def __init__(self, state: State, *, secret: bytes, clock: Clock) -> None:
        self._state = state
        self._secret = secret
        self._clock = clock

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim a delivery (see `ouidire.mailing.delivery.Ledger`)."""
        return self.claim_all([key])

    def final_outcome(self, key: DeliveryKey) -> FinalOutcome | None:
        """Return how a delivery ended; None when it may still have to be rendered and sent."""
        with self._state.read() as connection:
            row = _row(connection, self._fields(key))
        outcome = _FINAL.get(row.status) if row is not None else None
        return None if row is None or outcome is None else FinalOutcome(outcome, row.reason)

    def mark_sent(self, key: DeliveryKey) -> None:
        """Mark the message as accepted."""
        self.mark_all([key], status="sent")

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Mark the message as certainly not sent; `final` where trying again would not help."""
        self.mark_all([key], status="refused" if final else "failed", reason=reason)

    def unconfirmed(self) -> list[LedgerEntry]:
        """Return the deliveries claimed and not marked, oldest first; what is being sent is among them."""
        return self.entries("claimed")

    def entries(self, *statuses: str) -> list[LedgerEntry]:
        """Return the deliveries of these statuses, oldest first."""
        columns = [deliveries.c[name] for name in LedgerEntry._fields]
        with self._state.read() as connection:
            query = select(*columns).where(deliveries.c.status.in_(statuses)).order_by(deliveries.c.id)
            return [LedgerEntry(*row) for row in connection.execute(query)]

    def has_sent(self, *, but: str) -> bool:
        """Return whether a delivery was sent for another reason than `but`; one line is read at most."""
        sent = (deliveries.c.status == "sent", deliveries.c.reason.is_distinct_from(but))
        with self._state.read() as connection:
            return connection.execute(select(deliveries.c.id).where(*sent).limit(1)).first() is not None

    def resolve(
        self,
        entries: Sequence[int],
        *,
        status: DeliveryStatus,
        reason: str,
        among: Sequence[str] = ("claimed",),
    ) -> int:
        """Mark deliveries, by their `id`, as a person or a bounce decided; return how many were changed.

        Only those whose status is in `among` are.
        """
        wanted = (deliveries.c.id.in_(entries), deliveries.c.status.in_(among))
        with self._state.begin() as connection:
            done = connection.execute(
                update(deliveries)
                .where(*wanted)
                .values(status=status, reason=reason, finished_at=self._clock())
            )
        return done.rowcount

    def status(self, key: DeliveryKey) -> str | None:
        """Return a delivery's status: claimed, sent, failed or refused; None when it was never claimed."""
        with self._state.read() as connection:
            row = _row(connection, self._fields(key))
        return None if row is None else str(row.status)

    def delivered_since(self, key: DeliveryKey, *, first: str, last: str) -> bool:
        """Return whether the same report, edition and brand went, or may have gone, to the recipient before.

        Periods from `first` to `last` count, compared as texts.
        """
        fields = self._fields(key)
        same = [deliveries.c[name] == fields[name] for name in ("report", "edition", "brand", "recipient")]
        query = select(deliveries.c.id).where(
            *same, deliveries.c.period.between(first, last), deliveries.c.status.in_(("sent", "claimed"))
        )
        with self._state.read() as connection:
            return connection.execute(query).first() is not None

    def count_since(self, key: DeliveryKey, moment: datetime) -> int:
        """Count the deliveries of an edition, of any brand, that may have gone to a recipient since.

        Those that a clock which was ahead has dated in the future are left out.
        """
        fields = self._fields(key)
        same = [deliveries.c[name] == fields[name] for name in ("report", "edition", "recipient")]
        query = select(deliveries.c.id).where(
            *same,
            deliveries.c.claimed_at.between(moment, self._clock()),
            deliveries.c.status.in_(("sent", "claimed")),
        )
        with self._state.read() as connection:
            return len(connection.execute(query).all())

    def covering(self, keys: Sequence[DeliveryKey]) -> "CoveringLedger":
        """Return a ledger for one message that makes all these deliveries, claimed and marked together."""
        return CoveringLedger(self, tuple(keys))

    def claim_all(self, keys: Sequence[DeliveryKey]) -> Claim:
        """Claim all deliveries or none; return "claimed", or the state of the first that cannot."""
        now = self._clock()
        with self._state.begin() as connection:
            rows = [(fields, _row(connection, fields)) for fields in map(self._fields, keys)]
            for _, row in rows:
                if row is not None and row.status != "failed":
                    return _FINAL.get(row.status, "in_doubt")
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

    def assume_sent(self, keys: Sequence[DeliveryKey], reason: str) -> int:
        """Mark deliveries of which nothing is known as sent, in one transaction; return how many.

        Those that the ledger knows stay as they are.
        """
        now, count = self._clock(), 0
        with self._state.begin() as connection:
            for fields in map(self._fields, keys):
                if _row(connection, fields) is None:
                    values = {"status": "sent", "claimed_at": now, "finished_at": now, "reason": reason}
                    connection.execute(insert(deliveries).values(**fields, **values))
                    count += 1
        return count

    def _fields(self, key: DeliveryKey) -> dict[str, str]:
        return {**key.model_dump(), "recipient": recipient_key(key.recipient, secret=self._secret)}


class CoveringLedger:
    """The ledger of one message that makes several deliveries: a crash in between leaves all unconfirmed."""

    def __init__(self, ledger: StateLedger, keys: tuple[DeliveryKey, ...]) -> None:
        self._ledger = ledger
        self._keys = keys

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim the message and all that it makes, or nothing."""
        return self._ledger.claim_all((key, *self._keys))

    def mark_sent(self, key: DeliveryKey) -> None:
        """Mark the message as accepted, and all that it makes."""
        self._ledger.mark_all((key, *self._keys), status="sent")

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Mark the message as certainly not sent, and all that it makes."""
        self._ledger.mark_all((key, *self._keys), status="refused" if final else "failed", reason=reason)


def _row(connection: Connection, fields: dict[str, str]) -> Row[tuple[object, ...]] | None:
    return connection.execute(
        select(deliveries).where(*[deliveries.c[name] == value for name, value in fields.items()])
    ).first()
