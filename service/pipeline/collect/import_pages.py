"""Import and reparse: harvests made from saved pages, or from the pages of past runs, by the same parsers.

Both make a run of their own, sealed before it is used. A reparse makes no events of edits: its parser
changed, not what people said; and an older page read again never overwrites what a newer one showed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import structlog

from crawlers import load_source
from crawlers.engine.collector import Collector
from crawlers.job import CrawlJob
from crawlers.page_process import ChildReader
from crawlers.page_reading import ParserFailed
from ouidire.errors import HarvestError, SourceError
from ouidire.harvest.manifest import RunSummary
from ouidire.harvest.store import HarvestWriter
from ouidire.ids import digest, source_key
from ouidire.page import Page, Request
from ouidire.settings.fetch import FetchSettings
from ouidire.state.runs import Run, begin_run, count_runs, end_run, is_held, run_by_id, sealed_runs
from ouidire.state.suppressions import suppressed
from service.pipeline.collect.source_past import identity_of
from service.pipeline.configured_sources import former_entities
from service.pipeline.installation import Installation

log = structlog.get_logger()


class Origin(NamedTuple):
    """The source, entity and brands that a run of stored pages is recorded under."""

    source: str
    entity: str
    brands: tuple[str, ...] = ()
    place: str | None = None
    query_kind: str | None = None


def import_pages(installation: Installation, pages: Sequence[Page], origin: Origin) -> Run:
    """Harvest saved pages as one run of a source, and return how it ended."""
    return _harvest(
        installation,
        ((None, page) for page in pages),
        origin,
        kind="import",
        label=pages[0].url if pages else "",
    )


def reparse(installation: Installation, run: Run) -> Run:
    """Read a past run's pages again with today's parser.

    Raises HarvestError when its pages are no longer kept.
    """
    harvest = installation.harvests.open(run.source, run.source_key, run.id)
    if not any(each.kind == "pages" for each in harvest.manifest.segments):
        raise HarvestError(f"the pages of run {run.id} are no longer kept ([harvest] keep_pages_days)")
    origin = Origin(run.source, run.entity, run.brands, run.place, run.query_kind)
    return _harvest(installation, harvest.pages(), origin, kind="reparse", label=run.id)


def reparsable(
    installation: Installation, *, source: str | None = None, since: datetime | None = None
) -> list[Run]:
    """Return the past runs whose pages can be read again, oldest first; those that are held are left out."""
    with installation.state.read() as connection:
        return [
            run
            for run in sealed_runs(connection)
            if run.kind != "reparse"
            and not is_held(run)
            and (source is None or run.source == source)
            and (since is None or run.started_at >= since)
        ]


def entity_of(source: str, pages: Iterable[Page], *, fetch: FetchSettings | None = None) -> str:
    """Return the entity of the first page with items; the first page's host where none has any."""
    host = ""
    with ChildReader.started(source, fetch) as reader:
        for page in pages:
            host = host or (urlsplit(page.url).hostname or page.url)
            try:
                parsed = reader.read(page)
            except (SourceError, ParserFailed):
                continue
            if parsed.items:
                return parsed.items[0].entity
    return host


def _harvest(
    installation: Installation,
    pages: Iterable[tuple[str | None, Page]],
    origin: Origin,
    *,
    kind: Literal["import", "reparse"],
    label: str,
) -> Run:
    now = installation.clock()
    entities = former_entities(installation.settings, origin.source)
    origin = origin._replace(entity=entities.get(origin.entity, origin.entity))
    key = source_key(origin.source, origin.entity)
    with installation.state.begin() as connection:
        refused = suppressed(connection)
        number = count_runs(connection, key)
        identity = identity_of(connection, key)
        run = begin_run(
            connection,
            run_id=f"{now:%Y%m%dT%H%M%S}-{digest(kind, label, str(number), size=4)}",
            kind=kind,
            source=origin.source,
            source_key=key,
            entity=origin.entity,
            brands=origin.brands,
            place=origin.place,
            query_kind=origin.query_kind,
            full=False,
            now=now,
        )
    folder = installation.harvests.folder(run.source, run.source_key, run.id)
    job = CrawlJob(
        run_id=run.id,
        slug=origin.source,
        source_key=key,
        entity=origin.entity,
        entities=entities,
        params={},
        folder=str(folder),
        now=now,
        author_secret=installation.secret.hex(),
        fetch=installation.settings.fetch,
        suppressed=tuple(sorted(refused)),
        identity=identity,
    )
    try:
        summary, sealed = _sealed(job, pages, partial=kind == "import"), True
    except (HarvestError, OSError) as error:
        installation.harvests.discard(run.source, run.source_key, run.id)
        failure = RunSummary(status="failed", reason=str(error), started_at=now, finished_at=now)
        summary, sealed = failure, False
    with installation.state.begin() as connection:
        end_run(connection, run, summary, sealed=sealed)
        ended = run_by_id(connection, run.id) or run
    log.info(
        "run ended",
        run=run.id,
        source=run.source,
        kind=kind,
        status=summary.status,
        pages=summary.pages,
        items=summary.items,
    )
    return ended


def _sealed(job: CrawlJob, pages: Iterable[tuple[str | None, Page]], *, partial: bool) -> RunSummary:
    """Read pages into a harvest and seal it; `partial` pages are some of a listing that has more.

    Raises HarvestError when a kept page is damaged, OSError when nothing can be written.
    """
    with HarvestWriter(
        Path(job.folder), run_id=job.run_id, source=job.slug, source_key=job.source_key, entity=job.entity
    ) as writer:
        with ChildReader.started(job.slug, job.fetch) as reader:
            collector = Collector(job, load_source(job.slug), writer, reader=reader)
            for number, (reference, page) in enumerate(pages):
                request = Request(url=page.url, kind=page.kind, context=page.context)
                collector.read_page(page, request=request, first=number == 0, reference=reference)
        collector.facts.unfinished += partial
        return writer.seal(collector.summary().model_copy(update={"complete": False})).summary
