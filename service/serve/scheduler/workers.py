"""Worker threads: they run what the scheduler loop starts, and post the outcome as an event."""

import threading
from collections.abc import Callable

import structlog

from ouidire.errors import OuidireError
from ouidire.state.runs import Run
from service.pipeline.run_due import Done
from service.serve.scheduler.events import CrawlFinished, PassFinished, PostEvent

log = structlog.get_logger()


class WorkerThreads:
    """One thread for each piece of work; the scheduler loop limits how many there are.

    They never outlive the process.
    """

    def __init__(self, post: PostEvent) -> None:
        self._post = post
        self._cancelled = threading.Event()

    def crawl(self, key: str, work: Callable[[Callable[[], bool]], Run]) -> None:
        """Start a crawl; `work` is given a function that returns whether it was cancelled."""

        def run() -> None:
            try:
                self._post(CrawlFinished(key, work(self._cancelled.is_set)))
            except Exception as error:  # noqa: BLE001 (the last line of a thread: nobody is above it)
                self._post(CrawlFinished(key, None, _error_message("crawl", error)))

        threading.Thread(target=run, name=f"crawl {key}", daemon=True).start()

    def process_pending(self, work: Callable[[], Done]) -> None:
        """Start a pass over what is pending."""

        def run() -> None:
            try:
                self._post(PassFinished(work()))
            except Exception as error:  # noqa: BLE001 (same)
                self._post(PassFinished(None, _error_message("process_pending", error)))

        threading.Thread(target=run, name="process_pending", daemon=True).start()

    def cancel_all(self) -> None:
        """Have every crawl under way end at once."""
        self._cancelled.set()


def _error_message(work: str, error: Exception) -> str:
    """Return what went wrong, for a person; a fault of our own is logged with its traceback."""
    if isinstance(error, OuidireError):
        return str(error)
    log.error("fault", what=work, exc_info=error)
    return f"{type(error).__name__}: a fault of Ouï-dire's own; the log says where it arose"
