"""Options that choose mentions, the same for `search`, `export` and `stats`, and the query they stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, get_args
from urllib.parse import parse_qsl, urlsplit

import typer

from ouidire.annotations import Label
from ouidire.errors import UsageError
from ouidire.index import Query, Range
from ouidire.text.catalogue import LANGUAGES, catalogue
from ouidire.text.nearest import nearest_first
from service.cli.options import moment, pairs

if TYPE_CHECKING:
    from reports.explore.view import MentionView
    from service.pipeline.installation import Installation

Brands = Annotated[
    list[str] | None, typer.Option("--brand", "-b", help="Only this brand (its slug); repeat it.")
]
Sources = Annotated[list[str] | None, typer.Option("--source", "-s", help="Only this source; repeat it.")]
PlaceNames = Annotated[list[str] | None, typer.Option("--place", "-p", help="Only this place; repeat it.")]
Stars = Annotated[str | None, typer.Option("--stars", help="Only these ratings, of 1 to 5 stars: 1, or 1-2.")]
Since = Annotated[str | None, typer.Option(help="Published from this day or moment on, as 02/03/2026.")]
Until = Annotated[str | None, typer.Option(help="Published before this day or moment.")]
LanguageOption = Annotated[str | None, typer.Option(help="Only texts in this language (fr, en …).")]
SentimentOption = Annotated[str | None, typer.Option(help="Only negative, neutral, positive or mixed texts.")]
Published = Annotated[
    str | None,
    typer.Option(
        help="Published on these days: 2026-03-02, 02/03/2026, 'semaine 10', 2026-W10, 'mars 2026', 28d …"
    ),
]
ViewFilters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        help="Any filter of the explorer, as theme-side=price:negative or not-source=reddit; repeat it.",
    ),
]
ViewOption = Annotated[
    str | None,
    typer.Option("--view", help="A view of the explorer: its address, or what follows its question mark."),
]
Ordered = Annotated[
    str | None,
    typer.Option(
        "--order",
        help="newest, oldest, worst, best, lowest-stars, highest-stars, reach, imported, relevance.",
    ),
]

LikeText = Annotated[
    str | None,
    typer.Option(
        "--like", help="List what is kept by its likeness in meaning to this text, the nearest first."
    ),
]
LikeId = Annotated[
    str | None, typer.Option("--like-id", help="The same, by its likeness to the mention of this id.")
]


def names_known(installation: "Installation") -> Mapping[str, Mapping[str, str]]:
    """Return what the configuration calls brands and source keys, by filter and value."""
    from service.serve.web.explorer.names import names_of, sources_of

    return names_of(installation.settings, sources_of(installation.settings))


def day_or_moment(text: str | None, installation: "Installation") -> datetime | None:
    """Return the moment that a text names, or at which the day that it names begins here; None for none.

    Raises UsageError for what is neither.
    """
    from reports.explore.date_span import moment_of
    from reports.explore.date_words import parse_dates
    from reports.explore.lowering import ReaderTime

    if text is None or ":" in text:
        return moment(text)
    time = ReaderTime.at(installation.clock(), installation.settings.timezone)
    first = parse_dates(text, today=time.today).bounds(time.today).first
    return None if first is None else moment_of(first, time.timezone)


@dataclass(frozen=True, kw_only=True)
class MentionChoice:
    """The mentions that a command's options choose; what is not named keeps all."""

    words: str = ""
    brand: Sequence[str] | None = None
    source: Sequence[str] | None = None
    place: Sequence[str] | None = None
    stars: str | None = None
    published: str | None = None
    since: str | None = None
    until: str | None = None
    language: str | None = None
    sentiment: str | None = None
    filters: Sequence[str] | None = None
    view: str | None = None
    order: str | None = None
    like: str | None = None
    like_id: str | None = None

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of a view that the options name.

        Near-duplicates are shown, unless a view is named: whoever looks for all that is kept must find all.
        Raises UsageError for a sentiment that there is not, and for a filter that is no pair.
        """
        from reports.explore.spoken_values import value_said

        labels = get_args(Label)
        side = None if self.sentiment is None else value_said("side", self.sentiment)
        if side is not None and side not in labels:
            catalogues = [catalogue(language, "explorer") for language in LANGUAGES]
            also = {each: [words.text(f"value.side.{each}") for words in catalogues] for each in labels}
            nearest = ", ".join(nearest_first(side, labels, also))
            raise UsageError(f"{self.sentiment!r} is no sentiment; choose among {nearest}")
        named = [pairs([each]) for each in self.filters or ()]
        single = {
            "q": self.words,
            "published": self.published,
            "language": self.language,
            "side": side,
            "stars": self.stars,
            "order": self.order,
            "like": self.like,
            "like-id": self.like_id,
        }
        given = [
            *(("brand", each) for each in self.brand or ()),
            *(("source", each) for each in self.source or ()),
            *(("place", each) for each in self.place or ()),
            *((name, value) for read in named for name, value in read.items()),
            *((name, value) for name, value in single.items() if value),
        ]
        if self.view is not None:
            text = urlsplit(self.view).query if "?" in self.view else self.view
            return [*parse_qsl(text, keep_blank_values=True, errors="replace"), *given]
        folded = any(name == "duplicates" for name, _ in given)
        return given if folded else [*given, ("duplicates", "shown")]

    def kept(self, installation: "Installation") -> "MentionView":
        """Return the view that the options name, brands, sources and places as the index has them.

        Raises UsageError for what no view has, and for one of these that no mention has.
        """
        from reports.explore.lowering import ReaderTime
        from reports.explore.query_string import PAGE_PARAMETERS, view_of_pairs
        from service.cli.known_values import with_known_values

        time = ReaderTime.at(installation.clock(), installation.settings.timezone)
        kept = [pair for pair in self.parameters() if pair[0] not in PAGE_PARAMETERS]
        view = view_of_pairs(kept, today=time.today)
        return with_known_values(view, installation, names_known(installation))

    def query(self, installation: "Installation") -> Query:
        """Return the query that keeps these mentions, in their order.

        Raises UsageError (in the English of the command line) for what no view has, IndexUnavailable where
        edited mentions are asked for and the index cannot be reached.
        """
        from reports.explore.lowering import ReaderTime, query_of

        time = ReaderTime.at(installation.clock(), installation.settings.timezone)
        query = query_of(self.kept(installation), installation.index, time=time)
        if not self.since and not self.until:
            return query
        since, until = (day_or_moment(each, installation) for each in (self.since, self.until))
        clause = Range(field="period_at", gte=since, lt=until)
        return query.model_copy(update={"where": (*query.where, clause)})
