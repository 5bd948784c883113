"""The four dashboards and their searches. Their figures are the digest's: the same sums of the same fields.

What is inferred is a share or a mean of what each document says; texts that say nothing of the matter are in neither sum.
Like the digest, they count each text once: near-duplicates of another are left out.
"""

from search.kibana.describe import Chart, Control, Dashboard, Figure, Found, Placed, Split, Words

ONCE = "not duplicate_of: *"
"""Each text once: the digest's own rule."""

BRAND_PAGES = "query_kind: brand and weighted_favourability: *"
CATEGORY_PAGES = "query_kind: category"
WELL = "status: ok or status: empty"

COUNT = Figure(Words("Mentions", "Mentions"), "count", decimals=0)
NPS = Figure(Words("NPS", "NPS"), "mean", "advocacy_balance", times=100)
DELIGHT = Figure(Words("Enchantement", "Delight"), "mean", "delight", shown="percent")
IRRITATION = Figure(Words("Irritation", "Irritation"), "mean", "irritation", shown="percent")
SENTIMENT = Figure(Words("Sentiment net", "Net sentiment"), "mean", "sentiment_balance", shown="percent")
EFFORT = Figure(Words("Effort (0 à 1)", "Effort (0 to 1)"), "mean", "effort_score", decimals=2)
PAGE_SCORE = Figure(Words("Note de première page", "First-page score"), "ratio", "weighted_favourability", "position_weight", decimals=2)
CONSIDERATION = Figure(Words("Considération", "Consideration"), "mean", "brand_present", shown="percent")

WEEK = Split(Words("Semaine", "Week"), "period_at", every="1w")
CAPTURED = Split(Words("Semaine", "Week"), "captured_at", every="1w")
STARTED = Split(Words("Semaine", "Week"), "started_at", every="1w")
BRAND = Split(Words("Marque", "Brand"), "brands", size=6)
SITE = Split(Words("Site", "Site"), "site", size=15)
PLACE = Split(Words("Lieu", "Place"), "place", size=20)
SOURCE = Split(Words("Source", "Source"), "source_key", size=50)

VERBATIMS = Found(
    "verbatims",
    Words("Verbatims", "Verbatims"),
    "mention",
    ("text", "stars", "asked_score", "brands", "place", "site", "sentiment", "aspect_polarity"),
    sort="period_at",
    where=f"text: * and {ONCE}",
)
DELIGHTED = Found(
    "delighted",
    Words("Ils sont enchantés", "They are delighted"),
    "mention",
    ("text", "delight", "stars", "brands", "place", "site"),
    sort="delight",
    where=f"delight >= 0.5 and {ONCE}",
)
RESULTS = Found(
    "results",
    Words("Résultats de première page", "First-page results"),
    "search_result",
    ("query", "rank", "domain", "title", "ownership", "favourability", "shown_rating", "shown_rating_count"),
    sort="captured_at",
    where="page_number: 1",
)
MOVES = Found(
    "moves",
    Words("Entrées, sorties et avis modifiés", "Entries, exits and edited reviews"),
    "event",
    ("type", "subject", "query", "brands", "source_key", "stars_before", "stars_after"),
    sort="at",
)
RUNS = Found(
    "runs",
    Words("Derniers relevés", "Latest runs"),
    "run",
    ("source_key", "status", "reason", "items", "new", "updated", "vanished", "rejected"),
    sort="started_at",
)
SEARCHES = (VERBATIMS, DELIGHTED, RESULTS, MOVES, RUNS)

MENTION_CONTROLS = (
    Control(Words("Marque", "Brand"), "mention", "brands"),
    Control(Words("Site", "Site"), "mention", "site"),
    Control(Words("Lieu", "Place"), "mention", "place"),
    Control(Words("Langue", "Language"), "mention", "language"),
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
        Placed(Chart("nps-weeks", Words("NPS par semaine", "NPS by week"), "line", "mention", (NPS,), WEEK, BRAND, ONCE), 24, 13),
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
                    Figure(Words("Le disent autour d’eux", "Tell others"), "count", where="intents: tells_others", decimals=0),
                    Figure(Words("Recommandent", "Recommend"), "count", where="intents: recommends", decimals=0),
                    Figure(Words("Déconseillent", "Warn off"), "count", where="intents: warns_off", decimals=0),
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

_ASPECT = Words("Aspect", "Aspect")
LEVERS = Dashboard(
    "levers",
    Words("Leviers", "Levers"),
    Words(
        "Ce qui enchante et ce qui irrite, où dans le parcours, et dans quels mots.",
        "What delights and what irritates, where on the journey, and in which words.",
    ),
    (
        Placed(
            Chart(
                "praised",
                Words("Ce qui plaît", "What pleases"),
                *("bar_horizontal", "mention", (COUNT,), Split(_ASPECT, "aspect_polarity", 12, only=".*:positive")),
                where=ONCE,
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "blamed",
                Words("Ce qui déplaît", "What displeases"),
                *("bar_horizontal", "mention", (COUNT,), Split(_ASPECT, "aspect_polarity", 12, only=".*:negative")),
                where=ONCE,
            ),
            24,
            14,
        ),
        Placed(
            Chart(
                "aspects",
                Words("Aspects : mentions qui en parlent", "Aspects: mentions that speak of them"),
                *("table", "mention", (COUNT, NPS, DELIGHT, IRRITATION), Split(_ASPECT, "aspect_names", 25)),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "stages",
                Words("Parcours : mentions qui en parlent", "Journey: mentions that speak of it"),
                *("table", "mention", (COUNT, NPS, DELIGHT, IRRITATION), Split(Words("Étape", "Stage"), "stages", 12)),
                where=ONCE,
            ),
            24,
            15,
        ),
        Placed(
            Chart(
                "service",
                Words("Service client : NPS de qui en parle", "Customer service: NPS of those who speak of it"),
                *("line", "mention", (NPS,), WEEK),
                where=f"stages: customer_service and {ONCE}",
            ),
            24,
            12,
        ),
        Placed(
            Chart(
                "efforts",
                Words("Effort raconté", "Effort told"),
                *("bar", "mention", (COUNT,), WEEK, Split(Words("Effort", "Effort"), "effort", 3), ONCE),
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

_DOMAIN = Split(Words("Domaine", "Domain"), "domain", size=20)
GOOGLE = Dashboard(
    "google",
    Words("Ce que Google en dit", "What Google says"),
    Words(
        "Ce que verra le prochain acheteur : première page, rangs, notes affichées, entrées et sorties.",
        "What the next buyer will see: first page, ranks, ratings shown, entries and exits.",
    ),
    (
        Placed(Chart("page", PAGE_SCORE.label, "metric", "search_result", (PAGE_SCORE,), where=BRAND_PAGES), 12, 7),
        Placed(Chart("considered", CONSIDERATION.label, "metric", "search_result", (CONSIDERATION,), where=CATEGORY_PAGES), 12, 7),
        Placed(
            Chart(
                "owned",
                Words("Résultats à nous", "Results that are ours"),
                *("metric", "search_result"),
                (Figure(Words("Part à nous", "Share that is ours"), "share", where="ownership: owned", shown="percent"),),
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
                (Figure(Words("Part hostile", "Hostile share"), "share", where="favourability <= -0.3333", shown="percent"),),
                where=BRAND_PAGES,
            ),
            12,
            7,
        ),
        Placed(
            Chart(
                "page-weeks",
                Words("Première page par semaine", "First page by week"),
                *("line", "search_result", (PAGE_SCORE,), CAPTURED, Split(Words("Requête", "Query"), "query", 6), BRAND_PAGES),
            ),
            24,
            13,
        ),
        Placed(
            Chart(
                "ownership",
                Words("À qui sont les résultats", "Whose results they are"),
                *("bar", "search_result", (Figure(Words("Résultats", "Results"), "count", decimals=0),), CAPTURED),
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
                    Figure(Words("Favorable (−1 à 1)", "Favourable (−1 to 1)"), "mean", "favourability", decimals=2),
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
    (Control(Words("Marque", "Brand"), "search_result", "brands"), Control(Words("Requête", "Query"), "search_result", "query")),
)


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
                *("metric", "run", (Figure(Words("Réussis", "Went well"), "share", where=WELL, shown="percent"),)),
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
                "items-weeks",
                Words("Éléments lus par semaine", "Items read by week"),
                *("line", "run", (Figure(Words("Éléments", "Items"), "sum", "items", decimals=0),), STARTED, SOURCE),
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
                    Figure(Words("Dernière mention vue", "Latest mention seen"), "max", "first_seen_at", shown="date"),
                ),
                SOURCE,
            ),
            24,
            14,
        ),
        Placed(RUNS, 48, 16),
    ),
    (Control(Words("Source", "Source"), "run", "source_key"), Control(Words("Statut", "Status"), "run", "status")),
)

DASHBOARDS = (REPUTATION, LEVERS, GOOGLE, SOURCES)
