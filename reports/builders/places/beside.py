"""A shop's volume and delight beside those of all its brand's shops, for the edition of a shop or a product.

Counts and intervals are put side by side and nothing is ranked: what is read in words errs differently from
one site to the next, and shops are not read on the same ones. It cannot see shops that no mention names.
"""

from typing import Literal

from ouidire.index import Exists, Query
from ouidire.measures import rate
from reports.builders.figures import FEWEST_FOR_A_ROW
from reports.builders.period_sums import EVERY, PeriodSums, as_moments
from reports.data.beside import BesideAll
from reports.data.scope import within

FEWEST = 2
"""Shops from which there is anything to stand beside."""


def beside_all(sums: PeriodSums) -> BesideAll | None:
    """Return the period's counts of a scope's shops, or products, beside those of all.

    None for a scope that names neither, where only one is spoken of, or where nothing was said of any.
    """
    scope = sums.scope
    kind: Literal["place", "subject"] = "place" if scope.places else "subject"
    if not (scope.places or scope.subjects):
        return None
    every = scope.model_copy(update={f"{kind}s": ()})
    period = within(sums.edges[-2], sums.edges[-1])
    query = Query(where=(*every.once, Exists(field=kind), period))
    members = len(sums.reader.facet(query, kind, size=EVERY))
    if members < FEWEST:
        return None
    whole = sums.reader.sums(query, ("delight",))
    own, among = sums.moments("delight"), as_moments(whole.fields["delight"])
    is_rated = own.n >= FEWEST_FOR_A_ROW
    return BesideAll(
        kind=kind,
        members=members,
        n=sums.now.n,
        whole=whole.n,
        delight=rate(own) if is_rated else None,
        delight_of_all=rate(among) if is_rated else None,
    )
