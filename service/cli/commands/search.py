"""`ouidire search` and `ouidire export`: read the index."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args
from urllib.parse import parse_qsl, urlsplit

import typer

from ouidire.annotations import Label
from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.index import Query, Range
from service.cli.options import DEFAULT_CONFIG, Config, Json, moment, opened, pairs
from service.cli.output import OK, say, say_json

if TYPE_CHECKING:
    from service.pipeline.installation import Installation

Brands = Annotated[
    list[str] | None, typer.Option("--brand", "-b", help="Only this brand (its slug); repeat it.")
]
Sources = Annotated[list[str] | None, typer.Option("--source", "-s", help="Only this source; repeat it.")]
Since = Annotated[str | None, typer.Option(help="Published from this moment on (ISO 8601).")]
Until = Annotated[str | None, typer.Option(help="Published before this moment (ISO 8601).")]
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
    typer.Option("--view", help="A view of the explorer: its address, or what follows the ? in it."),
]


def search(
    words: Annotated[str, typer.Argument(help='Words, "a phrase", prefi*, -without; none: any.')] = "",
    config: Config = DEFAULT_CONFIG,
    *,
    brand: Brands = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    published: Published = None,
    language: LanguageOption = None,
    sentiment: SentimentOption = None,
    filters: ViewFilters = None,
    view: ViewOption = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Hits shown.")] = 20,
    as_json: Json = False,
) -> int:
    """Find mentions by their words, and by any filter of the explorer."""
    given = _given(words, brand, source, published, language, sentiment, filters, view)
    with opened(config, writes=False) as installation:
        hits = installation.index.search(_query(installation, given, since, until), size=size)
    if as_json:
        say_json(hits)
        return OK
    say(f"{hits.total} mentions")
    for hit in hits.hits:
        found = hit.document
        if found.kind == "mention":
            stars = _stars(found)
            place = f", {found.place}" if found.place else ""
            say(f"\n{found.period_at:%Y-%m-%d}  {stars}  {found.source}{place}  {', '.join(found.brands)}")
            say(f"  {found.title}" if found.title else f"  {' '.join(found.text.split())[:200]}")
            if found.url:
                say(f"  {found.url}")
    return OK


def _stars(found: MentionDocument) -> str:
    """Return the rating of a mention as it is shown."""
    if found.stars is not None:
        return f"{found.stars:g}★"
    return "–" if found.asked_score is None else f"{found.asked_score:g}/10"


def export(
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="File to write; its ending says the format: .csv, .xlsx or .jsonl."),
    ],
    config: Config = DEFAULT_CONFIG,
    *,
    words: Annotated[str, typer.Option(help="Only mentions with these words.")] = "",
    brand: Brands = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    published: Published = None,
    language: LanguageOption = None,
    sentiment: SentimentOption = None,
    filters: ViewFilters = None,
    view: ViewOption = None,
    as_json: Json = False,
) -> int:
    """Write mentions to a file, safe to open in a spreadsheet."""
    from service.pipeline.keep.export import export as write

    given = _given(words, brand, source, published, language, sentiment, filters, view)
    with opened(config, writes=False) as installation:
        count = write(installation, _query(installation, given, since, until), out)
    if as_json:
        say_json({"file": str(out), "mentions": count})
    else:
        say(f"{count} mentions written to {out}")
    return OK


def _given(
    words: str,
    brand: list[str] | None,
    source: list[str] | None,
    published: str | None,
    language: str | None,
    sentiment: str | None,
    filters: list[str] | None,
    view: str | None,
) -> list[tuple[str, str]]:
    """Return the parameters of a view that the options name.

    Near-duplicates are shown, unless a view is named: whoever looks for all that is kept must find all.
    """
    labels = get_args(Label)
    if sentiment is not None and sentiment not in labels:
        raise UsageError(f"{sentiment!r} is no sentiment; choose among {', '.join(labels)}")
    named = [(each, pairs([each])) for each in filters or ()]
    given = [
        *(("brand", each) for each in brand or ()),
        *(("source", each) for each in source or ()),
        *((name, value) for _, read in named for name, value in read.items()),
        *[("q", words)] * bool(words),
        *[("published", published or "")] * bool(published),
        *[("language", language or "")] * bool(language),
        *[("side", sentiment or "")] * bool(sentiment),
    ]
    if view is not None:
        text = urlsplit(view).query if "?" in view else view
        return [*parse_qsl(text, keep_blank_values=True, errors="replace"), *given]
    folded = any(name == "duplicates" for name, _ in given)
    return given if folded else [*given, ("duplicates", "shown")]


def _query(
    installation: "Installation", given: list[tuple[str, str]], since: str | None, until: str | None
) -> Query:
    """Return the query of a view's parameters, between two moments where they are given."""
    from reports.explore.lowering import ReaderTime, query_of
    from reports.explore.query_string import PAGE_PARAMETERS, view_of_pairs

    time = ReaderTime.at(installation.clock(), installation.settings.timezone)
    kept = [pair for pair in given if pair[0] not in PAGE_PARAMETERS]
    query = query_of(view_of_pairs(kept, today=time.today), installation.index, time=time)
    if not since and not until:
        return query
    clause = Range(field="period_at", gte=moment(since), lt=moment(until))
    return query.model_copy(update={"where": (*query.where, clause)})
