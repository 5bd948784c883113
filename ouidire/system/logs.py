"""Logs: one line of JSON a unit of work, on standard error or in a file.

`OUIDIRE_LOG` sets the level (debug, info, warning, error). A person at a terminal, who sees progress and
results, gets none without it. Nothing personal is logged: no names, no verbatims, no addresses.
"""

import logging
import os
import sys
from functools import partial
from pathlib import Path

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


NOTHING = logging.CRITICAL
"""A level that no line of ours has."""


def configure(*, quiet: bool | None = None, file: Path | None = None) -> None:
    """Send logs to a file, which is added to, or to standard error.

    Quiet, nothing goes to standard error unless `OUIDIRE_LOG` asks for it: by default when a person is at the
    terminal. Raises OSError where the file cannot be written.
    """
    if quiet is None:
        quiet = sys.stderr.isatty()
    asked = os.environ.get("OUIDIRE_LOG", "").lower()
    otherwise = NOTHING if quiet and file is None else logging.INFO
    level = LEVELS.get(asked, logging.INFO if asked else otherwise)
    if file is not None:
        FileLogger(file).check()  # what cannot be written is said before anything is done
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_at_standard_error if file is None else partial(_in_file, file),
        cache_logger_on_first_use=False,
    )


class FileLogger:
    """Adds lines to a file, which is private to its user; it may be moved away meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        """Raise OSError where the file cannot be written."""
        os.close(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))

    def msg(self, message: str) -> None:
        """Add a line. Raises OSError."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
            stream.write(f"{message}\n")

    debug = info = warning = error = critical = exception = msg


def _in_file(path: Path, *_: object) -> FileLogger:
    """Return a logger to a file."""
    return FileLogger(path)


def _at_standard_error(*_: object) -> structlog.PrintLogger:
    """Return a logger to what standard error is now; it may change between two commands of one process."""
    return structlog.PrintLogger(sys.stderr)
