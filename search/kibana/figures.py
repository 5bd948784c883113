"""The figures, splits, searches and controls that dashboards share.

The figures are the digest's: the same sums of the same fields. Nothing that was read in words compares
brands, sites or places: what an analyser is off by differs from one to the next. Where all mentions are of
places, as under a filter of them, fewer than 20 have counts alone.

What is inferred is a share or a mean of what each document says; texts that say nothing of the matter are in
neither sum. Like the digest, they count each text once: near-duplicates of another are left out.
"""

from functools import partial

from ouidire.measures.figure import FEWEST_OF_A_PLACE
from search.kibana.describe import Control, LensFigure, SavedSearch, Split

ONCE = "not duplicate_of: *"
"""Each text once: the digest's own rule."""

BRAND_PAGES = "query_kind: brand and weighted_favourability: *"
CATEGORY_PAGES = "query_kind: category"
WELL = "status: ok or status: empty"

_LEVEL = partial(LensFigure, of="mean", fewest=FEWEST_OF_A_PLACE, unless="not place: *")
"""A mean that is shown of 20 texts or more, or where mentions of no place are among them."""
COUNT = LensFigure("figures.mentions", "count", decimals=0)
RATED = LensFigure("figures.rated", "count", where="stars: *", decimals=0)
ASKED = LensFigure("figures.asked", "count", where="asked_score: *", decimals=0)
GIVEN = (COUNT, LensFigure("figures.stars", "mean", "stars", fewest=FEWEST_OF_A_PLACE), RATED, ASKED)
"""What people gave: it compares sites, as nothing read in words does; no mean of fewer than 20 stars."""
COUNTS = (
    COUNT,
    RATED,
    ASKED,
    LensFigure("figures.praised", "count", where="sentiment: positive", decimals=0),
    LensFigure("figures.blamed", "count", where="sentiment: negative", decimals=0),
)
"""Counts alone, for places, many of which have few mentions."""
ASKED_NPS = LensFigure("figures.asked_nps", "last", "value", decimals=0)
"""An NPS that rests on asked scores, as the digest told it: it tells none of too few."""
ASKED_NAMES = "name: nps or name: nps_eight_weeks or name: nps_anchored"
MEASURE = Split("splits.measure", "name", size=20)
STARS_NPS = _LEVEL(
    "figures.stars_nps", field="advocacy_balance", where="advocacy_basis: star_proxy", times=100
)
POSITIVE = _LEVEL("figures.positive", field="p_positive", shown="percent")
DELIGHT = _LEVEL("figures.delight", field="delight", shown="percent")
IRRITATION = _LEVEL("figures.irritation", field="irritation", shown="percent")
SENTIMENT = _LEVEL("figures.net_sentiment", field="sentiment_balance", shown="percent")
EFFORT = _LEVEL("figures.effort", field="effort_score", decimals=2)
PAGE_SCORE = LensFigure(
    "figures.first_page_score",
    "ratio",
    "weighted_favourability",
    "position_weight",
    decimals=2,
)
CONSIDERATION = LensFigure("figures.consideration", "mean", "brand_present", shown="percent")

INTERVAL = (
    LensFigure("figures.value", "last", "value", decimals=2),
    LensFigure("figures.low", "last", "low", decimals=2),
    LensFigure("figures.high", "last", "high", decimals=2),
    LensFigure("figures.n", "last", "n", decimals=0),
)
"""A measure as its digest told it, with its interval at 95%: the latest of the time shown."""

WEEK = Split("splits.week", "period_at", every="1w")
CAPTURED = Split("splits.week", "captured_at", every="1w")
STARTED = Split("splits.week", "started_at", every="1w")
BRAND = Split("splits.brand", "brands", size=6)
SITE = Split("splits.site", "site", size=15)
PLACE = Split("splits.place", "place", size=20)
SOURCE = Split("splits.source", "source_key", size=50)

VERBATIMS = SavedSearch(
    "verbatims",
    "searches.verbatims",
    "mention",
    ("text", "stars", "asked_score", "brands", "place", "site", "sentiment", "aspect_polarity"),
    sort="period_at",
    where=f"text: * and {ONCE}",
)
DELIGHTED = SavedSearch(
    "delighted",
    "searches.delighted",
    "mention",
    ("text", "delight", "stars", "brands", "place", "site"),
    sort="delight",
    where=f"delight >= 0.5 and {ONCE}",
)
RESULTS = SavedSearch(
    "results",
    "searches.results",
    "search_result",
    ("query", "rank", "domain", "title", "ownership", "favourability", "shown_rating", "shown_rating_count"),
    sort="captured_at",
    where="page_number: 1",
)
MOVES = SavedSearch(
    "moves",
    "searches.moves",
    "event",
    ("type", "subject", "query", "brands", "source_key", "stars_before", "stars_after"),
    sort="at",
)
RUNS = SavedSearch(
    "runs",
    "searches.runs",
    "run",
    ("source_key", "status", "reason", "items", "new", "updated", "vanished", "rejected"),
    sort="started_at",
)

MENTION_CONTROLS = (
    Control("splits.brand", "mention", "brands"),
    Control("splits.site", "mention", "site"),
    Control("splits.place", "mention", "place"),
    Control("splits.language", "mention", "language"),
)
