"""The dashboard « Leviers »: what delights and what irritates, where on the journey, and in which words."""

from search.kibana.describe import Bilingual, Chart, Dashboard, Placed, Split
from search.kibana.figures import (
    BRAND,
    COUNT,
    DELIGHT,
    DELIGHTED,
    INTERVAL,
    IRRITATION,
    MENTION_CONTROLS,
    NPS,
    ONCE,
    VERBATIMS,
    WEEK,
)

_ASPECT = Bilingual("Aspect", "Aspect")


def _drivers(of: str, title: Bilingual, width: int) -> Placed:
    """A table of what drives a measure, with intervals: an association, in points, judged over the digest's nine weeks."""
    split = Split(Bilingual("Levier", "Driver"), "subject", 60)
    return Placed(
        Chart(
            f"drivers-{of}",
            title,
            "table",
            "measure",
            INTERVAL,
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
    Bilingual("Leviers", "Levers"),
    Bilingual(
        "Ce qui enchante et ce qui irrite, où dans le parcours, et dans quels mots.",
        "What delights and what irritates, where on the journey, and in which words.",
    ),
    (
        _drivers(
            "delight", Bilingual("Leviers de l’enchantement, en points", "Drivers of delight, in points"), 16
        ),
        _drivers(
            "irritation",
            Bilingual("Leviers de l’irritation, en points", "Drivers of irritation, in points"),
            16,
        ),
        _drivers("nps", Bilingual("Leviers du NPS, en points", "Drivers of NPS, in points"), 16),
        Placed(
            Chart(
                "praised",
                Bilingual("Ce qui plaît", "What pleases"),
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
                Bilingual("Ce qui déplaît", "What displeases"),
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
                Bilingual("Aspects : mentions qui en parlent", "Aspects: mentions that speak of them"),
                *("table", "mention", (COUNT, NPS, DELIGHT, IRRITATION), Split(_ASPECT, "aspect_names", 25)),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "stages",
                Bilingual("Parcours : mentions qui en parlent", "Journey: mentions that speak of it"),
                *(
                    "table",
                    "mention",
                    (COUNT, NPS, DELIGHT, IRRITATION),
                    Split(Bilingual("Étape", "Stage"), "stages", 12),
                ),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "service",
                Bilingual(
                    "Service client : NPS de qui en parle", "Customer service: NPS of those who speak of it"
                ),
                *("line", "mention", (NPS,), WEEK),
                where=f"stages: customer_service and {ONCE}",
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "efforts",
                Bilingual("Effort raconté", "Effort told"),
                *("bar", "mention", (COUNT,), WEEK, Split(Bilingual("Effort", "Effort"), "effort", 3), ONCE),
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
