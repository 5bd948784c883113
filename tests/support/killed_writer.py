"""A child process that is killed (−9) at an exact point: the n-th file operation, or the n-th step of SQLite.

Run as `python killed_writer.py FOLDER ACTION WHAT N`; it prints "finished" when it ended before the point was
reached.
"""

import os
import signal
import sqlite3
import sys
from pathlib import Path

import search.sqlite.connections
import search.sqlite.index
from search.sqlite.index import SqliteIndex
from tests.support import index_corpus

SIZE = 1200
FILE_EVENTS = {"open", "os.rename", "os.symlink", "os.remove", "sqlite3.connect"}
STEPS = 10_000
"""Instructions of SQLite's virtual machine between two of its points."""


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_file_event(folder, number):
    """Die just before the n-th thing done to a file of the folder."""
    left = [number]

    def hook(event, arguments):
        if event in FILE_EVENTS and any(str(folder) in str(argument) for argument in arguments):
            left[0] -= 1
            if left[0] == 0:
                die()

    sys.addaudithook(hook)


def kill_at_step(number):
    """Die within SQLite, in the middle of a statement."""
    left = [number]

    def step():
        left[0] -= 1
        if left[0] == 0:
            die()
        return 0

    def watched(opening):
        def opened(*arguments, **options) -> sqlite3.Connection:
            connection = opening(*arguments, **options)
            connection.set_progress_handler(step, STEPS)
            return connection

        return opened

    search.sqlite.connections.connect = watched(search.sqlite.connections.connect)
    search.sqlite.index.create = watched(search.sqlite.index.create)


def main():
    folder, action, what, number = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    if what == "file":
        kill_at_file_event(folder, number)
    else:
        kill_at_step(number)
    index = SqliteIndex(folder / "index.db", wait_s=1)
    index.ensure()
    documents = (index_corpus.mention(seed, revision=2) for seed in range(SIZE))
    if action == "upsert":
        index.upsert(documents)
    else:
        index.rebuild(documents, tombstones=[("mention", "parti", 3)], expected={"mention": SIZE})
    index.close()
    sys.stdout.write("finished\n")


if __name__ == "__main__":
    main()
