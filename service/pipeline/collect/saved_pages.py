"""Files of the user: surveys imported, and saved pages imported or only parsed."""

import gzip
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from crawlers import load_source
from crawlers.engine.describe import describe_failure
from crawlers.health.facts import RunFacts
from crawlers.health.status import run_status
from crawlers.page_process import ChildReader
from crawlers.reading.date_words import MONTH
from crawlers.reading.dates import fold
from ouidire.clock import system_clock
from ouidire.errors import Blocked, LayoutChanged, SourceError, SourceGone, UsageError
from ouidire.frozen import Frozen
from ouidire.items import Item, Parsed, Rejected, RunStatus
from ouidire.mention import Mention
from ouidire.page import Page, Request
from ouidire.settings.configuration import SourceSettings
from ouidire.state.runs import Run
from service.pipeline.collect.crawl_source import collect
from service.pipeline.collect.import_pages import Origin, entity_of, import_pages
from service.pipeline.configured_sources import configure
from service.pipeline.installation import Installation

UNSHOWN = frozenset({"counted", "remark", "site", "subject"})
"""What of a parsed page is not shown of a file, or in its reason."""
LARGEST = 200_000_000
"""Bytes of a saved page, once inflated: beyond that it is no page."""


class ReadFile(Frozen):
    """What a parser read in a saved page, with the status that a run of this one page would end in.

    `layout` is the one that knows the page, `layout_since` when the site began to serve it; both None where
    none does. `silent` are the engines of a metasearch that did not answer, each with its reason.
    """

    source: str
    url: str
    fetched_at: datetime
    status: RunStatus
    reason: str = ""
    items: tuple[Item, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    follow: tuple[Request, ...] = ()
    declared_total: int | None = None
    says_empty: bool = False
    last_page: bool | None = None
    layout: str | None = None
    layout_since: str | None = None
    silent: dict[str, str] = Field(default_factory=dict)
    taken: int | None = None


def parse_file(
    source: str,
    path: Path,
    *,
    url: str,
    fetched_at: datetime | None = None,
    kind: str = "list",
    context: dict[str, str] | None = None,
) -> ReadFile:
    """Read a saved page with a source's parser; nothing is stored.

    Raises UsageError when the file cannot be read.
    """
    reader = load_source(source)
    page = page_from(
        path,
        url=url or path.resolve().as_uri(),
        fetched_at=fetched_at or system_clock(),
        kind=kind,
        context=context,
    )
    status: RunStatus
    parsed, reason = Parsed(), ""
    layout_name: str | None = None
    try:
        with ChildReader.started(source) as child:
            parsed = child.read(page, strict=True)
    except Blocked as error:
        status, reason = "blocked", str(error)
    except LayoutChanged as error:
        status, reason = "layout_changed", str(error)
        layout_name = error.layout
    except SourceGone as error:
        status, reason = "gone", str(error)
    except SourceError as error:
        status, reason = "failed", str(error)
    except Exception as error:  # noqa: BLE001 (a parser's bug is reported as the engine reports it)
        status, reason = "failed", describe_failure(error)
    else:
        status, reason = _status(parsed)
        layout_name = parsed.layout
    layout = next((each for each in reader.layouts if each.name == layout_name), None)
    found = {"layout": layout.name, "layout_since": layout.since} if layout else {}
    return ReadFile(
        source=source,
        url=page.url,
        fetched_at=page.fetched_at,
        status=status,
        reason=reason,
        **{name: value for name, value in dict(parsed).items() if name not in UNSHOWN} | found,
    )


def page_from(
    path: Path,
    *,
    url: str,
    fetched_at: datetime | None,
    kind: str = "list",
    context: dict[str, str] | None = None,
) -> Page:
    """Return a saved file as a page.

    Raises UsageError when it cannot be read or is too large.
    """
    try:
        body = _bytes(path)
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, EOFError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if len(body) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST // 1_000_000} MB: that is no page")
    return Page(url=url, body=body, fetched_at=fetched_at or saved, kind=kind, context=context or {})


def import_pages_of(
    installation: Installation,
    source: str,
    files: Sequence[Path],
    *,
    brands: tuple[str, ...],
    place: str | None,
    url: str | None,
    fetched_at: datetime | None,
) -> Run:
    """Import saved pages of one source as one run. Raises UsageError without an address (`url`)."""
    if url is None:
        raise UsageError("give the page's address with --url: it is part of what identifies a mention")
    pages = [page_from(path, url=url, fetched_at=fetched_at) for path in files]
    return import_pages(
        installation,
        pages,
        Origin(source, entity_of(source, pages, fetch=installation.settings.fetch), brands, place),
    )


def import_survey(
    installation: Installation,
    path: Path,
    *,
    brands: tuple[str, ...],
    place: str | None,
    params: Mapping[str, Any],
    as_of: datetime | None = None,
) -> Run:
    """Import one survey file as one run, and return how it ended; `as_of` is when it was exported.

    `survey` among the parameters names the survey; without it, the brands, the place and the file's
    name do (`survey_name`), so that no file changes the answers of another survey.
    """
    name = survey_name(path, brands=brands, place=place)
    return import_own_file(
        installation, "survey_file", path, {"survey": name, **params}, brands=brands, place=place, as_of=as_of
    )


def import_reviews(
    installation: Installation,
    path: Path,
    *,
    brands: tuple[str, ...],
    place: str | None,
    params: Mapping[str, Any],
    as_of: datetime | None = None,
) -> Run:
    """Import one file of reviews as one run, and return how it ended; `as_of` is when it was exported.

    Without a `name` among the parameters, the brands and the place are what is reviewed: reviews are known by
    their platform's ids or by what they say, so that files of one place may overlap.
    """
    name = ", ".join([*brands, *([place] if place else [])]) or "reviews"
    return import_own_file(
        installation, "review_file", path, {"name": name, **params}, brands=brands, place=place, as_of=as_of
    )


def import_own_file(
    installation: Installation,
    source: str,
    path: Path,
    params: Mapping[str, Any],
    *,
    brands: tuple[str, ...],
    place: str | None,
    as_of: datetime | None = None,
) -> Run:
    """Import one file by a source of files as one run. Raises ConfigError for wrong parameters."""
    wanted = configure(
        0,
        SourceSettings(
            source=source, brands=brands, place=place, params={"path": str(path.resolve()), **params}
        ),
        base=installation.settings.base,
    )
    return collect(installation, wanted, full=True, kind="import", as_of=as_of)


def survey_name(path: Path, *, brands: Sequence[str], place: str | None) -> str:
    """Return the name of a survey whose file gives none: its brands, its place, its file's name.

    Numbers and names of months are left out of the file's name, so that this month's export of a survey goes
    on where the last one ended.
    """
    words = re.sub(r"[\W\d_]+", " ", fold(path.name.split(".")[0])).split()
    stem = " ".join(word for word in words if word not in MONTH)
    return ", ".join([*brands, *([place] if place else []), stem or "survey"])


def _status(parsed: Parsed) -> tuple[RunStatus, str]:
    mentions = sum(isinstance(item, Mention) for item in parsed.items)
    facts = RunFacts(
        pages=1,
        items=len(parsed.items),
        mentions=mentions,
        results=sum(item.item in {"search_page", "suggestions", "answer"} for item in parsed.items),
        rejected=Counter(each.reason for each in parsed.rejected),
        says_empty=int(parsed.says_empty),
        remark=parsed.remark,
        declared_total=parsed.declared_total,
        silent=parsed.silent,
        unfinished=1,  # one page of a listing: what it declares lies on its other pages too
    )
    judged = run_status(facts)
    return judged.status, judged.reason


def _bytes(path: Path) -> bytes:
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            return file.read(LARGEST + 1)
    with path.open("rb") as file:
        return file.read(LARGEST + 1)
