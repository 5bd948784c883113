"""Killed at any moment and run again, the chain ends with the same items, ids and figures as if never killed.

A chain of two simulated weeks (listings with an edited and a vanished review, a survey, a feed with its
articles, a page of results, two digests), then an erasure, a reparse, a rebuild and a retention pass, is
killed after every n-th durable boundary (`pipeline_driver`), run again, and compared with the chain that
nobody killed: every document, row and message.

    KILL_POINTS=all      kills at every boundary of every stage (about a quarter of an hour)
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

pytestmark = [pytest.mark.kill, pytest.mark.timeout(3600)]

DRIVER = "tests.support.pipeline_driver"
STAGES = [
    ("empty", "week 3"),
    ("week 3", "week 4"),
    ("week 4", "erase"),
    ("week 4", "reparse"),
    ("week 4", "rebuild"),
    ("erase", "retain"),
]
"""(what it starts from, the stage): every stage ends in a folder of its own."""
SHARE = {"week 3": 6, "week 4": 8, "erase": 4, "reparse": 4, "rebuild": 2, "retain": 5}
"""Boundaries of each stage killed at by default, beside the last of each kind."""
TWICE = {"week 3": 2, "week 4": 3, "erase": 2, "reparse": 1, "retain": 2}
"""Double kills: again while what the first left is being taken up."""


class Driver:
    """The process that plays stages, two at once."""

    def __init__(self, folder):
        self.log = folder / "driver.log"
        self._errors = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", DRIVER, "2"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def carry_out(self, orders):
        """Have orders carried out; return the answers, in the order in which they come."""
        writer = threading.Thread(
            target=self._write, args=(orders,)
        )  # beside the reading: both pipes fill up
        writer.start()
        answers = []
        while len(answers) < len(orders):
            line = self.process.stdout.readline()
            assert line, self.log.read_text()[-3000:]
            answers.append(json.loads(line))
        writer.join()
        return answers

    def _write(self, orders):
        self.process.stdin.writelines(json.dumps(order) + "\n" for order in orders)
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self._errors.close()


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    driver = Driver(tmp_path_factory.mktemp("driver"))
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def root():
    """A folder in memory where there is one: SIGKILL loses nothing that was written, flushed or
    not, and thousands of flushes wait."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of our own in it)
    with tempfile.TemporaryDirectory(
        prefix="ouidire-kill-", dir=memory if os.access(memory, os.W_OK) else None
    ) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def unkilled(root, driver):
    """The chain that nobody kills: the folder, with what each stage leaves and the boundaries that
    it passes."""
    (root / "empty" / "var").mkdir(parents=True)
    (root / "empty" / "var" / "key").write_text(
        "17" * 32
    )  # the ids of unnamed mentions and of deliveries hang on it
    (root / "scratch").mkdir()
    for base, stage in STAGES:
        shutil.copytree(root / base, root / stage, symlinks=True)
        files = {
            "folder": str(root / stage),
            "passed": str(root / f"{stage}.passed"),
            "shown": str(root / f"{stage}.shown"),
        }
        (answer,) = driver.carry_out([{"stage": stage, **files}])
        assert answer["codes"] == [0, 0], driver.log.read_text()[-3000:]
    return root


def test_the_chain_does_what_it_is_killed_for(unkilled):
    shown = {stage: json.loads((unkilled / f"{stage}.shown").read_text()) for _, stage in STAGES}
    told = {each["type"] for key, each in shown["week 4"].items() if key.startswith("event kept")}
    assert {"edited", "vanished", "rank_moved"} <= told
    assert len(shown["week 4"]["outbox"]) == 4
    assert len({(name, to) for name, to, _ in shown["week 4"]["outbox"]}) == 4
    presences = [each["presence"] for key, each in shown["erase"].items() if key.startswith("item ")]
    assert presences.count("erased") == 1
    assert any(key.startswith("suppressed") for key in shown["erase"])
    names = {name for _, stage in STAGES for name in json.loads((unkilled / f"{stage}.passed").read_text())}
    assert {
        "commit",
        "outbox",
        "SqliteIndex.upsert",
        "SqliteIndex.delete",
        "SqliteIndex._fill",
        "os.fsync",
    } <= names


def chosen(passed, share):
    """Return some boundaries, by number: the last of each name, and others spread evenly."""
    last_of = {name: number for number, name in enumerate(passed, start=1)}
    return sorted(
        {*last_of.values(), *(1 + round(n * (len(passed) - 1) / (share - 1)) for n in range(share))}
    )


def test_killed_anywhere_and_run_again(unkilled, driver):
    chance = random.Random(20260309)
    orders = []
    for base, stage in STAGES:
        passed = json.loads((unkilled / f"{stage}.passed").read_text())
        last = len(passed)
        points = (
            range(1, last + 1) if os.environ.get("KILL_POINTS") == "all" else chosen(passed, SHARE[stage])
        )
        kills = [[point] for point in points]
        kills += [[chance.randint(2, last), chance.randint(1, last // 2)] for _ in range(TWICE.get(stage, 0))]
        common = {
            "stage": stage,
            "base": str(unkilled / base),
            "folder": str(unkilled / "scratch"),
            "expected": str(unkilled / f"{stage}.shown"),
        }
        orders += [{**common, "kills": each} for each in kills]
    answers = driver.carry_out(orders)
    wrong = [
        f"{each['stage']} killed at {each['kills']}: {each['codes']} {each['differences'][:5]}"
        for each in answers
        if each["differences"]
    ]
    assert not wrong, f"{len(wrong)} of {len(answers)}:\n" + "\n".join(wrong[:20])
    assert sum(-9 in each["codes"] for each in answers) == len(answers)
