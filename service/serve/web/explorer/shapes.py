"""The one JSON shape of the explorer, documented in `docs/explorer.md`.

A list has `items`, `total` and `next` (the address of the next page, null at the end); whatever fails has
`error` with `status` and `message`. Names are those of the documents of the index.
"""

from collections.abc import Mapping
from typing import Any

from ouidire.documents import MentionDocument
from ouidire.index import Hit
from ouidire.measures import Driver, Figure
from reports.explore.comparison import ViewComparison
from reports.explore.facets import Facets
from reports.explore.histogram import Histogram

LEFT_OUT = frozenset({"stems", "words", "vector", "theme_vectors", "author_key"})
"""What a document holds for the engine alone."""


def mention_shape(document: MentionDocument) -> dict[str, Any]:
    """Return a mention as JSON."""
    return document.model_dump(mode="json", exclude=set(LEFT_OUT))


def hit_shape(hit: Hit) -> dict[str, Any]:
    """Return a found mention as JSON, with the places of the words that were searched for."""
    document = hit.document
    assert isinstance(document, MentionDocument)  # noqa: S101 (only mentions are listed)
    found = {each.field: [list(span) for span in each.spans] for each in hit.highlights}
    return {**mention_shape(document), "highlights": found}


def facets_shape(facets: Facets) -> Mapping[str, list[dict[str, Any]]]:
    """Return facets as JSON: values with their counts, by filter."""
    found: dict[str, list[dict[str, Any]]] = {
        facet.name: [each.model_dump() for each in facet.values] for facet in facets.by_value
    }
    found["theme"] = [each.model_dump() for each in facets.themes]
    found["stars"] = [each.model_dump() for each in facets.stars]
    found["flags"] = [each.model_dump() for each in facets.flags]
    return found


def histogram_shape(histogram: Histogram) -> dict[str, Any]:
    """Return bars over time as JSON."""
    return {"step": histogram.step, "bars": [bar.model_dump(mode="json") for bar in histogram.bars]}


def comparison_shape(found: ViewComparison | None) -> dict[str, Any] | None:
    """Return a comparison as JSON; None where none was asked for, or none can be made."""
    if found is None:
        return None
    return {
        "against": found.against,
        "then": str(found.then_span),
        "n_now": found.n_now,
        "n_then": found.n_then,
        "shares": [
            {
                "field": each.field,
                "now": figure_shape(each.now),
                "then": figure_shape(each.then),
                "difference": each.difference,
                "low": each.low,
                "high": each.high,
            }
            for each in found.shares
        ],
    }


def lever_shape(measure: str, driver: Driver) -> dict[str, Any]:
    """Return an announced driver as JSON: the points that its code is associated with, `at_least`.

    `n_coded` texts of all periods say so, `n_now` of this one.
    """
    return {
        "measure": measure,
        "code": driver.code,
        "at_least": driver.value,
        "low": driver.low,
        "high": driver.high,
        "n_now": driver.n_now,
        "n_coded": driver.n_coded,
        "reading": "association",
    }


def figure_shape(figure: Figure) -> dict[str, Any]:
    """Return a figure as JSON: value, interval and n."""
    return figure.model_dump(include={"value", "low", "high", "n", "unit", "basis"})
