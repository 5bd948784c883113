"""The figures, splits, searches and controls that dashboards share.

The figures are the digest's: the same sums of the same fields.

What is inferred is a share or a mean of what each document says; texts that say nothing of the matter are in
neither sum. Like the digest, they count each text once: near-duplicates of another are left out.
"""

from search.kibana.describe import Bilingual, Control, LensFigure, SavedSearch, Split

ONCE = "not duplicate_of: *"
"""Each text once: the digest's own rule."""

BRAND_PAGES = "query_kind: brand and weighted_favourability: *"
CATEGORY_PAGES = "query_kind: category"
WELL = "status: ok or status: empty"

COUNT = LensFigure(Bilingual("Mentions", "Mentions"), "count", decimals=0)
NPS = LensFigure(Bilingual("NPS", "NPS"), "mean", "advocacy_balance", times=100)
DELIGHT = LensFigure(Bilingual("Enchantement", "Delight"), "mean", "delight", shown="percent")
IRRITATION = LensFigure(Bilingual("Irritation", "Irritation"), "mean", "irritation", shown="percent")
SENTIMENT = LensFigure(
    Bilingual("Sentiment net", "Net sentiment"), "mean", "sentiment_balance", shown="percent"
)
EFFORT = LensFigure(Bilingual("Effort (0 à 1)", "Effort (0 to 1)"), "mean", "effort_score", decimals=2)
PAGE_SCORE = LensFigure(
    Bilingual("Note de première page", "First-page score"),
    "ratio",
    "weighted_favourability",
    "position_weight",
    decimals=2,
)
CONSIDERATION = LensFigure(
    Bilingual("Considération", "Consideration"), "mean", "brand_present", shown="percent"
)

INTERVAL = (
    LensFigure(Bilingual("Valeur", "Value"), "last", "value", decimals=2),
    LensFigure(Bilingual("Au moins", "At least"), "last", "low", decimals=2),
    LensFigure(Bilingual("Au plus", "At most"), "last", "high", decimals=2),
    LensFigure(Bilingual("n", "n"), "last", "n", decimals=0),
)
"""A measure as its digest told it, with its interval at 95%: the latest of the time shown."""

WEEK = Split(Bilingual("Semaine", "Week"), "period_at", every="1w")
CAPTURED = Split(Bilingual("Semaine", "Week"), "captured_at", every="1w")
STARTED = Split(Bilingual("Semaine", "Week"), "started_at", every="1w")
BRAND = Split(Bilingual("Marque", "Brand"), "brands", size=6)
SITE = Split(Bilingual("Site", "Site"), "site", size=15)
PLACE = Split(Bilingual("Lieu", "Place"), "place", size=20)
SOURCE = Split(Bilingual("Source", "Source"), "source_key", size=50)

VERBATIMS = SavedSearch(
    "verbatims",
    Bilingual("Verbatims", "Verbatims"),
    "mention",
    ("text", "stars", "asked_score", "brands", "place", "site", "sentiment", "aspect_polarity"),
    sort="period_at",
    where=f"text: * and {ONCE}",
)
DELIGHTED = SavedSearch(
    "delighted",
    Bilingual("Ils sont enchantés", "They are delighted"),
    "mention",
    ("text", "delight", "stars", "brands", "place", "site"),
    sort="delight",
    where=f"delight >= 0.5 and {ONCE}",
)
RESULTS = SavedSearch(
    "results",
    Bilingual("Résultats de première page", "First-page results"),
    "search_result",
    ("query", "rank", "domain", "title", "ownership", "favourability", "shown_rating", "shown_rating_count"),
    sort="captured_at",
    where="page_number: 1",
)
MOVES = SavedSearch(
    "moves",
    Bilingual("Entrées, sorties et avis modifiés", "Entries, exits and edited reviews"),
    "event",
    ("type", "subject", "query", "brands", "source_key", "stars_before", "stars_after"),
    sort="at",
)
RUNS = SavedSearch(
    "runs",
    Bilingual("Derniers relevés", "Latest runs"),
    "run",
    ("source_key", "status", "reason", "items", "new", "updated", "vanished", "rejected"),
    sort="started_at",
)

MENTION_CONTROLS = (
    Control(Bilingual("Marque", "Brand"), "mention", "brands"),
    Control(Bilingual("Site", "Site"), "mention", "site"),
    Control(Bilingual("Lieu", "Place"), "mention", "place"),
    Control(Bilingual("Langue", "Language"), "mention", "language"),
)
