"""Logs: one line a unit of work, on standard error, as JSON for machines and plain for a person at a terminal.

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
    chosen = "warning" if (terminal if quiet is None else quiet) else "info"
    level = LEVELS.get(os.environ.get("OUIDIRE_LOG", chosen).lower(), logging.INFO)
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
    """A logger to what standard error is now: a process that runs several commands may have given it away in between."""
    return structlog.PrintLogger(sys.stderr)
