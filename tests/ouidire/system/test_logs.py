"""Logs go to what standard error is when they are written."""

import io
import json
import sys

import pytest
import structlog

from ouidire.system.logs import configure


@pytest.fixture(autouse=True)
def _restored(monkeypatch):
    monkeypatch.delenv("OUIDIRE_LOG", raising=False)
    yield
    structlog.reset_defaults()


def test_a_standard_error_that_was_replaced_and_closed_is_written_to_no_more(monkeypatch):
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    configure(quiet=False)
    log = structlog.get_logger()
    log.info("one")
    monkeypatch.setattr(sys, "stderr", second)
    first.close()
    log.info("two")
    assert '"event": "two"' in second.getvalue()


def test_the_environment_sets_the_level(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("OUIDIRE_LOG", "error")
    configure(quiet=False)
    structlog.get_logger().warning("unheard")
    structlog.get_logger().error("heard")
    assert "unheard" not in stream.getvalue()
    assert "heard" in stream.getvalue()


def test_a_person_at_a_terminal_gets_no_log_unless_it_is_asked_for(monkeypatch):
    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", stream)
    configure()
    structlog.get_logger().error("unheard")
    assert stream.getvalue() == ""
    monkeypatch.setenv("OUIDIRE_LOG", "info")
    configure()
    structlog.get_logger().info("heard")
    assert json.loads(stream.getvalue())["event"] == "heard"


def test_a_file_is_added_to_and_is_private(monkeypatch, tmp_path):
    stream, path = io.StringIO(), tmp_path / "ouidire.log"
    monkeypatch.setattr(sys, "stderr", stream)
    path.write_text('{"event": "before"}\n')
    for event in ("one", "two"):
        configure(file=path)
        structlog.get_logger().info(event)
    lines = [json.loads(line)["event"] for line in path.read_text().splitlines()]
    assert lines == ["before", "one", "two"]
    assert stream.getvalue() == ""
    path.unlink()
    configure(file=path)
    assert path.stat().st_mode & 0o077 == 0
