"""The log of the crawling process: JSON lines on standard error, in our own words only.

Other libraries quote addresses and texts in their messages; of theirs only the logger, the level and the type
of error are passed on, and only from a warning upward.
"""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """Formats a record as one JSON line; ours carry their figures in `extra={"figures": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        own = record.name.startswith("ouidire")
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if own else f"message of {record.name}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            from crawlers.engine.describe import describe_error

            line["error"] = describe_error(record.exc_info[1])
        line |= getattr(record, "figures", {})
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr() -> None:
    """Send this process's logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("ouidire").setLevel(logging.INFO)
    silence_libraries()


def silence_libraries() -> None:
    """Silence the libraries that log as errors what we count as problems.

    To be called again once Scrapy has started: it sets its own level then.
    """
    logging.getLogger().setLevel(logging.WARNING)
    for name in ("scrapy", "twisted", "scrapy-playwright", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
