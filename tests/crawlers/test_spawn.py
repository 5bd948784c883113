"""The parent's side alone: children that misbehave, told from those that are done."""

import subprocess
import sys

import psutil
import pytest

from crawlers.job import CrawlJob
from crawlers.spawn import run_job
from ouidire.settings.fetch import FetchSettings


def job(tmp_path, **fetch):
    return CrawlJob(
        run_id="r1",
        slug="essai",
        source_key="essai:boutique",
        entity="boutique",
        params={},
        folder=str(tmp_path / "harvest"),
        author_secret="00" * 32,
        fetch=FetchSettings(**fetch),
    )


def child(code):
    return (sys.executable, "-c", code)


SEAL = """
import sys
from pathlib import Path
from datetime import datetime, UTC
from crawlers.job import CrawlJob
from ouidire.harvest.manifest import RunSummary
from ouidire.harvest.store import HarvestWriter
job = CrawlJob.model_validate_json(sys.stdin.buffer.read())
now = datetime(2026, 1, 1, tzinfo=UTC)
with HarvestWriter(Path(job.folder), run_id=RUN, source="s", source_key="k", entity="e") as writer:
    writer.seal(RunSummary(status="empty", started_at=now, finished_at=now))
"""


def test_a_sealed_harvest_is_returned(tmp_path):
    manifest = run_job(job(tmp_path), command=child(SEAL.replace("RUN", "job.run_id")))
    assert (manifest.run_id, manifest.summary.status) == ("r1", "empty")


def test_the_seal_of_another_run_is_not_believed(tmp_path):
    manifest = run_job(job(tmp_path), command=child(SEAL.replace("RUN", "'r0'")))
    assert (manifest.run_id, manifest.summary.status) == ("r1", "failed")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("pass", "ended with code 0 before its harvest was sealed"),
        ("import sys; sys.exit(7)", "code 7"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("raise SystemError('Jeanne')", "code 1"),
        ("import os, time; os.close(1); os.close(2); time.sleep(0.6)", "before its harvest"),
    ],
)
def test_a_child_that_does_not_seal_has_failed(tmp_path, code, said):
    lines = []
    manifest = run_job(job(tmp_path), command=child(code), on_log=lines.append)
    assert (manifest.summary.status, manifest.segments) == ("failed", ())
    assert said in manifest.summary.reason


def test_progress_and_logs_are_passed_on(tmp_path):
    seen, lines = [], []
    printed = '{"pages": 1, "items": 2}\nnoise\n{"pages": 3, "items": 4}'
    code = f"import sys; print({printed!r}, flush=True); print('a line', file=sys.stderr)"
    run_job(
        job(tmp_path),
        command=child(code),
        on_progress=lambda *figures: seen.append(figures),
        on_log=lines.append,
    )
    assert seen == [(1, 2), (3, 4)]
    assert lines == ["a line"]


def test_a_child_that_never_ends_is_killed_with_its_children(tmp_path, monkeypatch):
    monkeypatch.setattr("crawlers.spawn.GRACE", 0.5)
    code = f"""
import subprocess, sys, time
far = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
open({str(tmp_path / "pid")!r}, "w").write(str(far.pid))
time.sleep(600)
"""
    manifest = run_job(job(tmp_path, max_minutes=0.02, timeout=0.5), command=child(code))
    assert manifest.summary.status == "failed"
    assert "fetch.max_minutes" in manifest.summary.reason
    pid = int((tmp_path / "pid").read_text())
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_child_that_grows_is_killed(tmp_path):
    code = "import time; hoard = bytearray(b'x' * 200_000_000); time.sleep(600)"
    manifest = run_job(job(tmp_path, max_memory_mb=100), command=child(code))
    assert manifest.summary.status == "failed"
    assert "fetch.max_memory_mb" in manifest.summary.reason


def test_an_interrupted_parent_leaves_nobody_behind(tmp_path):
    def interrupt(*_):
        raise KeyboardInterrupt

    code = f"""
import os, time
open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
print('{{"pages": 1, "items": 1}}', flush=True)
time.sleep(600)
"""
    with pytest.raises(KeyboardInterrupt):
        run_job(job(tmp_path), command=child(code), on_progress=interrupt)
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


def test_no_job():
    done = subprocess.run(
        [sys.executable, "-m", "crawlers.run"],
        input=b'{"run_id": "Jeanne"}',
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"no readable job" in done.stderr
    assert b"Jeanne" not in done.stderr
