"""Sources that are files: read from the disk, then kept, parsed and counted as pages are.

It reads regular files of at most `fetch.max_page_mb`; it cannot see whether a file has been read before.
"""

import mimetypes
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from crawlers.engine.collector import Collector
from ouidire.page import Page, Request


def read_files(collector: Collector, requests: Iterator[Request]) -> None:
    """Read what a source requests, follow-ups included, until nothing is left."""
    waiting = [(request, True) for request in requests if collector.plan(request)]
    collector.files.several = len(waiting) > 1
    while waiting:
        request, first = waiting.pop(0)
        page = _read(collector, request, first=first)
        if page is not None:
            read = collector.read_page(page, request=request, first=first)
            waiting.extend((follow, False) for follow in read.follow)


def _read(collector: Collector, request: Request, *, first: bool) -> Page | None:
    parts = urlsplit(request.url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        refusal = "a source of files reads file: addresses of this machine only"
        collector.add_problem("address", request.url, refusal, first=first)
        return None
    path = Path(url2pathname(parts.path))
    most = int(collector.job.fetch.max_page_mb * 1e6)
    collector.count_request()
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            collector.add_problem("http", request.url, "it is not a regular file", first=first)
            return None
        with path.open("rb") as file:
            body = file.read(most + 1)
        after = path.stat()
    except OSError as error:
        collector.add_problem("http", request.url, f"the file cannot be read: {error.strerror}", first=first)
        return None
    if (about.st_size, about.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        growing = "the file changed while it was read: it is being written, and is read at the next run"
        collector.add_problem("http", request.url, growing, first=first)
        return None
    if len(body) > most:
        collector.add_problem(
            "too_large", request.url, "the file is larger than fetch.max_page_mb", first=first
        )
        return None
    kind, _ = mimetypes.guess_type(path.name)
    return Page(
        url=request.url,
        body=body,
        fetched_at=collector.job.as_of or collector.clock(),
        headers={"content-type": kind or "application/octet-stream"},
        kind=request.kind,
        context=request.context,
    )
