"""Who left a mailing: keyed hashes of addresses, as in the ledger, for each kind of report."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from ouidire.mailing.unsubscribe import Subscription
from ouidire.state.items import replacing
from ouidire.state.tables import unsubscribed


def leave(connection: Connection, subscription: Subscription, *, now: datetime) -> None:
    """Take a recipient off a mailing; a second time changes nothing but the moment."""
    values = {**subscription.model_dump(), "at": now}
    connection.execute(replacing(connection, unsubscribed, ["report", "recipient"]), [values])


def come_back(connection: Connection, subscription: Subscription) -> None:
    """Undo it."""
    connection.execute(delete(unsubscribed).where(*_is(subscription)))


def has_left(connection: Connection, subscription: Subscription) -> bool:
    """Whether nothing of this kind may be sent to this recipient any more."""
    return connection.execute(select(unsubscribed.c.at).where(*_is(subscription))).first() is not None


def count_left(connection: Connection, report: str) -> int:
    """How many left one mailing."""
    return len(
        connection.execute(select(unsubscribed.c.recipient).where(unsubscribed.c.report == report)).all()
    )


def _is(subscription: Subscription) -> tuple[ColumnElement[bool], ...]:
    return (unsubscribed.c.report == subscription.report, unsubscribed.c.recipient == subscription.recipient)
