"""The dashboard « Leviers »: what delights and what irritates, where on the journey, and in which words."""

from search.kibana.describe import Chart, Dashboard, LensFigure, Placed, Split
from search.kibana.figures import (
    BRAND,
    COUNT,
    DELIGHT,
    DELIGHTED,
    INTERVAL,
    IRRITATION,
    MENTION_CONTROLS,
    ONCE,
    SENTIMENT,
    VERBATIMS,
    WEEK,
)

_ASPECT, _EMERGED = "splits.aspect", "splits.emerged"
AT_LEAST = LensFigure("figures.points_at_least", "last", "value", decimals=2)
"""A driver's points: coding errors draw them towards 0."""


def _drivers(of: str, title: str, width: int) -> Placed:
    """Return a table of a measure's drivers, with intervals: associations, in points, over nine weeks.

    All are there, within noise or not. Coding errors make them too small: their titles and columns say so.
    """
    split = Split("splits.driver", "subject", 60)
    return Placed(
        Chart(
            f"drivers-{of}",
            title,
            "table",
            "measure",
            (AT_LEAST, *INTERVAL[1:]),
            split,
            BRAND,
            where=f"name: driver_{of}",
            ranked=True,
        ),
        width,
        15,
    )


LEVERS = Dashboard(
    "levers",
    "levers.title",
    "levers.about",
    (
        _drivers("delight", "levers.drivers_delight", 16),
        _drivers(
            "irritation",
            "levers.drivers_irritation",
            16,
        ),
        _drivers("nps", "levers.drivers_nps", 16),
        Placed(
            Chart(
                "praised",
                "levers.praised",
                *(
                    "bar_horizontal",
                    "mention",
                    (COUNT,),
                    Split(_ASPECT, "aspect_polarity", 12, only=".*:positive"),
                ),
                where=ONCE,
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "blamed",
                "levers.blamed",
                *(
                    "bar_horizontal",
                    "mention",
                    (COUNT,),
                    Split(_ASPECT, "aspect_polarity", 12, only=".*:negative"),
                ),
                where=ONCE,
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "aspects",
                "levers.aspects",
                *(
                    "table",
                    "mention",
                    (COUNT, SENTIMENT, DELIGHT, IRRITATION),
                    Split(_ASPECT, "aspect_names", 25),
                ),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "stages",
                "levers.journey",
                *(
                    "table",
                    "mention",
                    (COUNT, SENTIMENT, DELIGHT, IRRITATION),
                    Split("splits.stage", "stages", 12),
                ),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "emerged",
                "levers.emerged",
                *(
                    "table",
                    "mention",
                    (COUNT, SENTIMENT, DELIGHT, IRRITATION),
                    Split(_EMERGED, "emergent", 25),
                ),
                where=f"emergent: * and {ONCE}",
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "emerged-weeks",
                "levers.emerged_weeks",
                *("bar", "mention", (COUNT,), WEEK, Split(_EMERGED, "emergent", 8)),
                where=f"emergent: * and {ONCE}",
                stacked=True,
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "service",
                "levers.service_sentiment",
                *("line", "mention", (SENTIMENT,), WEEK),
                where=f"stages: customer_service and {ONCE}",
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "efforts",
                "levers.effort",
                *("bar", "mention", (COUNT,), WEEK, Split("splits.effort", "effort", 3), ONCE),
                stacked=True,
            ),
            24,
            12,
        ),
        Placed(DELIGHTED, 48, 16),
        Placed(VERBATIMS, 48, 20),
    ),
    MENTION_CONTROLS,
)
