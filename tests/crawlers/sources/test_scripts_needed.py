"""Tests of pages that show nothing without scripts: named as such, unless a browser has rendered them."""

from datetime import UTC, datetime

import pytest

from crawlers.health.facts import CrawlProblem, RunFacts
from crawlers.health.past import SourcePast
from crawlers.health.status import FIRST, run_status
from crawlers.sources.schema_org.source import SOURCE
from ouidire.errors import CHANGED, LayoutChanged, ScriptsNeeded
from ouidire.page import Page

APP = '<html><body><div id="root"></div><script src="/app.js"></script></body></html>'


def page(body, **context):
    return Page(
        url="https://avis.example/pousse",
        body=body.encode(),
        fetched_at=datetime(2026, 3, 9, tzinfo=UTC),
        context={"entity": "avis.example/pousse", **context},
    )


def test_a_page_of_scripts_says_what_to_try():
    with pytest.raises(ScriptsNeeded, match="render = true"):
        SOURCE.parse(page(APP))


@pytest.mark.parametrize(
    "shown",
    [
        page(APP, render="yes"),
        page(f"<html><body><p>{'Un texte sans avis. ' * 60}</p><script>1</script></body></html>"),
        page("<html><body><p>Rien.</p></body></html>"),
        page('<html><body><p>Rien.</p><script type="application/json">{}</script></body></html>'),
    ],
    ids=["rendered", "words", "no scripts", "data"],
)
def test_others_do_not(shown):
    with pytest.raises(LayoutChanged) as raised:
        SOURCE.parse(shown)
    assert not isinstance(raised.value, ScriptsNeeded)


def test_no_site_has_changed_before_its_first_reading():
    problem = CrawlProblem(
        kind="layout", page="https://a.example/", detail=f"a layout; {CHANGED}", first=True
    )
    first = run_status(RunFacts(problems=[problem], problem_count=1, pages=1))
    assert (FIRST in first.reason, CHANGED in first.reason) == (True, False)
    past = SourcePast(runs=3, counts=(5, 5, 5))
    later = run_status(RunFacts(past=past, problems=[problem], problem_count=1, pages=1))
    assert CHANGED in later.reason
