"""`ouidire search` and `ouidire export`: read the index."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.index import Query, Range, Sort, Term
from service.cli.options import DEFAULT_CONFIG, Config, Json, moment, opened
from service.cli.output import OK, say, say_json

Brands = Annotated[
    list[str] | None, typer.Option("--brand", "-b", help="Only this brand (its slug); repeat it.")
]
Sources = Annotated[list[str] | None, typer.Option("--source", "-s", help="Only this source; repeat it.")]
Since = Annotated[str | None, typer.Option(help="Published from this moment on (ISO 8601).")]
Until = Annotated[str | None, typer.Option(help="Published before this moment (ISO 8601).")]
LanguageOption = Annotated[str | None, typer.Option(help="Only texts in this language (fr, en …).")]
SentimentOption = Annotated[str | None, typer.Option(help="Only negative, neutral, positive or mixed texts.")]


def search(
    words: Annotated[str, typer.Argument(help='Words, "a phrase", prefi*, -without.')],
    config: Config = DEFAULT_CONFIG,
    *,
    brand: Brands = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    language: LanguageOption = None,
    sentiment: SentimentOption = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Hits shown.")] = 20,
    as_json: Json = False,
) -> int:
    """Find mentions by their words."""
    query = _query(
        words, brand=brand, source=source, since=since, until=until, language=language, sentiment=sentiment
    )
    with opened(config, writes=False) as installation:
        hits = installation.index.search(query, size=size)
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
    language: LanguageOption = None,
    sentiment: SentimentOption = None,
    as_json: Json = False,
) -> int:
    """Write mentions to a file, safe to open in a spreadsheet."""
    from service.pipeline.keep.export import export as write

    query = _query(
        words, brand=brand, source=source, since=since, until=until, language=language, sentiment=sentiment
    )
    with opened(config, writes=False) as installation:
        count = write(installation, query, out)
    if as_json:
        say_json({"file": str(out), "mentions": count})
    else:
        say(f"{count} mentions written to {out}")
    return OK


def _query(
    words: str,
    *,
    brand: list[str] | None,
    source: list[str] | None,
    since: str | None,
    until: str | None,
    language: str | None,
    sentiment: str | None,
) -> Query:
    labels = ("negative", "neutral", "positive", "mixed")
    if sentiment is not None and sentiment not in labels:
        raise UsageError(f"{sentiment!r} is no sentiment; choose among {', '.join(labels)}")
    terms = [
        ("brands", brand),
        ("source", source),
        ("language", [language] if language else None),
        ("sentiment", [sentiment] if sentiment else None),
    ]
    where: list[Term | Range] = [Term(field=field, any_of=tuple(values)) for field, values in terms if values]
    if since or until:
        where.append(Range(field="period_at", gte=moment(since), lt=moment(until)))
    return Query(text=words, where=tuple(where), sort=() if words else (Sort(field="period_at"),))
