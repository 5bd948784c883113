"""Checks of saved objects that Kibana's importer does not make, on what is written of them.

Every reference is closed, every layer consistent, every field exists in our mapping with a type that its
column can use, panels lie within the grid and on none of one another.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ouidire.documents import MODELS, Kind
from ouidire.schema import FieldType
from search.elastic.mappings import alias
from search.fields import specs
from search.kibana.formulas import RECORDS
from search.kibana.objects import CORE_VERSION, GRID, VERSIONS

Json = dict[str, Any]

_USABLE: dict[str, frozenset[FieldType]] = {
    "sum": frozenset({"integer", "float"}),
    "average": frozenset({"integer", "float"}),
    "min": frozenset({"integer", "float", "date"}),
    "max": frozenset({"integer", "float", "date"}),
    "last_value": frozenset({"integer", "float", "date", "keyword", "boolean"}),
    "terms": frozenset({"keyword", "boolean"}),
    "date_histogram": frozenset({"date"}),
    "count": frozenset({"keyword", "boolean", "integer", "float", "date"}),
}
_DERIVED = frozenset({"formula", "math"})


def lint(objects: Sequence[Json], prefix: str) -> list[str]:
    """Return every problem found, one line each; none when all is well."""
    kinds = {alias(prefix, kind): kind for kind in MODELS}
    views = {
        each["id"]: kinds.get(each["attributes"]["title"])
        for each in objects
        if each["type"] == "index-pattern"
    }
    known = {(each["type"], each["id"]) for each in objects}
    problems = [
        f"{each['type']} {each['id']} stands twice"
        for at, each in enumerate(objects)
        if each["id"] in {o["id"] for o in objects[:at]}
    ]
    for each in objects:
        name = each["attributes"]["title"]
        problems += [f"{name}: {problem}" for problem in _object(each, known, views)]
    return problems


def panels_of(dashboard: Json) -> list[Json]:
    """Return the panels of a dashboard."""
    panels: list[Json] = json.loads(dashboard["attributes"]["panelsJSON"])
    return panels


def layers_of(panel: Json) -> dict[str, Json]:
    """Return the layers of a Lens panel, by id."""
    layers: dict[str, Json] = panel["embeddableConfig"]["attributes"]["state"]["datasourceStates"][
        "formBased"
    ]["layers"]
    return layers


def _object(each: Json, known: set[tuple[str, str]], views: dict[str, Kind | None]) -> Iterator[str]:
    if (each["coreMigrationVersion"], each["typeMigrationVersion"]) != (CORE_VERSION, VERSIONS[each["type"]]):
        yield "its versions are not those that old Kibanas read"
    yield from (
        f"refers to {ref['type']} {ref['id']}, which is not here"
        for ref in each["references"]
        if (ref["type"], ref["id"]) not in known
    )
    if each["type"] == "index-pattern":
        kind = views[each["id"]]
        if kind is None:
            yield "is a view of nothing of ours"
        else:
            yield from _field(kind, each["attributes"]["timeFieldName"], frozenset({"date"}))
    elif each["type"] == "search":
        kind = views[each["references"][0]["id"]]
        if kind is not None:
            yield from (
                problem for column in each["attributes"]["columns"] for problem in _field(kind, column, None)
            )
            yield from (
                problem for column, _ in each["attributes"]["sort"] for problem in _field(kind, column, None)
            )
    elif each["type"] == "dashboard":
        yield from _dashboard(each, views)


def _dashboard(dashboard: Json, views: dict[str, Kind | None]) -> Iterator[str]:
    named = {ref["name"]: ref["id"] for ref in dashboard["references"]}
    used: set[str] = set()
    panels = panels_of(dashboard)
    for panel in panels:
        key = panel["panelIndex"]
        if panel["type"] == "search":
            used.add(f"{key}:{panel['panelRefName']}")
            continue
        for layer_id, layer in layers_of(panel).items():
            name = f"{key}:indexpattern-datasource-layer-{layer_id}"
            used.add(name)
            yield from (f"{panel['title']}: {each}" for each in _layer(layer, views.get(named.get(name, ""))))
        drawn = set(_accessors(panel["embeddableConfig"]["attributes"]["state"]["visualization"]))
        columns = {column for layer in layers_of(panel).values() for column in layer["columns"]} | set(
            layers_of(panel)
        )
        yield from (f"{panel['title']}: draws {each}, which is no column" for each in sorted(drawn - columns))
    for key, control in json.loads(dashboard["attributes"]["controlGroupInput"]["panelsJSON"]).items():
        name = f"controlGroup_{key}:optionsListDataView"
        used.add(name)
        kind = views.get(named.get(name, ""))
        yield from (
            _field(kind, control["explicitInput"]["fieldName"], _USABLE["terms"])
            if kind
            else ("a control has no data view",)
        )
    if used != set(named):
        yield f"references that do not fit its panels: {sorted(used ^ set(named))}"
    yield from _grid(panels)


def _layer(layer: Json, kind: Kind | None) -> Iterator[str]:
    if kind is None:
        yield "has no data view"
        return
    columns = layer["columns"]
    if sorted(layer["columnOrder"]) != sorted(columns):
        yield "columnOrder does not name its columns"
    for column in columns.values():
        operation = column["operationType"]
        if operation in _DERIVED:
            yield from (
                f"computes with {each}, which is no column"
                for each in column["references"]
                if each not in columns
            )
        elif operation not in _USABLE:
            yield f"{operation} is approximate or unknown"
        elif column["sourceField"] != RECORDS:
            yield from _field(kind, column["sourceField"], _USABLE[operation])
        ordered_by = column.get("params", {}).get("orderBy", {}).get("columnId")
        if ordered_by is not None and ordered_by not in columns:
            yield "is ordered by no column"
        elif ordered_by is not None and not _orders(columns, ordered_by):
            yield (
                "is ordered by a column that Kibana cannot order by: "
                "a group, a formula, a part of one, or a last value"
            )


def _orders(columns: Json, key: str) -> bool:
    """Whether groups can be ordered by a column: one aggregation, of one number."""
    column = columns[key]
    parts = {part for each in columns.values() for part in each.get("references", ())}
    return (
        not column["isBucketed"]
        and column["operationType"] not in (*_DERIVED, "last_value")
        and key not in parts
    )


def _field(kind: Kind, name: str, types: frozenset[FieldType] | None) -> Iterator[str]:
    spec = specs(kind).get(name)
    if spec is None:
        yield f"a {kind} has no field {name!r}"
    elif types is not None and spec.type not in types:
        yield f"{kind}.{name} is a {spec.type} field, of no use there"


def _accessors(drawn: Any) -> Iterator[str]:  # noqa: ANN401 (JSON)
    """Yield every column that a drawing names."""
    if isinstance(drawn, list):
        for each in drawn:
            yield from _accessors(each)
    elif isinstance(drawn, dict):
        for key, value in drawn.items():
            if key in ("xAccessor", "splitAccessor", "metricAccessor", "columnId", "layerId"):
                yield value
            elif key == "accessors":
                yield from value
            else:
                yield from _accessors(value)


def _grid(panels: Sequence[Json]) -> Iterator[str]:
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        grid = panel["gridData"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        if grid["x"] + grid["w"] > GRID or min(grid["x"], grid["y"]) < 0 or not cells:
            yield f"{panel['title']}: is outside the grid"
        if cells & taken:
            yield f"{panel['title']}: lies on another panel"
        taken |= cells
