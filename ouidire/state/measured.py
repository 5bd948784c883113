"""What digests measured: the documents of each brand and period, and the revisions of those that a later reading has no more."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from ouidire.documents import MeasureDocument
from ouidire.frozen import Frozen
from ouidire.state.items import replacing
from ouidire.state.marks import drop_mark
from ouidire.state.tables import measured

MARK = "measured"
"""The mark of what measuring has taken into account."""


class Measured(Frozen):
    """One figure of a brand's period; `document` is None once it is gone, and the revision is then its tombstone's."""

    id: str
    brand: str
    period: str
    revision: int
    document: MeasureDocument | None


def measured_in(connection: Connection, *, brand: str, period: str) -> dict[str, Measured]:
    """Return what was measured of a brand in a period, by id, what is gone included; empty where nothing ever was."""
    query = select(measured).where(measured.c.brand == brand, measured.c.period == period)
    return {
        row.id: Measured(
            id=row.id,
            brand=row.brand,
            period=row.period,
            revision=row.revision,
            document=MeasureDocument.model_validate_json(row.payload) if row.payload is not None else None,
        )
        for row in connection.execute(query)
    }


def measure_anew(connection: Connection) -> None:
    """Have every week that a digest looks back on measured again: what was read of its mentions has changed."""
    drop_mark(connection, MARK)


def save_measured(connection: Connection, listed: Iterable[Measured]) -> None:
    """Keep figures, replacing."""
    values = [
        {
            **each.model_dump(exclude={"document"}),
            "payload": each.document.model_dump_json() if each.document is not None else None,
        }
        for each in listed
    ]
    if values:
        connection.execute(replacing(connection, measured, ["id"]), values)


def all_measured(connection: Connection) -> Iterator[MeasureDocument]:
    """Yield every figure that stands, by id."""
    query = select(measured.c.payload).where(measured.c.payload.is_not(None)).order_by(measured.c.id)
    for row in connection.execute(query):
        yield MeasureDocument.model_validate_json(row[0])


def no_longer_measured(connection: Connection) -> Iterator[tuple[str, int]]:
    """Yield the figures that are gone: id, and revision of the tombstone."""
    for row in connection.execute(
        select(measured.c.id, measured.c.revision).where(measured.c.payload.is_(None)).order_by(measured.c.id)
    ):
        yield row.id, row.revision
