"""One run of one source, in a process of its own: `python -m crawlers.run`.

It reads a `CrawlJob` as JSON on standard input, writes its progress as JSON lines on standard output and its
log on standard error, and exits 0 once the harvest is sealed, whatever its status. When nobody reads its
progress any more, the process that started it is gone: it stops without sealing, and the run never happened.
`crawlers.spawn` is the other side.
"""

import json
import logging
import os
import resource
import sys
import threading
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import Any

from pydantic import ValidationError

from crawlers import load_source
from crawlers.base import Source
from crawlers.engine.collector import Collector
from crawlers.engine.describe import describe_error
from crawlers.engine.files import read_files
from crawlers.engine.logs import log_to_stderr
from crawlers.engine.secrets import Secrets
from crawlers.job import CrawlJob, Progress
from crawlers.page_process import ChildReader, ReadingLimits
from crawlers.page_reading import PageReader
from ouidire.errors import OuidireError
from ouidire.harvest.manifest import Manifest
from ouidire.harvest.store import HarvestWriter
from ouidire.page import Request
from ouidire.system.private import keep_files_private

USAGE = 2
ABANDONED = 3
"""Exit codes: no readable job; nobody reads the progress."""
SECOND = 1.0

log = logging.getLogger("ouidire.crawl")


def run(
    job: CrawlJob,
    *,
    source: Source[Any] | None = None,
    on_progress: Progress | None = None,
    reader: PageReader | None = None,
) -> Manifest:
    """Crawl, and seal the harvest in `job.folder`; `source` stands in for the catalogue's.

    Pages are read by `reader`, in this process by default.

    At most once in a process for a source that is fetched. Raises HarvestError or OSError when the harvest
    cannot be written; everything else ends as the run's status.
    """
    with HarvestWriter(
        Path(job.folder), run_id=job.run_id, source=job.slug, source_key=job.source_key, entity=job.entity
    ) as writer:
        wanted = source or load_source(job.slug)
        collector = Collector(job, wanted, writer, on_progress=on_progress, secrets=Secrets(), reader=reader)
        try:
            _collect(collector, wanted, job)
        except OSError:
            raise
        except OuidireError as error:
            collector.report_fault(str(error))
        except Exception as error:  # noqa: BLE001 (our own fault is a status too, and the harvest is sealed with it)
            collector.report_fault(f"an error of ours: {describe_error(error)}")
        summary = collector.summary()
        manifest = writer.seal(summary)
    figures = summary.model_dump(
        include={"status", "requests", "pages", "not_modified", "items", "refused_by_robots"}
    )
    log.info(
        "run ended",
        extra={"figures": {"run": job.run_id, "source": job.slug, **figures, "reason": summary.reason}},
    )
    return manifest


def _collect(collector: Collector, source: Source[Any], job: CrawlJob) -> None:
    try:
        params = source.params.model_validate(job.params)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, problem["loc"])) or "parameters" for problem in error.errors())
        collector.report_fault(f"the source's parameters are wrong: {wrong}")
        return
    first = source.first_requests(params, since=job.since)
    requests = _requests(collector, chain(first, source.requests_again(params, job.again)))
    if source.about.access == "file":
        read_files(collector, requests)
    elif source.stream is not None:
        from crawlers.engine.stream.tail import follow_stream

        follow_stream(collector, requests, source.stream(params))
    else:
        from crawlers.engine.fetch import fetch

        fetch(collector, requests, renders=source.about.renders, grant=source.grant(params))


def _requests(collector: Collector, requests: Iterator[Request]) -> Iterator[Request]:
    """Yield a source's requests; an error among them is reported as the run's fault, and ends them."""
    while True:
        try:
            request = next(requests, None)
        except OuidireError as error:
            collector.report_fault(str(error))
            return
        except Exception as error:  # noqa: BLE001 (a source's bug)
            collector.report_fault(f"the source failed to say what to fetch: {describe_error(error)}")
            return
        if request is None:
            return
        yield request


class ProgressWriter:
    """Writes the progress once a second, also when nothing moves, so that a reader who is gone is noticed."""

    def __init__(self) -> None:
        self._figures = (0, 0)
        self._written_at = 0.0
        self._lock = threading.Lock()
        threading.Thread(target=self._beat, daemon=True).start()

    def __call__(self, pages: int, items: int) -> None:
        """Set the figures; write them when the last line is a second old."""
        self._figures = (pages, items)
        if monotonic() - self._written_at >= SECOND:
            self.write()

    def write(self) -> None:
        """Write a line now."""
        with self._lock:
            self._written_at = monotonic()
            pages, items = self._figures
            try:
                sys.stdout.write(json.dumps({"pages": pages, "items": items}) + "\n")
                sys.stdout.flush()
            except OSError:
                os._exit(ABANDONED)

    def _beat(self) -> None:
        while True:
            threading.Event().wait(SECOND)
            if monotonic() - self._written_at >= SECOND:
                self.write()


def main(source: Source[Any] | None = None) -> int:
    """Run the job on standard input and return the exit code; `source` stands in for the catalogue's."""
    keep_files_private()
    log_to_stderr()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold people's words
    try:
        job = CrawlJob.model_validate_json(sys.stdin.buffer.read())
    except ValidationError as error:
        problems = {"problems": error.error_count()}
        # a traceback would quote the job
        log.error("no readable job on standard input", extra={"figures": problems})  # noqa: TRY400
        return USAGE
    try:
        wanted = source or load_source(job.slug)
        # before anything starts a thread: a copy of a process has one only
        with ChildReader.forked(wanted, ReadingLimits.of(job.fetch, wanted)) as reader:
            progress = ProgressWriter()
            run(job, source=wanted, on_progress=progress, reader=reader)
    except OuidireError as error:
        log.error("the run could not be kept: %s", error)  # noqa: TRY400 (the message is meant for people, and whole)
        return 1
    progress.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
