"""`ouidire import`: surveys, platforms' exports and saved pages as a harvest of their own."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment, opened, pairs, settings_of
from service.cli.output import ERROR, OK, PARTIAL, say_json
from service.cli.progress import pass_progress
from service.cli.run_output import GOOD, report_runs

if TYPE_CHECKING:
    from datetime import datetime

    from ouidire.settings.configuration import Settings
    from ouidire.state.runs import Run
    from service.pipeline.installation import Installation

ONLY_FILES = ("survey_file", "review_file")
"""Sources that read files by parameters, not saved pages by their address."""


def import_files(
    source: Annotated[
        str,
        typer.Argument(
            help="A name of the catalogue; survey_file for surveys, review_file for platforms' exports."
        ),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV, XLSX or JSON files, or saved pages.", exists=True, dir_okay=False, readable=True
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show how each file is understood; nothing is kept.")
    ] = False,
    brand: Annotated[
        list[str] | None, typer.Option("--brand", "-b", help="Brand it speaks of (its slug).")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Shop or place it speaks of.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of the saved page.")] = None,
    fetched_at: Annotated[
        str | None, typer.Option(help="When the page was saved or the file exported (ISO 8601).")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", help="Column of a file, as score=Note; repeat it.")
    ] = None,
    survey: Annotated[
        str | None,
        typer.Option(
            help="Name of the survey; files of one name go on where the last one ended. "
            "The brand, place and file's name by default."
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="What the reviews of an export are about; the brand and place by default."),
    ] = None,
    platform: Annotated[
        str | None, typer.Option(help="The export that a file of reviews is, where it is not recognised.")
    ] = None,
    scale: Annotated[
        float | None, typer.Option(help="The best rating there is, where a file of reviews does not tell.")
    ] = None,
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How 03/04/2026 reads, where a file does not tell."),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of a workbook; the first one shown by default.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Import surveys, platforms' exports or saved pages as a harvest of their own, then enrich and index."""
    from crawlers import load_source
    from service.pipeline.index.ingest import ingest_waiting

    load_source(source)  # a place that is no source is answered with the way to it, before anything else
    settings: dict[str, Any] = {
        "columns": pairs(column or []) or None,
        "sheet": sheet,
        "day_first": day_first,
        "survey": survey if source == "survey_file" else None,
        "name": name,
        "platform": platform,
        "scale": scale,
    }
    params = {key: value for key, value in settings.items() if value is not None}
    if brand and dry_run:
        _check_brands(brand, settings_of(config))
    if dry_run:
        at = fetched_at or now
        answers = None if source in ONLY_FILES else settings_of(config)
        return _preview(source, files, params, answers, url=url, fetched_at=at, as_json=as_json)
    if source == "json_api":
        raise UsageError("json_api reads its endpoint (`ouidire collect`); a saved answer: --dry-run")
    with opened(config, now) as installation:
        brands = tuple(brand or [each.slug for each in installation.settings.own_brands[:1]])
        _check_brands(brands, installation.settings)
        if source in ONLY_FILES:
            as_of = moment(fetched_at)
            runs = [_import_one(installation, source, path, params, brands, place, as_of) for path in files]
        else:
            from service.pipeline.collect.saved_pages import import_pages_of

            moments = moment(fetched_at)
            runs = [
                import_pages_of(
                    installation, source, files, brands=brands, place=place, url=url, fetched_at=moments
                )
            ]
        with pass_progress(quiet=as_json) as shown:
            taken = ingest_waiting(installation, on_progress=None if shown is None else shown.index)
        ingested = {each.run.id: each.run for each in taken}
        runs = [ingested.get(each.id, each) for each in runs]
    return report_runs(runs, as_json=as_json)


def _check_brands(brands: Sequence[str], settings: "Settings") -> None:
    """Raise UsageError, with the nearest slug, for a brand that is not configured."""
    from ouidire.settings.problems import suggestion

    known = [each.slug for each in settings.brand]
    unknown = [each for each in brands if each not in known]
    if unknown:
        raise UsageError(f"no brand has the slug {unknown[0]!r}{suggestion(unknown[0], known)}")


def _import_one(
    installation: "Installation",
    source: str,
    path: Path,
    params: dict[str, Any],
    brands: tuple[str, ...],
    place: str | None,
    as_of: "datetime | None",
) -> "Run":
    from service.pipeline.collect.saved_pages import import_reviews, import_survey

    if source == "survey_file":
        return import_survey(installation, path, brands=brands, place=place, params=params, as_of=as_of)
    return import_reviews(installation, path, brands=brands, place=place, params=params, as_of=as_of)


def _preview(
    source: str,
    files: list[Path],
    params: dict[str, Any],
    settings: "Settings | None",
    *,
    url: str | None,
    fetched_at: str | None,
    as_json: bool,
) -> int:
    """Show how each file would be read; return 0, 1 where none is understood, 3 in between."""
    from service.cli.preview_output import say_preview
    from service.pipeline.collect.file_preview import preview_answer, preview_file

    at, address = moment(fetched_at), url or ""
    if settings is None:
        previews = [preview_file(source, path, params, url=address, fetched_at=at) for path in files]
    else:
        name = params.get("name")
        previews = [
            preview_answer(settings, source, path, name=name, url=address, fetched_at=at) for path in files
        ]
    if as_json:
        say_json(previews)
    else:
        for path, each in zip(files, previews, strict=True):
            say_preview(path, each)
    bad = sum(each.read.status not in (*GOOD, "degraded") for each in previews)
    if not bad:
        return OK
    return ERROR if bad == len(previews) else PARTIAL
