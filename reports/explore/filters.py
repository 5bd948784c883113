"""The filters that a view of mentions may have: each one's name in a URL, its field, and its values.

Names are those of the options of `ouidire search` as well. A filter of closed values refuses all others; one
of open values (a brand, a place) takes any text of bounded length.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from ouidire.annotations import AdvocacyBasis, EffortLevel, Intent, Label, Stage, SuspicionReason
from ouidire.measures import PromoterClass
from ouidire.mention import MentionKind
from ouidire.text.catalogue import catalogue

Flag = Literal["yes", "no"]
PEAK_FROM = 0.5
"""The chance from which a mention is listed as one of delight or of irritation; figures sum the chances."""


class ValueFilter(NamedTuple):
    """A filter by the values of one keyword field; `values` are the only ones it takes, none: any text."""

    name: str
    field: str
    values: tuple[str, ...] = ()


class FlagFilter(NamedTuple):
    """A filter that is `yes` or `no`; each is asked of the index in its own way (`lowering.py`)."""

    name: str


class RangeFilter(NamedTuple):
    """A filter by whole numbers, from one to another, both included; a value between two is rounded."""

    name: str
    field: str
    lowest: int
    highest: int


def theme_names() -> tuple[str, ...]:
    """Return the themes of the taxonomy, in its order."""
    prefix = "aspect."
    keys = catalogue("fr", "digest").entries
    return tuple(key.removeprefix(prefix) for key in keys if key.startswith(prefix))


_SIDES = get_args(Label)
_STAGE_SIDES = ("negative", "neutral", "positive")
VALUE_FILTERS: tuple[ValueFilter, ...] = (
    ValueFilter("brand", "brands"),
    ValueFilter("source", "source"),
    ValueFilter("key", "source_key"),
    ValueFilter("site", "site"),
    ValueFilter("place", "place"),
    ValueFilter("subject", "subject"),
    ValueFilter("country", "country"),
    ValueFilter("language", "language"),
    ValueFilter("kind", "mention_kind", get_args(MentionKind)),
    ValueFilter("side", "sentiment", _SIDES),
    ValueFilter("class", "advocacy", get_args(PromoterClass)),
    ValueFilter("basis", "advocacy_basis", get_args(AdvocacyBasis)),
    ValueFilter("theme", "aspect_names", theme_names()),
    ValueFilter(
        "theme-side", "aspect_polarity", tuple(f"{name}:{side}" for name in theme_names() for side in _SIDES)
    ),
    ValueFilter("stage", "stages", get_args(Stage)),
    ValueFilter(
        "stage-side",
        "stage_polarity",
        tuple(f"{name}:{side}" for name in get_args(Stage) for side in _STAGE_SIDES),
    ),
    ValueFilter("effort", "effort", get_args(EffortLevel)),
    ValueFilter("intent", "intents", get_args(Intent)),
    ValueFilter("leaves-for", "leaves_for"),
    ValueFilter("emergent", "emergent"),
    ValueFilter("suspicion", "suspicion", get_args(SuspicionReason)),
    ValueFilter("presence", "presence", ("present", "vanished")),
)
FLAG_FILTERS: tuple[FlagFilter, ...] = tuple(
    FlagFilter(name) for name in ("delight", "irritation", "answered", "verified", "suspicious", "edited")
)
RANGE_FILTERS: tuple[RangeFilter, ...] = (
    RangeFilter("stars", "stars", 1, 5),
    RangeFilter("score", "asked_score", 0, 10),
)
VALUES: Mapping[str, ValueFilter] = {each.name: each for each in VALUE_FILTERS}
FLAGS: Mapping[str, FlagFilter] = {each.name: each for each in FLAG_FILTERS}
RANGES: Mapping[str, RangeFilter] = {each.name: each for each in RANGE_FILTERS}
EXCLUDING = "not-"
"""Stands before the name of a filter by values that leaves them out: `not-source=reddit`."""
Order = Literal[
    "newest", "oldest", "relevance", "imported", "worst", "best", "lowest-stars", "highest-stars", "reach"
]
ORDERS: tuple[Order, ...] = get_args(Order)
