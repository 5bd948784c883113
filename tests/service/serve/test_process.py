"""`ouidire serve` as a process of its own on the demo's site: stopped, killed, started again, reloaded."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from service.demo.site import DemoSite

pytestmark = pytest.mark.kill
SERVE = (sys.executable, "-c", "from service.cli import main; main()", "serve")
PATIENCE = 120

CONFIGURATION = """
[[brand]]
slug = "pousse-et-compagnie"
name = "Pousse & Compagnie"

[[source]]
source = "schema_org"
brands = ["pousse-et-compagnie"]
params = {{ url = "http://avis-jardin.example/avis/pousse-et-compagnie-lyon", expect = "reviews" }}

[[source]]
source = "feed"
brands = ["pousse-et-compagnie"]
params = {{ url = "http://le-potager-bavard.example/feed.xml" }}

[[recipient]]
address = "claire@example.fr"

[fetch]
proxy = "{proxy}"
delay = {delay}
concurrency = 1

[serve]
port = {port}
stop_seconds = {stop}
"""


class Service:
    """One installation, and the process that serves it."""

    def __init__(self, folder, proxy):
        self.folder = folder
        self.proxy = proxy
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = None
        self.configure()

    def configure(self, *, delay=0, stop=60, more=""):
        text = CONFIGURATION.format(proxy=self.proxy, port=self.port, delay=delay, stop=stop)
        (self.folder / "ouidire.toml").write_text(text + more)

    def start(self):
        self.log = (self.folder / "log").open("ab")
        environment = {**os.environ, "OUIDIRE_LOG": "info"}
        self.process = subprocess.Popen([*SERVE], cwd=self.folder, stderr=self.log, env=environment)
        self.wait(lambda: self.answer("/readyz") == "ready\n")

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.log.close()
        return code

    def answer(self, path):
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.read().decode()
        except (URLError, OSError):
            return ""

    def wait(self, true):
        """Wait for something to be so: a bound for a test that would hang, not a measure."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def said(self):
        return (self.folder / "log").read_text()

    def events(self, name):
        lines = [json.loads(line) for line in self.said().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def runs(self):
        with closing(sqlite3.connect(self.folder / "var" / "state.db")) as connection:
            return connection.execute(
                "SELECT source, status, reason, ingested_at IS NOT NULL FROM runs ORDER BY sequence"
            ).fetchall()

    def mails(self):
        return sorted(path.name for path in (self.folder / "var" / "outbox").glob("*.eml"))

    def done(self):
        return len([run for run in self.runs() if run[3] and run[1] == "ok"]) >= 2 and self.mails()


@pytest.fixture
def service(tmp_path):
    with DemoSite(week=2) as site:
        made = Service(tmp_path, site.url)
        yield made
        if made.process is not None and made.process.poll() is None:
            made.end(signal.SIGKILL)


@pytest.mark.timeout(600)
def test_served_stopped_and_started_again(service):
    service.start()
    service.wait(service.done)
    assert sorted(run[:2] for run in service.runs()) == [
        ("feed", "ok"),
        ("schema_org", "ok"),
    ]  # side by side: either may begin first
    (mail,) = service.mails()
    assert 'ouidire_runs_total{source="feed",status="ok"} 1.0' in service.answer("/metrics")
    assert "Tout va bien." in service.answer("/")

    second = subprocess.run(
        [*SERVE], cwd=service.folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert second.returncode == 1
    assert (
        f"another `ouidire serve` has this installation (process {service.process.pid}, since "
        in second.stderr
    )
    assert "Traceback" not in second.stderr
    status = [*SERVE[:-1], "run", "--json"]
    beside = subprocess.run(
        status, cwd=service.folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert beside.returncode == 0, beside.stderr  # between two passes, other commands may work
    assert json.loads(beside.stdout)["runs"] == []

    service.configure(more='\n[digest]\nhour = 9\n\n[[recipient]]\naddress = "sam@example.fr"\n')
    service.process.send_signal(signal.SIGHUP)
    service.wait(lambda: service.events("configuration read again"))
    (told,) = service.events("configuration read again")
    assert set(told["changes"]) == {"digest.hour: 7 → 9", "recipient added: [1]"}
    (service.folder / "ouidire.toml").write_text("[[brand]]\nslug = 3\n")
    service.process.send_signal(signal.SIGHUP)
    service.wait(lambda: service.events("configuration refused"))
    assert service.answer("/healthz") == "ok\n"
    assert "refused: " in service.answer("/")

    assert service.end(signal.SIGTERM) == 0
    assert service.events("stopped")[-1]["complete"] is True
    service.configure()
    service.start()
    service.wait(lambda: len(service.events("serving")) == 2 and service.answer("/healthz") == "ok\n")
    assert service.end(signal.SIGINT) == 0
    assert len(service.runs()) == 2
    assert mail in service.mails()
    assert "example.fr" not in re.sub(r"avis-jardin\.example|le-potager-bavard\.example", "", service.said())
    assert "fault" not in {json.loads(line)["event"] for line in service.said().splitlines()}


@pytest.mark.timeout(600)
def test_killed_in_the_middle_and_started_again(service):
    service.configure(delay=3)
    service.start()
    service.wait(lambda: [run for run in service.runs() if run[1] == "running"])
    service.end(signal.SIGKILL)
    killed = [run[0] for run in service.runs() if run[1] == "running"]
    assert killed
    service.configure()
    service.start()
    service.wait(service.done)
    runs = service.runs()
    assert {run[0] for run in runs if run[1] == "failed" and "killed" in run[2]} == set(killed)
    assert sorted(run[0] for run in runs if run[1] == "ok") == ["feed", "schema_org"]
    assert len(service.mails()) == 1
    assert service.end(signal.SIGTERM) == 0
    assert not [run for run in service.runs() if run[1] == "running"]


@pytest.mark.timeout(600)
def test_a_stop_that_may_not_last_ends_crawls_and_they_are_due_again(service):
    service.configure(delay=5, stop=0)
    service.start()
    service.wait(lambda: [run for run in service.runs() if run[1] == "running"])
    assert service.end(signal.SIGTERM) == 0
    runs = service.runs()
    assert not [run for run in runs if run[1] == "running"]
    ended = [run for run in runs if "killed" in run[2]]
    assert ended
    service.configure()
    service.start()
    service.wait(service.done)
    assert len(service.mails()) == 1
    assert service.end(signal.SIGTERM) == 0
