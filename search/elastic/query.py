"""The Elasticsearch request of a query. Every word is data: nothing typed reaches a query language.

Words are read from the stems made in Python, so that both back-ends keep the same documents.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import isnan
from typing import Any, NamedTuple

from ouidire.index import Exists, Query, Range, Term
from ouidire.schema import FieldSpec
from search.bodies import LARGEST
from search.elastic.mappings import TERMS_LIMIT
from search.fields import field_spec
from search.querytext import Clause

Json = dict[str, Any]

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = EARLIEST + timedelta(microseconds=(2**63 - 1) // 1000)
"""What dates in nanoseconds can hold."""

NOTHING: Json = {"match_none": {}}
_EVERYTHING: Json = {"match_all": {}}


class CompiledQuery(NamedTuple):
    """A query compiled: what it keeps, whether its hits have a rank of their own, and how they are sorted."""

    kept: Json
    ranked: bool
    sort: list[Json]


def compile_query(query: Query, clauses: Sequence[Clause]) -> CompiledQuery:
    """Compile a checked query."""
    must = [_phrases(clause) for clause in clauses if clause.any_of and not clause.exclude]
    kept = [_prefix(clause) for clause in clauses if clause.prefix and not clause.exclude]
    unwanted = [
        _prefix(clause) if clause.prefix else _phrases(clause) for clause in clauses if clause.exclude
    ]
    for condition in query.where:
        found = _condition(query, condition)
        negated = isinstance(condition, Term | Exists) and condition.exclude
        (unwanted if negated else kept).append(found)
    ranked = bool(must) and not query.sort
    parts: Json = {}
    if must:
        parts["must" if ranked else "filter"] = must
    if kept:
        parts["filter"] = [*parts.get("filter", ()), *kept]
    if unwanted:
        parts["must_not"] = unwanted
    return CompiledQuery({"bool": parts} if parts else _EVERYTHING, ranked, _sort(query, ranked=ranked))


def written(moment: datetime) -> str:
    """Return a moment as the server reads it, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _sort(query: Query, *, ranked: bool) -> list[Json]:
    if ranked:
        return [{"_score": "desc"}, {"id": "asc"}]
    keys = [
        {each.field: {"order": "desc" if each.descending else "asc", "missing": "_last"}}
        for each in query.sort
    ]
    return [*keys, {"id": "asc"}]


def _condition(query: Query, condition: Term | Range | Exists) -> Json:
    spec = field_spec(query.kind, condition.field)
    match condition:
        case Exists():
            return {"exists": {"field": spec.name}}
        case Term():
            values = [
                value for value in condition.any_of if isinstance(value, str) or -LARGEST <= value < LARGEST
            ]
            lists = [values[at : at + TERMS_LIMIT] for at in range(0, len(values), TERMS_LIMIT)]
            terms: list[Json] = [{"terms": {spec.name: each}} for each in lists]
            return terms[0] if len(terms) == 1 else _any(terms)
        case Range():
            return _range(spec, condition)


def _range(spec: FieldSpec, condition: Range) -> Json:
    """Return an interval within what the field's type can hold; what no value can meet matches nothing."""
    bounds: Json = {}
    lowest, highest = _extent(spec)
    if condition.gte is not None:
        if _is_nan(condition.gte) or condition.gte > highest:  # type: ignore[operator]  # same type, checked
            return NOTHING
        if condition.gte > lowest:  # type: ignore[operator]
            bounds["gte"] = _bound(condition.gte)
    if condition.lt is not None:
        if _is_nan(condition.lt) or condition.lt <= lowest:  # type: ignore[operator]
            return NOTHING
        if condition.lt <= highest:  # type: ignore[operator]
            bounds["lt"] = _bound(condition.lt)
    return {"range": {spec.name: bounds}} if bounds else {"exists": {"field": spec.name}}


def _extent(spec: FieldSpec) -> tuple[datetime | float, datetime | float]:
    if spec.type == "date":
        return EARLIEST, LATEST
    if spec.type == "integer":
        return float(-LARGEST), float(LARGEST - 1024)  # the last real number below 2**63
    return float("-inf"), float("inf")


def _is_nan(bound: datetime | float | None) -> bool:
    return isinstance(bound, float) and isnan(bound)


def _bound(value: datetime | float) -> str | float:
    return written(value) if isinstance(value, datetime) else value


def _phrases(clause: Clause) -> Json:
    """Return that one of a clause's phrases occurs.

    Words hold no blank, so that what is analysed is what was meant.
    """
    ways: list[Json] = [
        {"term": {"stems": {"value": phrase[0]}}}
        if len(phrase) == 1
        else {"match_phrase": {"stems": {"query": " ".join(phrase)}}}
        for phrase in clause.any_of
    ]
    return ways[0] if len(ways) == 1 else {"dis_max": {"queries": ways}}


def _prefix(clause: Clause) -> Json:
    return {"prefix": {"words": {"value": clause.prefix}}}


def _any(ways: Sequence[Json]) -> Json:
    return {"bool": {"should": list(ways), "minimum_should_match": 1}} if ways else NOTHING
