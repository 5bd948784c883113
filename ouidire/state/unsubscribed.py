"""Unsubscribed recipients: keyed hashes of addresses, as in the ledger, for each kind of report."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from ouidire.mailing.unsubscribe import Subscription
from ouidire.state.databases import upsert
from ouidire.state.tables import unsubscribed


def unsubscribe(connection: Connection, subscription: Subscription, *, now: datetime) -> None:
    """Unsubscribe a recipient from a report; a second time changes nothing but the moment."""
    values = {**subscription.model_dump(), "at": now}
    connection.execute(upsert(connection, unsubscribed, ["report", "recipient"]), [values])


def resubscribe(connection: Connection, subscription: Subscription) -> None:
    """Undo `unsubscribe`; without one it does nothing."""
    connection.execute(delete(unsubscribed).where(*_is(subscription)))


def is_unsubscribed(connection: Connection, subscription: Subscription) -> bool:
    """Return whether nothing of this kind may be sent to this recipient any more."""
    return connection.execute(select(unsubscribed.c.at).where(*_is(subscription))).first() is not None


def count_unsubscribed(connection: Connection, report: str) -> int:
    """Return how many recipients have unsubscribed from a report."""
    return len(
        connection.execute(select(unsubscribed.c.recipient).where(unsubscribed.c.report == report)).all()
    )


def _is(subscription: Subscription) -> tuple[ColumnElement[bool], ...]:
    return (unsubscribed.c.report == subscription.report, unsubscribed.c.recipient == subscription.recipient)
