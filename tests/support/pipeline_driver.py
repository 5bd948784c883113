"""Plays stages of the small chain in forked children, killing them at chosen durable boundaries.

    python pipeline_driver.py        orders as JSON lines on standard input, answers as JSON lines on standard
    output

A boundary is the moment after which something is durable: a flush to disk, a renaming or removal of a file,
the commit of a transaction of the state, a write to the index or to the outbox. They are counted from
outside, by wrapping what they go through; the code of Ouï-dire knows nothing of it. At the chosen one the
child kills itself with SIGKILL: all that lies between two boundaries leaves the same behind. An order copies
a folder, plays a stage as often as it is to be killed, plays it once more to its end, and compares what is
there with what the stage leaves when nobody kills it.
"""

import contextlib
import fcntl
import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from datetime import timedelta
from functools import wraps
from pathlib import Path
from unittest.mock import patch

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

import crawlers.sources.feed.article
import crawlers.sources.feed.article_text
import crawlers.spawn
from ouidire.harvest.store import HarvestWriter
from ouidire.state.items import find_items
from ouidire.state.tables import events, items, suppressions
from reports.delivery.deliver import Outbox
from search.sqlite.index import SqliteIndex
from service.demo import crawl_time
from service.pipeline.collect.import_pages import reparsable, reparse
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.linking import link_duplicates
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.forget import erase
from service.pipeline.run_due import run_due
from tests.support import pipeline_chain
from tests.support.pipeline_chain import Chain, difference, fingerprint, installation_at

BLANK = b"\x89PNG\r\n\x1a\n"


class Boundaries:
    """Counts boundaries and kills at one of them (0: none)."""

    def __init__(self, kill_at):
        self.kill_at, self.passed = kill_at, []

    def reach(self, name):
        self.passed.append(name)
        if len(self.passed) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, owner, name, label=None):
        inner, shown = getattr(owner, name), label or f"{getattr(owner, '__name__', owner)}.{name}"

        @wraps(inner)
        def outer(*args, **kwargs):
            result = inner(*args, **kwargs)
            self.reach(shown)
            return result

        setattr(owner, name, outer)

    def install(self):
        for name in ("fsync", "replace", "rename", "unlink", "rmdir", "link"):
            self.wrap(os, name)
        for name in ("replace", "rename", "unlink"):
            self.wrap(Path, name)
        for name in ("upsert", "delete", "_fill"):
            self.wrap(SqliteIndex, name)
        self.wrap(HarvestWriter, "add_item", "half a harvest")
        self.wrap(Outbox, "send", "outbox")
        self.wrap(SQLiteDialect_pysqlite, "do_commit", "commit")


def stage_week(folder, week):
    chain = Chain(folder)
    chain.week(int(week))
    chain.site.stop()


def stage_erase(folder, _):
    """Ask for one author's erasure by the address of a mention; again after a kill."""
    with opened(folder) as installation:
        with installation.state.read() as connection:
            target = [
                row
                for row in find_items(connection, author_keys=authors(installation))
                if row.presence in ("present", "vanished", "erasing")
            ]
        if target:
            erase(installation, item_id=target[0].id)
        run_due(installation)


def authors(installation):
    """The author keys of the review to erase: the one that was edited, so that it has events too."""
    with installation.state.read() as connection:
        subject = connection.execute(
            select(events.c.subject_id).where(events.c.payload.contains('"edited"')).order_by(events.c.id)
        ).scalar()
        done = connection.execute(select(suppressions.c.token)).scalar()
        key = connection.execute(select(items.c.author_key).where(items.c.id == (subject or done))).scalar()
    return [key] if key else []


def stage_retain(folder, _):
    """All that is due 200 days later, when the pages of the first weeks are no longer kept."""
    chain = Chain(folder)
    installation = chain.open(4, after=timedelta(days=200))
    chain.site.week = 5
    with installation.exclusive():
        run_due(installation)
    installation.close()
    chain.site.stop()


def stage_reparse(folder, _):
    with opened(folder) as installation:
        run_due(installation)
        for run in reparsable(installation):
            reparse(installation, run)
            ingest_waiting(installation)
        link_duplicates(installation)


def stage_rebuild(folder, _):
    with opened(folder) as installation:
        run_due(installation)
        rebuild(installation)
        ingest_waiting(installation)


@contextlib.contextmanager
def opened(folder):
    installation = installation_at(folder, crawl_time(4))
    try:
        with installation.exclusive():
            yield installation
    finally:
        installation.close()


STAGES = {
    "week": stage_week,
    "erase": stage_erase,
    "retain": stage_retain,
    "reparse": stage_reparse,
    "rebuild": stage_rebuild,
}


def play(folder, stage, *, kill_at=0, passed=None):
    """Play a stage; with `passed`, write the names of the boundaries there."""
    boundaries = Boundaries(kill_at)
    boundaries.install()
    name, _, argument = stage.partition(" ")
    STAGES[name](folder, argument)
    if passed:
        passed.write_text(json.dumps(boundaries.passed))


def show(folder, to):
    with opened(folder) as installation:
        to.write_text(json.dumps(fingerprint(installation)))


def forked(work, *arguments, **named):
    """Do something in a forked child; return its exit code, negative when a signal ended it."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work(*arguments, **named)
            code = 0
        except BaseException:  # noqa: BLE001 (told on standard error, and by the exit code)
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def carry_out(order):
    """Play one order; return the exit codes, and what differs from what was expected."""
    if "base" not in order:  # the chain that nobody kills
        folder = Path(order["folder"])
        codes = [
            forked(play, folder, order["stage"], passed=Path(order["passed"])),
            forked(show, folder, Path(order["shown"])),
        ]
        return {"codes": codes, "differences": []}
    with tempfile.TemporaryDirectory(dir=order["folder"]) as place:
        folder, shown = Path(place) / "copy", Path(place) / "shown.json"
        shutil.copytree(order["base"], folder, symlinks=True)
        codes = [forked(play, folder, order["stage"], kill_at=kill_at) for kill_at in order["kills"]]
        codes += [forked(play, folder, order["stage"]), forked(show, folder, shown)]
        if codes[-2:] != [0, 0]:
            return {"codes": codes, "differences": ["it could not be taken up again"]}
        return {
            "codes": codes,
            "differences": difference(
                json.loads(Path(order["expected"]).read_text()), json.loads(shown.read_text())
            ),
        }


def warm():
    """Load what the chain loads, and cache what a parser read of an article: slow, and always the same."""
    crawlers.spawn.run_job = pipeline_chain.crawl
    read, kept = crawlers.sources.feed.article_text.read_article, {}

    def once(page):
        if page.body not in kept:
            kept[page.body] = read(page)
        return kept[page.body]

    crawlers.sources.feed.article.read_article = once
    # what draws charts keeps threads of its own, which no forked child has: it begins in each child anew
    drawn = patch("reports.rendering.charts.to_png", return_value=BLANK)
    with tempfile.TemporaryDirectory() as folder, drawn:
        stage_week(folder, 3)
    gc.collect()
    gc.freeze()


def main():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    warm()
    at_once, running = int(sys.argv[1]), 0
    while line := sys.stdin.buffer.readline():
        if running >= at_once:
            os.wait()
            running -= 1
        if os.fork() == 0:
            order = json.loads(line)
            answer = json.dumps({**order, **carry_out(order)}) + "\n"
            with (
                open(1, "wb", buffering=0, closefd=False) as out,
                (Path(order["folder"]) / ".answering").open("w") as lock,
            ):
                fcntl.flock(
                    lock, fcntl.LOCK_EX
                )  # an answer longer than a pipe takes at once must not mix with another
                out.write(answer.encode())
            os._exit(0)
        running += 1
    while running:
        os.wait()
        running -= 1


if __name__ == "__main__":
    main()
