"""Figures, changes and names in words: what every text of a digest is made of.

It turns a context into words of one language and decides nothing that the context has not decided. It returns
plain text: escaping is the templates' work.
"""

from typing import Literal

from ouidire.measures import Change, Figure
from ouidire.measures.figure import Unit
from reports.data.context import DigestContext
from reports.data.metric import MeasureKey, Metric
from reports.words.language import Localizer

Tone = Literal["good", "bad", "note", "flat"]
"""How a line is coloured: good news, bad news, worth a look, neither."""

_BETTER: dict[MeasureKey, int] = {
    "irritation": -1,
    "effort": -1,
    "leaving": -1,
    "volume": 0,
    "voice": 0,
    "spike": 0,
}
"""Which way is good: 1 where absent. More talk is neither good nor bad by itself."""
_SAYS_NOTHING = 1.8
"""An interval wider than this on a scale of −1…1 covers nearly all of it: few searches, and no claim."""
_OF_PAGES: tuple[MeasureKey, ...] = ("voice", "first_page", "consideration")
"""Metrics whose comparison does not depend on the sources left out of others."""
NEVER_COMPARED: tuple[MeasureKey, ...] = ("nps_eight_weeks", "nps_anchored", "net_sentiment")
"""Levels that are shown alone: of several periods, or beside a measure of the same words."""
ARROWS = {"up": "▲", "down": "▼", "stable": "", "unknown": ""}


class FigureText:
    """The figures, changes and names of one context in one language."""

    def __init__(self, context: DigestContext, localizer: Localizer) -> None:
        self.context = context
        self.localizer = localizer
        self.say = localizer.say

    # Figures

    def value(self, figure: Figure) -> str:
        """Return a figure's value in its unit, or a dash where there is none."""
        return "–" if figure.value is None else self.amount(figure.value, figure.unit)

    def amount(self, value: float, unit: Unit, *, difference: bool = False) -> str:
        """Return an amount in its unit: ratios as percentages, points and scores with their sign."""
        if unit == "ratio" and difference:
            points = self.localizer.number(100 * value, signed=True)
            return self.say("format.ratio_points", x=points).replace(" ", "\u00a0")
        if unit == "ratio":
            return self.localizer.percent(value)
        if unit == "count":
            return self.localizer.number(value, signed=difference)
        return self.localizer.number(value, digits=2 if unit == "score" else 0, signed=True)

    def interval(self, figure: Figure | Change) -> str:
        """Return an interval, or nothing where none can be given, or one so wide that it says nothing."""
        if figure.low is None or figure.high is None:
            return ""
        if figure.unit == "score" and figure.high - figure.low > _SAYS_NOTHING:
            return ""
        difference = isinstance(figure, Change)
        low, high = (
            self.amount(bound, figure.unit, difference=difference) for bound in (figure.low, figure.high)
        )
        if difference and figure.unit == "ratio":
            low = self.localizer.number(
                100 * figure.low, signed=True
            )  # its unit stands once, after the other
        return self.say("format.interval", low=low, high=high)

    def n(self, n: int) -> str:
        """Return « n = … »."""
        return self.say("format.n", n=n).replace(" ", "\u00a0")

    def behind(self, figure: Figure) -> str:
        """Return what stands behind a figure: its interval, then n."""
        return ", ".join(part for part in (self.interval(figure), self.n(figure.n)) if part)

    # Changes

    def change(self, metric: Metric) -> str:
        """Return which way a metric went, as far as may be said: « stable, 62 d'habitude »."""
        change = metric.change
        if change is None:
            return self.say("change.untested")
        if metric.direction == "unknown":
            nothing_there = change.outcome == "no_data" and change.weeks
            return self.say("change.no_data" if nothing_there else "change.too_few_weeks")
        word = self.say(f"change.{'within' if _is_wide(change, metric) else metric.direction}")
        if change.value_before is None:
            return word
        text = self.say("change.was", word=word, was=self.amount(change.value_before, change.unit))
        on_fewer_sources = self.context.blind.left_out and metric.key not in _OF_PAGES
        return self.say("change.equal", text=text) if on_fewer_sources else text

    def arrowed(self, metric: Metric) -> str:
        """Return which way a metric went, with an arrow before a change."""
        return " ".join(part for part in (ARROWS[metric.direction], self.change(metric)) if part)

    def tone(self, metric: Metric) -> Tone:
        """Return whether a change is good news."""
        if metric.direction not in ("up", "down"):
            return "flat"
        better = _BETTER.get(metric.key, 1)
        if not better:
            return "note"
        return "good" if (metric.direction == "up") == (better > 0) else "bad"

    # Names

    def measure(self, key: MeasureKey) -> str:
        """Return a measure's name; an NPS says where it comes from."""
        return self.say(f"measure.{key}")

    def site(self, host: str) -> str:
        """Return a site's name."""
        return self.context.titles.get(host, host)

    def aspect(self, name: str) -> str:
        """Return an aspect's name; one that the catalogue does not know keeps its own."""
        key = f"aspect.{name}"
        return self.say(key) if self.localizer.has(key) else name.replace("_", " ")

    def aspect_with_article(self, name: str) -> str:
        """Return an aspect's name with its article, as the subject of a sentence."""
        key = f"aspect_the.{name}"
        if self.localizer.has(key):
            return self.say(key)
        return self.say("drivers.theme", name=name.replace("_", " "))


def _is_wide(change: Change, metric: Metric) -> bool:
    """Whether a difference that is not announced is over half of its noise: too wide for "stable"."""
    if metric.direction != "stable" or change.delta is None or change.low is None or change.high is None:
        return False
    return abs(change.delta) > (change.high - change.low) / 4


def capital(text: str) -> str:
    """Return a text with its first letter large."""
    return text[:1].upper() + text[1:]
