"""Counts of runs, items and deliveries, for metrics and the status page; what was indexed after a digest."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ouidire.harvest.manifest import RunSummary
from ouidire.period import Period
from ouidire.state.items import LIVE
from ouidire.state.runs import KILLED
from ouidire.state.tables import deliveries, items, runs, unsubscribed


class Arrival(NamedTuple):
    """One mention by the run that first had it: the run's source key, and when it was indexed."""

    id: str
    source_key: str
    ingested_at: datetime


class Mailing(NamedTuple):
    """The deliveries of one report about one brand and period: how many have each status."""

    report: str
    brand: str
    period: str
    last_at: datetime
    statuses: dict[str, int]


def runs_by_status(connection: Connection) -> list[tuple[str, str, int]]:
    """Return (source, status, number) of all runs ever, in a fixed order."""
    query = select(runs.c.source, runs.c.status, func.count()).group_by(runs.c.source, runs.c.status)
    return [
        (str(source), str(status), int(number))
        for source, status, number in connection.execute(query.order_by(*query.selected_columns[:2]))
    ]


def items_by_source(connection: Connection) -> list[tuple[str, dict[str, int]]]:
    """Return, for each source, how many items its runs found new, updated or vanished."""
    counted = ("new", "updated", "vanished")
    query = (
        select(runs.c.source, *(func.sum(runs.c[name]).label(name) for name in counted))
        .group_by(runs.c.source)
        .order_by(runs.c.source)
    )
    return [
        (str(row["source"]), {name: int(row[name] or 0) for name in counted})
        for row in connection.execute(query).mappings()
    ]


def last_good(connection: Connection) -> dict[str, datetime]:
    """Return when the last run of each source key that ended well (ok or empty) began."""
    good = runs.c.status.in_(("ok", "empty"))
    query = (
        select(runs.c.source_key, func.max(runs.c.sequence))
        .where(good, runs.c.kind == "collect")
        .group_by(runs.c.source_key)
    )
    newest = [int(sequence) for _, sequence in connection.execute(query)]
    rows = connection.execute(select(runs.c.source_key, runs.c.started_at).where(runs.c.sequence.in_(newest)))
    return {str(key): at for key, at in rows}


def missed_by_key(connection: Connection, *, since: datetime | None = None) -> dict[str, int]:
    """Return how many due runs of each source key never began, in runs since a moment where one is given.

    Those that a killed run had missed are counted by the run after it.
    """
    query = (
        select(runs.c.source_key, func.sum(runs.c.missed))
        .where(runs.c.reason != KILLED, runs.c.missed > 0)
        .group_by(runs.c.source_key)
    )
    if since is not None:
        query = query.where(runs.c.started_at >= since)
    return {str(key): int(number) for key, number in connection.execute(query)}


def spent_since(connection: Connection, moment: datetime) -> dict[str, int]:
    """Return what the runs that started since a moment took of daily budgets, by the budgets' names."""
    query = select(runs.c.summary).where(runs.c.started_at >= moment, runs.c.summary.is_not(None))
    spent: Counter[str] = Counter()
    for summary in connection.execute(query).scalars():
        spent.update(RunSummary.model_validate_json(summary).spent)
    return dict(spent)


def count_waiting(connection: Connection) -> int:
    """Count the ended runs that the index has not wholly taken."""
    return int(
        connection.execute(
            select(func.count()).where(runs.c.status != "running", runs.c.ingested_at.is_(None))
        ).scalar_one()
    )


def deliveries_by_status(connection: Connection) -> list[tuple[str, str, int]]:
    """Return (report, status, number) of all deliveries ever; `claimed` are the unconfirmed ones."""
    query = select(deliveries.c.report, deliveries.c.status, func.count()).group_by(
        deliveries.c.report, deliveries.c.status
    )
    return [
        (str(report), str(status), int(number))
        for report, status, number in connection.execute(query.order_by(*query.selected_columns[:2]))
    ]


def count_unconfirmed(connection: Connection) -> int:
    """Count the messages claimed and never marked.

    Deliveries claimed together, as a message and the alerts that it covers, are one.
    """
    together = (deliveries.c.report, deliveries.c.brand, deliveries.c.recipient, deliveries.c.claimed_at)
    query = select(*together).where(deliveries.c.status == "claimed").distinct()
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def mailings(connection: Connection, *, limit: int) -> list[Mailing]:
    """Return the last `limit` mailings, newest first."""
    named = (deliveries.c.report, deliveries.c.brand, deliveries.c.period)
    newest = (
        select(*named, func.max(deliveries.c.id).label("last"))
        .group_by(*named)
        .order_by(func.max(deliveries.c.id).desc())
        .limit(limit)
    )
    found: list[Mailing] = []
    for row in connection.execute(newest).all():
        same = [column == value for column, value in zip(named, row[:3], strict=True)]
        counted = connection.execute(
            select(deliveries.c.status, func.count()).where(*same).group_by(deliveries.c.status)
        )
        statuses = {str(status): int(number) for status, number in counted}
        at = connection.execute(
            select(deliveries.c.claimed_at).where(deliveries.c.id == row.last)
        ).scalar_one()
        found.append(Mailing(row.report, row.brand, row.period, at, statuses))
    return found


def reported_periods(connection: Connection, *, report: str, edition: str, brand: str) -> set[str]:
    """Return the periods of which an edition went, or may have gone, to anyone.

    One that was refused went to nobody.
    """
    same = (deliveries.c.report == report, deliveries.c.edition == edition, deliveries.c.brand == brand)
    query = select(deliveries.c.period).where(*same, deliveries.c.status.in_(("sent", "claimed"))).distinct()
    return set(connection.execute(query).scalars())


def unsubscribed_by_report(connection: Connection) -> dict[str, int]:
    """Return how many recipients have unsubscribed from each report."""
    query = select(unsubscribed.c.report, func.count()).group_by(unsubscribed.c.report)
    return {str(report): int(number) for report, number in connection.execute(query)}


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
