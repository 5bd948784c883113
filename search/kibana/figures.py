"""The figures, splits, searches and controls that dashboards share.

The figures are the digest's: the same sums of the same fields.

What is inferred is a share or a mean of what each document says; texts that say nothing of the matter are in
neither sum. Like the digest, they count each text once: near-duplicates of another are left out.
"""

from search.kibana.describe import Control, Figure, Found, Split, Words

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
PAGE_SCORE = Figure(
    Words("Note de première page", "First-page score"),
    "ratio",
    "weighted_favourability",
    "position_weight",
    decimals=2,
)
CONSIDERATION = Figure(Words("Considération", "Consideration"), "mean", "brand_present", shown="percent")

INTERVAL = (
    Figure(Words("Valeur", "Value"), "last", "value", decimals=2),
    Figure(Words("Au moins", "At least"), "last", "low", decimals=2),
    Figure(Words("Au plus", "At most"), "last", "high", decimals=2),
    Figure(Words("n", "n"), "last", "n", decimals=0),
)
"""A measure as its digest told it, with its interval at 95%: the latest of the time shown."""

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

MENTION_CONTROLS = (
    Control(Words("Marque", "Brand"), "mention", "brands"),
    Control(Words("Site", "Site"), "mention", "site"),
    Control(Words("Lieu", "Place"), "mention", "place"),
    Control(Words("Langue", "Language"), "mention", "language"),
)
