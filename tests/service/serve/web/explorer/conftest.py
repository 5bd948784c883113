"""The web site of an installation whose index holds a hostile and varied corpus."""

from datetime import timedelta

import pytest

from ouidire.settings.configuration import settings_from
from ouidire.state.items import ItemRecord, save_items
from ouidire.state.themes import ThemeRecord, save_themes
from service.pipeline.configured_sources import configured_sources
from service.serve.scheduler.events import View
from service.serve.web.server import Site
from tests.service.serve.conftest import NOW, Browser, configuration
from tests.support import index_corpus
from tests.support.reply_site import NATIVE_IDS, ReplySite, environment, sources

HOSTILE = (
    "<script>document.title='pwned'</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(2)><a href="javascript:alert(3)">',
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "\u202eeduf\u202c \u0000\u0007 =cmd|' /C calc'!A0",
)


IDS = [f"review{number}" for number in range(4)]


def corpus():
    """The conformance corpus within the last weeks, and mentions of which every word is hostile."""
    for each in index_corpus.everything():
        if each.kind == "mention":
            yield each.model_copy(update={"brands": (*each.brands, "pousse")})
        else:
            yield each
    for number, text in enumerate(HOSTILE):
        yield index_corpus.mention(90_000 + number).model_copy(
            update={
                "id": f"hostile{number}",
                "title": text,
                "text": text * 3,
                "url": "javascript:alert(document.domain)",
                "place": text,
                "source": text,
                "site": text,
                "subject": text,
                "brands": ("pousse", text),
                "reply": text,
                "sentiment": "negative",
                "period_at": NOW,
            }
        )


@pytest.fixture
def explored(installation, served):
    """Serves the installation with a filled index; gives a browser."""
    installation.index.upsert(corpus())
    with served() as browser:
        yield browser


@pytest.fixture
def queues(installation, served):
    """Serves reviews of every kind of words; the first was answered, the others wait."""
    documents, rows = [], []
    for number, (key, words) in enumerate(zip(IDS, HOSTILE, strict=True)):
        documents.append(
            index_corpus.mention(95_000 + number).model_copy(
                update={
                    "id": key,
                    "mention_kind": "review",
                    "brands": ("pousse",),
                    "duplicate_of": None,
                    "title": words,
                    "text": words * 3,
                    "place": words,
                    "site": "avis.example",
                    "source": "schema_org",
                    "source_key": "schema_org:avis.example",
                    "presence": "present",
                    "url": "javascript:alert(1)" if number == 1 else f"https://avis.example/{key}",
                    "stars": 1.0,
                    "irritation": 0.9,
                    "answered": number == 0,
                    "corrected": (),
                    "reply": words if number == 0 else None,
                    "answer_state": None,
                    "p_negative": 0.4,
                    "p_neutral": 0.3,
                    "p_positive": 0.3,
                    "period_at": NOW - timedelta(days=2),
                }
            )
        )
        rows.append(
            ItemRecord(
                id=key,
                source="schema_org",
                source_key="schema_org:avis.example",
                revision=1,
                presence="present",
                content="x",
                first_seen_at=NOW,
                last_seen_at=NOW,
                first_run=1,
                changed_run=1,
                last_run=1,
                content_run=1,
            )
        )
    installation.index.upsert(documents)
    with installation.state.begin() as connection:
        save_items(connection, rows)
    with served() as browser:
        yield browser


def theme(name, label, **more):
    week = NOW - timedelta(days=NOW.weekday(), hours=NOW.hour, weeks=1)
    about = {"id": name, "brand": "pousse", "label": label, "anchor": b"", "radius": 0.5, "version": 1}
    found = {"week_start": week, "week_end": week + timedelta(weeks=1), "sentences": 4, "p": 0.001}
    return ThemeRecord(**about, **found, opened_at=NOW, **more)


@pytest.fixture
def themed(installation, served):
    """Serves two themes: one with three mentions of this week and hostile words, one without any."""
    with installation.state.begin() as connection:
        save_themes(connection, [theme("queues", HOSTILE[0]), theme("parking", "le parking payant")])
    installation.index.upsert(
        index_corpus.mention(96_000 + number).model_copy(
            update={
                "id": f"queue{number}",
                "brands": ("pousse",),
                "duplicate_of": None,
                "presence": "present",
                "emergent": ("queues",),
                "text": HOSTILE[number],
                "sentiment": "negative",
                "period_at": NOW - timedelta(days=number),
            }
        )
        for number in range(3)
    )
    with served() as browser:
        yield browser


@pytest.fixture
def platform(monkeypatch):
    with ReplySite() as made:
        for name, value in environment(made).items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def pages(installation, platform):
    """Serves a review with hostile words that Google Play can be answered."""
    data = configuration(source=sources(platform), fetch={"allow_hosts": ["127.0.0.1"]})
    installation.settings = settings_from(data, base=installation.settings.base)
    key = next(
        each.key for each in configured_sources(installation.settings) if each.source.slug == "play_owner"
    )
    own = {"id": "waiting", "mention_kind": "review", "brands": ("pousse",), "duplicate_of": None}
    read = {"source": "play_owner", "source_key": key, "native_id": NATIVE_IDS["play_owner"]}
    said = {"title": HOSTILE[0], "text": HOSTILE[1], "stars": 1.0, "reply": None, "answered": False}
    rest = {"presence": "present", "answer_state": None, "period_at": NOW - timedelta(days=2)}
    base = index_corpus.mention(95_000)
    answered = {"id": "other", "reply": "Merci", "answered": True}
    installation.index.upsert(
        [
            base.model_copy(update={**own, **read, **said, **rest}),
            base.model_copy(update={**own, **read, **said, **rest, **answered}),
        ]
    )
    runs = dict.fromkeys(("first_run", "changed_run", "last_run", "content_run", "revision"), 1)
    seen = {"first_seen_at": NOW, "last_seen_at": NOW, "presence": "present", "content": "x"}
    with installation.state.begin() as connection:
        save_items(
            connection,
            [
                ItemRecord(id=each, source="play_owner", source_key=key, **seen, **runs)
                for each in ("waiting", "other")
            ],
        )
    site = Site(installation, lambda: View(started_at=NOW - timedelta(days=2), looked_at=NOW))
    with site.open():
        yield Browser(site.address)
