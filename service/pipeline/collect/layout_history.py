"""When a site began to serve another layout than before, from what past runs counted.

It cannot see runs that read no page, nor those of versions that did not count layouts.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import AwareDatetime

from ouidire.frozen import Frozen
from ouidire.state.runs import Run


class LayoutChange(Frozen):
    """A site's change of layout: when the first run read it, the layouts in use, and those just before."""

    since: AwareDatetime
    now: tuple[str, ...]
    before: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """One line for a person, like "since 2026-03-09 read by `cards`, before by `data`"."""
        return f"since {self.since:%Y-%m-%d} read by {_listed(self.now)}, before by {_listed(self.before)}"


def last_layouts(runs: Sequence[Run]) -> dict[str, int]:
    """Return the pages that each layout read in the newest run that read any; `runs` are newest first."""
    return next((counts for _, counts in _counted(runs)), {})


def last_layout_change(runs: Sequence[Run]) -> LayoutChange | None:
    """Return the latest change of layout, or None where the site serves what it always did.

    `runs` are newest first. A change is a run that is the first of all to read a layout still in use, or the
    first after one that read none of those in use: pages that come and go (an article now and then) are none.
    """
    counted = [(at, frozenset(counts)) for at, counts in _counted(runs)]
    if not counted:
        return None
    now = counted[0][1]
    earlier = _unions([layouts for _, layouts in counted])
    for number, (at, layouts) in enumerate(counted[:-1]):
        before = counted[number + 1][1]
        if before.isdisjoint(now) or (layouts & now) - earlier[number + 1]:
            return LayoutChange(since=at, now=tuple(sorted(now)), before=tuple(sorted(before)))
    return None


def _counted(runs: Sequence[Run]) -> Iterator[tuple[datetime, dict[str, int]]]:
    for run in runs:
        if run.summary is not None and run.summary.layouts:
            yield run.started_at, run.summary.layouts


def _unions(layouts: list[frozenset[str]]) -> list[frozenset[str]]:
    """Return, for each place of the list, all that is in it from there on."""
    unions = [frozenset[str]()]
    for each in reversed(layouts):
        unions.append(unions[-1] | each)
    return unions[:0:-1]


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)
