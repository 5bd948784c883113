"""The watch: says in the log when a source falls ill and when it is well again, once each."""

from collections.abc import Iterable

import structlog

from ouidire.state.runs import Run

log = structlog.get_logger()
WELL = ("ok", "empty")


class SourceWatch:
    """Remembers which sources were ill when it last looked."""

    def __init__(self) -> None:
        self._ill: dict[str, str] = {}

    def look(self, newest: Iterable[Run]) -> None:
        """Compare the last run of each source with the last look; one that goes on says nothing yet."""
        for run in newest:
            if run.status == "running":
                continue
            before = self._ill.get(run.source_key)
            if run.status in WELL and before is not None:
                del self._ill[run.source_key]
                log.info("source well again", source=run.source, key=run.source_key)
            elif run.status not in WELL and before != run.status:
                self._ill[run.source_key] = run.status
                log.warning(
                    "source ill", source=run.source, key=run.source_key, status=run.status, run=run.id
                )
