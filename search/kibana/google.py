"""The dashboard « Ce que Google en dit »: what the next buyer will see."""

from search.kibana.describe import Chart, Control, Dashboard, LensFigure, Placed, Split
from search.kibana.figures import (
    BRAND_PAGES,
    CAPTURED,
    CATEGORY_PAGES,
    CONSIDERATION,
    MOVES,
    PAGE_SCORE,
    RESULTS,
    SOURCE,
)

_DOMAIN = Split("splits.domain", "domain", size=20)
GOOGLE = Dashboard(
    "google",
    "google.title",
    "google.about",
    (
        Placed(
            Chart("page", PAGE_SCORE.label, "metric", "search_result", (PAGE_SCORE,), where=BRAND_PAGES),
            12,
            7,
        ),
        Placed(
            Chart(
                "considered",
                CONSIDERATION.label,
                "metric",
                "search_result",
                (CONSIDERATION,),
                where=CATEGORY_PAGES,
            ),
            12,
            7,
        ),
        Placed(
            Chart(
                "owned",
                "google.owned_results",
                *("metric", "search_result"),
                (
                    LensFigure(
                        "google.owned_share",
                        "share",
                        where="ownership: owned",
                        shown="percent",
                    ),
                ),
                where=BRAND_PAGES,
            ),
            12,
            7,
        ),
        Placed(
            Chart(
                "hostile",
                "google.hostile_results",
                *("metric", "search_result"),
                (
                    LensFigure(
                        "google.hostile_share",
                        "share",
                        where="favourability <= -0.3333",
                        shown="percent",
                    ),
                ),
                where=BRAND_PAGES,
            ),
            12,
            7,
        ),
        Placed(
            Chart(
                "page-weeks",
                "google.first_page_by_week",
                *(
                    "line",
                    "search_result",
                    (PAGE_SCORE,),
                    CAPTURED,
                    Split("splits.query", "query", 6),
                    BRAND_PAGES,
                ),
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "ownership",
                "google.ownership_of_results",
                *(
                    "bar",
                    "search_result",
                    (LensFigure("google.results", "count", decimals=0),),
                    CAPTURED,
                ),
                *(Split("splits.ownership", "ownership", 8), BRAND_PAGES),
                stacked=True,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "domains",
                "google.domains",
                "table",
                "search_result",
                (
                    LensFigure("google.appearances", "count", decimals=0),
                    LensFigure("google.best_rank", "min", "rank", decimals=0),
                    LensFigure("google.mean_rank", "mean", "rank"),
                    LensFigure(
                        "google.favourability",
                        "mean",
                        "favourability",
                        decimals=2,
                    ),
                    LensFigure("google.shown_rating", "mean", "shown_rating"),
                ),
                _DOMAIN,
                where=BRAND_PAGES,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "ratings",
                "google.shown_ratings",
                "table",
                "measure",
                (
                    LensFigure("google.latest_rating", "last", "value"),
                    LensFigure("google.best_possible", "last", "best", decimals=0),
                    LensFigure("google.reviews", "last", "n", decimals=0),
                ),
                SOURCE,
                where="name: rating_shown",
            ),
            24,
            15,
        ),
        Placed(MOVES, 48, 14),
        Placed(RESULTS, 48, 18),
    ),
    (
        Control("splits.brand", "search_result", "brands"),
        Control("splits.query", "search_result", "query"),
    ),
)
