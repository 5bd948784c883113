"""A Lens panel of the saved objects → the aggregation that Kibana would run, as rows of named values."""

import re

from search.kibana.formulas import RECORDS
from search.kibana.lint import layers_of

FUNCTIONS = {
    "divide": lambda one, other: one / other,
    "multiply": lambda one, other: one * other,
    "gte": lambda one, other: one >= other,
    "gt": lambda one, other: one > other,
    "ifelse": lambda when, then, other: then if when else other,
}
METRICS = {"sum": "sum", "average": "avg", "min": "min", "max": "max"}


def lucene(kql):
    """Our KQL as a query string: the little of it that our dashboards use."""
    text = re.sub(r"(\w+) >= ([-.\d]+)", r"\1:[\2 TO *]", kql)
    text = re.sub(r"(\w+) <= ([-.\d]+)", r"\1:[* TO \2]", text)
    text = re.sub(r"(\w+): ", r"\1:", text)
    return re.sub(r"\b(and|or|not)\b", lambda match: match[0].upper(), text)


def asked(kql):
    return {"query_string": {"query": lucene(kql)}} if kql else {"match_all": {}}


def rows_of(client, panel, index, *, time_field, where=()):
    """Return one dict for each combination of the panel's buckets: label → value, "" → documents."""
    ((_, layer),) = layers_of(panel).items()
    columns = {key: layer["columns"][key] for key in layer["columnOrder"]}
    buckets = [(key, each) for key, each in columns.items() if each["isBucketed"]]
    figures = {
        key: each
        for key, each in columns.items()
        if not each["isBucketed"] and each["operationType"] not in ("formula", "math")
    }
    aggregations = computed_by = {key: aggregation(each, time_field) for key, each in figures.items()}
    for key, each in reversed(buckets):
        if each["operationType"] == "terms":
            made = {"terms": {"field": each["sourceField"], "size": each["params"]["size"]}}
            made["terms"]["order"] = order_of(each["params"], columns)
            if each["params"]["include"]:
                made["terms"]["include"] = each["params"]["include"][0]
        else:
            made = {
                "date_histogram": {
                    "field": each["sourceField"],
                    "calendar_interval": each["params"]["interval"],
                    "time_zone": "Europe/Paris",
                }
            }
            made["date_histogram"]["min_doc_count"] = 1
        orders = (
            each["params"].get("orderBy", {}).get("columnId")
        )  # Kibana computes it beside the groups that it orders
        beside = {orders: computed_by[orders]} if orders else {}
        aggregations = {key: {**made, "aggs": {**aggregations, **beside}}}
    query = {
        "bool": {
            "filter": [asked(panel["embeddableConfig"]["attributes"]["state"]["query"]["query"]), *where]
        }
    }
    answer = client.search(index=index, query=query, size=0, track_total_hits=True, aggs=aggregations)
    top = {**answer["aggregations"], "doc_count": answer["hits"]["total"]["value"]}
    return list(unfolded(top, buckets, columns, {}))


def order_of(params, columns):
    """How groups are ordered: by one aggregation beside them, else by how many documents there are."""
    if params["orderBy"]["type"] == "custom":
        assert params["orderAgg"]["operationType"] == "count"
        return {"_count": params["orderDirection"]}
    key = params["orderBy"]["columnId"]
    counts = columns[key]["operationType"] == "count" and columns[key]["sourceField"] == RECORDS
    return {key if counts else f"{key}>n": params["orderDirection"]}


def aggregation(column, time_field):
    operation, field = column["operationType"], column["sourceField"]
    if operation == "count":
        inner = {} if field == RECORDS else {"n": {"value_count": {"field": field}}}
    elif operation == "last_value":
        inner = {"n": {"top_hits": {"size": 1, "sort": [{time_field: "desc"}], "_source": [field]}}}
    else:
        inner = {"n": {METRICS[operation]: {"field": field}}}
    made = {"filter": asked(column.get("filter", {}).get("query", ""))}
    return {**made, "aggs": inner} if inner else made


def unfolded(found, buckets, columns, named):
    if buckets:
        (key, column), *rest = buckets
        for bucket in found[key]["buckets"]:
            yield from unfolded(
                bucket, rest, columns, {**named, column["label"]: bucket.get("key_as_string", bucket["key"])}
            )
        return
    values = {}
    for key, column in columns.items():
        if not column["isBucketed"] and column["operationType"] not in ("formula", "math"):
            values[key] = value_of(found[key], column)
    for key, column in columns.items():
        if column["operationType"] == "math":
            values[key] = computed(column["params"]["tinymathAst"], values)
    for key, column in columns.items():
        if column["operationType"] == "formula":
            values[key] = values[column["references"][0]]
    shown = {
        column["label"]: values[key]
        for key, column in columns.items()
        if not column["isBucketed"] and not re.search(r"X\d+$", key)
    }
    yield {**named, **shown, "": found["doc_count"]}


def value_of(found, column):
    if "n" not in found:
        return found["doc_count"]
    if "hits" in found["n"]:
        hits = found["n"]["hits"]["hits"]
        return hits[0]["_source"].get(column["sourceField"]) if hits else None
    return found["n"]["value"]


def computed(tree, values):
    """A formula's value as Lens gives it: None where a part is unknown, or where it divides by 0."""
    try:
        return evaluated(tree, values)
    except (ZeroDivisionError, TypeError):
        return None


def evaluated(tree, values):
    if isinstance(tree, str):
        return values[tree]
    if isinstance(tree, int | float):
        return tree
    args = [evaluated(each, values) for each in tree["args"]]  # as Lens does: all of them, then the function
    return FUNCTIONS[tree["name"]](*args)
