"""The small parts of the engine that need no process: ids seen, the context, waiting, secrets."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import scrapy
from hypothesis import given
from hypothesis import strategies as st

from crawlers.engine.collector import _add
from crawlers.engine.context import context_of
from crawlers.engine.secrets import Secrets, public_address
from crawlers.engine.throttle import LONGEST_BACKOFF, Throttle, backoff, retry_after
from ouidire.errors import ConfigError
from ouidire.page import Page, Request

NOW = datetime(2026, 2, 3, 10, tzinfo=UTC)


@given(
    st.lists(
        (st.integers(0, 2**128 - 1) | st.sampled_from([0, 1, 1 << 64, (1 << 64) + 1])).map(
            lambda n: f"{n:032x}"
        )
    )
)
def test_an_id_is_new_once(ids):
    seen, known = set(), set()
    for one in ids:
        assert _add(seen, one) == (one not in known)
        known.add(one)
    assert len(seen) == len(known)


def test_a_crawler_of_another_spider_has_no_context():
    process = SimpleNamespace(spider=scrapy.Spider(name="autre"))
    with pytest.raises(TypeError, match="no crawl context"):
        context_of(process)


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


def test_secrets_are_put_in_and_taken_out(tmp_path):
    (tmp_path / "cle").write_text("de fichier\n")
    secrets = Secrets({"A": "x/y z", "B_FILE": str(tmp_path / "cle"), "EMPTY": " ", "LINES": "a\nb"})
    assert secrets.url("https://h.example/?k={secret:A}") == "https://h.example/?k=x%2Fy%20z"
    assert secrets.headers({"X-Key": "secret:B", "Accept": "secret: not one"}) == {"X-Key": "de fichier"}
    page = Page(
        url="https://h.example/?k=x%2Fy+z",
        body=b"x/y z de fichier",
        fetched_at=NOW,
        headers={"x": "de fichier"},
    )
    assert secrets.redact_page(page).body == b"{secret:A} {secret:B}"
    assert secrets.redact_page(page).url == "https://h.example/?k={secret:A}"
    assert secrets.redact_page(page).headers == {"x": "{secret:B}"}
    for name in ("ABSENT", "EMPTY", "LINES"):
        with pytest.raises(ConfigError, match=name):
            secrets.url(f"https://h.example/{{secret:{name}}}")
    assert Secrets.used_by(Request(url="https://h.example/{secret:A}"))
    assert Secrets.used_by(Request(url="https://h.example/", headers={"x": "secret:A"}))
    assert not Secrets.used_by(Request(url="https://h.example/", headers={"x": "y"}))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://moi:mdp@h.example:81/a/b?cle=1#f", "https://h.example:81/a/b"),
        ("file:///home/jeanne/avis.csv", "file:avis.csv"),
        ("http://h.example:x/", "an address that is no URL"),
    ],
)
def test_what_is_shown_of_an_address(url, expected):
    assert public_address(url) == expected
