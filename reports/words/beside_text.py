"""One shop beside all its brand's shops, in words: counts, then rates with their intervals.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from reports.words.figure_text import FigureText


class BesideText:
    """The lines on one context's shop and all shops, in one language."""

    def __init__(self, figures: FigureText) -> None:
        self.figures = figures
        self.beside = figures.context.beside
        self.say = figures.say

    def lines(self) -> list[str]:
        """Return the counts, the rates or why there are none, and how to read them; nothing without any."""
        beside, figures = self.beside, self.figures
        if beside is None:
            return []
        number = figures.localizer.number
        mean = number(beside.whole / beside.members, digits=0)
        counts = self.say(
            f"beside.volume_{beside.kind}",
            n=beside.n,
            whole=number(beside.whole),
            members=number(beside.members),
            mean=mean,
        )
        if beside.delight is None or beside.delight_of_all is None:
            return [counts, self.say("beside.too_few", n=beside.n)]
        rates = self.say(
            f"beside.delight_{beside.kind}",
            own=figures.value(beside.delight),
            own_n=figures.behind(beside.delight),
            every=figures.value(beside.delight_of_all),
            every_n=figures.behind(beside.delight_of_all),
        )
        return [counts, f"{rates} {self.say('beside.no_rank')}"]
