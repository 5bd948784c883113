"""Shows on a terminal how a pass goes: a line and a bar for each source under way, one bar for the index.

Nothing is shown where standard error is no terminal; the log has it there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from service.cli.language import value_named, words
from service.cli.output import err

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ouidire.state.runs import Run
    from service.pipeline.configured_sources import ConfiguredSource

NAME_WIDTH = 40
"""Characters of a source's name that a line of progress shows."""


class PassProgress:
    """The bars of one pass; its methods may be called by several threads."""

    def __init__(self, bars: "Progress") -> None:
        self._bars, self._lock = bars, Lock()
        self._of_sources: dict[str, TaskID] = {}
        self._index: TaskID | None = None

    def begin(self, source: "ConfiguredSource") -> Callable[[int, int], None]:
        """Show a source that is being read; return what to call with its pages and items."""
        return self.begin_named(source.key)

    def begin_named(self, name: str) -> Callable[[int, int], None]:
        """Show something that is being read, by its name; return what to call with its pages and items."""
        task = self._bars.add_task(_short(name), total=None, found="")
        with self._lock:
            self._of_sources[name] = task

        def update(pages: int, items: int) -> None:
            self._bars.update(task, found=_found(pages, items))

        return update

    def end(self, run: "Run") -> None:
        """Take a source's bar away, and leave a short line of how its run ended."""
        self.end_named(run.source_key)
        summary = run.summary
        found = _found(summary.pages, summary.items) if summary else ""
        self._bars.console.print(
            f"  {_short(run.source_key)}  {_status(run.status)}  {found}".rstrip(), markup=False
        )

    def end_named(self, name: str) -> None:
        """Take a bar away."""
        with self._lock:
            task = self._of_sources.pop(name, None)
        if task is not None:
            self._bars.remove_task(task)

    def index(self, done: int, total: int) -> None:
        """Show how many of the items that wait are in the index."""
        with self._lock:
            if self._index is None:
                self._index = self._bars.add_task(words().text("progress.index"), total=total, found="")
        self._bars.update(self._index, completed=done, total=total, found=f"{done}/{total}")


@contextmanager
def pass_progress(*, quiet: bool = False) -> "Iterator[PassProgress | None]":
    """Show the bars of a pass while it goes on; None where nobody is at a terminal."""
    if quiet or not err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[found]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bars:
        yield PassProgress(bars)


def _short(name: str) -> str:
    return name if len(name) <= NAME_WIDTH else f"{name[: NAME_WIDTH - 1]}…"


def _found(pages: int, items: int) -> str:
    """Return how many pages and items were read, in words."""
    return f"{words().fill('progress.pages', n=pages)}, {words().fill('progress.items', n=items)}"


def _status(status: str) -> str:
    """Return a status of a run in words."""
    return value_named("statuses", status, file="pages")
