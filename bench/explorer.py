"""Speed of the explorer's page of mentions on SQLite: list, facets and bars of a view, against bare SQL.

    python -m bench.explorer          SCALE=100000 by default

first     the page's reading the first time after a write: nothing is kept. Aim at 1,000,000 mentions: p95 of
          300 ms at most over views of four weeks.
again     the same once its counts are kept, as long as nothing is written.
bare      one statement that reads the same columns of the same rows, its result thrown away. Aim: first is
          1.5 times at most.
"""

# A benchmark is a program: it prints its table.
# ruff: noqa: T201

import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

from bench.measuring import p95, percentiles, timed
from bench.search import documents
from ouidire.index import MentionIndex
from reports.explore.facets import SHOWN
from reports.explore.filters import VALUES
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.overview import overview_of
from reports.explore.query_string import parse_view
from reports.explore.view import MentionView
from search.cached import CachedReader
from search.fields import check
from search.sqlite.index import SqliteIndex
from search.sqlite.query import compile_query

SCALE = int(os.environ.get("SCALE", "100000"))
TODAY = date(2026, 2, 20)
TIME = ReaderTime("Europe/Paris", TODAY)
VIEWS = {
    "four weeks": (
        "published=28d",
        "published=28d&brand=brand-1",
        "published=2026-01",
        "published=28d&side=negative",
    ),
    "words": ("q=livraison&published=28d", "q=remboursement&published=2026-01"),
    "a year": ("published=365d&brand=brand-1",),
    "everything": ("",),
}
ROUNDS = 5


def read(reader: MentionIndex, view: MentionView) -> None:
    """Read what the page shows of a view."""
    reader.search(query_of(view, reader, time=TIME), size=25)
    overview_of(reader, view, time=TIME)


def read_anew(index: SqliteIndex, view: MentionView) -> None:
    """Read the same with nothing kept."""
    read(CachedReader(index), view)


def bare(connection: sqlite3.Connection, index: SqliteIndex, view: MentionView) -> None:
    """Read the columns that are counted, of the rows that a view keeps."""
    query = query_of(view, index, time=TIME)
    where = compile_query(connection, query, check(query)).gathered()
    names = [*(VALUES[name].field for name in SHOWN), "aspect_polarity", "stars", "answered", "verified"]
    listed = ", ".join(f'm."{name}"' for name in [*names, "period_at", "sentiment"])
    statement = f"SELECT {listed} FROM mention m{where.text}"  # noqa: S608 (names of ours)
    for _ in connection.execute(statement, where.values):
        pass


def main() -> None:
    """Fill an index, and print a line for each kind of view."""
    with tempfile.TemporaryDirectory() as folder:
        index = SqliteIndex(Path(folder) / "index.db")
        index.rebuild(documents(SCALE))
        place = (Path(folder) / "index.db").resolve()
        print(f"{SCALE:,} mentions")
        with closing(sqlite3.connect(place)) as connection:
            for kind, sent in VIEWS.items():
                views = [parse_view(each, today=TODAY) for each in sent]
                rounds = [view for _ in range(ROUNDS) for view in views]
                plain = [timed(partial(bare, connection, index, view)) for view in rounds]
                first = [timed(partial(read_anew, index, view)) for view in rounds]
                kept = CachedReader(index)
                for view in views:
                    read(kept, view)
                again = [timed(partial(read, kept, view)) for view in rounds]
                for name, taken in (("bare", plain), ("first", first), ("again", again)):
                    print(f"{kind:12} {name:6} {percentiles(taken)}   x {p95(taken) / p95(plain):.2f}")
        index.close()


if __name__ == "__main__":
    main()
