"""The dashboard « Santé des sources »: what is collected, how well, and how fresh it is."""

from search.kibana.describe import Bilingual, Chart, Control, Dashboard, LensFigure, Placed, Split
from search.kibana.figures import (
    RUNS,
    SOURCE,
    STARTED,
    WELL,
)

_FIELD = Split(Bilingual("Champ", "Field"), "subject", 12)
_LOWEST = LensFigure(Bilingual("Au plus bas", "At the lowest"), "min", "value", shown="percent", decimals=0)


def _filled(fr: str, en: str, field: str) -> LensFigure:
    return LensFigure(Bilingual(fr, en), "share", where=f"{field}: *", shown="percent", decimals=0)


SOURCES = Dashboard(
    "sources",
    Bilingual("Santé des sources", "Health of sources"),
    Bilingual(
        "Ce qui est relevé, quand, avec quel succès, et si les champs se remplissent.",
        "What is collected, when, how well, and whether its fields are filled.",
    ),
    (
        Placed(
            Chart(
                "well",
                Bilingual("Relevés réussis", "Runs that went well"),
                *(
                    "metric",
                    "run",
                    (LensFigure(Bilingual("Réussis", "Went well"), "share", where=WELL, shown="percent"),),
                ),
            ),
            12,
            8,
        ),
        Placed(
            Chart(
                "statuses",
                Bilingual("Statuts par semaine", "Statuses by week"),
                *(
                    "bar",
                    "run",
                    (LensFigure(Bilingual("Relevés", "Runs"), "count", decimals=0),),
                    STARTED,
                    Split(Bilingual("Statut", "Status"), "status"),
                ),
                stacked=True,
            ),
            36,
            12,
        ),
        Placed(
            Chart(
                "state",
                Bilingual("Chaque source", "Each source"),
                "table",
                "run",
                (
                    LensFigure(Bilingual("Dernier statut", "Last status"), "last", "status", shown="text"),
                    LensFigure(Bilingual("Dernier relevé", "Last run"), "max", "started_at", shown="date"),
                    LensFigure(Bilingual("Relevés", "Runs"), "count", decimals=0),
                    LensFigure(Bilingual("Éléments", "Items"), "sum", "items", decimals=0),
                    LensFigure(Bilingual("Nouveaux", "New"), "sum", "new", decimals=0),
                    LensFigure(Bilingual("Disparus", "Vanished"), "sum", "vanished", decimals=0),
                    LensFigure(Bilingual("Illisibles", "Unreadable"), "sum", "rejected", decimals=0),
                ),
                SOURCE,
            ),
            48,
            16,
        ),
        Placed(
            Chart(
                "filled-days",
                Bilingual("Champs remplis, jour après jour", "Fields filled, day by day"),
                *("line", "measure", (_LOWEST,), Split(Bilingual("Jour", "Day"), "at", every="1d"), _FIELD),
                where="name: filled",
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "filled-sources",
                Bilingual("Champs remplis, source par source", "Fields filled, source by source"),
                "table",
                "measure",
                (
                    LensFigure(Bilingual("Éléments", "Items"), "sum", "n", decimals=0),
                    LensFigure(
                        Bilingual("Dernier relevé", "Latest run"),
                        "last",
                        "value",
                        shown="percent",
                        decimals=0,
                    ),
                    LensFigure(
                        Bilingual("D’habitude", "Usually"), "mean", "value", shown="percent", decimals=0
                    ),
                    _LOWEST,
                ),
                SOURCE,
                _FIELD,
                where="name: filled",
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "items-weeks",
                Bilingual("Éléments lus par semaine", "Items read by week"),
                *(
                    "line",
                    "run",
                    (LensFigure(Bilingual("Éléments", "Items"), "sum", "items", decimals=0),),
                    STARTED,
                    SOURCE,
                ),
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "fill",
                Bilingual("Champs remplis et fraîcheur", "Fields filled and freshness"),
                "table",
                "mention",
                (
                    _filled("Note", "Stars", "stars"),
                    _filled("Titre", "Title", "title"),
                    _filled("Auteur", "Author", "author_key"),
                    _filled("Date", "Date", "published_at"),
                    LensFigure(
                        Bilingual("Dernière mention vue", "Latest mention seen"),
                        "max",
                        "first_seen_at",
                        shown="date",
                    ),
                ),
                SOURCE,
            ),
            24,
            14,
        ),
        Placed(RUNS, 48, 16),
    ),
    (
        Control(Bilingual("Source", "Source"), "run", "source_key"),
        Control(Bilingual("Statut", "Status"), "run", "status"),
    ),
)
