"""Shows how runs ended, and derives the exit code from it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.cli.language import sentence, value_named
from service.cli.output import exit_code, say_json, say_table

if TYPE_CHECKING:
    from ouidire.state.runs import Run

GOOD = ("ok", "empty")
COLUMNS = ("source", "status", "pages", "items", "new", "updated", "unchanged", "vanished", "why")


def report_runs(runs: "Sequence[Run]", *, as_json: bool) -> int:
    """Print how runs ended, as a table or as JSON; return the exit code."""
    if as_json:
        say_json(runs)
    else:
        say_runs(runs)
    return runs_exit_code(runs)


def say_runs(runs: "Sequence[Run]") -> None:
    """Print a table of how runs ended."""
    rows = [
        (
            each.source_key,
            status_word(each.status),
            each.summary.pages if each.summary else 0,
            each.summary.items if each.summary else 0,
            each.new,
            each.updated,
            each.unchanged,
            each.vanished,
            sentence(each.reason) if each.reason else each.reason,
        )
        for each in runs
    ]
    say_table(COLUMNS, rows)


def status_word(status: str) -> str:
    """Return what the status of a run is called in the language of the command line."""
    return value_named("statuses", status, file="pages")


def runs_exit_code(runs: "Sequence[Run]") -> int:
    """Return the exit code: 0 when all runs are good, 1 when none is, 3 in between."""
    return exit_code(bad=sum(each.status not in GOOD for each in runs), of=len(runs))
