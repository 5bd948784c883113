"""survey_file: answers to one's own surveys, from CSV or XLSX exports with an asked score from 0 to 10.

The only source in which the promoter question was really asked. Any encoding and delimiter; columns are found
by their headings unless configured; a bad row is rejected with its line and never stops the others. It
cannot see answers without a score, nor scales other than 0–10.
"""

import glob
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.offsets import TimezoneName
from crawlers.reading.services.minimised import without_addresses
from crawlers.sources.survey_file.file import is_csv, is_xlsx, parse
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
    timezone: TimezoneName = Field(
        default="Europe/Paris", description="Where the file's hours were written down."
    )
    sheet: str | None = Field(
        default=None, description="The sheet of a workbook; the first one shown by default."
    )
    encoding: str | None = Field(
        default=None, description="The encoding of a text file; told from its bytes by default."
    )


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
    wanted = str(Path(params.path).expanduser().absolute())
    # where nothing fits, the pattern itself is asked for, so that the run names what is not there
    for path in sorted(glob.glob(wanted)) or [wanted]:  # noqa: PTH207 (the pattern is a whole path)
        yield Request(
            url=Path(path).as_uri(), kind="file", context={**context, "columns": json.dumps(params.columns)}
        )


LAYOUTS = (
    Layout("xlsx", since="2007", marks="an XLSX workbook", knows=is_xlsx, parse=parse),
    Layout("csv", since="1972", marks="rows of text", knows=is_csv, parse=parse),
)


def check(page: Page) -> None:
    """Let every page through: a file of one's own is never a refusal."""
    del page


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
        "told to the people asked (GDPR, art. 5), and leave columns out that are not needed. E-mail "
        "addresses, telephone numbers, IP and postal addresses and dates of birth are kept nowhere; an "
        "address that authors are known by becomes a keyed hash before the file is stored.",
    ),
    params=SurveyParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=check,
    enumerates=False,
    minimised=without_addresses,
    pseudonymised=without_addresses,
    fields=("text", "published", "place"),
)
