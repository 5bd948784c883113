"""The dashboard « Ce que Google en dit »: what the next buyer will see."""

from search.kibana.describe import Bilingual, Chart, Control, Dashboard, LensFigure, Placed, Split
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

_DOMAIN = Split(Bilingual("Domaine", "Domain"), "domain", size=20)
GOOGLE = Dashboard(
    "google",
    Bilingual("Ce que Google en dit", "What Google says"),
    Bilingual(
        "Ce que verra le prochain acheteur : première page, rangs, notes affichées, entrées et sorties.",
        "What the next buyer will see: first page, ranks, ratings shown, entries and exits.",
    ),
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
                Bilingual("Résultats à nous", "Results that are ours"),
                *("metric", "search_result"),
                (
                    LensFigure(
                        Bilingual("Part à nous", "Share that is ours"),
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
                Bilingual("Résultats qui nous desservent", "Results that argue against us"),
                *("metric", "search_result"),
                (
                    LensFigure(
                        Bilingual("Part hostile", "Hostile share"),
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
                Bilingual("Première page par semaine", "First page by week"),
                *(
                    "line",
                    "search_result",
                    (PAGE_SCORE,),
                    CAPTURED,
                    Split(Bilingual("Requête", "Query"), "query", 6),
                    BRAND_PAGES,
                ),
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "ownership",
                Bilingual("À qui sont les résultats", "Whose results they are"),
                *(
                    "bar",
                    "search_result",
                    (LensFigure(Bilingual("Résultats", "Results"), "count", decimals=0),),
                    CAPTURED,
                ),
                *(Split(Bilingual("Appartenance", "Ownership"), "ownership", 8), BRAND_PAGES),
                stacked=True,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "domains",
                Bilingual("Domaines", "Domains"),
                "table",
                "search_result",
                (
                    LensFigure(Bilingual("Apparitions", "Appearances"), "count", decimals=0),
                    LensFigure(Bilingual("Meilleur rang", "Best rank"), "min", "rank", decimals=0),
                    LensFigure(Bilingual("Rang moyen", "Mean rank"), "mean", "rank"),
                    LensFigure(
                        Bilingual("Favorable (−1 à 1)", "Favourable (−1 to 1)"),
                        "mean",
                        "favourability",
                        decimals=2,
                    ),
                    LensFigure(Bilingual("Note affichée", "Rating shown"), "mean", "shown_rating"),
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
                Bilingual("Notes affichées par les sites", "Ratings that sites show"),
                "table",
                "measure",
                (
                    LensFigure(Bilingual("Dernière note", "Latest rating"), "last", "value"),
                    LensFigure(Bilingual("Sur", "Out of"), "last", "best", decimals=0),
                    LensFigure(Bilingual("Avis", "Reviews"), "last", "n", decimals=0),
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
        Control(Bilingual("Marque", "Brand"), "search_result", "brands"),
        Control(Bilingual("Requête", "Query"), "search_result", "query"),
    ),
)
