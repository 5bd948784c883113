"""What people corrected of mentions, one row a mention and field, and the second readings of it.

A correction that is undone stays, withdrawn, until the index shows the model's own reading again. It cannot
see whether a value makes sense: `service/pipeline/people/correcting.py` asks that.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime
from sqlalchemy import Connection, Row, delete, select, update

from ouidire.frozen import Frozen
from ouidire.state.databases import upsert
from ouidire.state.items import CHUNK
from ouidire.state.tables import corrections, second_readings

CorrectionField = Literal["side", "advocacy", "themes", "place", "irrelevant", "brands", "duplicate"]
"""What can be corrected.

side: negative, neutral, positive or mixed · advocacy: promoter, passive or detractor · themes: every
"aspect:side" that the text speaks of · place: where it was, empty for nowhere known · irrelevant: it concerns
no brand · brands: the slugs that it concerns · duplicate: the id of the mention that it repeats, empty for
none.
"""
OF_WORDS: tuple[CorrectionField, ...] = ("side", "advocacy", "themes")
"""The fields that are read in words: corrected for these words, and no others."""
Corrected = str | bool | tuple[str, ...]
"""A corrected value."""


class Correction(Frozen):
    """One field of one mention as a person says it is.

    `said` is a hash of the words that were judged, `model` what was read before, with its chances (0–1).
    """

    mention_id: str
    field: CorrectionField
    value: Corrected
    said: str
    model: dict[str, float | str | tuple[str, ...] | None]
    by: str
    at: AwareDatetime
    withdrawn: bool = False
    pending: bool = True


class SecondReading(Frozen):
    """A second person's value for a field that a first one corrected, without having seen it."""

    mention_id: str
    field: CorrectionField
    value: Corrected
    by: str
    at: AwareDatetime


def save_corrections(connection: Connection, listed: Iterable[Correction]) -> None:
    """Write corrections, replacing those of the same mention and field."""
    values = [
        {
            **each.model_dump(),
            "value": json.dumps(each.value),
            "model": json.dumps(each.model, sort_keys=True),
        }
        for each in listed
    ]
    if values:
        connection.execute(upsert(connection, corrections, ["mention_id", "field"]), values)


def load_corrections(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Correction, ...]]:
    """Return what was corrected of mentions, by id; those of which nothing was are left out."""
    found: dict[str, tuple[Correction, ...]] = {}
    for start in range(0, len(ids), CHUNK):
        query = (
            select(corrections)
            .where(corrections.c.mention_id.in_(ids[start : start + CHUNK]))
            .order_by(corrections.c.mention_id, corrections.c.field)
        )
        for row in connection.execute(query):
            found[row.mention_id] = (*found.get(row.mention_id, ()), _correction(row))
    return found


def all_corrections(connection: Connection) -> Iterator[Correction]:
    """Yield every correction that stands, those made last first."""
    query = (
        select(corrections)
        .where(~corrections.c.withdrawn)
        .order_by(corrections.c.at.desc(), corrections.c.mention_id, corrections.c.field)
    )
    for row in connection.execute(query):
        yield _correction(row)


def pending_corrections(connection: Connection) -> dict[str, datetime]:
    """Return when mentions whose documents do not show it yet were last corrected, by id."""
    query = select(corrections.c.mention_id, corrections.c.at).where(corrections.c.pending)
    found: dict[str, datetime] = {}
    for row in connection.execute(query):
        found[row.mention_id] = max(row.at, found.get(row.mention_id, row.at))
    return found


def settle_corrections(connection: Connection, applied: Iterable[tuple[str, datetime]]) -> None:
    """Mark corrections as shown by their documents, and delete those withdrawn; later ones stay pending."""
    for mention_id, at in applied:
        ours = (corrections.c.mention_id == mention_id, corrections.c.at <= at)
        connection.execute(delete(corrections).where(*ours, corrections.c.withdrawn))
        connection.execute(update(corrections).where(*ours).values(pending=False))


def delete_corrections(connection: Connection, ids: Sequence[str]) -> None:
    """Delete all corrections and second readings of mentions."""
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        connection.execute(delete(corrections).where(corrections.c.mention_id.in_(part)))
        connection.execute(delete(second_readings).where(second_readings.c.mention_id.in_(part)))


def save_second_reading(connection: Connection, reading: SecondReading) -> None:
    """Write a second reading, replacing the one of the same mention and field."""
    values = {**reading.model_dump(), "value": json.dumps(reading.value)}
    connection.execute(upsert(connection, second_readings, ["mention_id", "field"]), [values])


def all_second_readings(connection: Connection) -> list[SecondReading]:
    """Return every second reading, in the order of mentions."""
    query = select(second_readings).order_by(second_readings.c.mention_id, second_readings.c.field)
    return [SecondReading(**_values(row)) for row in connection.execute(query)]


def _correction(row: Row[Any]) -> Correction:
    values = _values(row)
    model = json.loads(values["model"])
    values["model"] = {name: tuple(each) if isinstance(each, list) else each for name, each in model.items()}
    return Correction(**values)


def _values(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public, if underscored, accessor)
    value = json.loads(values["value"])
    values["value"] = tuple(value) if isinstance(value, list) else value
    return values


def rename_corrected_brands(connection: Connection, slugs: Mapping[str, str]) -> None:
    """Put the present slug of each brand in the place of its former ones, in corrected brands."""
    query = select(corrections).where(corrections.c.field == "brands")
    changed = []
    for row in connection.execute(query).all():
        each = _correction(row)
        named = each.value if isinstance(each.value, tuple) else ()
        now = tuple(sorted({slugs.get(slug, slug) for slug in named}))
        if now != named:
            changed.append(each.model_copy(update={"value": now}))
    save_corrections(connection, changed)
