"""Sends one digest after another from a process that is killed: what `test_delivery_kills.py` drives.

    python delivery_driver.py PORT        orders as JSON lines on standard input, answers as JSON lines on
    standard output

An order names a folder with a state, the recipients, and where to die: at the n-th step of all deliveries
(`at`), or after so many seconds (`after`). Each order is carried out by a forked child, which dies by
SIGKILL; steps are counted from outside, by wrapping what a delivery goes through. The ledger, the mail and
the line to the server are the real ones.
"""

import json
import os
import signal
import smtplib
import sys
import threading
import time
import traceback
from functools import wraps

import structlog
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from ouidire.clock import parse_moment
from ouidire.errors import DeliveryError
from ouidire.mailing.delivery import DeliveryKey
from ouidire.state import open_state
from ouidire.state.ledger import StateLedger
from reports.data.message import Message
from reports.delivery.deliver import Sender, SmtpTransport, deliver

NOW = parse_moment("2026-03-09T06:00:00+00:00")
MESSAGE = Message(subject="Rien de notable", text="Rien.\n", html="<p>Rien.</p>", language="fr")
STEPS = ("connect", "mail", "rcpt", "docmd", "quit")


class Steps:
    def __init__(self, at):
        self.at, self.passed = at, []

    def reach(self, name):
        self.passed.append(name)
        if len(self.passed) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, owner, name, label=None):
        inner, label = getattr(owner, name), label or name

        @wraps(inner)
        def outer(*given, **named):
            self.reach(f"before {label}")
            result = inner(*given, **named)
            self.reach(f"after {label}")
            return result

        setattr(owner, name, outer)


def key_of(recipient):
    return DeliveryKey(
        report="digest", edition="brand", brand="pousse", period="2026-W10", recipient=recipient
    )


def covered_by(recipient, number):
    """The alerts that one message makes known, each a delivery of its own."""
    return [
        DeliveryKey(report="alert", edition="volume", brand="pousse", period=f"{n}", recipient=recipient)
        for n in range(number)
    ]


def play(order, port):
    """Deliver to everyone; return the outcomes and the steps passed."""
    steps = Steps(order.get("at", 0))
    state = open_state(f"sqlite:///{order['folder']}/state.db")
    ledger = StateLedger(state, secret=b"s" * 32, clock=lambda: NOW)
    way = SmtpTransport(host="127.0.0.1", port=port, security="none", timeout=20, attempts=2, wait=0.01)
    for name in STEPS:
        steps.wrap(smtplib.SMTP, name)
    steps.wrap(SmtpTransport, "_hand_over", "data")
    steps.wrap(SQLiteDialect_pysqlite, "do_commit")
    if "after" in order:
        threading.Thread(
            target=lambda: (time.sleep(order["after"]), os.kill(os.getpid(), signal.SIGKILL)), daemon=True
        ).start()
    outcomes = {}
    for recipient in order["recipients"]:
        try:
            sender = Sender(address="digest@example.fr")
            covering = ledger.covering(covered_by(recipient, order.get("covers", 0)))
            done = deliver(MESSAGE, key_of(recipient), ledger=covering, transport=way, sender=sender, now=NOW)
            outcomes[recipient] = done.outcome
        except DeliveryError as error:
            outcomes[recipient] = "refused" if error.final else "failed"
    covered = {
        each: [ledger.status(key) for key in covered_by(each, order.get("covers", 0))]
        for each in order["recipients"]
    }
    return {"outcomes": outcomes, "steps": steps.passed, "covered": covered}


def carry_out(order, port):
    began = time.perf_counter()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            answer = json.dumps(play(order, port))
            with os.fdopen(writing, "w") as out:
                out.write(answer)
            code = 0
        except Exception:  # noqa: BLE001 (told on standard error, and by the exit code)
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as told:
        answer = told.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "seconds": time.perf_counter() - began, **(json.loads(answer) if code == 0 else {})}


def main():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    port = int(sys.argv[1])
    while line := sys.stdin.readline():
        sys.stdout.write(json.dumps(carry_out(json.loads(line), port)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
