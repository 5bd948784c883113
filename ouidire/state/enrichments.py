"""Cached annotations, by text key, analyser and version: a rebuild infers nothing again."""

from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select

from ouidire.state.databases import upsert
from ouidire.state.items import CHUNK
from ouidire.state.tables import enrichments

CachedAnnotation = dict[str, object]
"""The fields of `Annotations` that one analyser filled, as plain JSON values."""
_CACHED = TypeAdapter(CachedAnnotation)


def load_annotations(
    connection: Connection, keys: Sequence[str], analysers: dict[str, int]
) -> dict[str, dict[str, CachedAnnotation]]:
    """Return the annotations of texts by exactly these versions of analysers: {key: {analyser: fields}}."""
    found: dict[str, dict[str, CachedAnnotation]] = {}
    unique = sorted(set(keys))
    for start in range(0, len(unique), CHUNK):
        query = select(enrichments).where(enrichments.c.text_key.in_(unique[start : start + CHUNK]))
        for row in connection.execute(query):
            if analysers.get(row.analyser) == row.version:
                found.setdefault(row.text_key, {})[row.analyser] = _CACHED.validate_json(row.payload)
    return found


def store_annotations(
    connection: Connection, annotations: Iterable[tuple[str, str, int, CachedAnnotation]]
) -> None:
    """Write annotations, given as (text key, analyser, version, fields), replacing those of the same key."""
    values = [
        {"text_key": key, "analyser": analyser, "version": version, "payload": _CACHED.dump_json(fields)}
        for key, analyser, version, fields in annotations
    ]
    if values:
        connection.execute(upsert(connection, enrichments, ["text_key", "analyser", "version"]), values)


def delete_annotations(connection: Connection, keys: Sequence[str]) -> None:
    """Delete all annotations of texts, given by their keys."""
    for start in range(0, len(keys), CHUNK):
        connection.execute(delete(enrichments).where(enrichments.c.text_key.in_(keys[start : start + CHUNK])))
