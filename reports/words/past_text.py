"""Where past figures are not what the last digest showed, in words.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from reports.data.past_changes import ChangedPeriod, ChartedLevel
from reports.words.figure_text import FigureText, capital


class PastText:
    """The lines on one context's changed past, in one language."""

    def __init__(self, figures: FigureText) -> None:
        self.figures = figures
        self.changed = figures.context.changed_past
        self.localizer = figures.localizer
        self.say = figures.say

    def lines(self, *, most: int | None = None) -> list[str]:
        """Return a line for each period, the latest first; beyond `most`, one that counts the others."""
        shown = self.changed if most is None else self.changed[:most]
        lines = [self._line(each) for each in shown]
        left = len(self.changed) - len(shown)
        return [*lines, self.say("past.more", n=left)] if left else lines

    def _line(self, each: ChangedPeriod) -> str:
        localizer = self.localizer
        day = localizer.day(each.period.start)
        name = capital(self.say(f"past.{each.period.kind}", day=day, span=localizer.span(each.period)))
        levels = ""
        if each.level is not None:
            was, now = (self._level(value, each.level) for value in (each.level_was, each.level_now))
            levels = self.say("past.level", measure=self.figures.measure(each.level), was=was, now=now)
        if each.was == each.now and not each.came:
            return self.say("past.read_again", name=name, levels=levels)
        counts = self.say("past.counts", n=each.now, was=localizer.number(each.was))
        what = self.say("past.both", counts=counts, levels=levels) if levels else counts
        return self.say("past.line", name=name, what=what, why=self._why(each))

    def _level(self, value: int, level: ChartedLevel) -> str:
        if level == "nps":
            return self.localizer.number(value, signed=True)
        return self.localizer.percent(value / 100)

    def _why(self, each: ChangedPeriod) -> str:
        """Return what the difference of the counts is made of."""
        parts = [self.say("past.came", n=each.came)] if each.came else []
        if each.gone:
            causes = self.localizer.together([self.say(f"past.{cause}") for cause in each.causes])
            parts.append(self.say("past.gone", n=each.gone, causes=causes))
        return self.localizer.together(parts)
