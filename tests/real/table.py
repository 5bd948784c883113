"""The table that `make real` prints: a line for each file, then a line for each aim."""

import json
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.real.cases import GROUPS, left_aside, unread
from tests.real.compare import MORE_PAGES

LEAST = {"google": 9}
"""Files of a group that must be exact; all of them where nothing is said."""
NO_AIM = frozenset({"article"})
SHOWN = 90
WIDTH = 160
"""Columns of a table that is not shown on a terminal."""


class Row(NamedTuple):
    """One file: how its run ended and every check."""

    case: Any
    reading: Any
    checks: list

    @property
    def wrong(self):
        return [check for check in self.checks if check.aim and not check.exact]

    @property
    def beyond(self):
        return [check for check in self.checks if not check.aim and not check.exact]

    def exact(self):
        return not self.wrong


class Aim(NamedTuple):
    """One group: how many of its files are exact, of how many, and whether that is enough."""

    group: str
    exact: int
    files: int
    least: int

    @property
    def met(self):
        return self.exact >= self.least


def aims(rows):
    """The aims, in the order of the groups."""
    listed = []
    for group in GROUPS:
        of_it = [row for row in rows if row.case.group == group]
        if of_it:
            least = 0 if group in NO_AIM else min(LEAST.get(group, len(of_it)), len(of_it))
            listed.append(Aim(group, sum(row.exact() for row in of_it), len(of_it), least))
    return listed


def as_json(rows):
    """The same as one JSON value."""
    return {
        "files": [
            {
                "file": row.case.name,
                "source": row.case.slug or "engine",
                "group": row.case.group,
                "status": row.reading.status,
                "reason": row.reading.reason,
                "exact": row.exact(),
                "checks": [{**check._asdict(), "exact": check.exact} for check in row.checks],
            }
            for row in rows
        ],
        "aims": [{**aim._asdict(), "what": GROUPS[aim.group], "met": aim.met} for aim in aims(rows)],
        "read_by_no_source_yet": unread(),
        "left_aside": left_aside(),
    }


def dumped(rows):
    """The JSON as text."""
    return json.dumps(as_json(rows), ensure_ascii=False, indent=1, default=_plain)


def _plain(value):
    if isinstance(value, set):
        return sorted(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def show(rows, console=None):
    """Print the table for people."""
    console = console or Console(soft_wrap=True, highlight=False)
    if not console.is_terminal:
        console = Console(soft_wrap=True, highlight=False, width=WIDTH)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("file", "source", "status", "expected", "read", "exact"):
        table.add_column(column, overflow="fold")
    for row in rows:
        wanted, read = _told(row)
        verdict = (
            Text("exact", "green")
            if row.exact()
            else Text(f"{len(row.wrong)} of {len(row.checks)} differ", "red")
        )
        status = (
            f"{row.reading.status} (more pages)" if row.reading.reason == MORE_PAGES else row.reading.status
        )
        cells = (row.case.name, row.case.slug or "engine", status, wanted, read)
        table.add_row(*(Text(str(cell)) for cell in cells), verdict)
    console.print(table)
    for row in rows:
        for check in (*row.wrong, *row.beyond):
            mark = "" if check.aim else " (beyond the aims)"
            console.print(
                Text(
                    f"\n{row.case.name}: {check.what}{mark}\n"
                    f"  expected {_short(check.wanted)}\n"
                    f"  read     {_short(check.read)}"
                )
            )
    console.print()
    for aim in aims(rows):
        mark = Text("  met " if aim.met else "UNMET ", "green" if aim.met else "bold red")
        floor = "" if aim.least else " (no aim is set)"
        if 0 < aim.least < aim.files:
            floor = f" (at least {aim.least})"
        console.print(
            Text.assemble(mark, f"{GROUPS[aim.group]}: {aim.exact} of {aim.files} files exact{floor}")
        )
    left = unread()
    folders = ", ".join(sorted({name.split("/")[0] for name in left}))
    console.print(Text(f"      read by no source yet: {len(left)} files{folders and f' ({folders})'}"))
    for name, reason in left_aside().items():
        console.print(Text(f"      left aside: {name}: {reason}"))


def _told(row):
    """What was expected and read, in a few words: the status of what must end so, else how much there was."""
    checks = {check.what: check for check in row.checks}
    for what, unit in (
        ("organic list", "organic"),
        ("titles", "titles"),
        ("ids, in order", "reviews"),
        ("every result", "results"),
    ):
        if what in checks:
            return f"{len(checks[what].wanted)} {unit}", f"{len(checks[what].read)} {unit}"
    if "ratings and counts" in checks:
        ratings, reviews = checks["ratings and counts"], checks["reviews"]
        return tuple(
            f"{len(getattr(ratings, side))} ratings, {getattr(reviews, side)} reviews"
            for side in ("wanted", "read")
        )
    for what in ("entries", "reviews", "fetched", "items"):
        if what in checks:
            return f"{_size(checks[what].wanted)} {what}", f"{_size(checks[what].read)} {what}"
    return f"{len(row.checks)} things", f"{len(row.checks) - len(row.wrong) - len(row.beyond)} as expected"


def _size(value):
    return len(value) if isinstance(value, list) else value


def _short(value):
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    return text if len(text) <= 3 * SHOWN else f"{text[: 3 * SHOWN]}… ({len(text)} characters)"
