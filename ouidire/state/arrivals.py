"""What came after a digest had gone: when each was sent, and the mentions that were taken in later."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ouidire.period import Period
from ouidire.state.items import LIVE
from ouidire.state.tables import deliveries, items, runs


class Arrival(NamedTuple):
    """One mention by the run that first had it: the run's source key, and when it was indexed."""

    id: str
    source_key: str
    ingested_at: datetime


def first_sent(connection: Connection, *, report: str, edition: str, brand: str) -> dict[str, datetime]:
    """Return when each period of an edition first went, or may have gone, to anyone, by the period's key."""
    same = (deliveries.c.report == report, deliveries.c.edition == edition, deliveries.c.brand == brand)
    query = select(deliveries.c.period, deliveries.c.claimed_at).where(
        *same, deliveries.c.status.in_(("sent", "claimed"))
    )
    found: dict[str, datetime] = {}
    for period, at in connection.execute(query):
        found[period] = min(at, found.get(period, at))
    return found


def arrivals(connection: Connection, period: Period, *, since: datetime) -> list[Arrival]:
    """Return the mentions of a period whose first run was indexed after `since`, in the order of ids."""
    at = func.coalesce(items.c.published_at, items.c.first_seen_at)
    query = (
        select(items.c.id, runs.c.source_key, runs.c.ingested_at)
        .join(runs, runs.c.sequence == items.c.first_run)
        .where(
            runs.c.kind != "reparse",
            runs.c.ingested_at > since,
            at >= period.start,
            at < period.end,
            items.c.presence.in_(LIVE),
        )
        .order_by(items.c.id)
    )
    return [Arrival(*row) for row in connection.execute(query)]


def keys_waiting_at(connection: Connection, moment: datetime) -> set[str]:
    """Return the source keys of runs that had ended at a moment and were indexed only after it."""
    query = select(runs.c.source_key).where(
        runs.c.kind != "reparse",
        runs.c.finished_at <= moment,
        (runs.c.ingested_at > moment) | runs.c.ingested_at.is_(None),
    )
    return set(connection.execute(query).scalars())
