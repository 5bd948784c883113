"""What is to be done, in words: one sentence each, and the words of people that it rests on.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from ouidire.frozen import Frozen
from reports.data.actions import ActionItem, ThemeMove
from reports.data.sections import Quote
from reports.words.figure_text import FigureText
from reports.words.quote_text import stars
from reports.words.view_links import SeeLink, ViewLinks


class ActionLine(Frozen):
    """One thing to do: its sentence, its address, and what people wrote.

    `more` says what has no line (`more_url` leads to it), `see` where all that it counts can be looked at.
    """

    text: str
    url: str | None = None
    quotes: tuple[Quote, ...] = ()
    more: str = ""
    more_url: str | None = None
    see: SeeLink | None = None


class ActionText:
    """The actions and the complaints of one context, in one language; `quoted`: with people's words."""

    def __init__(self, figures: FigureText, *, quoted: bool = True) -> None:
        self.quoted = quoted
        self.figures = figures
        self.context = figures.context
        self.localizer = figures.localizer
        self.say = figures.say
        self.links = ViewLinks(figures)

    def title(self) -> str:
        """Return the title of the list."""
        return self.say(f"action.title_{self.context.period.kind}")

    def lines(self) -> list[ActionLine]:
        """Return a line for each action, in their order; no words are quoted twice."""
        lines: list[ActionLine] = []
        for action in self.context.actions:
            quoted = {quote.text for line in lines for quote in line.quotes}
            lines.append(self._line(action, quoted))
        return lines

    def quoted_texts(self) -> frozenset[str]:
        """Return the words that are quoted beside what is to be done."""
        return frozenset(quote.text for line in self.lines() for quote in line.quotes)

    def complaints(self) -> str:
        """Return of what else more people complain than usual, beyond what is said already; or nothing."""
        listed = {action.theme.aspect for action in self.context.actions if action.theme is not None}
        split = self.context.parts.themes if self.context.parts is not None else ()
        listed |= {part.name.rpartition(":")[0] for part in split if part.name.endswith(":negative")}
        moves = [move for move in self.context.theme_moves if move.aspect not in listed]
        more = [move for move in moves if move.now > move.usual]
        announced = [move for move in more if move.announced]
        shown = announced or [move for move in more if move.watch and self.context.verdict.kind == "moved"]
        if not shown:
            return ""
        named = [
            self.say(
                "brief.complaint", aspect=self.figures.aspect_with_article(move.aspect), **self._shares(move)
            )
            for move in shown
        ]
        key = "brief.complaints" if announced else "brief.complaints_watch"
        return self.say(key, list=self.localizer.together(named))

    def _line(self, action: ActionItem, quoted: set[str]) -> ActionLine:
        counted = action.of if action.kind == "unanswered" else action.more  # as the queue counts them
        more = self.say(f"action.more_{action.kind}", n=counted) if action.more else ""
        if action.theme is not None:
            quotes = tuple(quote for quote in action.theme.quotes if quote.text and self.quoted)
            see = self.links.see_theme(f"{action.theme.aspect}:negative", action.theme.n)
            return ActionLine(text=self._theme(action.theme), quotes=quotes, more=more, see=see)
        if action.quote is not None:
            return self._review(action, action.quote, more, quoted)
        if action.kind == "rating":
            return ActionLine(text=self._rating(action), more=more)
        text = self.say(
            f"action.{action.kind}",
            title=action.title,
            domain=action.domain,
            rank=action.rank,
            query=action.query,
            name=action.name,
        )
        return ActionLine(text=text, url=action.url, more=more)

    def _theme(self, move: ThemeMove) -> str:
        key = "action.theme" if move.announced else "action.theme_watch"
        return self.say(key, aspect=self.figures.aspect_with_article(move.aspect), **self._shares(move))

    def _rating(self, action: ActionItem) -> str:
        """Return how near a shown rating is to the next tenth."""
        shown, after = (self.localizer.number(stars, digits=1) for stars in (action.stars, action.next_stars))
        words = {"shown": shown, "after": after, "of": self.localizer.number(action.of)}
        return self.say("action.rating", n=action.needed, name=action.name, **words)

    def _shares(self, move: ThemeMove) -> dict[str, str]:
        return {"now": self.localizer.percent(move.now), "was": self.localizer.percent(move.usual)}

    def _review(self, action: ActionItem, quote: Quote, more: str, quoted: set[str]) -> ActionLine:
        parts = [stars(quote.stars), self.figures.site(quote.site), quote.place or ""]
        where = ", ".join(part for part in parts if part)
        shown = (quote,) if quote.text and self.quoted and quote.text not in quoted else ()
        key = "action.unanswered_quoted" if shown else "action.unanswered"
        return ActionLine(
            text=self.say(key, n=max(1, action.days), where=where),
            url=action.url,
            quotes=shown,
            more=more,
            more_url=self.links.answers_url() if more else None,
        )
