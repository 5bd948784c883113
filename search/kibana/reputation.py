"""The dashboard « Réputation »: delight, engage, get talked about, over time."""

from search.kibana.describe import Chart, Dashboard, Figure, Placed, Split, Words
from search.kibana.figures import (
    BRAND,
    COUNT,
    DELIGHT,
    EFFORT,
    INTERVAL,
    IRRITATION,
    MENTION_CONTROLS,
    NPS,
    ONCE,
    PLACE,
    SENTIMENT,
    SITE,
    WEEK,
)


def _metric(key: str, figure: Figure, where: str = ONCE) -> Placed:
    return Placed(Chart(key, figure.label, "metric", "mention", (figure,), where=where), 8, 6)


REPUTATION = Dashboard(
    "reputation",
    Words("Réputation", "Reputation"),
    Words(
        "Enchanter, engager, faire parler : les mesures de la règle d’or, dans le temps, par marque, site et lieu.",
        "Delight, engage, get talked about: the golden rule's measures, over time, by brand, site and place.",
    ),
    (
        _metric("volume", COUNT),
        _metric("nps", NPS),
        _metric("delight", DELIGHT),
        _metric("irritation", IRRITATION),
        _metric("sentiment", SENTIMENT),
        _metric("effort", EFFORT),
        Placed(
            Chart(
                "nps-weeks",
                Words("NPS par semaine", "NPS by week"),
                "line",
                "mention",
                (NPS,),
                WEEK,
                BRAND,
                ONCE,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "peaks-weeks",
                Words("Enchantement et irritation", "Delight and irritation"),
                *("line", "mention", (DELIGHT, IRRITATION), WEEK),
                where=ONCE,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "nps-interval",
                Words("NPS et son intervalle à 95 %", "NPS and its 95% interval"),
                *(
                    "line",
                    "measure",
                    INTERVAL[:3],
                    Split(Words("Semaine", "Week"), "period_start", every="1w"),
                    BRAND,
                ),
                where="name: nps",
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "intervals",
                Words("La dernière semaine, avec les intervalles", "The last week, with its intervals"),
                *("table", "measure", INTERVAL, Split(Words("Mesure", "Measure"), "name", 20), BRAND),
                where="period_start: * and not subject: *",
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "voice",
                Words("Qui fait parler de lui", "Who is talked about"),
                *("bar", "mention", (COUNT,), WEEK, BRAND, ONCE),
                stacked=True,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "intents",
                Words("Ce qu’ils vont faire", "What they will do"),
                *("bar_horizontal", "mention", (COUNT,), Split(Words("Intention", "Intent"), "intents")),
                where=ONCE,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "sites",
                Words("Par site", "By site"),
                *("table", "mention", (COUNT, NPS, DELIGHT, IRRITATION, SENTIMENT), SITE),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "places",
                Words("Par lieu", "By place"),
                *("table", "mention", (COUNT, NPS, DELIGHT, IRRITATION, SENTIMENT), PLACE),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "effort-weeks",
                Words("Effort par semaine", "Effort by week"),
                *("line", "mention", (EFFORT,), WEEK),
                where=ONCE,
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "word-of-mouth",
                Words("Bouche-à-oreille et départs", "Word of mouth and leaving"),
                "bar",
                "mention",
                (
                    Figure(
                        Words("Le disent autour d’eux", "Tell others"),
                        "count",
                        where="intents: tells_others",
                        decimals=0,
                    ),
                    Figure(
                        Words("Recommandent", "Recommend"), "count", where="intents: recommends", decimals=0
                    ),
                    Figure(
                        Words("Déconseillent", "Warn off"), "count", where="intents: warns_off", decimals=0
                    ),
                    Figure(Words("S’en vont", "Leave"), "count", where="intents: leaves", decimals=0),
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
