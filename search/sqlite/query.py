"""A query of ours → SQL.

Every value is a parameter; names come from the document models; words are quoted for FTS5.

Full-text conditions are read by FTS5 alone: words required and excluded in one expression where it has both,
prefixes from the table of unstemmed words.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ouidire.documents import Kind
from ouidire.index import Exists, Query, Range, Term, Value
from ouidire.schema import FieldSpec
from search.fields import field_spec
from search.querytext import Clause
from search.sqlite.schema import INDICES, needle, to_micros, unpack

_COMBINATIONS = 256
"""Distinct combinations of values (of brands, say) that a filter lists, so that an index serves it."""

_LISTED = 500


class Sql(NamedTuple):
    """A piece of SQL and its parameters; `field` is the one field that it reads, where it reads but one."""

    text: str
    values: tuple[Any, ...] = ()
    field: str = ""


class CompiledSql(NamedTuple):
    """A query in pieces: `match` is the FTS5 expression over stems that ranks (empty where nothing ranks)."""

    kind: Kind
    match: str
    conditions: tuple[Sql, ...]

    def where(self, *further: Sql) -> Sql:
        """Return the WHERE clause over the kind's table `m`, with conditions of the caller's own."""
        words = (_within(self.kind, "stems", self.match),) if self.match else ()
        return joined([*words, *self.conditions, *further])

    def gathered(self, *further: Sql) -> Sql:
        """Return a WHERE clause for reading very many rows in the order in which they lie.

        An index says which rows these are.

        Reading them in the index's own order takes a page from the disk for almost every row.
        """
        conditions = [*self.conditions, *further]
        served = max(INDICES[self.kind], key=lambda names: _served(names, conditions))
        inner = [each for each in conditions if _served(served, conditions) and each.field in served]
        outer = [each for each in conditions if each not in inner]
        if self.match:
            outer.insert(0, _within(self.kind, "stems", self.match))
        if inner:
            listed = joined(inner)
            statement = f"m.doc IN (SELECT m.doc FROM {self.kind} m{listed.text})"  # noqa: S608 (a kind of ours)
            outer.insert(0, Sql(statement, listed.values))
        return joined(outer)


def compile_query(connection: sqlite3.Connection, query: Query, clauses: Sequence[Clause]) -> CompiledSql:
    """Compile a checked query; the connection tells which combinations of values exist."""
    conditions = [
        compile_condition(connection, query.kind, each)._replace(field=each.field) for each in query.where
    ]
    wanted = [_phrases(clause) for clause in clauses if not clause.exclude and not clause.prefix]
    unwanted = [_phrases(clause) for clause in clauses if clause.exclude and not clause.prefix]
    begun = [_beginning(clause) for clause in clauses if not clause.exclude and clause.prefix]
    unbegun = [_beginning(clause) for clause in clauses if clause.exclude and clause.prefix]
    match = " AND ".join(wanted)
    if wanted and unwanted:
        match = f"({match}) NOT ({' OR '.join(unwanted)})"
    elif unwanted:
        conditions.append(_negated(_within(query.kind, "stems", " OR ".join(unwanted))))
    if begun:
        conditions.append(_within(query.kind, "words", " AND ".join(begun)))
    if unbegun:
        conditions.append(_negated(_within(query.kind, "words", " OR ".join(unbegun))))
    return CompiledSql(query.kind, match, tuple(conditions))


def column(spec: FieldSpec, kind: Kind) -> str:
    """Return the expression that a field is read by."""
    return f"'{kind}'" if spec.name == "kind" else f'm."{spec.name}"'


def compile_condition(connection: sqlite3.Connection, kind: Kind, condition: Term | Range | Exists) -> Sql:
    """Compile one checked condition over the kind's table `m`."""
    spec = field_spec(kind, condition.field)
    name = column(spec, kind)
    match condition:
        case Exists():
            return Sql(f"{name} IS {'' if condition.exclude else 'NOT '}NULL")
        case Range():
            return _between(name, condition)
        case Term():
            kept = _holds(connection, kind, spec, name, condition.any_of)
            return _negated(kept) if condition.exclude else kept


def joined(conditions: Sequence[Sql]) -> Sql:
    """Return conditions that must all hold as one WHERE clause."""
    if not conditions:
        return Sql("")
    return Sql(
        " WHERE " + " AND ".join(f"({each.text})" for each in conditions),
        tuple(value for each in conditions for value in each.values),
    )


def ordering(query: Query) -> str:
    """Return the ORDER BY of a sorted query: documents without a value last either way, ties by id."""
    keys = [
        f'm."{sort.field}" {"DESC" if sort.descending else "ASC NULLS LAST"}'
        for sort in query.sort
        if sort.field != "kind"
    ]
    return " ORDER BY " + ", ".join([*keys, "m.id"])


def following(query: Query, last: Sequence[Any], last_id: str) -> Sql:
    """Return the condition of what follows a hit with those sort values and id, in `ordering`'s order."""
    same: list[Sql] = []
    ways: list[Sql] = []
    for sort, value in zip([each for each in query.sort if each.field != "kind"], last, strict=True):
        name = f'm."{sort.field}"'
        if value is not None:
            further = Sql(f"{name} {'<' if sort.descending else '>'} ? OR {name} IS NULL", (value,))
            ways.append(_all([*same, further]))
        same.append(Sql(f"{name} IS ?", (value,)))
    ways.append(_all([*same, Sql("m.id > ?", (last_id,))]))
    return Sql(
        " OR ".join(f"({way.text})" for way in ways), tuple(value for way in ways for value in way.values)
    )


def bucket(name: str, edges: Sequence[int]) -> str:
    """Return the expression that numbers a value's interval: a balanced search, since edges may be many."""

    def search(low: int, high: int) -> str:
        if high - low == 1:
            return str(low)
        middle = (low + high) // 2
        return (
            f"CASE WHEN {name} < {edges[middle]} THEN {search(low, middle)} ELSE {search(middle, high)} END"
        )

    return search(0, len(edges) - 1)


def indexed(kind: Kind, fields: Sequence[str]) -> tuple[str, ...]:
    """Return those of some fields that one index of the kind serves best together; none where none does."""
    conditions = [Sql("", field=each) for each in fields]
    served = max(INDICES[kind], key=lambda names: _served(names, conditions))
    return tuple(each for each in fields if each in served) if _served(served, conditions) else ()


def _served(names: Sequence[str], conditions: Sequence[Sql]) -> int:
    """Return how many conditions an index serves: none unless one is on its first field."""
    asked = [each.field for each in conditions]
    return sum(each in names for each in asked) if names[0] in asked else 0


def _between(name: str, condition: Range) -> Sql:
    bounds = [
        (sign, bound) for sign, bound in ((">=", condition.gte), ("<", condition.lt)) if bound is not None
    ]
    text = " AND ".join(f"{name} {sign} ?" for sign, _ in bounds) or f"{name} IS NOT NULL"
    return Sql(text, tuple(micros(bound) for _, bound in bounds))


def micros(bound: datetime | float) -> float:
    """Return a bound as columns hold it: a date in microseconds."""
    return to_micros(bound) if isinstance(bound, datetime) else bound


def _holds(
    connection: sqlite3.Connection, kind: Kind, spec: FieldSpec, name: str, values: Sequence[Value]
) -> Sql:
    if not spec.many:
        # Booleans are 0 and 1; an integer beyond 64 bits is a real number, and equal to none that can be
        # held.
        held = tuple(
            value if isinstance(value, str) or abs(value) < 2**63 else float(value) for value in values
        )
        return _among(name, held)
    wanted = {str(value) for value in values}
    combinations = _combinations(connection, kind, spec.name)
    if combinations is not None:
        fitting = tuple(each for each in combinations if wanted.intersection(unpack(each)))
        return _among(name, fitting)
    return Sql(
        " OR ".join(f"instr({name}, ?)" for _ in wanted) or "0",
        tuple(needle(value) for value in sorted(wanted)),
    )


def _combinations(connection: sqlite3.Connection, kind: Kind, name: str) -> list[str] | None:
    """Return the distinct combinations of a field of many values; None when they are too many or not indexed.

    Walks from one to the next in the index, so that it reads as many entries as there are combinations.
    """
    if not any(names[0] == name for names in INDICES[kind]):
        return None
    walk = (
        f'WITH RECURSIVE walk(value) AS (SELECT min("{name}") FROM {kind} UNION ALL '  # noqa: S608 (our names)
        f'SELECT (SELECT min("{name}") FROM {kind} WHERE "{name}" > walk.value) '
        f"FROM walk WHERE walk.value IS NOT NULL) "
        f"SELECT value FROM walk WHERE value IS NOT NULL LIMIT {_COMBINATIONS + 1}"
    )
    found = [value for (value,) in connection.execute(walk)]
    return found if len(found) <= _COMBINATIONS else None


def _among(name: str, values: Sequence[Any]) -> Sql:
    """Return that a column holds one of the values.

    A long list is one parameter, since SQLite limits their number.
    """
    if len(values) > _LISTED:
        statement = f"{name} IN (SELECT value FROM json_each(?))"  # noqa: S608 (a name of ours)
        return Sql(statement, (json.dumps(values),))
    return Sql(f"{name} IN ({', '.join('?' * len(values))})", tuple(values))


def _within(kind: Kind, words: str, match: str) -> Sql:
    table = f"{kind}_{words}"
    statement = f"m.doc IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)"  # noqa: S608 (a table of ours)
    return Sql(statement, (match,))


def _negated(condition: Sql) -> Sql:
    return Sql(f"NOT coalesce(({condition.text}), 0)", condition.values)


def _all(conditions: Sequence[Sql]) -> Sql:
    return Sql(
        " AND ".join(f"({each.text})" for each in conditions),
        tuple(value for each in conditions for value in each.values),
    )


def _phrases(clause: Clause) -> str:
    """Return one clause as FTS5 reads it.

    Words hold no quote and no blank (`ouidire.text.words`), so that quoting makes them data.
    """
    return "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in clause.any_of) + ")"


def _beginning(clause: Clause) -> str:
    return f'"{clause.prefix}"*'
