"""review_file: reviews from the export of any platform, as CSV, XLSX, JSON or NDJSON.

Columns are found by headings and by values, exports of ten platforms by their headings; what is not told
without doubt is asked. `ouidire import review_file FILE --dry-run` shows how a file is understood. It cannot
see what a platform leaves out of its export, nor reviews that were removed from it.
"""

import glob
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.offsets import known_timezone
from crawlers.reading.services.minimised import without_addresses
from crawlers.sources.review_file.file import is_csv, is_json, is_xlsx, parse
from crawlers.sources.review_file.presets import PRESETS
from ouidire.page import Page, Request

ReviewField = Literal[
    "id", "date", "updated", "experienced", "rating", "recommends", "title", "text", "author", "reply",
    "reply_date", "place", "url", "language", "country", "subject", "verified", "likes",
]  # fmt: skip


class ReviewFileParams(Params):
    """Files of one place's reviews on one platform, or on several."""

    path: str = Field(min_length=1, description="The file, or several: `*` and `?` stand for any characters.")
    name: str = Field(
        default="reviews",
        min_length=1,
        description="What is reviewed, part of every review's identity: keep it; each place has its own.",
    )
    platform: str | None = Field(
        default=None, description=f"The export it is, where it is not recognised: {', '.join(PRESETS)}."
    )
    columns: dict[ReviewField, str | tuple[str, ...]] = Field(
        default_factory=dict,
        description="Our fields and the file's headings (or numbers from 1), where they are not recognised; "
        "a text or an author may lie in several.",
    )
    scale: float | None = Field(
        default=None, gt=0, le=1000, description="The best rating there is; told from the file by default."
    )
    worst: float | None = Field(
        default=None, ge=0, description="The worst rating there is; 1, or 0 of scales beyond 10, by default."
    )
    day_first: bool | None = Field(
        default=None, description="How 03/04/2026 reads; told from the file by default, else asked."
    )
    timezone: str | None = Field(
        default=None, description="Where the file's hours were written down; its own, else Europe/Paris."
    )
    sheet: str | None = Field(
        default=None, description="The sheet of a workbook; the first one shown by default."
    )
    records: str | None = Field(
        default=None,
        description="Where the list of reviews lies in JSON, as `data.reviews`; found by default.",
    )
    encoding: str | None = Field(
        default=None, description="The encoding of a text file; told from its bytes by default."
    )

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str | None) -> str | None:
        return name and known_timezone(name)

    @field_validator("platform")
    @classmethod
    def _known_platform(cls, name: str | None) -> str | None:
        if name is not None and name not in PRESETS:
            message = f"no export is called {name!r}; known: {', '.join(PRESETS)}"
            raise ValueError(message)
        return name


def entity(params: ReviewFileParams) -> str:
    """Return the name of what is reviewed."""
    return params.name


def requests(params: ReviewFileParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield one request for each file, in the order of names, read whole whatever `since`."""
    del since
    settings = params.model_dump(mode="json", exclude={"path", "columns"}, exclude_none=True)
    context = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in settings.items()
    }
    wanted = str(Path(params.path).expanduser().absolute())
    # where nothing fits, the pattern itself is asked for, so that the run names what is not there
    for path in sorted(glob.glob(wanted)) or [wanted]:  # noqa: PTH207 (the pattern is a whole path)
        columns = json.dumps(params.model_dump(mode="json")["columns"])
        yield Request(url=Path(path).as_uri(), kind="file", context={**context, "columns": columns})


LAYOUTS = (
    Layout("xlsx", since="2007", marks="an XLSX workbook", knows=is_xlsx, parse=parse),
    Layout("json", since="2001", marks="JSON, whole or one record a line", knows=is_json, parse=parse),
    Layout("csv", since="1972", marks="rows of text", knows=is_csv, parse=parse),
)


def check(page: Page) -> None:
    """Let every page through: a file of one's own is never a refusal."""
    del page


def _pseudonymised(page: Page, pseudonym: Callable[[str], str]) -> Page:
    """Return a file with keyed hashes for e-mail addresses, where a column of them is what authors are."""
    configured = json.loads(page.context.get("columns", "{}"))
    return without_addresses(page, pseudonym) if configured.get("author") else page


SOURCE = Source(
    slug="review_file",
    about=FactSheet(
        title="Reviews from a platform's export",
        site="your own files",
        kind="reviews",
        access="file",
        official_api="none: exports that platforms give their owners, as CSV, XLSX, JSON or NDJSON",
        languages=(),
        rating_scale="any: stated, headed or told by the values, else asked",
        limits="Files of at most fetch.max_page_mb. Without an id column, a review is known by its author, "
        "date and text; what is missing from a file has not vanished.",
        legal_note="An export that a platform gives to the owner of a page is the lawful way to its reviews; "
        "reviews are their authors' personal data (GDPR): import what is needed alone. E-mail addresses and "
        "numbers of orders and reservations are in no mention, and authors' names are keyed hashes there. "
        "The file itself is kept as any page is (harvest.keep_pages_days), without its cells of e-mail "
        "addresses, telephone numbers, IP and postal addresses and dates of birth; of a workbook its "
        "cells alone.",
    ),
    params=ReviewFileParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    check=check,
    enumerates=False,
    minimised=without_addresses,
    pseudonymised=_pseudonymised,
)
