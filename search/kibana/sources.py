"""The dashboard « Santé des sources »: what is collected, how well, and how fresh it is."""

from search.kibana.describe import Chart, Control, Dashboard, Figure, Placed, Split, Words
from search.kibana.figures import (
    RUNS,
    SOURCE,
    STARTED,
    WELL,
)

_FIELD = Split(Words("Champ", "Field"), "subject", 12)
_LOWEST = Figure(Words("Au plus bas", "At the lowest"), "min", "value", shown="percent", decimals=0)


def _filled(fr: str, en: str, field: str) -> Figure:
    return Figure(Words(fr, en), "share", where=f"{field}: *", shown="percent", decimals=0)


SOURCES = Dashboard(
    "sources",
    Words("Santé des sources", "Health of sources"),
    Words(
        "Ce qui est relevé, quand, avec quel succès, et si les champs se remplissent.",
        "What is collected, when, how well, and whether its fields are filled.",
    ),
    (
        Placed(
            Chart(
                "well",
                Words("Relevés réussis", "Runs that went well"),
                *(
                    "metric",
                    "run",
                    (Figure(Words("Réussis", "Went well"), "share", where=WELL, shown="percent"),),
                ),
            ),
            12,
            8,
        ),
        Placed(
            Chart(
                "statuses",
                Words("Statuts par semaine", "Statuses by week"),
                *(
                    "bar",
                    "run",
                    (Figure(Words("Relevés", "Runs"), "count", decimals=0),),
                    STARTED,
                    Split(Words("Statut", "Status"), "status"),
                ),
                stacked=True,
            ),
            36,
            12,
        ),
        Placed(
            Chart(
                "state",
                Words("Chaque source", "Each source"),
                "table",
                "run",
                (
                    Figure(Words("Dernier statut", "Last status"), "last", "status", shown="text"),
                    Figure(Words("Dernier relevé", "Last run"), "max", "started_at", shown="date"),
                    Figure(Words("Relevés", "Runs"), "count", decimals=0),
                    Figure(Words("Éléments", "Items"), "sum", "items", decimals=0),
                    Figure(Words("Nouveaux", "New"), "sum", "new", decimals=0),
                    Figure(Words("Disparus", "Vanished"), "sum", "vanished", decimals=0),
                    Figure(Words("Illisibles", "Unreadable"), "sum", "rejected", decimals=0),
                ),
                SOURCE,
            ),
            48,
            16,
        ),
        Placed(
            Chart(
                "filled-days",
                Words("Champs remplis, jour après jour", "Fields filled, day by day"),
                *("line", "measure", (_LOWEST,), Split(Words("Jour", "Day"), "at", every="1d"), _FIELD),
                where="name: filled",
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "filled-sources",
                Words("Champs remplis, source par source", "Fields filled, source by source"),
                "table",
                "measure",
                (
                    Figure(Words("Éléments", "Items"), "sum", "n", decimals=0),
                    Figure(
                        Words("Dernier relevé", "Latest run"), "last", "value", shown="percent", decimals=0
                    ),
                    Figure(Words("D’habitude", "Usually"), "mean", "value", shown="percent", decimals=0),
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
                Words("Éléments lus par semaine", "Items read by week"),
                *(
                    "line",
                    "run",
                    (Figure(Words("Éléments", "Items"), "sum", "items", decimals=0),),
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
                Words("Champs remplis et fraîcheur", "Fields filled and freshness"),
                "table",
                "mention",
                (
                    _filled("Note", "Stars", "stars"),
                    _filled("Titre", "Title", "title"),
                    _filled("Auteur", "Author", "author_key"),
                    _filled("Date", "Date", "published_at"),
                    Figure(
                        Words("Dernière mention vue", "Latest mention seen"),
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
        Control(Words("Source", "Source"), "run", "source_key"),
        Control(Words("Statut", "Status"), "run", "status"),
    ),
)
