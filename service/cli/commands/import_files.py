"""`ouidire import`: surveys and saved pages as a harvest of their own."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment, opened, pairs
from service.cli.run_output import report_runs


def import_files(
    source: Annotated[str, typer.Argument(help="A name of the catalogue; survey_file for surveys.")],
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV or XLSX surveys, or saved pages.", exists=True, dir_okay=False, readable=True
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[
        list[str] | None, typer.Option("--brand", "-b", help="Brand it speaks of (its slug).")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Shop or place it speaks of.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of the saved page.")] = None,
    fetched_at: Annotated[
        str | None, typer.Option(help="When the page was saved (ISO 8601); the file's own date by default.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", help="Survey column, as score=Note; repeat it.")
    ] = None,
    survey: Annotated[
        str | None,
        typer.Option(
            help="Name of the survey; files of one name go on where the last one ended. "
            "The brand, place and file's name by default."
        ),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of a workbook; the first one shown by default.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Import surveys or saved pages as a harvest of their own, then enrich and index."""
    from service.pipeline.collect.saved_pages import import_pages_of, import_survey
    from service.pipeline.index.ingest import ingest_waiting

    with opened(config, now) as installation:
        brands = tuple(brand or [each.slug for each in installation.settings.own_brands[:1]])
        known = [each.slug for each in installation.settings.brand]
        unknown = [each for each in brands if each not in known]
        if unknown:
            raise UsageError(f"no brand has the slug {unknown[0]!r}; known: {', '.join(known)}")
        if source == "survey_file":
            runs = [
                import_survey(
                    installation,
                    path,
                    brands=brands,
                    place=place,
                    columns=pairs(column or []),
                    survey=survey,
                    sheet=sheet,
                )
                for path in files
            ]
        else:
            runs = [
                import_pages_of(
                    installation,
                    source,
                    files,
                    brands=brands,
                    place=place,
                    url=url,
                    fetched_at=moment(fetched_at),
                )
            ]
        ingested = {each.run.id: each.run for each in ingest_waiting(installation)}
        runs = [ingested.get(each.id, each) for each in runs]
    return report_runs(runs, as_json=as_json)
