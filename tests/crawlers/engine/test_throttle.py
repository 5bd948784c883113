"""When a site may be asked again, by the header, the backoff and the throttle."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.engine.throttle import LONGEST_BACKOFF, LONGEST_CRAWL_DELAY, Throttle, backoff, retry_after

NOW = datetime(2026, 2, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        (" 0 ", NOW),
        ("Tue, 03 Feb 2026 10:05:00 GMT", NOW + timedelta(minutes=5)),
        ("Tuesday, 03-Feb-26 10:05:00 GMT", NOW + timedelta(minutes=5)),
        ("bientôt", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        (None, None),
        ("²", None),
    ],
)
def test_retry_after(value, expected):
    assert retry_after(value, answered_at=NOW) == expected


@given(st.text())
def test_retry_after_never_raises(value):
    moment = retry_after(value, answered_at=NOW)
    assert moment is None or moment.tzinfo is not None


def test_backoff_doubles_and_ends():
    assert [backoff(1, n) for n in (1, 2, 3)] == [2, 4, 8]
    assert backoff(1, 30) == LONGEST_BACKOFF
    assert 0 < backoff(0, 1) < 1


def test_a_stop_ends_every_wait():
    async def scenario():
        throttle = Throttle()
        throttle.delay("avis.example", 3600)
        waiting = asyncio.create_task(throttle.wait("avis.example"))
        await throttle.wait("autre.example")
        assert not waiting.done()
        throttle.stop()
        await waiting

    asyncio.run(scenario())


def test_of_several_delays_that_are_asked_for_the_longest_holds():
    throttle = Throttle()
    for seconds in (5.0, 1.0):
        throttle.set_crawl_delay("avis.example", seconds)
    throttle.set_crawl_delay("autre.example", 86_400.0)
    assert throttle.crawl_delay("avis.example") == 5
    assert throttle.crawl_delay("autre.example") == LONGEST_CRAWL_DELAY
    assert throttle.crawl_delay("ailleurs.example") == 0
