"""Measures kept: the documents of each brand and period, and the revisions of those that are no more."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Row, select

from ouidire.documents import MeasureDocument
from ouidire.frozen import Frozen
from ouidire.state.databases import STREAMED, upsert
from ouidire.state.marks import drop_mark
from ouidire.state.tables import measured

MARK = "measured"
"""The name of the mark that says what measuring has taken into account."""


class Measured(Frozen):
    """One figure of a brand's period.

    `document` is None once the figure is gone; the revision is then its tombstone's.
    """

    id: str
    brand: str
    period: str
    revision: int
    document: MeasureDocument | None


def measured_in(connection: Connection, *, brand: str, period: str) -> dict[str, Measured]:
    """Return the figures of a brand's period by id, those that are gone included."""
    query = select(measured).where(measured.c.brand == brand, measured.c.period == period)
    return {row.id: _measured(row) for row in connection.execute(query)}


def measured_of(connection: Connection, brand: str) -> list[Measured]:
    """Return the figures of a brand, of all periods, those that are gone included."""
    query = select(measured).where(measured.c.brand == brand).order_by(measured.c.id)
    return [_measured(row) for row in connection.execute(query)]


def require_measuring(connection: Connection) -> None:
    """Have every week that a digest looks back on measured again, since annotations have changed."""
    drop_mark(connection, MARK)


def save_measured(connection: Connection, listed: Iterable[Measured]) -> None:
    """Write figures, replacing those of the same id."""
    values = [
        {
            **each.model_dump(exclude={"document"}),
            "payload": each.document.model_dump_json() if each.document is not None else None,
        }
        for each in listed
    ]
    if values:
        connection.execute(upsert(connection, measured, ["id"]), values)


def all_measured(connection: Connection) -> Iterator[MeasureDocument]:
    """Yield every figure that is not gone, in the order of ids."""
    query = select(measured.c.payload).where(measured.c.payload.is_not(None)).order_by(measured.c.id)
    for row in connection.execute(query.execution_options(**STREAMED)):
        yield MeasureDocument.model_validate_json(row[0])


def no_longer_measured(connection: Connection) -> Iterator[tuple[str, int]]:
    """Yield (id, revision of the tombstone) of the figures that are gone, in the order of ids."""
    query = select(measured.c.id, measured.c.revision).where(measured.c.payload.is_(None))
    for row in connection.execute(query.order_by(measured.c.id).execution_options(**STREAMED)):
        yield row.id, row.revision


def _measured(row: Row[tuple[object, ...]]) -> Measured:
    payload = row.payload
    return Measured(
        id=row.id,
        brand=row.brand,
        period=row.period,
        revision=row.revision,
        document=MeasureDocument.model_validate_json(payload) if payload is not None else None,
    )
