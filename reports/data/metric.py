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
    "spike",
]
"""One name for each thing that is measured.

nps: asked in the period · nps_eight_weeks: asked over eight weeks · nps_anchored: a survey's words, anchored
on its own asked scores · nps_stars: by the stars given · positive, net_sentiment: read in words.
"""
Direction = Literal["up", "down", "stable", "unknown"]


class Metric(Frozen):
    """One measure's figure in the period.

    `change` compares it with past periods; only `announced` ones may be called a change.
    """

    key: MeasureKey
    figure: Figure
    change: Change | None = None
    announced: bool = False

    @property
    def direction(self) -> Direction:
        """Which way it went, as far as may be said."""
        if self.change is None or self.change.outcome != "compared":
            return "unknown"
        if not self.announced:
            return "stable"
        return "up" if (self.change.delta or 0.0) > 0 else "down"
