"""Holds: wholesale changes by a site that do not overwrite what is known until a person has answered."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, Connection, select

from ouidire.frozen import Frozen
from ouidire.state.databases import upsert
from ouidire.state.tables import holds, runs

HoldKind = Literal["dates", "ratings", "texts", "ids", "subject"]
"""What a site has changed wholesale; `subject` is whom its page is about."""
HoldStatus = Literal["held", "linked", "accepted", "applied", "rejected", "ended"]
"""Where a hold stands.

held: a person is asked · linked: renamed ids, linked to the known ones, nothing is asked · accepted: what is
held is applied at the next pass · applied: it was · rejected: the known values stand for as long as the site
goes on · ended: the site shows again what is known.
"""
IN_FORCE: tuple[HoldStatus, ...] = ("held", "rejected")
"""The statuses in which the known values stand."""


class Hold(Frozen):
    """One wholesale change of one source.

    `run` and `run_id` are the sequence and the id of the run that showed it first, `changed` how many of the
    `known` mentions that it showed would change, `ended_run` the run that showed it no more.
    """

    id: str
    source_key: str
    kind: HoldKind
    run: int
    run_id: str
    status: HoldStatus
    changed: int
    known: int
    opened_at: AwareDatetime
    answered_at: AwareDatetime | None = None
    ended_run: int | None = None


def save_holds(connection: Connection, listed: Iterable[Hold]) -> None:
    """Write holds, replacing those of the same id."""
    values = [each.model_dump(exclude={"run_id"}) for each in listed]
    if values:
        connection.execute(upsert(connection, holds, ["id"]), values)


def holds_of(connection: Connection, source_key: str) -> list[Hold]:
    """Return all holds of a source, oldest first."""
    return _holds(connection, holds.c.source_key == source_key)


def holds_with(connection: Connection, statuses: Sequence[HoldStatus]) -> list[Hold]:
    """Return the holds of some statuses, oldest first."""
    return _holds(connection, holds.c.status.in_(statuses))


def _holds(connection: Connection, condition: ColumnElement[bool]) -> list[Hold]:
    query = (
        select(holds, runs.c.id.label("run_id"))
        .join(runs, runs.c.sequence == holds.c.run)
        .where(condition)
        .order_by(holds.c.run, holds.c.kind)
    )
    return [Hold(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
