"""A chart of ours → the state that Kibana's Lens saves: columns over a data view, and how they are drawn.

What is written here is checked by nobody when it is imported, only when it is drawn: `search.kibana.lint`
reads it back, and tests run each layer on a real server.
"""

import hashlib
from typing import Any

from ouidire.text.catalogue import Catalogue
from search.kibana.describe import Chart, Format, LensFigure, Split
from search.kibana.formulas import OPERATIONS, RECORDS, formula_of, is_formula

Json = dict[str, Any]

_SERIES = {"line": "line", "bar": "bar", "bar_horizontal": "bar_horizontal"}


def stable(*parts: str) -> str:
    """Return an id in the form of a UUID that is always the same for the same parts."""
    found = hashlib.sha256("\x1f".join(("ouidire", *parts)).encode()).hexdigest()
    return f"{found[:8]}-{found[8:12]}-5{found[13:16]}-8{found[17:20]}-{found[20:32]}"


class LensLayer:
    """The columns of one chart, in order, with ids of their own."""

    def __init__(self, chart: Chart, *, texts: Catalogue, time_field: str) -> None:
        self.id = stable("layer", chart.key)
        self._chart, self._texts, self._time_field = chart, texts, time_field
        self.columns: dict[str, Json] = {}
        self.x = self._bucket("x", chart.x)
        self.by = self._bucket("by", chart.by)
        self.figures = [self._figure(number, each) for number, each in enumerate(chart.figures)]

    def state(self) -> Json:
        """Return the layer as Lens saves it."""
        return {
            "columns": self.columns,
            "columnOrder": list(self.columns),
            "incompleteColumns": {},
            "sampling": 1,
            "ignoreGlobalFilters": False,
        }

    def _id(self, what: str, number: int) -> str:
        return stable("column", self._chart.key, what, str(number))

    def _bucket(self, what: str, split: Split | None) -> str:
        if split is None:
            return ""
        key = self._id(what, 0)
        common: Json = {
            "label": self._texts.text(split.label),
            "customLabel": True,
            "sourceField": split.field,
            "isBucketed": True,
        }
        if split.every:
            params: Json = {"interval": split.every, "includeEmptyRows": False, "dropPartials": False}
            self.columns[key] = {
                **common,
                "dataType": "date",
                "operationType": "date_histogram",
                "scale": "interval",
                "params": params,
            }
            return key
        params = {
            "size": split.size,
            **self._order(),
            "orderDirection": "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [split.only] if split.only else [],
            "exclude": [],
            "includeIsRegex": bool(split.only),
            "excludeIsRegex": False,
            "accuracyMode": True,
        }
        self.columns[key] = {
            **common,
            "dataType": "string",
            "operationType": "terms",
            "scale": "ordinal",
            "params": params,
        }
        return key

    def _order(self) -> Json:
        """Order groups by the first figure, or by their documents where it is a formula or a last value."""
        first = self._chart.figures[0]
        if first.of != "last" and not is_formula(first):
            return {"orderBy": {"type": "column", "columnId": self._id("figure", 0)}}
        return {
            "orderBy": {"type": "custom"},
            "orderAgg": {"label": self._texts.text("lens.count"), **self._plain("count", RECORDS, "")},
        }

    def _figure(self, number: int, figure: LensFigure) -> str:
        key = self._id("figure", number)
        if is_formula(figure):
            self._formula(key, figure)
            return key
        operation = OPERATIONS.get(figure.of, "count")
        kinds = {"date": "date", "text": "string"}
        column = self._plain(operation, figure.field or RECORDS, figure.where)
        column |= {
            "label": self._texts.text(figure.label),
            "customLabel": True,
            "dataType": kinds.get(figure.shown, "number"),
        }
        if figure.of == "last":
            column["params"] = {"sortField": self._time_field, "showArrayValues": False}
            column["scale"] = "ordinal"
            column["filter"] = {"query": figure.where or f"{figure.field}: *", "language": "kuery"}
        elif figure.shown in ("number", "percent"):
            column["params"] = {"emptyAsNull": True}
        if figure.shown in ("number", "percent"):
            column["params"]["format"] = _format(figure.shown, figure.decimals)
        self.columns[key] = column
        return key

    def _plain(self, operation: str, field: str, where: str) -> Json:
        column: Json = {
            "dataType": "number",
            "operationType": operation,
            "sourceField": field,
            "isBucketed": False,
            "scale": "ratio",
        }
        if where:
            column["filter"] = {"query": where, "language": "kuery"}
        return column

    def _formula(self, key: str, figure: LensFigure) -> None:
        """Add a formula's column after the parts that it is made of, as Lens itself does."""
        formula = formula_of(figure)
        names = [f"{key}X{number}" for number in range(len(formula.parts))]
        label = self._texts.text(figure.label)
        part_label = self._texts.fill("lens.part_of", label=label)
        for name, part in zip(names, formula.parts, strict=True):
            self.columns[name] = {
                **self._plain(*part),
                "label": part_label,
                "customLabel": True,
                "params": {"emptyAsNull": False},
            }
        whole = f"{key}X{len(names)}"
        self.columns[whole] = {
            "label": part_label,
            "customLabel": True,
            "dataType": "number",
            "operationType": "math",
            "isBucketed": False,
            "scale": "ratio",
            "params": {"tinymathAst": formula.tree(names)},
            "references": names,
        }
        self.columns[key] = {
            "label": label,
            "customLabel": True,
            "dataType": "number",
            "operationType": "formula",
            "isBucketed": False,
            "scale": "ratio",
            "references": [whole],
            "params": {
                "formula": formula.text,
                "isFormulaBroken": False,
                "format": _format(figure.shown, figure.decimals),
            },
        }


def lens(chart: Chart, *, texts: Catalogue, time_field: str, data_view: str) -> Json:
    """Return the attributes of a chart, with its reference to a data view."""
    layer = LensLayer(chart, texts=texts, time_field=time_field)
    visualisation, drawn = _drawn(chart, layer)
    return {
        "title": texts.text(chart.title),
        "description": "",
        "visualizationType": visualisation,
        "type": "lens",
        "references": [
            {"type": "index-pattern", "id": data_view, "name": f"indexpattern-datasource-layer-{layer.id}"}
        ],
        "state": {
            "visualization": drawn,
            "query": {"query": chart.where, "language": "kuery"},
            "filters": [],
            "datasourceStates": {
                "formBased": {"layers": {layer.id: layer.state()}},
                "textBased": {"layers": {}},
            },
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }


def _format(shown: Format, decimals: int) -> Json:
    return {"id": "percent" if shown == "percent" else "number", "params": {"decimals": decimals}}


def _drawn(chart: Chart, layer: LensLayer) -> tuple[str, Json]:
    if chart.shape == "metric":
        return "lnsMetric", {"layerId": layer.id, "layerType": "data", "metricAccessor": layer.figures[0]}
    if chart.shape == "table":
        columns: list[Json] = [
            {"columnId": each, "isTransposed": False} for each in (layer.x, layer.by) if each
        ]
        columns += [{"columnId": each, "isTransposed": False, "isMetric": True} for each in layer.figures]
        sorting = {"sorting": {"columnId": layer.figures[0], "direction": "desc"}} if chart.ranked else {}
        return "lnsDatatable", {"columns": columns, "layerId": layer.id, "layerType": "data", **sorting}
    series = _SERIES[chart.shape] + ("_stacked" if chart.stacked else "")
    drawn: Json = {
        "layerId": layer.id,
        "layerType": "data",
        "seriesType": series,
        "accessors": layer.figures,
        "xAccessor": layer.x,
    }
    if layer.by:
        drawn["splitAccessor"] = layer.by
    seen = {"x": True, "yLeft": True, "yRight": True}
    return "lnsXY", {
        "legend": {"isVisible": True, "position": "bottom"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": seen,
        "tickLabelsVisibilitySettings": seen,
        "gridlinesVisibilitySettings": seen,
        "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
        "preferredSeriesType": series,
        "layers": [drawn],
    }
