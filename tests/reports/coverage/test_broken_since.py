"""Tests of since when a source is broken: its first failure after the last good run, however long ago."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.documents import RunDocument
from reports.coverage.coverage import broken_since
from tests.support.fake_index import FakeIndex

KEY = "schema_org:avis.example/pousse"
START = datetime(2026, 1, 5, 6, tzinfo=UTC)


def runs(*statuses, key=KEY):
    """One run a day, so ended."""
    return [
        RunDocument(
            id=f"{key}-{day}",
            revision=1,
            source="schema_org",
            source_key=key,
            status=status,
            started_at=START + timedelta(days=day),
            finished_at=START + timedelta(days=day, hours=1),
            brands=("own",),
        )
        for day, status in enumerate(statuses)
    ]


@pytest.mark.parametrize(
    ("statuses", "day"),
    [
        (("ok", "blocked"), 1),
        (("ok", *["blocked"] * 40), 1),  # longer than any period
        (("blocked", "ok", "failed", "layout_changed"), 2),
        (("layout_changed", "layout_changed"), 0),  # never read
        (("ok", "failed", "failed", "ok"), 1),  # recovered: the row that it was in
        (("failed", "empty", "degraded", "ok", "empty"), 2),
        (("ok", "empty"), None),
        ((), None),
    ],
)
def test_broken_since(statuses, day):
    index = FakeIndex([*runs(*statuses), *runs("failed", key="feed:autre.example")])
    since = broken_since(index, KEY, now=START + timedelta(days=90))
    assert since == (None if day is None else START + timedelta(days=day))


def test_what_comes_later_is_not_known_yet():
    index = FakeIndex(runs("ok", "failed", "ok", "failed"))
    assert broken_since(index, KEY, now=START + timedelta(days=2, hours=3)) == START + timedelta(days=1)
