"""An installation with a past, and its web site on this machine."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest
import structlog
from argon2 import PasswordHasher

from ouidire.harvest.manifest import RunSummary
from ouidire.mailing.delivery import DeliveryKey
from ouidire.settings.configuration import settings_from
from ouidire.state.ledger import StateLedger
from ouidire.state.runs import end_run
from service.pipeline.collect.crawl_source import begin
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation
from service.pipeline.schedule import Due
from service.serve.scheduler.events import View
from service.serve.web.server import Site

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 (of a test)
SCRYPT = "scrypt$32768$8$3$1Fq7+szjdKSZTGepC6LdHw==$1/wrOU5jfuN0s/UjQvo45s9nPKmr0enqctVXfUJPjto="
"""Its hash, as a former version printed it."""


def quick_hash(password):
    """Return a hash that is verified at once: tests need no protection."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


class Stay(HTTPRedirectHandler):
    """Redirects are looked at, not followed."""

    def redirect_request(self, *_):
        return None


class Browser:
    """Cookies, and answers as (status, headers, text)."""

    def __init__(self, address):
        self.address = address
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), Stay())

    def fetch(self, path):
        """Return the bytes of a file."""
        with self._opener.open(self.address + path, timeout=30) as answer:
            return answer.read()

    def ask(self, path, data=None, **headers):
        body = urlencode(data).encode() if isinstance(data, dict) else data
        request = Request(  # noqa: S310 (of this machine)
            self.address + path,
            data=body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            answer = self._opener.open(request, timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read().decode(errors="replace")


def configuration(**more):
    return {
        "brand": [{"slug": "pousse", "name": "Pousse & Compagnie"}],
        "source": [
            {
                "source": "feed",
                "brands": ["pousse"],
                "title": "Le Potager <b>bavard</b>",
                "params": {"url": "http://a.example/feed.xml"},
            },
            {
                "source": "feed",
                "brands": ["pousse"],
                "cron": "30 6 * * *",
                "params": {"url": "http://b.example/feed.xml"},
            },
            {"source": "feed", "brands": ["pousse"], "params": {"url": "http://c.example/feed.xml"}},
        ],
        "recipient": [{"address": "claire@example.fr"}, {"address": "sam@example.fr"}],
        **more,
        "serve": {"port": 0, **more.get("serve", {})},
    }


@pytest.fixture(autouse=True)
def quiet():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture
def installation(tmp_path):
    """An installation with a past.

    One source is well, one blocked after missed runs, one was never read; a digest is half delivered.
    """
    made = Installation(settings_from(configuration(), base=tmp_path), now=NOW)
    first, second, _ = configured_sources(made.settings)
    told = (
        (first, 26, "ok", Due(None), 12),
        (second, 25, "ok", Due(None), 3),
        (second, 1, "blocked", Due(NOW - timedelta(hours=1), 2), 0),
        (first, 2, "ok", Due(NOW - timedelta(hours=2)), 1),
    )
    for each, hours, status, due, items in told:
        at = NOW - timedelta(hours=hours)
        run = begin(made, each, now=at, full=True, kind="collect", due=due)
        summary = RunSummary(
            status=status,
            reason="403 <script>" * (status == "blocked"),
            started_at=at,
            finished_at=at,
            items=items,
        )
        with made.state.begin() as connection:
            end_run(connection, run, summary, sealed=False)
    ledger = StateLedger(made.state, secret=made.secret, clock=made.clock)
    for address, outcome in (("claire@example.fr", "sent"), ("sam@example.fr", "failed")):
        key = DeliveryKey(
            report="digest", edition="brand", brand="pousse", period="2026-W10", recipient=address
        )
        ledger.claim(key)
        ledger.mark_sent(key) if outcome == "sent" else ledger.mark_failed(key, "greylisted", final=False)
    yield made
    made.close()


@pytest.fixture
def served(installation, monkeypatch):
    """Serves the installation, with or without a password; gives a browser."""

    @contextmanager
    def serve(*, password=None, view=None, **serving):
        if password is not None:
            monkeypatch.setenv("OUIDIRE_TEST_HASH", quick_hash(password))
            serving = {"password_env": "OUIDIRE_TEST_HASH", **serving}
        installation.settings = settings_from(configuration(serve=serving), base=installation.settings.base)
        site = Site(installation, lambda: view or View(started_at=NOW - timedelta(days=2), looked_at=NOW))
        with site.open():
            yield Browser(site.address)

    return serve
