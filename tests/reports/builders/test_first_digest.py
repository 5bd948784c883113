"""A first digest after one crawl read all the past: it compares, says so, and invents nothing."""

from datetime import timedelta

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.alerts.find import find
from reports.builders.digest import build
from reports.data.collection import CollectionFacts
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

FIRST = PERIOD.end + timedelta(hours=6)
"""The one crawl: on the Monday of the digest."""
_MADE = {}


def installed(kind, *, complete=True, past=8):
    """A sample's weeks as one crawl reads them: nothing was seen before it."""
    for each in documents(kind, past=past):
        if each.kind == "mention":
            late = FIRST - each.period_at > timedelta(days=8)
            yield each.model_copy(update={"first_seen_at": FIRST, "late": late})
        elif each.kind == "run" and each.started_at > PERIOD.end - timedelta(days=1):
            yield each.model_copy(update={"started_at": FIRST, "complete": complete})
        elif each.kind == "search_result" and each.captured_at > PERIOD.end - timedelta(days=1):
            yield each.model_copy(update={"captured_at": FIRST})


def first(kind="busy", *, files=(), statuses=None, **options):
    key = (kind, files, str(statuses), *options.items())
    if key not in _MADE:
        listed = [
            each.model_copy(update={"status": (statuses or {}).get(each.source, each.status)})
            if each.kind == "run"
            else each
            for each in installed(kind, **options)
        ]
        _MADE[key] = build(
            FakeIndex(listed),
            PERIOD,
            brands=BRANDS,
            now=NOW,
            sources=SOURCES,
            edition=Edition(scope=Scope(brand="pousse")),
            facts=CollectionFacts(files=frozenset(files)),
        )
    return _MADE[key]


def test_opinions_are_compared_with_what_was_read_afterwards_and_counts_are_not():
    context = first()
    assert context.verdict.kind == "moved"
    assert {"positive", "irritation"} <= set(context.verdict.moved)
    assert context.metrics["positive"].change.weeks >= 5
    counts = [each for each in context.metrics.values() if each.key in ("volume", "voice")]
    assert counts
    assert all(each.direction == "unknown" for each in counts)
    assert "spike" not in context.metrics
    assert first("quiet").verdict.kind == "quiet"


def test_the_past_is_labelled():
    context = first()
    assert context.blind.past_read_at == FIRST
    *past, last = context.history
    assert past
    assert all(each.afterwards for each in past)
    assert not last.afterwards
    assert context.blind.new_sources == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_says_so_within_its_length(language):
    words = {"fr": "relevé après coup, le 9 mars", "en": "read afterwards, on 9 March"}[language]
    for kind in ("busy", "quiet"):
        found = render_mail(first(kind), language)
        for text in (found.text, found.html, found.attachments[0].html):
            assert words in " ".join(text.replace("\u00a0", " ").split())


def test_nothing_is_new_or_withdrawn_and_no_alert_is_active():
    context = first()
    assert context.convince.moves == ()
    assert (context.reviews.vanished, context.reviews.edited) == (0, 0)
    index = FakeIndex(each for each in installed("busy") if each.kind != "event")
    assert find(index, BRANDS[:1], now=NOW, timezone="Europe/Paris", sources=SOURCES) == ()


def test_a_reading_that_was_not_whole_is_no_baseline():
    context = first("quiet", complete=False)
    assert context.verdict.kind == "first_weeks"
    assert context.blind.past_read_at is None
    assert not any(each.afterwards for each in context.history)


ALL = tuple(sorted({each.source for each in documents("quiet", past=1) if each.kind == "run"}))


def test_the_first_reading_of_files_is_a_baseline():
    """No file says what was withdrawn, so that none is enumerated; the past that it holds is all there is."""
    context = first("busy", complete=False, files=ALL)
    assert context.verdict.kind == "moved"
    assert {"positive", "irritation"} <= set(context.verdict.moved)
    assert context.blind.past_read_at == FIRST
    assert context.metrics["volume"].direction == "unknown"


def test_a_file_whose_first_reading_failed_is_no_baseline():
    context = first("busy", complete=False, files=ALL, statuses=dict.fromkeys(ALL, "degraded"))
    assert context.blind.past_read_at is None
    assert not any(each.afterwards for each in context.history)


def test_the_period_of_the_oldest_review_is_no_baseline():
    context = first("quiet", past=3)
    assert [each.afterwards for each in context.history] == [True, True, False]
    assert context.metrics["positive"].change.outcome == "no_data"
    assert context.verdict.kind == "first_weeks"
