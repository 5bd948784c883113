"""How a file would be read by a source: which column is what, the first items, and each row left out.

Nothing is stored. It cannot see what is known already: whether a review is new, an import tells.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crawlers import load_source
from ouidire.clock import system_clock
from ouidire.errors import ConfigError, FileNotUnderstood, UsageError
from ouidire.page import Page
from ouidire.settings.configuration import Settings
from ouidire.settings.problems import problems_of
from service.pipeline.collect.saved_pages import page_from, parse_file
from service.pipeline.collect.understood_file import SHOWN, ColumnRead, FilePreview
from service.pipeline.configured_sources import configured_sources


def preview_file(
    source: str,
    path: Path,
    params: Mapping[str, Any],
    *,
    url: str = "",
    fetched_at: datetime | None = None,
) -> FilePreview:
    """Return how a file would be read with some parameters of a source.

    Raises ConfigError for wrong parameters, UsageError when the file cannot be read; a file that is not
    understood has the reason in `read`.
    """
    reader = load_source(source)
    try:
        wanted = reader.params.model_validate({**params, "path": str(path.resolve())})
    except ValidationError as error:
        raise ConfigError(problems_of(error, reader.params)) from error
    request = next(iter(reader.first_requests(wanted)))
    at = fetched_at or system_clock()
    read = parse_file(
        source, path, url=url or request.url, fetched_at=at, kind=request.kind, context=request.context
    )
    preview = FilePreview(read=read)
    if source not in ("review_file", "survey_file"):
        return preview
    page = page_from(path, url=request.url, fetched_at=at, kind=request.kind, context=request.context)
    if source == "survey_file":
        from service.pipeline.collect.survey_preview import with_survey

        return with_survey(preview, page)
    return _with_understanding(preview, page)


def preview_answer(
    settings: Settings,
    source: str,
    path: Path,
    *,
    name: str | None = None,
    url: str = "",
    fetched_at: datetime | None = None,
) -> FilePreview:
    """Return what a configured source reads in a saved answer; `name` is its title or entity.

    Raises UsageError when it is not told which of the configured sources is meant, or the file cannot be
    read.
    """
    listed = [each for each in configured_sources(settings) if each.source.slug == source]
    chosen = [each for each in listed if name in (None, each.entity, each.settings.title)]
    if len(chosen) != 1:
        known = ", ".join(repr(each.settings.title or each.entity) for each in listed)
        raise UsageError(
            f"give --name with one of the configured sources ({known})"
            if listed
            else f"--dry-run reads a saved answer of a source as configured, and no {source} is: configure "
            f"it first, or look at the page with `ouidire parse {source} {path} --url …`"
        )
    request = next(iter(chosen[0].source.first_requests(chosen[0].params)))
    at = fetched_at or system_clock()
    return FilePreview(
        read=parse_file(
            source, path, url=url or request.url, fetched_at=at, kind=request.kind, context=request.context
        )
    )


def _with_understanding(preview: FilePreview, page: Page) -> FilePreview:
    from crawlers.sources.review_file.columns import preset_title
    from crawlers.sources.review_file.file import open_file
    from crawlers.sources.review_file.headings import FIELDS

    try:
        opened = open_file(page)
    except FileNotUnderstood:
        return preview  # `read` has the reason
    how = opened.how
    if how is None:
        return preview.model_copy(update={"shape": opened.shape})
    columns = how.columns
    first = next(iter(opened.rows), None)
    listed = []
    for field in sorted(columns.fields, key=FIELDS.index):
        indexes = columns.fields[field]
        cells = [first.cells[index] for index in indexes if first and index < len(first.cells)]
        listed.append(
            ColumnRead(
                field=field,
                headings=tuple(columns.headings[index].strip() or f"column {index + 1}" for index in indexes),
                told_by=columns.how[field],
                example=" | ".join(str(cell)[:SHOWN] for cell in cells if cell not in (None, "")),
            )
        )
    used = {index for indexes in columns.fields.values() for index in indexes}
    unused = [
        heading.strip()
        for index, heading in enumerate(columns.headings)
        if heading.strip() and index not in used
    ]
    return preview.model_copy(
        update={
            "platform": preset_title(columns.preset) or "",
            "shape": opened.shape,
            "columns": tuple(listed),
            "unused": tuple(unused),
            "scale": _scale(how.scale),
            "dates": _dates(how),
            "timezone": f"{how.zone} ({how.zone_told_by})",
        }
    )


def _dates(how: Any) -> str:  # noqa: ANN401 (how a file of reviews is understood)
    if "date" not in how.columns.fields:
        return "no column has them; columns = { date = … } (or --column date=…) names it"
    order = "the day first" if how.day_first else "the month first"
    return f"{order} ({how.day_told_by})" if how.day_told_by else "they read one way only"


def _scale(scale: Any) -> str:  # noqa: ANN401 (a Scale of a source, or None)
    if scale is None:
        return "each rating states its own, or there are none"
    return f"from {scale.worst:g} to {scale.best:g} ({scale.told_by})"
