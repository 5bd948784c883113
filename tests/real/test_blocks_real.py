"""Refusals against real saved pages: those that are refusals, and all the others, which are not."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.reading.refusals import refusal
from ouidire.page import Page

pytestmark = pytest.mark.real


def test_every_saved_page(shared):
    stated = json.loads((shared / "fixtures" / "expected.json").read_text(encoding="utf-8"))
    refused = 0
    for name, expected in sorted(stated.items()):
        body = (shared / "fixtures" / name).read_bytes()
        found = refusal(
            Page(url="https://www.example.org/page", body=body, fetched_at=datetime(2026, 9, 1, tzinfo=UTC))
        )
        assert found == expected.get("block_class"), name
        refused += found is not None
    assert refused == 4
    assert len(stated) > 80
