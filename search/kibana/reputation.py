"""The dashboard « Réputation »: delight, engage, get talked about, over time."""

from search.kibana.describe import Chart, Dashboard, LensFigure, Placed, Split
from search.kibana.figures import (
    ASKED_NAMES,
    ASKED_NPS,
    BRAND,
    COUNT,
    COUNTS,
    DELIGHT,
    EFFORT,
    GIVEN,
    INTERVAL,
    IRRITATION,
    MEASURE,
    MENTION_CONTROLS,
    ONCE,
    PLACE,
    POSITIVE,
    SENTIMENT,
    SITE,
    STARS_NPS,
    WEEK,
)

_SIZE = (6, 6)
_WEEK = Split("splits.week", "period_start", every="1w")


def _metric(key: str, figure: LensFigure, where: str = ONCE) -> Placed:
    return Placed(Chart(key, figure.label, "metric", "mention", (figure,), where=where), *_SIZE)


REPUTATION = Dashboard(
    "reputation",
    "reputation.title",
    "reputation.about",
    (
        _metric("volume", COUNT),
        Placed(Chart("nps", ASKED_NPS.label, "metric", "measure", (ASKED_NPS,), where=ASKED_NAMES), *_SIZE),
        _metric("nps-stars", STARS_NPS),
        _metric("positive", POSITIVE),
        _metric("delight", DELIGHT),
        _metric("irritation", IRRITATION),
        _metric("sentiment", SENTIMENT),
        _metric("effort", EFFORT),
        Placed(
            Chart(
                "nps-weeks",
                "reputation.asked_nps_by_week",
                *("line", "measure", (ASKED_NPS,), _WEEK, MEASURE),
                where=ASKED_NAMES,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "peaks-weeks",
                "reputation.delight_and_irritation",
                *("line", "mention", (DELIGHT, IRRITATION), WEEK),
                where=ONCE,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "positive-interval",
                "reputation.positive_interval",
                *(
                    "line",
                    "measure",
                    INTERVAL[:3],
                    _WEEK,
                    BRAND,
                ),
                where="name: positive",
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "intervals",
                "reputation.last_week",
                *("table", "measure", INTERVAL, MEASURE, BRAND),
                where="period_start: * and not subject: * and not name: theme_coverage",
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "voice",
                "reputation.brands",
                *("bar", "mention", (COUNT,), WEEK, BRAND, ONCE),
                stacked=True,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "intents",
                "reputation.intents",
                *("bar_horizontal", "mention", (COUNT,), Split("splits.intent", "intents")),
                where=ONCE,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "sites",
                "reputation.by_site",
                *("table", "mention", GIVEN, SITE),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "places",
                "reputation.by_place",
                *("table", "mention", COUNTS, PLACE),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "effort-weeks",
                "reputation.effort_by_week",
                *("line", "mention", (EFFORT,), WEEK),
                where=ONCE,
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "word-of-mouth",
                "reputation.word_of_mouth_and_leaving",
                "bar",
                "mention",
                (
                    LensFigure(
                        "reputation.tell_others",
                        "count",
                        where="intents: tells_others",
                        decimals=0,
                    ),
                    LensFigure(
                        "reputation.recommend",
                        "count",
                        where="intents: recommends",
                        decimals=0,
                    ),
                    LensFigure(
                        "reputation.warn_off",
                        "count",
                        where="intents: warns_off",
                        decimals=0,
                    ),
                    LensFigure("reputation.leave", "count", where="intents: leaves", decimals=0),
                ),
                WEEK,
                where=ONCE,
                stacked=True,
            ),
            24,
            12,
        ),
    ),
    MENTION_CONTROLS,
)
