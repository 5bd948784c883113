"""The delivery ledger: claim, send, mark. Addresses are kept as keyed hashes only."""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from ouidire.clock import Clock
from ouidire.delivery import Claim, DeliveryKey, recipient_key
from ouidire.state import State
from ouidire.state.tables import deliveries


class Settled(NamedTuple):
    """A delivery of which nothing is left to do: it was made, or refused for good for a `reason`."""

    outcome: Literal["already_sent", "refused"]
    reason: str = ""


_SETTLED: dict[str, Literal["already_sent", "refused"]] = {"sent": "already_sent", "refused": "refused"}


class StateLedger:
    """The ledger in the state database; every method commits before it returns."""

    def __init__(self, state: State, *, secret: bytes, clock: Clock) -> None:
        self._state = state
        self._secret = secret
        self._clock = clock

    def claim(self, key: DeliveryKey) -> Claim:
        """Claim a delivery (see `ouidire.delivery.Ledger`)."""
        fields = self._fields(key)
        with self._state.begin() as connection:
            row = _row(connection, fields)
            if row is None:
                connection.execute(insert(deliveries).values(**fields, status="claimed", claimed_at=self._clock(), reason=""))
                return "claimed"
            if row.status == "failed":
                connection.execute(
                    update(deliveries).where(deliveries.c.id == row.id).values(status="claimed", claimed_at=self._clock(), reason="")
                )
                return "claimed"
            return _SETTLED.get(row.status, "in_doubt")

    def settled(self, key: DeliveryKey) -> Settled | None:
        """Return how the delivery ended when nothing is left to do, nor to render, for it; None otherwise."""
        with self._state.read() as connection:
            row = _row(connection, self._fields(key))
        outcome = _SETTLED.get(row.status) if row is not None else None
        return None if row is None or outcome is None else Settled(outcome, row.reason)

    def mark_sent(self, key: DeliveryKey) -> None:
        """Say that the message was accepted."""
        self._mark(key, status="sent", reason="")

    def mark_failed(self, key: DeliveryKey, reason: str, *, final: bool) -> None:
        """Say that the message certainly did not leave; `final` where trying again would not help."""
        self._mark(key, status="refused" if final else "failed", reason=reason)

    def in_doubt(self) -> list[tuple[str, str, str, datetime]]:
        """List the deliveries claimed and never marked: (report, brand, period, claimed at)."""
        with self._state.read() as connection:
            query = select(deliveries).where(deliveries.c.status == "claimed").order_by(deliveries.c.id)
            return [(row.report, row.brand, row.period, row.claimed_at) for row in connection.execute(query)]

    def _mark(self, key: DeliveryKey, *, status: str, reason: str) -> None:
        fields = self._fields(key)
        matching = [deliveries.c[name] == value for name, value in fields.items()]
        with self._state.begin() as connection:
            connection.execute(update(deliveries).where(*matching).values(status=status, reason=reason, finished_at=self._clock()))

    def _fields(self, key: DeliveryKey) -> dict[str, str]:
        return {**key.model_dump(), "recipient": recipient_key(key.recipient, secret=self._secret)}


def _row(connection: Connection, fields: dict[str, str]) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(deliveries).where(*[deliveries.c[name] == value for name, value in fields.items()])).first()
