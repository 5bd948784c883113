"""Links to the mentions behind a digest's counts, or the commands that list them where there is no explorer.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

import shlex
from collections.abc import Iterable
from datetime import datetime

from ouidire.frozen import Frozen
from reports.explore.date_span import DateSpan
from reports.explore.links import answers_url, days_of, period_view, view_command, view_url
from reports.words.figure_text import FigureText, capital


class SeeLink(Frozen):
    """What a reader may look at: its words, its address, or the command that lists it."""

    text: str
    url: str | None = None
    command: str = ""


class ViewLinks:
    """The links of one context, in one language."""

    def __init__(self, figures: FigureText) -> None:
        self.figures = figures
        self.context = figures.context
        self.say = figures.say

    def url(self) -> str | None:
        """Return the address of the period's mentions; None where there is no explorer."""
        return view_url(self.context.explorer, self._view({}))

    def theme_url(self, code: str) -> str | None:
        """Return the address of the period's mentions that say "aspect:side"; None without an explorer."""
        return view_url(self.context.explorer, self._view(_theme(code)))

    def see(self, n: int, view: str) -> SeeLink | None:
        """Return a link to a view of `n` mentions; None where there is no explorer to look at them in."""
        url = view_url(self.context.explorer, view)
        return SeeLink(text=self.say("links.see", n=n), url=url) if url and n else None

    def see_theme(self, code: str, n: int, *, mixed: bool = False) -> SeeLink | None:
        """Return a link to the `n` mentions that say "aspect:side"; `mixed` ones say both sides."""
        return self.see(n, self._view(_theme(code, mixed=mixed)))

    def answers_url(self) -> str | None:
        """Return the address of the reviews that await an answer; None where there is no explorer."""
        return answers_url(self.context.explorer, self.context.scope, before=self.context.period.end)

    def see_day(self, day: datetime, n: int) -> SeeLink | None:
        """Return a link to the `n` mentions of one local day."""
        local = day.astimezone(self.figures.localizer.zone).date()
        return self.see(n, period_view(self.context.scope, DateSpan(first=local, last=local)))

    def listed(self) -> list[SeeLink]:
        """Return what the digest counts, to be looked at: all mentions, then the complaints of each theme."""
        figures = self.figures
        whole = self.context.talk.volume.figure.n
        found = [(capital(self.say("links.all", n=whole)), self._view({}))] if whole else []
        for theme in self.context.themes:
            if theme.negative:
                name = capital(figures.aspect(theme.aspect))
                text = self.say("links.theme", aspect=name, n=theme.negative)
                found.append((text, self._view(_theme(f"{theme.aspect}:negative"))))
        waiting = max((each.of for each in self.context.actions if each.kind == "unanswered"), default=0)
        base = self.context.explorer
        links = [
            SeeLink(text=text, url=view_url(base, view), command="" if base else view_command(view))
            for text, view in found
            if view
        ]
        if waiting:
            scope = self.context.scope
            options = [("--brand", self.context.brand.slug)]
            options += [("--place", place) for place in scope.places]
            options += [("--source", source) for source in scope.sources]
            command = shlex.join(["ouidire", "answers", "list", *(part for pair in options for part in pair)])
            links.append(SeeLink(text=self.say("links.waiting", n=waiting), command=command))
        return links

    def _view(self, values: dict[str, Iterable[str]]) -> str:
        return period_view(self.context.scope, days_of(self.context.period), values)


def _theme(code: str, *, mixed: bool = False) -> dict[str, Iterable[str]]:
    aspect = code.rpartition(":")[0]
    return {"theme-side": (code, f"{aspect}:mixed") if mixed else (code,)}
