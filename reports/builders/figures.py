"""NPS and net sentiment of a group of mentions, from a bucket's sums, and where an NPS comes from."""

from collections.abc import Sequence

from ouidire.index import Bucket, Exists, FieldSum, MentionIndex, Query
from ouidire.measures import Basis, Figure, combined_basis, net_sentiment, nps
from reports.builders.period_sums import EVERY, moments
from reports.data.scope import Where

Bases = tuple[tuple[str, int], ...]
"""Counts of the mentions that have a promoter class, by where it comes from."""


def nps_of(bucket: Bucket, bases: Bases) -> Figure | None:
    """Return the NPS of a bucket's mentions; None where none of them has a promoter class."""
    balance = moments(bucket, "advocacy_balance")
    return nps_figure(bucket, basis_of(bases)) if bases and balance.n else None


def nps_figure(bucket: Bucket, basis: Basis) -> Figure:
    """Return the NPS of a bucket, in points (−100 to 100); without a value where no mention has a class."""
    balance = moments(bucket, "advocacy_balance")
    spread = bucket.fields.get("advocacy_spread", FieldSum()).total
    unsure = basis in ("estimated", "mixed")
    if not unsure and spread <= 0:
        return nps(balance, basis=basis)
    within = max(0.0, min(spread, balance.weight - balance.squares))
    return nps(balance, basis=basis if unsure else "mixed", within=within)


def net_sentiment_of(bucket: Bucket) -> Figure | None:
    """Return the net sentiment of a bucket's mentions; None where none of them has a sentiment."""
    return net_sentiment_figure(bucket) if moments(bucket, "sentiment_balance").n else None


def net_sentiment_figure(bucket: Bucket) -> Figure:
    """Return the net sentiment of a bucket (−1 to 1); without a value where no mention has one."""
    balance = moments(bucket, "sentiment_balance")
    sure = sum(bucket.fields.get(name, FieldSum()).total for name in ("p_positive", "p_negative"))
    return net_sentiment(balance, within=max(0.0, min(sure, balance.weight) - balance.squares))


def count_figure(n: int) -> Figure:
    """Return a count as a figure."""
    return Figure(value=n, n=n, weight=n, unit="count", basis="counted")


def basis_of(bases: Sequence[tuple[str, int]]) -> Basis:
    """Name where a figure made of these mentions comes from."""
    known: dict[str, Basis] = {"asked": "asked", "estimated": "estimated", "star_proxy": "star_proxy"}
    return combined_basis([known.get(name, "mixed") for name, _ in bases] or ["estimated"])


def bases_of(reader: MentionIndex, where: Where) -> Bases:
    """Count the mentions that have a promoter class, by where it comes from."""
    classed = Query(where=(*where, Exists(field="advocacy_balance")))
    found = reader.facet(classed, "advocacy_basis", size=EVERY)
    return tuple((str(bucket.value), bucket.n) for bucket in found)
