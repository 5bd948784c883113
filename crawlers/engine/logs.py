"""The child's log: JSON lines on standard error, of our own words only.

Other libraries quote addresses and texts in their messages; of theirs only the logger, the level and the type
of error are passed on, and only from a warning upward.
"""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """One record, one line. Our own records carry their figures in `extra={"figures": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        own = record.name.startswith("ouidire")
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if own else f"message of {record.name}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            from crawlers.engine.describe import described

            line["error"] = described(record.exc_info[1])
        line |= getattr(record, "figures", {})
        return json.dumps(line, ensure_ascii=False)


def to_standard_error() -> None:
    """Send this process's logs there."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("ouidire").setLevel(logging.INFO)
    hush()


def hush() -> None:
    """Silence the libraries that tell as errors what we count as troubles; Scrapy sets its own level when it starts."""
    logging.getLogger().setLevel(logging.WARNING)
    for name in ("scrapy", "twisted", "scrapy-playwright", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
