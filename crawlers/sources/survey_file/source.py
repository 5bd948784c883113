"""survey_file: answers to one's own surveys, from CSV or XLSX exports with an asked score from 0 to 10.

The only source in which the promoter question was really asked. Any encoding and delimiter; columns are found
by their headings unless configured; a bad row is rejected with its line and never stops the others. It
cannot see answers without a score, nor scales other than 0–10.
"""

import glob
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from crawlers.base import FactSheet, Params, Source
from crawlers.sources.survey_file.answers import read_answers
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page, Request

Column = Literal["id", "date", "score", "language", "place", "text", "author"]


class SurveyParams(Params):
    """Files of one survey.

    `path` may hold * and ?; `columns` maps our fields to the file's headings (or numbers from 1).

    `survey` names the survey and is part of every answer's identity: keep it, and give each survey its own.
    """

    path: str = Field(min_length=1, description="The file, or several: `*` and `?` stand for any characters.")
    survey: str = Field(
        default="survey",
        min_length=1,
        description="The survey's name, part of every answer's identity: keep it.",
    )
    columns: dict[Column, str] = Field(
        default_factory=dict,
        description="Our fields and the file's headings (or numbers from 1), where they are not recognised.",
    )
    day_first: bool | None = Field(
        default=None, description="How 03/04/2026 reads; told from the file by default."
    )
    timezone: str = Field(default="Europe/Paris", description="Where the file's hours were written down.")
    sheet: str | None = Field(default=None, description="The sheet of a workbook; its first by default.")
    encoding: str | None = Field(
        default=None, description="The encoding of a text file; told from its bytes by default."
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            message = f"{name!r} is no timezone; write it like Europe/Paris"
            raise ValueError(message) from error
        return name


def entity(params: SurveyParams) -> str:
    """Return the survey's name."""
    return params.survey


def requests(params: SurveyParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request for each file, in the order of names, read whole whatever `since`."""
    del since
    settings = params.model_dump(mode="json", exclude={"path", "columns"}, exclude_none=True)
    context = {
        name: json.dumps(value) if isinstance(value, bool) else str(value) for name, value in settings.items()
    }
    for path in sorted(glob.glob(str(Path(params.path).expanduser().absolute()))):  # noqa: PTH207 (the pattern is a whole path)
        yield Request(
            url=Path(path).as_uri(), kind="file", context={**context, "columns": json.dumps(params.columns)}
        )


def parse(page: Page) -> Parsed:
    """Read one file.

    Raises LayoutChanged when it is no table, has no score, or when none of its rows can be read.
    """
    context = page.context
    answers: list[Mention] = []
    rejected: list[Rejected] = []
    for one in read_answers(
        io.BytesIO(page.body),
        entity=context.get("survey", "survey"),
        fetched_at=page.fetched_at,
        columns=json.loads(context.get("columns", "{}")),
        day_first=json.loads(context.get("day_first", "null")),
        timezone=ZoneInfo(context.get("timezone", "Europe/Paris")),
        sheet=context.get("sheet"),
        encoding=context.get("encoding"),
    ):
        if isinstance(one, Mention):
            answers.append(one)
        else:
            rejected.append(one)
    if rejected and not answers:
        first = rejected[0]
        raise LayoutChanged(
            f"a readable answer in {len(rejected)} rows ({first.where}: {first.reason}, {first.detail})",
            selector="rows",
        )
    return Parsed(
        items=tuple(answers),
        rejected=tuple(rejected),
        declared_total=None,
        says_empty=not answers,
        last_page=False,  # a file is what was exported: an answer that is not in it has not vanished
    )


SOURCE = Source(
    slug="survey_file",
    about=FactSheet(
        title="Survey answers from a file",
        site="your own files",
        kind="survey",
        access="file",
        official_api="none: exports of your survey tool, as CSV or XLSX",
        languages=(),
        rating_scale="0–10, asked",
        limits="Files of at most fetch.max_page_mb. Without an id column, an answer is known by its "
        "date, place, score and order.",
        legal_note="Answers are personal data that your organisation collected: use them for the purpose "
        "told to the people asked (GDPR, art. 5), and leave columns out that are not needed.",
    ),
    params=SurveyParams,
    entity=entity,
    requests=requests,
    parse=parse,
    enumerates=False,
    versions=("CSV of any delimiter and encoding", "XLSX (Office Open XML)"),
    fields=("text", "published", "place"),
)
