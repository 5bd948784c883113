"""Logs go to what standard error is when they are written."""

import io
import sys

import pytest
import structlog

from ouidire.system.logs import configure


@pytest.fixture(autouse=True)
def _restored():
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
