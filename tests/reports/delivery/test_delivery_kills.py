"""Never sent twice, by a real SMTP server: the sending process is killed at every step, and by chance.

KILLS=1000      kills drawn by chance (50 by default; `make soak` makes 1,000)

After each kill the deliveries are taken up again by another process. What must hold then, whatever the
moment: no mail was accepted twice; each recipient's delivery is told as sent, which the server confirms, or
as in doubt; nothing is forgotten.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from ouidire.state import open_state
from tests.reports.delivery.test_deliver import serving

pytestmark = [pytest.mark.kill, pytest.mark.timeout(3600)]

DRIVER = "tests.support.delivery_driver"
KILLS = int(os.environ.get("KILLS", "50"))
TWO = ["claire@example.fr", "bob@example.fr"]
MANY = [f"lecteur{number}@example.fr" for number in range(8)]


class Mailbox:
    """A server that takes everything and remembers each message that it has accepted, by its id."""

    def __init__(self):
        self.accepted = Counter()
        self.to = {}

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        line = next(
            each
            for each in envelope.original_content.split(b"\r\n")
            if each.lower().startswith(b"message-id:")
        )
        self.accepted[line] += 1
        self.to.setdefault(envelope.rcpt_tos[0], []).append(line)
        return "250 OK"


@pytest.fixture
def mailbox():
    with serving(Mailbox()) as box:
        yield box


@pytest.fixture
def driver(mailbox):
    process = subprocess.Popen(
        [sys.executable, "-m", DRIVER, str(mailbox.port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def carry_out(**order):
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield carry_out
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.fixture
def room():
    memory = Path("/dev/shm")  # noqa: S108 (a folder of our own in it)
    with tempfile.TemporaryDirectory(
        prefix="ouidire-mails-", dir=memory if os.access(memory, os.W_OK) else None
    ) as folder:
        (Path(folder) / "empty").mkdir()
        open_state(f"sqlite:///{folder}/empty/state.db").close()
        yield Path(folder)


def fresh(room, mailbox, name):
    """A folder with a state in which nothing was delivered, and a server that has accepted nothing."""
    mailbox.accepted.clear()
    mailbox.to.clear()
    if (room / name).exists():
        shutil.rmtree(room / name)
    shutil.copytree(room / "empty", room / name)
    return str(room / name)


def wrong(mailbox, recipients, outcomes):
    """What is not as it must be once a killed delivery was taken up again."""
    found = [f"{line!r} was accepted {count} times" for line, count in mailbox.accepted.items() if count > 1]
    for recipient in recipients:
        got, told = len(mailbox.to.get(recipient, [])), outcomes.get(recipient)
        if told in ("sent", "already_sent") and got != 1:
            found.append(f"{recipient} is told as {told} and got {got}")
        elif told not in ("sent", "already_sent", "in_doubt"):
            found.append(f"{recipient} is told as {told}")
        elif told == "in_doubt" and got > 1:
            found.append(f"{recipient} is in doubt and got {got}")
    return found


@pytest.mark.parametrize("covers", [0, 3])
def test_killed_at_every_step(mailbox, driver, room, covers):
    """A digest, and a message that makes three alerts known: told together, or in doubt together."""
    whole = driver(folder=fresh(room, mailbox, "whole"), recipients=TWO, covers=covers)
    steps = whole["steps"]
    assert whole["outcomes"] == dict.fromkeys(TWO, "sent")
    assert {"before data", "after data", "before rcpt", "before do_commit", "after do_commit"} <= set(steps)
    told = Counter()
    for at in range(1, len(steps) + 1):
        folder = fresh(room, mailbox, "step")
        assert driver(folder=folder, recipients=TWO, covers=covers, at=at)["code"] == -9, steps[at - 1]
        again = driver(folder=folder, recipients=TWO, covers=covers)
        assert again["code"] == 0
        as_one = {"sent": "sent", "already_sent": "sent", "in_doubt": "claimed"}
        assert again["covered"] == {who: [as_one[how]] * covers for who, how in again["outcomes"].items()}
        assert not wrong(mailbox, TWO, again["outcomes"]), f"killed at step {at}, {steps[at - 1]}"
        told.update(again["outcomes"].values())
        third = driver(folder=folder, recipients=TWO, covers=covers)  # and nothing changes any more
        settled = {who: "already_sent" if how == "sent" else how for who, how in again["outcomes"].items()}
        assert third["outcomes"] == settled
        assert not wrong(mailbox, TWO, third["outcomes"])
    # between claim and mark there is doubt, and nowhere else: each outcome was met
    assert told["in_doubt"] > 4, told
    assert told["sent"] > 4, told
    assert told["already_sent"] > 4, told


def test_killed_at_any_moment(mailbox, driver, room):
    chance = random.Random(20260309)
    whole = driver(folder=fresh(room, mailbox, "whole"), recipients=MANY)
    lasts = whole["seconds"]
    told, killed, number = Counter(), 0, 0
    while killed < KILLS:
        number += 1
        folder = fresh(room, mailbox, "chance")
        outcomes = {}
        for _ in range(3):  # killed, and again while what the first left is taken up
            answer = driver(folder=folder, recipients=MANY, after=chance.uniform(0.1, 1.0) * lasts)
            killed += answer["code"] == -9
            outcomes = answer.get("outcomes", outcomes)
        answer = driver(folder=folder, recipients=MANY)
        assert answer["code"] == 0
        assert not wrong(mailbox, MANY, answer["outcomes"]), f"chance {number}"
        told.update(answer["outcomes"].values())
        assert number < 20 * KILLS, "the kills come too late to hit anything"
    print(f"{killed} kills, {number} rounds of {len(MANY)} deliveries: {dict(told)}; none twice")  # noqa: T201
    assert told["in_doubt"], "no kill hit a delivery between its claim and its mark"
