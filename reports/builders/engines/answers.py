"""What AI assistants answered in a period: how often they name the brand, and whose pages they cite.

It reads documents of answers alone, which are in no other figure. It cannot see what a signed-in person is
answered.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from ouidire.engines.answers import QuestionKind
from ouidire.index import MentionIndex, Query, Term
from ouidire.measures import Moments, rate
from ouidire.settings.brand import Brand
from reports.coverage.coverage import Coverage
from reports.coverage.observation import ObservationWindow, as_datetime
from reports.data.assistants import AssistantRow, Assistants
from reports.typography import tame

_FIELDS = (
    *("engine", "model", "web", "question_kind", "asked_at", "run_id", "named", "named_first", "cited"),
    *("refused", "cited_domains", "cost"),
)
_ORDER: Mapping[str, int] = {"category": 0, "comparison": 1, "brand": 2}
"""What a buyer asks before a brand is known comes first."""
SITES = 5
"""Sites that are named, the most cited ones."""
_Key = tuple[str, bool, str]


def assistants_section(reader: MentionIndex, brand: Brand, coverage: Coverage) -> Assistants | None:
    """Return what assistants answered in the last window; None where none was asked in it."""
    windows = coverage.windows
    whole = ObservationWindow(start=windows[0].start, end=windows[-1].end).range("asked_at")
    now: dict[_Key, list[dict[str, Any]]] = {}
    before: dict[_Key, list[dict[str, Any]]] = {}
    query = Query(kind="answer", where=(Term(field="brands", any_of=(brand.slug,)), whole))
    for row in reader.scan(query, _FIELDS):
        key = (str(row["engine"]), bool(row["web"]), str(row["question_kind"]))
        kept = now if as_datetime(row["asked_at"]) > windows[-1].start else before
        kept.setdefault(key, []).append(row)
    if not now:
        return None
    read = [row for rows in now.values() for row in rows]
    rows = [_row(key, now[key], before.get(key, [])) for key in now]
    costs = [float(row["cost"]) for row in read if row.get("cost") is not None]
    return Assistants(
        rows=tuple(
            sorted(
                (each for each in rows if each.n),
                key=lambda each: (_ORDER.get(each.question_kind, 9), each.engine, not each.web),
            )
        ),
        answers=sum(each.n for each in rows),
        domains=_domains(read),
        failed=sum(row.get("named") is None for row in read),
        cost=sum(costs) if costs else None,
    )


def _row(key: _Key, rows: list[dict[str, Any]], past: list[dict[str, Any]]) -> AssistantRow:
    counted = [row for row in rows if row.get("named") is not None]
    last = _last_run(past)
    named, named_before = (_moments(some) for some in (counted, last))
    models, models_before = (
        tuple(sorted({tame(str(row["model"])) for row in some})) for some in (rows, last)
    )
    return AssistantRow(
        engine=key[0],
        web=key[1],
        question_kind=cast("QuestionKind", key[2]),
        n=len(counted),
        named=rate(named, basis="counted"),
        named_count=round(named.total),
        first=_sum(counted, "named_first"),
        cited=_sum(counted, "cited"),
        refused=sum(bool(row.get("refused")) for row in counted),
        models=models,
        models_before=models_before,
        named_before=rate(named_before, basis="counted") if last else None,
        n_before=len(last),
    )


def _last_run(past: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers of the last run before the period that gave any that count."""
    counted = [row for row in past if row.get("named") is not None]
    latest = max(counted, key=lambda row: as_datetime(row["asked_at"]), default=None)
    return [row for row in counted if latest is not None and row["run_id"] == latest["run_id"]]


def _moments(rows: list[dict[str, Any]]) -> Moments:
    return Moments.of([float(row["named"]) for row in rows])


def _sum(rows: list[dict[str, Any]], field: str) -> int:
    return round(sum(float(row.get(field) or 0) for row in rows))


def _domains(rows: list[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
    """Return the sites most cited, with the number of answers that cite each; each counts once an answer."""
    counts = Counter(
        tame(str(each)) for row in rows for each in dict.fromkeys(row.get("cited_domains") or ())
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ordered[:SITES])
