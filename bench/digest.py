"""Build time of a digest as history grows, on both back-ends: ratios of two builds in one run.

    python -m bench.digest [sqlite|elasticsearch]            SCALE=100000 by default

Two indices are filled with SCALE and SCALE / 10 mentions of the past, then with the same 9,000 of the week
reported and of the eight that it is compared with: a digest looks no further back, so that an older
installation should not wait longer for it. Aim: 1.5 times at most. Elasticsearch is the one at
ELASTICSEARCH_URL, else one that is fetched and started; SQLite is measured without.

Nothing is inferred: annotations are made up. Past 20,000, mentions of the past repeat others under ids and
dates of their own.
"""

# ruff: noqa: T201 (a benchmark is a program: it prints its table)

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle, islice
from logging import WARNING
from pathlib import Path

import structlog

from bench.elastic import opened, served
from bench.measuring import timed
from bench.search import START, documents
from ouidire.documents import MentionDocument
from ouidire.index import MentionIndex
from ouidire.period import period_of
from ouidire.settings.brand import Brand
from reports.builders.digest import build
from reports.data.baseline import PAST_PERIODS
from reports.data.scope import Edition, Scope
from search.sqlite.index import SqliteIndex

SCALE = int(os.environ.get("SCALE", "100000"))
WEEK = timedelta(weeks=1)
PAST = 52 * WEEK
REPORTED = START + PAST + PAST_PERIODS["week"] * WEEK
"""The Monday of the week that the digest reports; START is the first Monday of the past."""
A_WEEK = 1_000
DISTINCT = 20_000
BUILDS = 5


def corpus(size: int) -> Iterator[MentionDocument]:
    """Yield `size` mentions of the past, then those of the 27 weeks that a digest looks at."""
    for number, each in enumerate(islice(cycle(tuple(documents(min(size, DISTINCT)))), size)):
        yield dated(each, f"past-{number}", START + PAST * (number / size))
    weeks = PAST_PERIODS["week"] + 1
    for number, each in enumerate(documents(weeks * A_WEEK)):
        at = REPORTED - PAST_PERIODS["week"] * WEEK + weeks * WEEK * (number / (weeks * A_WEEK))
        yield dated(each, f"recent-{number}", at)


def dated(mention: MentionDocument, key: str, at: datetime) -> MentionDocument:
    """Return a mention under another id and date."""
    return mention.model_copy(update={"id": key, "period_at": at, "published_at": at, "first_seen_at": at})


def building(small: MentionIndex, large: MentionIndex) -> tuple[float, float]:
    """Fill two indices; return the seconds that one digest takes on each.

    It is the best of five, in turns, after one that warms up.
    """
    brands = [
        Brand(slug=f"brand-{number}", name=f"Brand {number}", role="own" if number == 1 else "competitor")
        for number in range(1, 4)
    ]
    period = period_of("week", REPORTED.date(), timezone="Europe/Paris")
    edition = Edition(scope=Scope(brand="brand-1"))
    taken: tuple[list[float], list[float]] = ([], [])
    for index, size in ((small, SCALE // 10), (large, SCALE)):
        index.ensure()
        index.rebuild(corpus(size))
    for _ in range(BUILDS + 1):
        for index, seconds in zip((small, large), taken, strict=True):
            work = partial(build, index, period, edition=edition, brands=brands, now=period.end)
            seconds.append(timed(work))
    small.close()
    large.close()
    return min(taken[0][1:]), min(taken[1][1:])


def measure(backend: str, small: MentionIndex, large: MentionIndex) -> None:
    """Measure a back-end and print its line."""
    less, more = building(small, large)
    found = f"{less:.2f} s after {SCALE // 10} mentions, {more:.2f} s after {SCALE}"
    print(f"digest on {backend}: {found}: x {more / less:.2f} (aim 1.5 at most)", flush=True)


def main(only: str = "") -> None:
    """Measure both back-ends, or the one that is named."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNING))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if only != "elasticsearch":
            measure("sqlite", SqliteIndex(folder / "small.db"), SqliteIndex(folder / "large.db"))
        if only != "sqlite":
            with served() as url:
                if url is not None:
                    measure(
                        "elasticsearch",
                        opened(url, folder, "bench-digest-small"),
                        opened(url, folder, "bench-digest-large"),
                    )


if __name__ == "__main__":
    main(*sys.argv[1:2])
