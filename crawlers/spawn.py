"""The parent's side of a crawl: starts the child process, and kills it when it exceeds its limits.

The child limits itself; here is what happens when it cannot. Whatever becomes of it, nothing that it started
is left running, Chromium included, and the result is a manifest: the sealed one, or one with the reason why
there is none.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import IO

import psutil

from crawlers.job import CrawlJob
from crawlers.page_process import SLOWNESS
from ouidire.errors import HarvestError
from ouidire.harvest.manifest import Manifest, RunSummary
from ouidire.harvest.store import Harvest

COMMAND = (sys.executable, "-P", "-m", "crawlers.run")
"""-P keeps the working directory out of the module path: a file `scrapy.py` there must not be imported."""
POLL = 0.25
GRACE = 15.0
"""Seconds beyond `max_minutes` and the last request or page that a child is given to seal its harvest."""
PROCESSES_EVERY = 1.0
"""Seconds between two looks at which processes the child has started."""
STOPPED = "stopped before it ended, as the service was"

log = logging.getLogger("ouidire.crawl")


def run_job(
    job: CrawlJob,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    on_log: Callable[[str], None] | None = None,
    command: tuple[str, ...] = COMMAND,
    stop: Callable[[], bool] | None = None,
) -> Manifest:
    """Run a job in a child process of its own and return the manifest of its harvest.

    `on_progress` is called with (pages, items) as they grow; `on_log` with each line of the child's log (by
    default they go to the logger `ouidire.crawl`); `stop` is asked several times a second whether to end the
    child at once. When the child ends without sealing, or has to be killed, the manifest returned has the
    status `failed`, the reason and no segments, and exists nowhere else: the folder is left unsealed. Raises
    OSError when no process can be started; KeyboardInterrupt ends the child before it goes on.
    """
    started_at = datetime.now(UTC)
    process = subprocess.Popen(  # noqa: S603 (our own interpreter; the job is on its standard input)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    tree = _ProcessTree(process.pid)
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise OSError("the child has no pipes")
    logs = threading.Thread(target=_relay, args=(process.stderr, on_log or log.info), daemon=True)
    logs.start()
    try:
        with suppress(BrokenPipeError), process.stdin as stdin:
            stdin.write(job.model_dump_json().encode())
        killed = _watch(process, process.stdout, tree, job, on_progress, stop)
    finally:
        tree.kill()
        process.wait()
        process.stdout.close()
        logs.join(GRACE)
        process.stderr.close()
    if killed is None and process.returncode == 0:
        with suppress(HarvestError):
            manifest = Harvest(Path(job.folder)).manifest
            if manifest.run_id == job.run_id:
                return manifest
    return _failed(job, killed or _exit_reason(process.returncode), started_at)


def _watch(
    process: subprocess.Popen[bytes],
    output: IO[bytes],
    tree: "_ProcessTree",
    job: CrawlJob,
    on_progress: Callable[[int, int], None] | None,
    stop: Callable[[], bool] | None,
) -> str | None:
    """Follow the child until it ends; return why it was killed, or None when it ended by itself."""
    fetch = job.fetch
    late = max(fetch.timeout, fetch.max_page_seconds * SLOWNESS) + GRACE
    deadline = monotonic() + fetch.max_minutes * 60 + late
    looked_at = 0.0
    buffer = b""
    os.set_blocking(output.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        is_open = True
        while process.poll() is None or is_open:
            if is_open and selector.select(POLL):
                data = output.read(1 << 16)
                if data == b"":
                    selector.unregister(output)
                    is_open = False
                *lines, buffer = (buffer + (data or b"")).split(b"\n")
                _report(lines, on_progress)
            elif not is_open:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL)
            if process.poll() is not None:
                is_open = is_open and bool(selector.select(0))
                continue
            if stop is not None and stop():
                return STOPPED
            now = monotonic()
            if now - looked_at >= PROCESSES_EVERY:
                looked_at = now
                tree.refresh()
            if now > deadline:
                most = fetch.max_minutes
                return f"killed: still running {late:.0f} s after its fetch.max_minutes ({most:g})"
            if tree.memory() > fetch.max_memory_mb * 1e6:
                return f"killed: its memory grew beyond fetch.max_memory_mb ({fetch.max_memory_mb:g})"
    return None


class _ProcessTree:
    """A child process and its descendants, kept, since what loses its parent can no longer be found by it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._known: set[psutil.Process] = set()
        self._child: psutil.Process | None = None
        with suppress(psutil.Error):
            self._child = psutil.Process(pid)

    def refresh(self) -> None:
        """Add the descendants that there are now."""
        if self._child is not None:
            with suppress(psutil.Error):
                self._known.update(self._child.children(recursive=True))

    def memory(self) -> int:
        """Return the child's resident memory in bytes, 0 when it has ended; the browser is not counted."""
        if self._child is not None:
            with suppress(psutil.Error):
                return int(self._child.memory_info().rss)
        return 0

    def kill(self) -> None:
        """Kill what is left: the child's process group, and descendants that left it, as Chromium does."""
        self.refresh()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        for process in self._known:
            with suppress(psutil.Error):
                _kill_children(process)
                process.kill()
        psutil.wait_procs(list(self._known), timeout=GRACE)


def _kill_children(process: psutil.Process) -> None:
    for child in process.children(recursive=True):
        with suppress(psutil.Error):
            child.kill()


def _report(lines: list[bytes], on_progress: Callable[[int, int], None] | None) -> None:
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            figures = json.loads(line)
            if on_progress:
                on_progress(int(figures["pages"]), int(figures["items"]))


def _relay(stream: IO[bytes], on_log: Callable[[str], None]) -> None:
    for line in stream:
        on_log(line.decode(errors="replace").rstrip())


def _exit_reason(code: int) -> str:
    if code < 0:
        by = f"signal {-code} ({signal.Signals(-code).name})"
        return f"the crawling process was killed by {by} before its harvest was sealed"
    return f"the crawling process ended with code {code} before its harvest was sealed; its log says why"


def _failed(job: CrawlJob, reason: str, started_at: datetime) -> Manifest:
    summary = RunSummary(
        status="failed",
        reason=reason,
        started_at=job.now or started_at,
        finished_at=job.now or datetime.now(UTC),
    )
    return Manifest(
        run_id=job.run_id, source=job.slug, source_key=job.source_key, entity=job.entity, summary=summary
    )
