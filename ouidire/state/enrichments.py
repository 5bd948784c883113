"""What analysers said, by text key, analyser and version: a rebuild infers nothing again."""

from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select

from ouidire.state.items import CHUNK, replacing
from ouidire.state.tables import enrichments

CachedAnnotation = dict[str, object]
"""The fields of `Annotations` that one analyser filled, as plain JSON values."""
_CACHED = TypeAdapter(CachedAnnotation)


def load_annotations(
    connection: Connection, keys: Sequence[str], analysers: dict[str, int]
) -> dict[str, dict[str, CachedAnnotation]]:
    """Return, for each text key, what the analysers at exactly these versions said of it: {key: {analyser: fields}}."""
    found: dict[str, dict[str, CachedAnnotation]] = {}
    unique = sorted(set(keys))
    for start in range(0, len(unique), CHUNK):
        query = select(enrichments).where(enrichments.c.text_key.in_(unique[start : start + CHUNK]))
        for row in connection.execute(query):
            if analysers.get(row.analyser) == row.version:
                found.setdefault(row.text_key, {})[row.analyser] = _CACHED.validate_json(row.payload)
    return found


def store_annotations(connection: Connection, said: Iterable[tuple[str, str, int, CachedAnnotation]]) -> None:
    """Keep (text key, analyser, version, fields), replacing."""
    values = [
        {"text_key": key, "analyser": analyser, "version": version, "payload": _CACHED.dump_json(fields)}
        for key, analyser, version, fields in said
    ]
    if values:
        connection.execute(replacing(connection, enrichments, ["text_key", "analyser", "version"]), values)


def forget(connection: Connection, keys: Sequence[str]) -> None:
    """Remove all that was said of texts."""
    for start in range(0, len(keys), CHUNK):
        connection.execute(delete(enrichments).where(enrichments.c.text_key.in_(keys[start : start + CHUNK])))
