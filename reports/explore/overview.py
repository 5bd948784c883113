"""What a page of mentions counts of a view, all from one reading of the index: facets, and bars over time."""

from typing import NamedTuple

from ouidire.index import CountParts, MentionIndex
from reports.explore.facets import FacetCounting, Facets
from reports.explore.histogram import Histogram, HistogramCounting, Step
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.view import MentionView


class ViewOverview(NamedTuple):
    """A view's mentions by value of each filter, and over time; `total` counts them all."""

    total: int
    facets: Facets
    histogram: Histogram


def overview_of(
    reader: MentionIndex, view: MentionView, *, time: ReaderTime, step: Step | None = None
) -> ViewOverview:
    """Count a view's mentions by value and by day, or by the larger step that fits or is asked for.

    Raises IndexUnavailable.
    """
    facets = FacetCounting(reader, view, time=time)
    histogram = HistogramCounting(reader, view, time=time, step=step)
    parts = CountParts(facets=facets.facets(), conditions=facets.conditions(), series=histogram.series())
    counts = reader.counts(query_of(view, reader, time=time), parts)
    return ViewOverview(counts.total, facets.read(counts), histogram.read(counts))
