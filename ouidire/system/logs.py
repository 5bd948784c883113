"""Logs: one line a unit of work, on standard error; JSON for machines, plain at a terminal.

`OUIDIRE_LOG` sets the level (debug, info, warning, error). Nothing personal is logged: no names, no
verbatims, no addresses.
"""

import logging
import os
import sys

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(*, quiet: bool | None = None) -> None:
    """Send logs to standard error.

    Quiet, only warnings are shown: by default when a person is at the terminal, who sees the progress
    instead.
    """
    terminal = sys.stderr.isatty()
    if quiet is None:
        quiet = terminal
    level = LEVELS.get(os.environ.get("OUIDIRE_LOG", "warning" if quiet else "info").lower(), logging.INFO)
    renderer = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_at_standard_error,
        cache_logger_on_first_use=False,
    )


def _at_standard_error(*_: object) -> structlog.PrintLogger:
    """Return a logger to what standard error is now; it may change between two commands of one process."""
    return structlog.PrintLogger(sys.stderr)
