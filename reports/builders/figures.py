"""Levels of a group of mentions, from a bucket's sums: each from one basis, with what is known to blur it.

Asked scores, stars and what was read in words are never pooled: reviewers and customers who were asked are
different people, so that a figure of both would move with their shares.
"""

from ouidire.index import Bucket, FieldSum, Term
from ouidire.measures import Figure, Moments, net_sentiment, nps, rate
from ouidire.measures.figure import FEWEST_OF_A_PLACE
from ouidire.measures.transfer import read_positive_sd, read_sentiment_sd
from reports.builders.period_sums import moments

ASKED = Term(field="advocacy_basis", any_of=("asked",))
BY_STARS = Term(field="advocacy_basis", any_of=("star_proxy",))
FEWEST_ASKED = 30
"""Asked scores from which an NPS is a level; in weeks, `FEWEST_ASKED_EIGHT_WEEKS` over eight do as well."""
FEWEST_ASKED_EIGHT_WEEKS = 100
EIGHT_WEEKS = 8
FEWEST_FOR_A_ROW = FEWEST_OF_A_PLACE
"""Ratings from which a row of a table (a place, a brand) shows their mean; under it, counts alone."""


def asked_nps(sums: Moments, *, dispersion: float = 1.0) -> Figure | None:
    """Return the asked NPS of some asked scores, in points; None where they are too few for a level."""
    return nps(sums, basis="asked", dispersion=dispersion) if sums.n >= FEWEST_ASKED else None


def positive_figure(bucket: Bucket, *, dispersion: float = 1.0) -> Figure:
    """Return the share of positive texts of a bucket (0–1), without a value where none was read.

    Its interval holds what the analyser is off by from one brand to the next: the level is no better known.
    """
    return rate(moments(bucket, "p_positive"), transfer_sd=read_positive_sd(), dispersion=dispersion)


def net_sentiment_figure(bucket: Bucket, *, dispersion: float = 1.0) -> Figure:
    """Return the net sentiment of a bucket (−1 to 1), its interval as that of `positive_figure`."""
    balance = moments(bucket, "sentiment_balance")
    sure = sum(bucket.fields.get(name, FieldSum()).total for name in ("p_positive", "p_negative"))
    return net_sentiment(
        balance,
        within=max(0.0, min(sure, balance.weight) - balance.squares),
        transfer_sd=read_sentiment_sd(),
        dispersion=dispersion,
    )


def mean_stars(bucket: Bucket, *, fewest: int = 1) -> float | None:
    """Return the mean of the ratings that people gave (0–5); None where fewer than `fewest` did."""
    stars = bucket.fields.get("stars", FieldSum())
    return stars.total / stars.n if stars.n >= fewest else None


def count_figure(n: int) -> Figure:
    """Return a count as a figure."""
    return Figure(value=n, n=n, weight=n, unit="count", basis="counted")
