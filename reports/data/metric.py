"""One measure of a period, with where it went: what every block of a digest is made of. Data only."""

from typing import Literal

from ouidire.frozen import Frozen
from ouidire.measures import Change, Figure

MeasureKey = Literal[
    "delight",
    "irritation",
    "nps",
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
Direction = Literal["up", "down", "stable", "unknown"]


class Metric(Frozen):
    """One measure of the period.

    `change` compares it with past periods; only `announced` ones may be called a change.
    """

    key: MeasureKey
    figure: Figure
    change: Change | None = None
    announced: bool = False

    @property
    def direction(self) -> Direction:
        """Where it went, as far as may be said."""
        if self.change is None or self.change.outcome != "compared":
            return "unknown"
        if not self.announced:
            return "stable"
        return "up" if (self.change.delta or 0.0) > 0 else "down"


def kept_if_announced(reading: Metric | None, announced: frozenset[str]) -> Metric | None:
    """Mark a reading as announced or not."""
    return reading and reading.model_copy(update={"announced": reading.key in announced})
