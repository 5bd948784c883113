"""Values of figures, their intervals and what stands behind them, in the words of one language."""

from ouidire.measures import Change, Figure
from ouidire.measures.figure import Unit
from reports.words.language import Localizer

_SAYS_NOTHING = 1.8
"""An interval wider than this on a scale of −1…1 covers nearly all of it: few searches, and no claim."""


class FigureAmounts:
    """The values of figures in one language."""

    def __init__(self, localizer: Localizer) -> None:
        self.localizer = localizer
        self.say = localizer.say

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
        if unit == "days":
            return self.say("format.days", n=round(value, 1)).replace(" ", "\u00a0")
        if unit == "stars":
            return self.localizer.number(value, digits=1, signed=difference)
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
