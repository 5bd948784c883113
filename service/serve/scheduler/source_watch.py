"""Logs when a source begins to fail and when it works again, once each."""

from collections.abc import Iterable

import structlog

from ouidire.state.runs import Run

log = structlog.get_logger()
WELL = ("ok", "empty")


class SourceWatch:
    """Keeps which sources were failing when they were last compared."""

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}

    def compare(self, newest: Iterable[Run]) -> None:
        """Log what changed in the last run of each source; one that is still running changes nothing."""
        for run in newest:
            if run.status == "running":
                continue
            before = self._failing.get(run.source_key)
            if run.status in WELL and before is not None:
                del self._failing[run.source_key]
                log.info("source well again", source=run.source, key=run.source_key)
            elif run.status not in WELL and before != run.status:
                self._failing[run.source_key] = run.status
                log.warning(
                    "source ill", source=run.source, key=run.source_key, status=run.status, run=run.id
                )
