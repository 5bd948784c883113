"""The tables of the SQLite index, derived from the document models, and the rows that documents become.

For each kind: `<kind>` (every field that can be filtered, sorted or summed: narrow rows, so that a million of
them can be read through), `<kind>_body` (the document as JSON) and, where it has words, `<kind>_stems` and
`<kind>_words`: FTS5 tables without content of their own, since the body has it. `words` serve prefixes alone
and keep no positions. `<kind>_vectors` holds vectors in blocks (`search.sqlite.vectors`). What is counted
together lies apart, in small records (`search.sqlite.records`). Dates are integers (microseconds since 1970,
UTC). A field of many values is one text, its values between separators: it is tested with `instr`, and
grouped by combination, which beats a table of values in size and in speed of writing.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from ouidire.documents import MODELS, SCHEMA_VERSION, Document, Kind
from ouidire.schema import FieldSpec, FieldType
from ouidire.text.words import WORDS_VERSION
from search.bodies import body_of
from search.fields import specs
from search.nearness import vector_spec

LAYOUT_VERSION = 3
"""Grows when the tables here change without the models changing."""

VERSIONS = {"schema": SCHEMA_VERSION, "layout": LAYOUT_VERSION, "words": WORDS_VERSION}
APPLICATION_ID = 0x4F75_6944
"""« OuiD »: tells our files from other SQLite databases."""

COLUMN_TYPES: dict[FieldType, str] = {
    "keyword": "TEXT",
    "integer": "INTEGER",
    "float": "REAL",
    "boolean": "INTEGER",
    "date": "INTEGER",
}
INDICES: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "mention": (
        ("brands", "period_at"),
        ("period_at",),
        ("source_key", "period_at"),
        ("run_id",),
        ("author_key",),
    ),
    "search_result": (
        ("brands", "captured_at"),
        ("captured_at",),
        ("query", "captured_at"),
        ("snapshot_id",),
    ),
    "suggestion": (("brands", "captured_at"), ("captured_at",)),
    "answer": (("brands", "asked_at"), ("asked_at",)),
    "run": (("started_at",), ("source_key", "started_at")),
    "event": (("brands", "at"), ("at",), ("subject_id",)),
    "measure": (("brands", "name", "at"), ("name", "at")),
}
PARTIAL: dict[Kind, tuple[str, str]] = {"mention": ("period_at", "duplicate_of IS NULL")}
"""An index of only those rows that meet a condition: what nearly every view counts and lists."""
_NUMBERED = (
    "brands",
    "source",
    "place",
    "sentiment",
    "advocacy",
    "aspect_names",
    "aspect_polarity",
    "stages",
    "intents",
    "effort",
    "language",
    "mention_kind",
    "suspicion",
    "presence",
    "stars",
    "answered",
    "verified",
    "duplicate_of",
)
RECORDED: dict[Kind, dict[str, Literal["date", "number", "value"]]] = {
    "mention": {
        "period_at": "date",
        "delight": "number",
        "irritation": "number",
        **dict.fromkeys(_NUMBERED, "value"),
    },
    **{kind: {} for kind in MODELS if kind != "mention"},
}
"""Fields kept in small records as well (`records.py`), a few of them as the number of their value.

They are what a page of the explorer counts.
"""
SEPARATOR = "\x1f"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class IndexRow(NamedTuple):
    """What is written of one document; the first column is its number, given when it is written."""

    columns: list[Any]
    body: bytes
    words: tuple[str, ...]
    vector: tuple[int, ...] | None = None


@cache
def columns(kind: Kind) -> tuple[FieldSpec, ...]:
    """Return the fields of a kind that have a column; `kind` itself is the table's name."""
    return tuple(spec for spec in specs(kind).values() if spec.type in COLUMN_TYPES and spec.name != "kind")


@cache
def word_fields(kind: Kind) -> tuple[str, ...]:
    """Return the fields of a kind that full-text tables are made of."""
    return tuple(spec.name for spec in specs(kind).values() if spec.type == "stems")


def statements() -> Iterable[str]:
    """Yield the statements that create an empty index."""
    yield f"PRAGMA application_id = {APPLICATION_ID}"
    yield "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID"
    for name, value in VERSIONS.items():
        yield f"INSERT INTO meta VALUES ('{name}', {value})"  # noqa: S608 (our constants)
    yield (
        "CREATE TABLE tombstone "
        "(kind TEXT, id TEXT, revision INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID"
    )
    for kind in MODELS:
        named = ", ".join(f'"{spec.name}" {_column_type(spec)}' for spec in columns(kind))
        yield f"CREATE TABLE {kind} (doc INTEGER PRIMARY KEY, {named})"
        yield f"CREATE TABLE {kind}_body (doc INTEGER PRIMARY KEY, body BLOB NOT NULL)"
        yield from _record_tables(kind)
        for number, names in enumerate(INDICES[kind]):
            keys = ", ".join(f'"{name}"' for name in names)
            yield f"CREATE INDEX {kind}_{number} ON {kind} ({keys})"
        if vector_spec(kind):
            yield f"CREATE TABLE {kind}_vectors (block INTEGER PRIMARY KEY, slots BLOB NOT NULL)"
        if kind in PARTIAL:
            name, condition = PARTIAL[kind]
            yield f"CREATE INDEX {kind}_partial ON {kind} ({name}) WHERE {condition}"
        for name in word_fields(kind):
            detail = "" if name == "stems" else ", detail=none, columnsize=0"
            options = f"content='', tokenize='ascii'{detail}"
            yield f"CREATE VIRTUAL TABLE {kind}_{name} USING fts5({name}, {options})"


def _record_tables(kind: Kind) -> Iterable[str]:
    if not RECORDED[kind]:
        return
    yield f"CREATE TABLE {kind}_record (doc INTEGER PRIMARY KEY, record BLOB NOT NULL)"
    yield (
        f"CREATE TABLE {kind}_value (field TEXT, code INTEGER, value, "
        "PRIMARY KEY (field, value), UNIQUE (field, code)) WITHOUT ROWID"
    )


@lru_cache(maxsize=1 << 13)
def pack(values: tuple[str, ...]) -> str | None:
    """Return many values as one text; None where there are none."""
    if not values:
        return None
    return SEPARATOR + SEPARATOR.join(_escaped(value) for value in values) + SEPARATOR


def needle(value: str) -> str:
    """Return what a text made by `pack` contains when it holds the value."""
    return SEPARATOR + _escaped(value) + SEPARATOR


def unpack(text: str | None) -> tuple[str, ...]:
    """Return the values of a text that `pack` made."""
    if text is None:
        return ()
    values = text[1:-1].split(SEPARATOR)
    return tuple(
        value.replace("\x1e1", SEPARATOR).replace("\x1e0", "\x1e") if "\x1e" in value else value
        for value in values
    )


def to_micros(moment: datetime) -> int:
    """Return a moment as microseconds since 1970 UTC, exactly."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_micros(value: int) -> datetime:
    """Return the moment that `to_micros` made a number of."""
    return _EPOCH + timedelta(microseconds=value)


class Shape:
    """How documents of one kind become rows: prepared once, since it runs for every document."""

    def __init__(self, kind: Kind) -> None:
        stored = columns(kind)
        self.kind = kind
        self.fields = itemgetter(*(spec.name for spec in stored))
        self.words = itemgetter(*word_fields(kind)) if word_fields(kind) else None
        self.dates = [place for place, spec in enumerate(stored, 1) if spec.type == "date"]
        self.many = [place for place, spec in enumerate(stored, 1) if spec.many]
        self.vector = each.name if (each := vector_spec(kind)) else None
        holders = ", ".join("?" * (len(stored) + 1))
        self.insert = f"INSERT INTO {kind} VALUES ({holders})"  # noqa: S608 (a kind of ours)
        self.insert_body = f"INSERT INTO {kind}_body VALUES (?, ?)"  # noqa: S608
        self.insert_words = [
            f"INSERT INTO {kind}_{name} (rowid, {name}) VALUES (?, ?)"  # noqa: S608 (names of ours)
            for name in word_fields(kind)
        ]

    def row(self, document: Document) -> IndexRow | None:
        """Return the row of a document; None for one that no index can hold (a number without end)."""
        body = body_of(document)
        if body is None:
            return None
        held = document.__dict__
        values = [None, *self.fields(held)]
        for place in self.dates:
            if values[place] is not None:
                values[place] = to_micros(values[place])
        for place in self.many:
            values[place] = pack(values[place]) if values[place] else None
        vector = held[self.vector] if self.vector else None
        return IndexRow(values, body, self.words(held) if self.words else (), vector)


def _column_type(spec: FieldSpec) -> str:
    return COLUMN_TYPES[spec.type] + (" NOT NULL UNIQUE" if spec.name == "id" else "")


def _escaped(value: str) -> str:
    if "\x1e" in value or SEPARATOR in value:
        return value.replace("\x1e", "\x1e0").replace(SEPARATOR, "\x1e1")
    return value
