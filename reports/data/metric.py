"""One metric of a period with its change: what every section of a digest is made of. Data only."""

from typing import Literal

from ouidire.frozen import Frozen
from ouidire.measures import Change, Figure

MeasureKey = Literal[
    "delight",
    "irritation",
    "nps",
    "nps_eight_weeks",
    "nps_anchored",
    "nps_stars",
    "positive",
    "net_sentiment",
    "volume",
    "voice",
    "first_page",
    "consideration",
    "effort",
    "service",
    "word_of_mouth",
    "leaving",
    "reply_rate",
    "reply_days",
    "spike",
]
"""One name for each thing that is measured.

nps: asked in the period · nps_eight_weeks: asked over eight weeks · nps_anchored: a survey's words, anchored
on its own asked scores · nps_stars: by the stars given · positive, net_sentiment: read in words ·
reply_rate, reply_days: share of reviews with an owner's reply, and how long replies took.
"""
Direction = Literal["up", "down", "watch", "stable", "no_visible_change", "unknown"]
"""Which way a metric went.

up, down: announced with all that the digest tested · watch: beyond its noise alone, not announced · stable:
surely within its margin · no_visible_change: neither, which is no claim · unknown: not compared.
"""
IMPORTANCE: dict[MeasureKey, int] = {
    "nps": 2,
    "positive": 2,
    "nps_stars": 2,
    "irritation": 1,
    "delight": 1,
    "leaving": 2,
    "service": 2,
    "volume": 3,
    "spike": 3,
    "first_page": 4,
    "voice": 3,
    "consideration": 4,
    "effort": 1,
    "word_of_mouth": 3,
}
"""What a reader is told first: whether customers recommend and suffer comes before whether they talk.

The number is the link of the chain, so that a sentence about two metrics speaks of two links.
"""
MARGINS: dict[MeasureKey, float] = {
    "nps": 10.0,
    "nps_stars": 10.0,
    "net_sentiment": 0.10,
    "service": 0.10,
    "first_page": 0.10,
}
"""Differences, in the metric's unit, that are too small to matter: fixed before any data is seen.

The others' are 5 points of a share; counts have a margin of a fifth of the usual.
"""
_SHARE_MARGIN = 0.05
_COUNT_MARGIN = 0.2


class Metric(Frozen):
    """One measure's figure in the period.

    `change` compares it with past periods; only `announced` ones may be called a change.
    """

    key: MeasureKey
    figure: Figure
    change: Change | None = None
    announced: bool = False

    @property
    def margin(self) -> float:
        """The difference, in the metric's unit, below which it counts as stable."""
        change = self.change
        if change is not None and change.unit == "count":
            return _COUNT_MARGIN * (change.value_before or 0.0)
        return MARGINS.get(self.key, _SHARE_MARGIN)

    @property
    def direction(self) -> Direction:
        """Which way it went, as far as may be said."""
        if self.change is None or self.change.outcome != "compared":
            return "unknown"
        if self.announced:
            return "up" if (self.change.delta or 0.0) > 0 else "down"
        if self.change.beyond_noise:
            return "watch"
        surely_small = self.change.within is not None and self.change.within <= self.margin
        return "stable" if surely_small else "no_visible_change"
