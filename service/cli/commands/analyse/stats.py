"""`ouidire stats`: any measure by week, month, place, source, brand or language, with its interval."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from ouidire.errors import UsageError
from ouidire.index import Query
from ouidire.text.catalogue import LANGUAGES, catalogue
from ouidire.text.nearest import nearest_first, plain_name
from service.cli.mention_options import (
    LanguageOption,
    MentionChoice,
    PlaceNames,
    Published,
    SentimentOption,
    Since,
    Sources,
    Stars,
    Until,
    ViewFilters,
    ViewOption,
    day_or_moment,
)
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, say, say_json, say_table

if TYPE_CHECKING:
    from reports.statistics.group import MeasuredGroup, Statistic
    from service.pipeline.installation import Installation

By = Literal["week", "month", "place", "source", "site", "brand", "language"]
_COUNT = {"week": 12, "month": 12}


def stats(
    measures: Annotated[
        list[str] | None,
        typer.Argument(
            help="volume, stars, positive, net_sentiment, nps, nps_stars, delight, irritation, effort; "
            "without any: volume, stars, positive, nps."
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    *,
    by: Annotated[By, typer.Option("--by", help="One row for each of these.")] = "month",
    brand: Annotated[
        list[str] | None, typer.Option("--brand", "-b", help="Only these brands (slugs); yours by default.")
    ] = None,
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
    count: Annotated[
        int | None, typer.Option(min=1, max=520, help="Full weeks or months shown: 12 by default.")
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> int:
    """Print measures of any choice of mentions, with their intervals and numbers of texts."""
    from reports.statistics.table import statistics_table

    chosen = _statistics(measures)
    if by in _COUNT and (since is not None or published is not None):
        raise UsageError(f"a {by} has its own days; say how many {by}s with --count, and the last by --until")
    if by not in _COUNT and count is not None:
        raise UsageError(f"--count is for weeks and months; choose the days of a {by} with --published")
    with opened(config, now, writes=False) as installation:
        viewed = MentionChoice(filters=filters, view=view).parameters()
        named = any(name == "brand" for name, _ in viewed)
        brands = [] if named else _brands(installation, brand, every=by == "brand")
        choice = MentionChoice(
            brand=brands,
            source=source,
            place=place,
            stars=stars,
            since=since,
            until=None if by in _COUNT else until,
            published=published,
            language=language,
            sentiment=sentiment,
            filters=filters,
            view=view,
        )
        last = day_or_moment(until, installation) or installation.clock()
        rows = _rows(installation, choice.query(installation), by, chosen, last=last, count=count)
        if as_json:
            say_json({"by": by, "brands": brands, "rows": rows})
        else:
            table = statistics_table(rows, by, chosen, language=installation.settings.language)
            say_table(table.columns, table.rows)
            for note in table.notes:
                say(note)
    return OK


def _statistics(names: list[str] | None) -> "tuple[Statistic, ...]":
    """Return the measures named. Raises UsageError for an unknown one."""
    from reports.statistics.group import Statistic

    known: tuple[Statistic, ...] = get_args(Statistic)
    named = {plain_name(each): each for each in known}
    unknown = [name for name in names or () if plain_name(name) not in named]
    if unknown:
        catalogues = [catalogue(language, "stats", "explorer") for language in LANGUAGES]
        also: dict[str, list[str]] = {
            each: [
                words.text(key)
                for words in catalogues
                for key in (f"stats.{each}", f"statistic.{each}")
                if key in words
            ]
            for each in known
        }
        nearest = nearest_first(unknown[0], known, also)
        raise UsageError(f"{unknown[0]!r} is no measure; choose among {', '.join(nearest)}")
    wanted = {named[plain_name(name)] for name in names or ("volume", "stars", "positive", "nps")}
    return tuple(name for name in known if name in wanted)


def _brands(installation: "Installation", named: list[str] | None, *, every: bool) -> list[str]:
    """Return the brands named; by default one's own, or all of them. Raises UsageError for an unknown one."""
    settings = installation.settings
    known = [each.slug for each in settings.brand]
    unknown = [slug for slug in named or () if slug not in known]
    if unknown:
        called = {each.slug: each.names for each in settings.brand}
        nearest = ", ".join(nearest_first(unknown[0], known, called))
        raise UsageError(f"{unknown[0]!r} is no brand of the configuration; choose among {nearest}")
    return named or (known if every else [each.slug for each in settings.own_brands])


def _rows(
    installation: "Installation",
    query: Query,
    by: By,
    statistics: "tuple[Statistic, ...]",
    *,
    last: datetime,
    count: int | None,
) -> "tuple[MeasuredGroup, ...]":
    """Measure the groups of what a query keeps; periods end at `last`."""
    from reports.statistics.group import group_periods, measure_groups, measure_periods

    timezone, index = installation.settings.timezone, installation.index
    if by == "week" or by == "month":  # noqa: PLR1714 (so that its type is narrowed)
        periods = group_periods(by, until=last, count=count or _COUNT[by], timezone=timezone)
        return measure_periods(index, query, periods, statistics)
    return measure_groups(index, query, by, statistics, until=last, timezone=timezone)
