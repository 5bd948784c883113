"""How the file of a survey is understood: which column is what, the scale, the dates."""

import json
from collections.abc import Iterator, Mapping

from crawlers.reading.tables import FileRow
from crawlers.sources.survey_file.answers import OpenedAnswers
from crawlers.sources.survey_file.columns import SurveyColumns
from crawlers.sources.survey_file.file import open_file
from crawlers.sources.survey_file.headings import FIELDS
from ouidire.errors import FileNotUnderstood
from ouidire.page import Page
from service.pipeline.collect.understood_file import SHOWN, ColumnRead, FilePreview


def with_survey(preview: FilePreview, page: Page) -> FilePreview:
    """Return a preview with how a survey's file is understood; as it is where it is not."""
    try:
        opened, chosen = open_file(page)
    except FileNotUnderstood:
        return preview  # `read` has the reason
    columns = opened.columns
    wanted = json.loads(page.context.get("columns", "{}"))
    used = {*columns.fields.values(), *columns.texts, *columns.dates}
    return preview.model_copy(
        update={
            "platform": None,
            "shape": "a table" if chosen.name is None else f"a table (the sheet {chosen.name!r})",
            "columns": tuple(_columns(columns, wanted, opened.first)),
            "unused": tuple(
                heading.strip()
                for index, heading in enumerate(columns.headings)
                if heading.strip() and index not in used
            ),
            "scale": _scale(columns),
            "dates": _dates(opened, page),
            "timezone": f"{opened.zone} ({'its heading' if columns.zone else 'as configured'})",
        }
    )


def _columns(
    columns: SurveyColumns, wanted: Mapping[str, str], first: FileRow | None
) -> Iterator[ColumnRead]:
    places: dict[str, tuple[int, ...]] = {field: (index,) for field, index in columns.fields.items()}
    places |= {"date": (*places["date"], *columns.dates)} if "date" in places else {}
    places |= {"text": columns.texts} if columns.texts else {}
    for field in (each for each in FIELDS if each in places):
        told = "its values" if field in columns.by_values else "its heading"
        cells = [first.cells[index] for index in places[field] if first and index < len(first.cells)]
        yield ColumnRead(
            field=field,
            headings=tuple(
                columns.headings[index].strip() or f"column {index + 1}" for index in places[field]
            ),
            told_by="as configured" if field in wanted else told,
            example=" | ".join(str(cell)[:SHOWN] for cell in cells if cell not in (None, "")),
        )


def _scale(columns: SurveyColumns) -> str:
    if columns.scale is None:
        return "from 0 to 10 (a score that was asked)"
    return f"from 1 to {columns.scale.best:g} ({columns.scale.told_by})"


def _dates(opened: OpenedAnswers, page: Page) -> str:
    if "date" not in opened.columns.fields:
        return "no column has them; columns = { date = … } (or --column date=…) names it"
    told = "as configured" if page.context.get("day_first", "null") != "null" else "its dates"
    return f"{'the day' if opened.day_first else 'the month'} first ({told})"
