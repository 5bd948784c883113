"""The web site of an installation whose index holds a hostile and varied corpus."""

import pytest

from tests.service.serve.conftest import NOW
from tests.support import index_corpus

HOSTILE = (
    "<script>document.title='pwned'</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(2)><a href="javascript:alert(3)">',
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "\u202eeduf\u202c \u0000\u0007 =cmd|' /C calc'!A0",
)


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
