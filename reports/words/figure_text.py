"""Figures, changes and names in words: what every text of a digest is made of.

It turns a context into words of one language and decides nothing that the context has not decided. It returns
plain text: escaping is the templates' work.
"""

from typing import Literal

from ouidire.measures import Change
from ouidire.measures.change import SourceMix
from ouidire.measures.figure import Unit
from reports.data.context import DigestContext
from reports.data.metric import MeasureKey, Metric
from reports.data.source_names import source_label
from reports.words.figure_amounts import FigureAmounts
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
_OF_PAGES: tuple[MeasureKey, ...] = ("voice", "first_page", "consideration")
"""Metrics whose comparison does not depend on the sources left out of others."""
NEVER_COMPARED: tuple[MeasureKey, ...] = (
    "nps_eight_weeks",
    "nps_anchored",
    "net_sentiment",
    "reply_rate",
    "reply_days",
)
"""Levels that are shown alone: of several periods, beside a measure of the same words, or still filling."""
_A_MIX = 0.5
"""Of a metric's margin, the part that the sources' weights must account for to be worth a line."""
ARROWS = {"up": "▲", "down": "▼"}
_NEVER_SEEN = {"points": 100.0, "ratio": 0.5, "score": 1.0}
"""A smallest visible difference from which hardly any difference could be seen at all."""


class FigureText(FigureAmounts):
    """The figures, changes and names of one context in one language."""

    def __init__(self, context: DigestContext, localizer: Localizer) -> None:
        super().__init__(localizer)
        self.context = context

    # Changes

    def change(self, metric: Metric) -> str:
        """Return which way a metric went, as far as may be said: « stable, 62 d'habitude »."""
        change = metric.change
        if change is None:
            return self.say("change.untested")
        if metric.direction == "unknown":
            nothing_there = change.outcome == "no_data" and change.weeks
            return self.say("change.no_data" if nothing_there else "change.too_few_weeks")
        word = self._direction(metric, change)
        if change.value_before is None:
            return word
        text = self.say("change.was", word=word, was=self.amount(change.value_before, change.unit))
        if metric.direction == "no_visible_change":
            text = self.say("change.needed", text=text, needed=self._needed(change))
        on_fewer_sources = self.context.blind.left_out and metric.key not in _OF_PAGES
        return self.say("change.equal", text=text) if on_fewer_sources else text

    def usual(self, metric: Metric) -> str:
        """Return what a metric usually is, in brackets; nothing where that is not known."""
        change = metric.change
        if change is None or change.value_before is None or metric.direction == "unknown":
            return ""
        return self.say("brief.usual", was=self.amount(change.value_before, change.unit))

    def _direction(self, metric: Metric, change: Change) -> str:
        """Return the word for a direction; what is to be watched says which way."""
        if metric.direction == "watch":
            return self.say(f"change.watch_{'up' if (change.delta or 0.0) > 0 else 'down'}")
        return self.say(f"change.{metric.direction}")

    def _needed(self, change: Change) -> str:
        """Return the smallest difference that would have been seen, or that hardly any would."""
        visible = change.visible or 0.0
        if visible >= _NEVER_SEEN.get(change.unit, float("inf")):
            return self.say("change.too_few")
        return self.say("change.at_least", gap=self.plus_or_minus(visible, change.unit))

    def plus_or_minus(self, half: float, unit: Unit) -> str:
        """Return a half-width: « ± 35 », « ± 8 pts », « ± 0,34 »."""
        scale = 100 if unit == "ratio" else 1
        number = self.localizer.number(scale * half, digits=2 if unit == "score" else 0)
        if unit == "ratio":
            number = self.say("format.ratio_points", x=number).replace(" ", "\u00a0")
        return self.say("format.plus_or_minus", x=number).replace(" ", "\u00a0")

    def gap(self, change: Change) -> str:
        """Return a difference with half its interval: « écart −53 ± 24 »."""
        delta, visible = change.delta or 0.0, change.visible or 0.0
        unit: Unit = "points" if change.unit == "ratio" else change.unit
        scale = 100 if change.unit == "ratio" else 1
        return self.say(
            "change.gap",
            delta=self.amount(scale * delta, unit, difference=True),
            half=self.plus_or_minus(visible, change.unit),
        ).replace(" ±", "\u00a0±")

    def gap_of(self, metric: Metric) -> str:
        """Return a difference with half its interval, and on which terms where the level is not compared."""
        gap = self.gap(metric.change) if metric.change else ""
        return self.say(_terms(metric), text=gap) if gap and self.is_apart(metric) else gap

    def usual_of(self, metric: Metric) -> str:
        """Return the word for what is usual, and on which terms where the level is not what is compared."""
        usual: str = self.localizer.fixed["usual"]
        return self.say(_terms(metric), text=usual) if self.is_apart(metric) else usual

    def is_apart(self, metric: Metric) -> bool:
        """Whether a level, as printed, is not the value compared, which weighs sources as before."""
        change, figure = metric.change, metric.figure
        if metric.key == "spike" or change is None or change.value_now is None or figure.value is None:
            return False
        return self.amount(change.value_now, change.unit) != self.value(figure)

    def mix(self, metric: Metric) -> str:
        """Return what of a difference is opinion and what is sources that weigh otherwise.

        Nothing where the sources' weights hardly count and no announced difference needs it.
        """
        parts = self._mix_parts(metric)
        if parts is None:
            return ""
        mix, (whole, opinion, weights) = parts
        way = "more" if mix.share_now > mix.share_before else "less"
        if not mix.source:
            return self.say("change.mix_small", whole=whole, opinion=opinion, mix=weights)
        return self.say(
            f"change.mix_{way}",
            whole=whole,
            opinion=opinion,
            mix=weights,
            source=source_label(mix.source, self.context.key_names),
            now=self.localizer.percent(mix.share_now),
            before=self.localizer.percent(mix.share_before),
        )

    def mix_brief(self, metric: Metric) -> str:
        """Return the same in a few words; nothing where `mix` says nothing."""
        parts = self._mix_parts(metric)
        return "" if parts is None else self.say("change.mix_brief", mix=parts[1][2])

    def _mix_parts(self, metric: Metric) -> tuple[SourceMix, tuple[str, str, str]] | None:
        """Return a shift of the sources' weights; the whole difference, opinion and weights as printed."""
        change = metric.change
        if change is None or change.mix is None or change.delta is None or change.outcome != "compared":
            return None
        is_needed = metric.announced and self.is_apart(metric)
        if abs(change.mix.value) < metric.margin * _A_MIX and not is_needed:
            return None
        step = 1.0 if change.unit == "points" else 0.01
        total, moved = (round(part / step) for part in (change.delta + change.mix.value, change.delta))
        if total == moved:
            return None
        whole, opinion, weights = (
            self.amount(steps * step, change.unit, difference=True)
            for steps in (total, moved, total - moved)  # as printed, the two make up the whole
        )
        return change.mix, (whole, opinion, weights)

    def arrowed(self, metric: Metric) -> str:
        """Return which way a metric went, with an arrow before a change."""
        return " ".join(part for part in (ARROWS.get(metric.direction, ""), self.change(metric)) if part)

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


def capital(text: str) -> str:
    """Return a text with its first letter large."""
    return text[:1].upper() + text[1:]


def _terms(metric: Metric) -> str:
    """Return the key of the terms on which a metric is compared."""
    return "change.equal_queries" if metric.key in ("first_page", "consideration") else "change.equal"
