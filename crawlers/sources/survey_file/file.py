"""One survey file as answers and rejected rows, whichever its form.

It cannot see answers without a score, nor scales other than 0–10.
"""

import io
import json
from zoneinfo import ZoneInfo

from crawlers.reading.sheets.chosen import ChosenSheet, chosen_sheet
from crawlers.reading.tables import is_workbook
from crawlers.sources.survey_file.answers import AHEAD, OpenedAnswers, answers_worth, open_answers
from crawlers.sources.survey_file.columns import SurveyColumns
from ouidire.errors import FileNotUnderstood
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page


def is_xlsx(page: Page) -> bool:
    """Return whether the file is a workbook."""
    return is_workbook(page.body[:8])


def is_csv(page: Page) -> bool:
    """Return whether the file is none, and is read as rows of text."""
    return not is_xlsx(page)


def _remark(columns: SurveyColumns, *, is_empty: bool) -> str:
    """Return in words what of a file was not found."""
    if is_empty:
        return "the file has headings and no rows below them"
    scale = (
        f"no score was asked: ratings from 1 to {columns.scale.best:g} by {columns.scale.told_by}"
        if columns.scale
        else ""
    )
    missing = [] if columns.texts else ["words (--column text=…)"]
    missing += [] if "date" in columns.fields else ["dates (--column date=…)"]
    absent = f"no column of {' nor of '.join(missing)} was found" if missing else ""
    return "; ".join(filter(None, (scale, absent)))


def open_file(page: Page) -> tuple[OpenedAnswers, ChosenSheet]:
    """Return how one file is understood, its answers to be read, and the sheet that they are on.

    Raises FileNotUnderstood when it is no table, or has no score.
    """
    context = page.context
    columns = json.loads(context.get("columns", "{}"))
    chosen = chosen_sheet(
        page.body, lambda rows: answers_worth(rows, columns), wanted=context.get("sheet"), ahead=AHEAD
    )
    opened = open_answers(
        io.BytesIO(page.body),
        entity=context.get("survey", "survey"),
        fetched_at=page.fetched_at,
        columns=columns,
        day_first=json.loads(context.get("day_first", "null")),
        timezone=ZoneInfo(context.get("timezone", "Europe/Paris")),
        sheet=chosen.name,
        encoding=context.get("encoding"),
    )
    return opened, chosen


def parse(page: Page) -> Parsed:
    """Read one file.

    Raises FileNotUnderstood when it is no table, has no score, or when none of its rows can be read.
    """
    answers: list[Mention] = []
    rejected: list[Rejected] = []
    opened, chosen = open_file(page)
    for one in opened.answers:
        if isinstance(one, Mention):
            answers.append(one)
        else:
            rejected.append(one)
    if rejected and not answers:
        first = rejected[0]
        raise FileNotUnderstood(
            f"a readable answer in {len(rejected)} rows ({first.where}: {first.reason}, {first.detail})",
            selector="rows",
        )
    return Parsed(
        items=tuple(answers),
        rejected=tuple(rejected),
        declared_total=None,
        says_empty=not answers,
        remark="; ".join(filter(None, (chosen.remark, _remark(opened.columns, is_empty=not answers)))),
        last_page=False,  # a file is what was exported: an answer that is not in it has not vanished
    )
