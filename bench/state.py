"""Measures the state on SQLite and on PostgreSQL, as ratios of one run: items written and read, small turns.

`OUIDIRE_POSTGRES` names the server's database, as a URL of its own; what it holds is replaced. Without it
SQLite alone is measured.
"""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ouidire.state import State, open_state
from ouidire.state.items import ItemRecord, load_items, save_items
from ouidire.state.marks import mark_of, set_mark

SCALE = int(os.environ.get("SCALE", "100000"))
BATCH, TURNS = 256, 200
NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)


def item(number: int) -> ItemRecord:
    """Return one record."""
    return ItemRecord(
        id=f"{number:040d}",
        source="bench",
        source_key=f"bench:{number % 50}",
        revision=1,
        presence="present",
        content=f"{number:040x}",
        brands=("a",),
        published_at=NOW - timedelta(minutes=number),
        first_seen_at=NOW,
        last_seen_at=NOW,
        first_run=1,
        changed_run=1,
        last_run=1,
        content_run=1,
    )


def write(state: State) -> None:
    """Write all items, a batch a transaction, as ingestion does."""
    for start in range(0, SCALE, BATCH):
        with state.begin() as connection:
            save_items(connection, (item(each) for each in range(start, min(start + BATCH, SCALE))))


def read(state: State) -> None:
    """Read all items, a batch at a time."""
    for start in range(0, SCALE, BATCH):
        with state.read() as connection:
            load_items(connection, [f"{each:040d}" for each in range(start, start + BATCH)])


def turns(state: State) -> None:
    """Write and read one mark, again and again: what a run's beginning and a delivery's claim cost."""
    for each in range(TURNS):
        with state.begin() as connection:
            set_mark(connection, "bench", str(each))
        with state.read() as connection:
            mark_of(connection, "bench")


def seconds(work: Callable[[State], None], state: State) -> float:
    """Return how long a piece of work takes."""
    begun = time.perf_counter()
    work(state)
    return time.perf_counter() - begun


def main() -> None:
    """Print the seconds of each piece of work, and their ratio."""
    server = os.environ.get("OUIDIRE_POSTGRES")
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{Path(folder) / 'state.db'}", *([server] if server else [])]
        states = [open_state(url) for url in urls]
        print(f"{SCALE} items in batches of {BATCH}; {TURNS} small transactions")  # noqa: T201 (a program)
        for work in (write, read, turns):
            took = [seconds(work, state) for state in states]
            ratio = f"  PostgreSQL/SQLite {took[1] / took[0]:.2f}" if server else ""
            print(f"{work.__name__:6}", *(f"{each:8.2f} s" for each in took), ratio)  # noqa: T201 (a program)
        for state in states:
            state.close()


if __name__ == "__main__":
    main()
