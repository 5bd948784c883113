"""The dashboard « Santé des sources »: what is collected, how well, and how fresh it is."""

from search.kibana.describe import Chart, Control, Dashboard, LensFigure, Placed, Split
from search.kibana.figures import (
    RUNS,
    SOURCE,
    STARTED,
    WELL,
)

_FIELD = Split("splits.field", "subject", 12)
_LOWEST = LensFigure("sources.lowest", "min", "value", shown="percent", decimals=0)


def _filled(label: str, field: str) -> LensFigure:
    return LensFigure(label, "share", where=f"{field}: *", shown="percent", decimals=0)


SOURCES = Dashboard(
    "sources",
    "sources.title",
    "sources.about",
    (
        Placed(
            Chart(
                "well",
                "sources.good_runs",
                *(
                    "metric",
                    "run",
                    (LensFigure("sources.good", "share", where=WELL, shown="percent"),),
                ),
            ),
            12,
            8,
        ),
        Placed(
            Chart(
                "statuses",
                "sources.statuses_by_week",
                *(
                    "bar",
                    "run",
                    (LensFigure("sources.runs", "count", decimals=0),),
                    STARTED,
                    Split("splits.status", "status"),
                ),
                stacked=True,
            ),
            36,
            12,
        ),
        Placed(
            Chart(
                "state",
                "sources.each_source",
                "table",
                "run",
                (
                    LensFigure("sources.last_status", "last", "status", shown="text"),
                    LensFigure("sources.last_run", "max", "started_at", shown="date"),
                    LensFigure("sources.runs", "count", decimals=0),
                    LensFigure("sources.items", "sum", "items", decimals=0),
                    LensFigure("sources.new", "sum", "new", decimals=0),
                    LensFigure("sources.vanished", "sum", "vanished", decimals=0),
                    LensFigure("sources.unreadable", "sum", "rejected", decimals=0),
                ),
                SOURCE,
            ),
            48,
            16,
        ),
        Placed(
            Chart(
                "filled-days",
                "sources.fields_by_day",
                *("line", "measure", (_LOWEST,), Split("splits.day", "at", every="1d"), _FIELD),
                where="name: filled",
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "filled-sources",
                "sources.fields_by_source",
                "table",
                "measure",
                (
                    LensFigure("sources.items", "sum", "n", decimals=0),
                    LensFigure(
                        "sources.latest_run",
                        "last",
                        "value",
                        shown="percent",
                        decimals=0,
                    ),
                    LensFigure("sources.usually", "mean", "value", shown="percent", decimals=0),
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
                "sources.items_by_week",
                *(
                    "line",
                    "run",
                    (LensFigure("sources.items", "sum", "items", decimals=0),),
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
                "sources.fields_and_freshness",
                "table",
                "mention",
                (
                    _filled("sources.filled_stars", "stars"),
                    _filled("sources.filled_title", "title"),
                    _filled("sources.filled_author", "author_key"),
                    _filled("sources.filled_date", "published_at"),
                    LensFigure(
                        "sources.latest_mention",
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
        Control("splits.source", "run", "source_key"),
        Control("splits.status", "run", "status"),
    ),
)
