"""Dashboards of ours → Kibana's saved objects, one JSON line each, importable on Kibana 8.15 to 9.x.

Ids are made of our own keys, so that importing twice changes nothing. Versions are the oldest that have what
we use, since Kibana brings old objects up to date and refuses those of a later version than its own.
"""

import json
from typing import Any

from ouidire.documents import MODELS, Kind
from ouidire.text.catalogue import Catalogue, catalogue
from search.elastic.mappings import alias
from search.kibana.dashboards import DASHBOARDS, SEARCHES
from search.kibana.describe import TIME_FIELDS, Chart, Control, Dashboard, Placed, SavedSearch
from search.kibana.lens import lens, stable

Json = dict[str, Any]

CORE_VERSION = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "search": "10.3.0", "dashboard": "10.2.0"}
GRID = 48


def saved_objects(prefix: str, language: str) -> list[Json]:
    """Return every object of a prefix in a language: data views, searches, then the dashboards of them."""
    made = Objects(prefix, language)
    return [
        *(made.data_view(kind) for kind in MODELS),
        *(made.search(each) for each in SEARCHES),
        *(made.dashboard(each) for each in DASHBOARDS),
    ]


def ndjson(objects: list[Json]) -> str:
    """Return objects as the file that Kibana imports."""
    return "".join(json.dumps(each, ensure_ascii=False, sort_keys=True) + "\n" for each in objects)


class Objects:
    """Makes the objects of one prefix in one language; data views are shared by both languages."""

    def __init__(self, prefix: str, language: str) -> None:
        self._prefix, self._language = prefix, language
        self._texts = catalogue(language, "kibana")

    def data_view(self, kind: Kind) -> Json:
        """Return the data view of a kind: its read alias, with the date that the time picker filters by."""
        attributes = {
            "title": alias(self._prefix, kind),
            "name": self._texts.text(f"data_views.{kind}"),
            "timeFieldName": TIME_FIELDS[kind],
            "allowHidden": False,
            **dict.fromkeys(("fieldAttrs", "fieldFormatMap", "runtimeFieldMap"), "{}"),
            **dict.fromkeys(("fields", "sourceFilters"), "[]"),
        }
        return self._object("index-pattern", self._data_view(kind), attributes, [])

    def search(self, found: SavedSearch) -> Json:
        """Return a saved search."""
        name = "kibanaSavedObjectMeta.searchSourceJSON.index"
        source = {
            "query": {"query": found.where, "language": "kuery"},
            "filter": [],
            "highlightAll": True,
            "version": True,
            "indexRefName": name,
        }
        attributes = {
            "title": f"Ouï-dire — {self._texts.text(found.title)}",
            "description": "",
            "columns": list(found.columns),
            "sort": [[found.sort, "desc"]],
            "grid": {},
            "hideChart": True,
            "isTextBasedQuery": False,
            "timeRestore": False,
            "kibanaSavedObjectMeta": {"searchSourceJSON": _text(source)},
        }
        reference = {"type": "index-pattern", "id": self._data_view(found.kind), "name": name}
        return self._object("search", self._search(found), attributes, [reference])

    def dashboard(self, page: Dashboard) -> Json:
        """Return a dashboard, its charts within it, their references hoisted as Kibana does."""
        panels, references = [], []
        for placed, (x, y) in zip(page.panels, laid_out(page.panels), strict=True):
            panel, needed = self._panel(page, placed, x, y)
            panels.append(panel)
            references += needed
        controls = {}
        for number, each in enumerate(page.controls):
            key = stable("control", page.key, each.field)
            controls[key] = _control(key, number, each, self._texts)
            references.append(
                {
                    "type": "index-pattern",
                    "id": self._data_view(each.kind),
                    "name": f"controlGroup_{key}:optionsListDataView",
                }
            )
        ignored = dict.fromkeys(
            ("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations"), False
        )
        attributes = {
            "title": f"Ouï-dire — {self._texts.text(page.title)}",
            "description": self._texts.text(page.about),
            "timeRestore": True,
            "timeFrom": "now-13w/w",
            "timeTo": "now",
            "version": 2,
            "optionsJSON": _text(
                {
                    "useMargins": True,
                    "syncColors": True,
                    "syncCursor": True,
                    "syncTooltips": False,
                    "hidePanelTitles": False,
                }
            ),
            "panelsJSON": _text(panels),
            "controlGroupInput": {
                "chainingSystem": "HIERARCHICAL",
                "controlStyle": "oneLine",
                "showApplySelections": False,
                "ignoreParentSettingsJSON": _text(ignored),
                "panelsJSON": _text(controls),
            },
            "kibanaSavedObjectMeta": {
                "searchSourceJSON": _text({"query": {"query": "", "language": "kuery"}, "filter": []})
            },
        }
        return self._object(
            "dashboard", stable("dashboard", self._prefix, self._language, page.key), attributes, references
        )

    def _panel(self, page: Dashboard, placed: Placed, x: int, y: int) -> tuple[Json, list[Json]]:
        key = stable("panel", page.key, placed.panel.key)
        common: Json = {
            "panelIndex": key,
            "gridData": {"x": x, "y": y, "w": placed.width, "h": placed.height, "i": key},
            "title": self._texts.text(placed.panel.title),
        }
        if isinstance(placed.panel, SavedSearch):
            name = f"panel_{key}"
            reference = {"type": "search", "id": self._search(placed.panel), "name": f"{key}:{name}"}
            return {
                **common,
                "type": "search",
                "embeddableConfig": {"enhancements": {}},
                "panelRefName": name,
            }, [reference]
        chart: Chart = placed.panel
        made = lens(
            chart,
            texts=self._texts,
            time_field=TIME_FIELDS[chart.kind],
            data_view=self._data_view(chart.kind),
        )
        hoisted = [{**each, "name": f"{key}:{each['name']}"} for each in made["references"]]
        return {
            **common,
            "type": "lens",
            "embeddableConfig": {"attributes": made, "enhancements": {}},
        }, hoisted

    def _object(self, kind: str, key: str, attributes: Json, references: list[Json]) -> Json:
        return {
            "id": key,
            "type": kind,
            "attributes": attributes,
            "references": references,
            "coreMigrationVersion": CORE_VERSION,
            "typeMigrationVersion": VERSIONS[kind],
            "managed": False,
        }

    def _data_view(self, kind: Kind) -> str:
        return stable("data view", self._prefix, kind)

    def _search(self, found: SavedSearch) -> str:
        return stable("search", self._prefix, self._language, found.key)


def laid_out(panels: tuple[Placed, ...]) -> list[tuple[int, int]]:
    """Return where each panel stands: from left to right, then below the tallest of its row."""
    places: list[tuple[int, int]] = []
    x = y = tallest = 0
    for each in panels:
        if x + each.width > GRID:
            x, y, tallest = 0, y + tallest, 0
        places.append((x, y))
        x, tallest = x + each.width, max(tallest, each.height)
    return places


def _control(key: str, order: int, control: Control, texts: Catalogue) -> Json:
    asked = {
        "id": key,
        "fieldName": control.field,
        "title": texts.text(control.label),
        "searchTechnique": "prefix",
        "selectedOptions": [],
        "enhancements": {},
    }
    return {
        "type": "optionsListControl",
        "order": order,
        "grow": True,
        "width": "medium",
        "explicitInput": asked,
    }


def _text(value: Any) -> str:  # noqa: ANN401 (JSON)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
