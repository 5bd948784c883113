"""`ouidire export`: mentions as CSV, XLSX or JSON Lines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.mention_options import (
    Brands,
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
)
from service.cli.options import DEFAULT_CONFIG, Config, Json, opened
from service.cli.output import OK, inform, say_json

if TYPE_CHECKING:
    from service.pipeline.installation import Installation
    from service.pipeline.keep.export_labels import ExportLabels


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
    place: PlaceNames = None,
    stars: Stars = None,
    since: Since = None,
    until: Until = None,
    published: Published = None,
    language: LanguageOption = None,
    sentiment: SentimentOption = None,
    filters: ViewFilters = None,
    view: ViewOption = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            help="Only these columns, in this order: period_at,stars,text. Any is in docs/data-format.md."
        ),
    ] = None,
    french: Annotated[
        bool,
        typer.Option(
            "--french", help="CSV as a spreadsheet in French reads it: semicolons, 4,5 and 02/03/2026."
        ),
    ] = False,
    labels: Annotated[
        bool,
        typer.Option(
            "--labels", help="Headings and values in words, in the configuration's language; not for .jsonl."
        ),
    ] = False,
    as_json: Json = False,
) -> int:
    """Write mentions to a file, safe to open in a spreadsheet."""
    from ouidire.state.people.audit import record_action
    from service.pipeline.keep.export import export as write
    from service.pipeline.keep.export_form import COLUMNS, ExportForm, columns_named

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
    )
    chosen = COLUMNS if columns is None else columns_named(columns)
    with opened(config, writes=False) as installation:
        form = ExportForm(
            columns=chosen,
            french=french,
            timezone=installation.settings.timezone,
            labels=_labels(installation) if labels else None,
        )
        count = write(installation, choice.query(installation), out, form=form)
        told = {"by": installation.person, "subject": out.name, "detail": f"{count} mentions"}
        with installation.state.begin() as connection:
            record_action(connection, "export", at=installation.clock(), **told)
    if as_json:
        say_json({"file": str(out), "mentions": count})
    else:
        inform(f"{count} mentions written to {out}")
    return OK


def _labels(installation: "Installation") -> "ExportLabels":
    """Return the labels of the configuration's language, with the names that it and people give."""
    from service.pipeline.keep.export_labels import ExportLabels
    from service.pipeline.people.themes import list_themes
    from service.serve.web.explorer.names import names_of, sources_of

    settings = installation.settings
    names = names_of(settings, sources_of(settings), list_themes(installation))
    return ExportLabels(language=settings.language, names=names)
