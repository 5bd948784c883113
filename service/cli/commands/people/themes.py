"""`ouidire themes`: the themes that came up by themselves, and what people decide of them."""

from typing import Annotated

import typer

from ouidire.system.person import ANYBODY
from service.cli.commands.people.answers import NEXT_PASS, Person
from service.cli.language import value_named
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, inform, say_json, say_table

LIST_HELP = (
    "List the themes that came up by themselves, the oldest first, with their mentions and their drift."
)
RENAME_HELP = "Give a theme a name of your own; an empty one gives it its label back."
MERGE_HELP = "Have a theme's mentions counted with another theme of the same brand."
IGNORE_HELP = "Show a theme nowhere any more; nothing else is opened in its place."
REOPEN_HELP = "Show a theme again that was ignored or merged."
DRIFTED = 0.3
"""Drift from which a theme may have become two: a person looks at it."""
ThemeId = Annotated[str, typer.Argument(help="The theme's id, as `ouidire themes list` shows it.")]


def themes_list(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[str | None, typer.Option("--brand", "-b", help="One of your brands (its slug).")] = None,
    as_json: Json = False,
) -> int:
    """List themes."""
    from ouidire.index import Query
    from service.pipeline.people.themes import list_themes

    with opened(config, now, writes=False) as installation:
        themes = list_themes(installation, brand=brand)
        buckets = installation.index.facet(Query(), "emergent", size=10_000) if themes else ()
    counts = {str(each.value): each.n for each in buckets}
    shown = [
        {
            **each.model_dump(mode="json", exclude={"anchor", "version"}),
            "mentions": counts.get(each.id, 0),
            "drifted": each.drift >= DRIFTED,
        }
        for each in themes
    ]
    if as_json:
        say_json(shown)
    elif themes:
        rows = [
            (
                each.id,
                each.title,
                each.brand,
                f"{each.week_end:%Y-%m-%d}",
                str(counts.get(each.id, 0)),
                each.merged_into or value_named("theme_status", each.status),
                f"{each.drift:.2f}{' ?' if each.drift >= DRIFTED else ''}",
            )
            for each in themes
        ]
        say_table(("id", "theme", "brand", "week before", "mentions", "status", "drift"), rows)
    else:
        inform("no theme has come up by itself yet")
    return OK


def themes_rename(
    theme: ThemeId,
    name: Annotated[str, typer.Argument(help="Its name; empty: the phrase that people wrote.")],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
) -> int:
    """Rename a theme."""
    from service.pipeline.people.themes import rename_theme

    with opened(config, now, writes=False) as installation:
        changed = rename_theme(installation, theme, name, by=by)
    inform(f"{theme}: {changed.title}. {NEXT_PASS}")
    return OK


def themes_merge(
    theme: ThemeId,
    into: Annotated[str, typer.Argument(help="The id of the theme that its mentions go to.")],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
) -> int:
    """Merge a theme into another."""
    from service.pipeline.people.themes import merge_theme

    with opened(config, now, writes=False) as installation:
        merge_theme(installation, theme, into, by=by)
    inform(f"{theme}: counted with {into}. {NEXT_PASS}")
    return OK


def themes_ignore(
    theme: ThemeId, config: Config = DEFAULT_CONFIG, now: Now = None, *, by: Person = ANYBODY
) -> int:
    """Ignore a theme."""
    from service.pipeline.people.themes import ignore_theme

    with opened(config, now, writes=False) as installation:
        ignore_theme(installation, theme, by=by)
    inform(f"{theme}: ignored. {NEXT_PASS}")
    return OK


def themes_reopen(
    theme: ThemeId, config: Config = DEFAULT_CONFIG, now: Now = None, *, by: Person = ANYBODY
) -> int:
    """Show a theme again."""
    from service.pipeline.people.themes import ignore_theme

    with opened(config, now, writes=False) as installation:
        ignore_theme(installation, theme, by=by, ignored=False)
    inform(f"{theme}: shown again. {NEXT_PASS}")
    return OK
