"""`ouidire search`: mentions by their words and by any filter of the explorer."""

from typing import Annotated

import typer

from service.cli.mention_options import (
    Brands,
    LanguageOption,
    LikeId,
    LikeText,
    MentionChoice,
    Ordered,
    PlaceNames,
    Published,
    SentimentOption,
    Since,
    Sources,
    Stars,
    Until,
    ViewFilters,
    ViewOption,
    names_known,
)
from service.cli.mention_output import say_hits
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, inform, say_json

MOST_ALIKE = 200
"""Hits of a search by meaning at most: further down, nearness says little."""


def search(
    words: Annotated[str, typer.Argument(help='Words, "a phrase", prefi*, -without; none: any.')] = "",
    config: Config = DEFAULT_CONFIG,
    *,
    brand: Brands = None,
    source: Sources = None,
    place: PlaceNames = None,
    stars: Stars = None,
    since: Since = None,
    until: Until = None,
    published: Published = None,
    language: LanguageOption = None,
    sentiment: SentimentOption = None,
    filters: ViewFilters = None,
    view: ViewOption = None,
    order: Ordered = None,
    like: LikeText = None,
    like_id: LikeId = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Hits shown.")] = 20,
    now: Now = None,
    as_json: Json = False,
) -> int:
    """Find mentions by their words, by their meaning, and by any filter of the explorer."""
    choice = MentionChoice(
        words=words,
        brand=brand,
        source=source,
        place=place,
        stars=stars,
        since=since,
        until=until,
        published=published,
        language=language,
        sentiment=sentiment,
        filters=filters,
        view=view,
        order=order,
        like=like,
        like_id=like_id,
    )
    with opened(config, now, writes=False) as installation:
        kept, query = choice.kept(installation), choice.query(installation)
        if kept.by_likeness:
            from service.pipeline.meaning import hits_by_likeness

            hits = hits_by_likeness(
                installation.settings, installation.index, query, kept, size=min(size, MOST_ALIKE)
            )
        else:
            hits = installation.index.search(query, size=size)
        names = names_known(installation)
    if as_json:
        say_json(hits)
        return OK
    if hits.total <= len(hits.hits):
        inform(f"{hits.total} {'mention' if hits.total == 1 else 'mentions'}")
    elif kept.by_likeness:
        inform(f"{hits.total} mentions, the nearest {len(hits.hits)} of them")
    else:
        inform(f"{hits.total} mentions, the first {len(hits.hits)} of them")
    say_hits(hits.hits, names)
    return OK
