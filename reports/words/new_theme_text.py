"""The themes that came up by themselves, in words: one line each, with two sentences of theirs.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from typing import NamedTuple

from reports.data.sections import Quote
from reports.words.figure_text import FigureText


class NewThemeLine(NamedTuple):
    """One theme: its line, and the sentences that show it."""

    text: str
    quotes: tuple[Quote, ...]


def new_theme_lines(figures: FigureText, *, most: int) -> list[NewThemeLine]:
    """Return the lines of a context's new themes, at most so many."""
    context = figures.context
    key = "why.new_theme" if context.period.kind == "week" else "why.new_theme_month"
    return [
        NewThemeLine(figures.say(key, label=each.label, n=each.n), each.quotes)
        for each in context.new_themes[:most]
    ]
