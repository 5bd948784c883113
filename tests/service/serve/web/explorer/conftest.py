"""The web site of an installation whose index holds a hostile and varied corpus."""

from datetime import timedelta

import pytest

from ouidire.state.items import ItemRecord, save_items
from tests.service.serve.conftest import NOW
from tests.support import index_corpus

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
