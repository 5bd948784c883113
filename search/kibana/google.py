"""The dashboard « Ce que Google en dit »: what the next buyer will see."""

from search.kibana.describe import Chart, Control, Dashboard, Figure, Placed, Split, Words
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

_DOMAIN = Split(Words("Domaine", "Domain"), "domain", size=20)
GOOGLE = Dashboard(
    "google",
    Words("Ce que Google en dit", "What Google says"),
    Words(
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
                Words("Résultats à nous", "Results that are ours"),
                *("metric", "search_result"),
                (
                    Figure(
                        Words("Part à nous", "Share that is ours"),
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
                Words("Résultats qui nous desservent", "Results that argue against us"),
                *("metric", "search_result"),
                (
                    Figure(
                        Words("Part hostile", "Hostile share"),
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
                Words("Première page par semaine", "First page by week"),
                *(
                    "line",
                    "search_result",
                    (PAGE_SCORE,),
                    CAPTURED,
                    Split(Words("Requête", "Query"), "query", 6),
                    BRAND_PAGES,
                ),
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "ownership",
                Words("À qui sont les résultats", "Whose results they are"),
                *(
                    "bar",
                    "search_result",
                    (Figure(Words("Résultats", "Results"), "count", decimals=0),),
                    CAPTURED,
                ),
                *(Split(Words("Appartenance", "Ownership"), "ownership", 8), BRAND_PAGES),
                stacked=True,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "domains",
                Words("Domaines", "Domains"),
                "table",
                "search_result",
                (
                    Figure(Words("Apparitions", "Appearances"), "count", decimals=0),
                    Figure(Words("Meilleur rang", "Best rank"), "min", "rank", decimals=0),
                    Figure(Words("Rang moyen", "Mean rank"), "mean", "rank"),
                    Figure(
                        Words("Favorable (−1 à 1)", "Favourable (−1 to 1)"),
                        "mean",
                        "favourability",
                        decimals=2,
                    ),
                    Figure(Words("Note affichée", "Rating shown"), "mean", "shown_rating"),
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
                Words("Notes affichées par les sites", "Ratings that sites show"),
                "table",
                "measure",
                (
                    Figure(Words("Dernière note", "Latest rating"), "last", "value"),
                    Figure(Words("Sur", "Out of"), "last", "best", decimals=0),
                    Figure(Words("Avis", "Reviews"), "last", "n", decimals=0),
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
        Control(Words("Marque", "Brand"), "search_result", "brands"),
        Control(Words("Requête", "Query"), "search_result", "query"),
    ),
)
