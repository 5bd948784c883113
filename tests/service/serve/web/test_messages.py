"""Messages of services (webhooks), over real HTTP on this machine: they have a source read, nothing else."""

import json
from datetime import timedelta

import pytest

from ouidire.settings.configuration import settings_from
from ouidire.state.marks import asked_runs
from service.pipeline.collect.message_tokens import MESSAGES, message_addresses, token_of
from tests.service.serve.conftest import NOW, PASSWORD, configuration

SOURCES = [
    {"source": "trustpilot_api", "brands": ["pousse"], "params": {"domain": "pousse.example"}},
    {"source": "feed", "brands": ["pousse"], "params": {"url": "http://a.example/feed.xml"}},
]
KEY, FEED = "trustpilot_api:pousse.example", "feed:a.example/feed.xml"
JSON = {"Content_Type": "application/json"}


@pytest.fixture
def taking(served, installation):
    """Serves an installation with a source that takes messages; asks as a service does, without a cookie."""
    with served(password=PASSWORD, url="https://ouidire.example.fr") as browser:
        serve = {"url": "https://ouidire.example.fr"}
        data = configuration(source=SOURCES, serve=serve)
        installation.settings = settings_from(data, base=installation.settings.base)
        yield browser


def message(*names):
    events = [
        {"eventName": f"service-review-{name}", "eventData": {"id": "65a", "text": "Nul"}} for name in names
    ]
    return json.dumps({"events": events}).encode()


def asked(installation, **more):
    with installation.state.read() as connection:
        return asked_runs(connection, [KEY, FEED], **more)


def address_of(installation, key=KEY):
    return MESSAGES + token_of(key, secret=installation.secret)


def test_a_message_has_its_source_read(taking, installation):
    (listed,) = message_addresses(installation)
    assert listed.address == f"https://ouidire.example.fr{address_of(installation)}"
    status, headers, shown = taking.ask(
        address_of(installation), message("created"), Host="ouidire.example.fr", **JSON
    )
    assert (status, shown) == (204, "")
    assert headers["Cache-Control"] == "no-store"
    assert asked(installation) == {KEY: (NOW, False)}


@pytest.mark.parametrize("name", ["deleted", "revised", "updated"])
def test_what_was_changed_or_removed_asks_for_everything(taking, installation, name):
    assert taking.ask(address_of(installation), message("created", name), **JSON)[0] == 204
    assert taking.ask(address_of(installation), message("created"), **JSON)[0] == 204
    assert asked(installation)[KEY].full, "what is new does not make it forgotten"
    before, after = NOW - timedelta(hours=1), NOW + timedelta(seconds=1)
    assert asked(installation, last_full={KEY: before})[KEY].full
    assert not asked(installation, last_full={KEY: after})[KEY].full


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 60_000, 400),
        (b"\xff", 400),
        (b"null", 400),
        (b"[]", 204),
        (b'{"events": [{"eventName": "invitation-sent"}, 7, {"eventName": 3}]}', 204),
        (b'{"events": {"eventName": "service-review-created"}}', 204),
        (b" " * 300_000, 413),
    ],
)
def test_a_message_that_says_nothing_asks_for_nothing(taking, installation, body, status):
    assert taking.ask(address_of(installation), body, **JSON)[0] == status
    assert asked(installation) == {}


def test_only_who_knows_the_address_is_heard(taking, installation):
    other = token_of(KEY, secret=b"another" * 8)
    for path in (MESSAGES + other, address_of(installation, FEED), MESSAGES + "A" * 43):
        assert taking.ask(path, message("deleted"), **JSON)[0] == 404, path
    for path in (
        MESSAGES,
        MESSAGES + "x",
        address_of(installation) + "/",
        address_of(installation)[:-1],
        "/messages",
    ):
        assert taking.ask(path, message("deleted"), **JSON)[0] == 303, path
    assert taking.ask(address_of(installation))[0] == 405
    assert asked(installation) == {}
