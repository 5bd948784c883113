"""The dashboard « Réputation »: delight, engage, get talked about, over time."""

from search.kibana.describe import Bilingual, Chart, Dashboard, LensFigure, Placed, Split
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


def _metric(key: str, figure: LensFigure, where: str = ONCE) -> Placed:
    return Placed(Chart(key, figure.label, "metric", "mention", (figure,), where=where), 8, 6)


REPUTATION = Dashboard(
    "reputation",
    Bilingual("Réputation", "Reputation"),
    Bilingual(
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
                Bilingual("NPS par semaine", "NPS by week"),
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
                Bilingual("Enchantement et irritation", "Delight and irritation"),
                *("line", "mention", (DELIGHT, IRRITATION), WEEK),
                where=ONCE,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "nps-interval",
                Bilingual("NPS et son intervalle à 95 %", "NPS and its 95% interval"),
                *(
                    "line",
                    "measure",
                    INTERVAL[:3],
                    Split(Bilingual("Semaine", "Week"), "period_start", every="1w"),
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
                Bilingual("La dernière semaine, avec les intervalles", "The last week, with its intervals"),
                *("table", "measure", INTERVAL, Split(Bilingual("Mesure", "Measure"), "name", 20), BRAND),
                where="period_start: * and not subject: *",
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "voice",
                Bilingual("Qui fait parler de lui", "Who is talked about"),
                *("bar", "mention", (COUNT,), WEEK, BRAND, ONCE),
                stacked=True,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "intents",
                Bilingual("Ce qu’ils vont faire", "What they will do"),
                *("bar_horizontal", "mention", (COUNT,), Split(Bilingual("Intention", "Intent"), "intents")),
                where=ONCE,
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "sites",
                Bilingual("Par site", "By site"),
                *("table", "mention", (COUNT, NPS, DELIGHT, IRRITATION, SENTIMENT), SITE),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "places",
                Bilingual("Par lieu", "By place"),
                *("table", "mention", (COUNT, NPS, DELIGHT, IRRITATION, SENTIMENT), PLACE),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "effort-weeks",
                Bilingual("Effort par semaine", "Effort by week"),
                *("line", "mention", (EFFORT,), WEEK),
                where=ONCE,
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "word-of-mouth",
                Bilingual("Bouche-à-oreille et départs", "Word of mouth and leaving"),
                "bar",
                "mention",
                (
                    LensFigure(
                        Bilingual("Le disent autour d’eux", "Tell others"),
                        "count",
                        where="intents: tells_others",
                        decimals=0,
                    ),
                    LensFigure(
                        Bilingual("Recommandent", "Recommend"),
                        "count",
                        where="intents: recommends",
                        decimals=0,
                    ),
                    LensFigure(
                        Bilingual("Déconseillent", "Warn off"),
                        "count",
                        where="intents: warns_off",
                        decimals=0,
                    ),
                    LensFigure(Bilingual("S’en vont", "Leave"), "count", where="intents: leaves", decimals=0),
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
