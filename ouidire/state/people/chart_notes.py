"""What happened on a day, as somebody wrote it on the time line: a campaign, an outage, a new price."""

from datetime import date, datetime

from pydantic import AwareDatetime
from sqlalchemy import Connection, delete, select

from ouidire.frozen import Frozen
from ouidire.ids import digest
from ouidire.state.databases import upsert
from ouidire.state.tables import chart_notes

MOST = 500
"""Notes read of a span: a time line of more cannot be read."""


class ChartNote(Frozen):
    """One thing that happened on a local day."""

    id: str
    day: date
    label: str
    by: str = ""
    at: AwareDatetime


def save_note(
    connection: Connection, day: date, label: str, *, by: str, at: datetime, apart: bool = False
) -> ChartNote:
    """Write a note; the same one of the same day is written once (with `apart`, once by each person)."""
    parts = ("note", day.isoformat(), label, *((by,) if apart else ()))
    note = ChartNote(id=digest(*parts, size=6), day=day, label=label, by=by, at=at)
    values = {**note.model_dump(), "day": day.isoformat()}
    connection.execute(upsert(connection, chart_notes, ["id"]), [values])
    return note


def list_notes(connection: Connection, first: date, last: date) -> tuple[ChartNote, ...]:
    """Return the notes of some days, both ends included, oldest first."""
    days = chart_notes.c.day
    query = (
        select(chart_notes)
        .where(days >= first.isoformat(), days <= last.isoformat())
        .order_by(days, chart_notes.c.id)
        .limit(MOST)
    )
    return tuple(ChartNote(**row) for row in connection.execute(query).mappings())


def load_note(connection: Connection, note_id: str) -> ChartNote | None:
    """Return the note of an id; None where there is none."""
    row = connection.execute(select(chart_notes).where(chart_notes.c.id == note_id)).mappings().first()
    return None if row is None else ChartNote(**row)


def delete_note(connection: Connection, note_id: str) -> None:
    """Take a note off the time line."""
    connection.execute(delete(chart_notes).where(chart_notes.c.id == note_id))
