"""Checks of what a query asks of fields, made before either back-end reads it, so that both refuse the same.

Raises ValueError with a message that names the field, what it is and what was needed. It cannot see any
index.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from itertools import pairwise

from ouidire.documents import MODELS, Kind
from ouidire.index import CountParts, Exists, Query, Range, Term
from ouidire.schema import FieldSpec, FieldType, fields_of
from search.querytext import Clause, parse

NUMBERS: frozenset[FieldType] = frozenset({"integer", "float"})
SORTABLE: frozenset[FieldType] = frozenset({"keyword", "integer", "float", "date"})
FACETS: frozenset[FieldType] = frozenset({"keyword", "boolean"})
COUNTED: frozenset[FieldType] = FACETS | NUMBERS
"""What one reading of several counts may count by value: numbers as well."""
TERMS: frozenset[FieldType] = frozenset({"keyword", "boolean", "integer"})
RANGES: frozenset[FieldType] = frozenset({"integer", "float", "date"})
VALUED: frozenset[FieldType] = frozenset({"keyword", "boolean", "integer", "float", "date"})
DATES: frozenset[FieldType] = frozenset({"date"})

HIGHLIGHTED: dict[Kind, tuple[str, ...]] = {
    "mention": ("title", "text"),
    "search_result": ("title", "snippet"),
}
"""The fields that `stems` and `words` were made of, in order (`ouidire.text.words.indexed`)."""


@cache
def specs(kind: Kind) -> dict[str, FieldSpec]:
    """Return the fields of a kind by name, in order."""
    return {spec.name: spec for spec in fields_of(MODELS[kind])}


def field_spec(
    kind: Kind, name: str, types: Collection[FieldType] | None = None, *, use: str = "read"
) -> FieldSpec:
    """Return a field; ValueError when the kind lacks it or, with `types`, when it is of another type."""
    spec = specs(kind).get(name)
    if spec is None:
        message = f"a {kind} has no field {name!r}; it has {', '.join(specs(kind))}"
        raise ValueError(message)
    if types is not None and spec.type not in types:
        message = f"{kind}.{name} is a {spec.type} field: to {use} it takes {' or '.join(sorted(types))}"
        raise ValueError(message)
    return spec


def numbers(kind: Kind, names: Sequence[str]) -> list[str]:
    """Return the names of fields to sum, each once; ValueError for one that is no number."""
    return [field_spec(kind, name, NUMBERS, use="sum").name for name in dict.fromkeys(names)]


def check(query: Query) -> tuple[Clause, ...]:
    """Check all that a query asks of fields and return the clauses of its text."""
    for condition in query.where:
        _check_condition(query.kind, condition)
    for sort in query.sort:
        if field_spec(query.kind, sort.field, SORTABLE, use="sort").many:
            message = f"{query.kind}.{sort.field} holds many values: it has no order to sort by"
            raise ValueError(message)
    clauses = parse(query.text)
    if clauses and query.kind not in HIGHLIGHTED:
        message = (
            f"a {query.kind} has no words to search; filter it by its fields ({', '.join(specs(query.kind))})"
        )
        raise ValueError(message)
    return clauses


def check_parts(query: Query, parts: CountParts) -> None:
    """Check all that the parts of a reading ask of fields, and that they leave out clauses of the query."""
    for facet in parts.facets:
        field_spec(query.kind, facet.field, COUNTED, use="count by value")
    for each in parts.conditions:
        _check_condition(query.kind, each.condition)
    for series in parts.series:
        field_spec(query.kind, series.field, DATES, use="make a series")
        check_edges(series.edges)
        if series.by:
            field_spec(query.kind, series.by, FACETS, use="count by value")
    unknown = [each for each in left_out(parts) if each not in query.where]
    if unknown:
        message = f"the query has no clause {unknown[0]!r} to leave out"
        raise ValueError(message)


def left_out(parts: CountParts) -> tuple[Term | Range | Exists, ...]:
    """Return the clauses that some of the parts leave out, each once."""
    lists = [*(each.without for each in parts.facets), *(each.without for each in parts.conditions)]
    return tuple(dict.fromkeys(clause for clauses in lists for clause in clauses))


def check_edges(edges: Sequence[datetime]) -> None:
    """Check that the edges of a series are aware, strictly increasing, and no finer than a millisecond."""
    unfit = any(edge.tzinfo is None or edge.microsecond % 1000 for edge in edges)
    if unfit or any(after <= before for before, after in pairwise(edges)):
        message = (
            "the edges of a series must be aware UTC dates of whole milliseconds, "
            "each later than the one before"
        )
        raise ValueError(message)


def _check_condition(kind: Kind, condition: Term | Range | Exists) -> None:
    match condition:
        case Term():
            _check_term(kind, condition)
        case Range():
            _check_range(kind, condition)
        case Exists():
            field_spec(kind, condition.field, VALUED, use="ask whether it exists")


def _check_term(kind: Kind, term: Term) -> None:
    spec = field_spec(kind, term.field, TERMS, use="filter by value")
    wanted = {"keyword": str, "boolean": bool, "integer": int}[spec.type]
    for value in term.any_of:
        if type(value) is not wanted:
            message = f"{kind}.{term.field} is a {spec.type} field: {value!r} is not one of its values"
            raise ValueError(message)


def _check_range(kind: Kind, condition: Range) -> None:
    spec = field_spec(kind, condition.field, RANGES, use="filter by interval")
    for bound in (condition.gte, condition.lt):
        if bound is not None and isinstance(bound, datetime) != (spec.type == "date"):
            message = f"{kind}.{condition.field} is a {spec.type} field: {bound!r} cannot bound it"
            raise ValueError(message)
