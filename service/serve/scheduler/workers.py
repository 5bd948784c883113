"""The crew: threads that do what the conductor sends them to do, and say how it went."""

import threading
from collections.abc import Callable

import structlog

from ouidire.errors import OuidireError
from ouidire.state.runs import Run
from service.pipeline.run_due import Done
from service.serve.scheduler.events import Ended, PassFinished, Post

log = structlog.get_logger()


class WorkerThreads:
    """One thread for each thing to do; the conductor says how many there may be.

    They never outlive the process.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._hurry = threading.Event()

    def crawl(self, key: str, work: Callable[[Callable[[], bool]], Run]) -> None:
        """Have a crawl made; its end comes back as an event."""

        def made() -> None:
            try:
                self._post(Ended(key, work(self._hurry.is_set)))
            except Exception as error:  # noqa: BLE001 (the last door of a thread)
                self._post(Ended(key, None, _told("crawl", error)))

        threading.Thread(target=made, name=f"crawl {key}", daemon=True).start()

    def process_pending(self, work: Callable[[], Done]) -> None:
        """Have done what follows crawling; its end comes back as an event."""

        def made() -> None:
            try:
                self._post(PassFinished(work()))
            except Exception as error:  # noqa: BLE001 (same)
                self._post(PassFinished(None, _told("tend", error)))

        threading.Thread(target=made, name="tend", daemon=True).start()

    def cancel_all(self) -> None:
        """Have every crawl under way end at once."""
        self._hurry.set()


def _told(what: str, error: Exception) -> str:
    """Say what went wrong; a fault of our own goes to the log with its traceback."""
    if isinstance(error, OuidireError):
        return str(error)
    log.error("fault", what=what, exc_info=error)
    return f"{type(error).__name__}: a fault of Ouï-dire's own; the log says where it arose"
