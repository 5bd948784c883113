"""When a site began to serve another layout, from runs newest first."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.harvest.manifest import RunSummary
from ouidire.state.runs import Run
from service.pipeline.collect.layout_history import last_layout_change, last_layouts

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)


def runs(*layouts):
    """Runs of a day each from 2026-03-02, newest first; None for one without a summary."""
    made = []
    for number, each in enumerate(layouts):
        at = FIRST + timedelta(days=number)
        summary = None
        if each is not None:
            counts = dict.fromkeys(each.split(), 2)
            summary = RunSummary(status="ok", started_at=at, finished_at=at, layouts=counts)
        made.append(
            Run(
                sequence=number,
                id=str(number),
                kind="collect",
                source="trustpilot",
                source_key="trustpilot:x",
                entity="x",
                started_at=at,
                status="ok" if summary else "failed",
                summary=summary,
            )
        )
    return made[::-1]


@pytest.mark.parametrize(
    ("layouts", "sentence"),
    [
        ((), None),
        (("data",), None),
        (("data", "data", "data"), None),
        (("data", "cards"), "since 2026-03-03 read by `cards`, before by `data`"),
        (("data", "cards", "cards", "cards"), "since 2026-03-03 read by `cards`, before by `data`"),
        (("data", "", None, "cards"), "since 2026-03-05 read by `cards`, before by `data`"),
        (("data", "cards", None, ""), "since 2026-03-03 read by `cards`, before by `data`"),
        (("data", "cards", "data"), "since 2026-03-04 read by `data`, before by `cards`"),
        (("data", "data cards"), "since 2026-03-03 read by `cards` and `data`, before by `data`"),
        (("data", "data cards", "cards"), "since 2026-03-03 read by `cards`, before by `data`"),
        (("data cards", "cards"), None),
        (("rss article", "rss", "rss article", "rss"), None),
        (("rss", "rss article", "rss"), None),
        (
            ("rss article", "atom article"),
            "since 2026-03-03 read by `article` and `atom`, before by `article` and `rss`",
        ),
    ],
)
def test_the_last_change(layouts, sentence):
    change = last_layout_change(runs(*layouts))
    assert (change and change.sentence) == sentence


def test_the_pages_of_the_newest_run_that_read_any():
    assert last_layouts(runs("data", "cards article", "", None)) == {"cards": 2, "article": 2}
    assert last_layouts(runs("", None)) == {}
