"""The crisis of the demo's story, crawled once a week: which alert is active, and when.

Documents are made of the site's own data, with the tone of their stars and scores: no model is needed.
"""

import csv
import re
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from ouidire.documents import MentionDocument, RunDocument
from ouidire.settings.brand import Brand
from reports.alerts.find import find
from reports.data.context import SourceInfo
from service.demo import WEEKS, crawl_time, survey_files
from service.demo.site.content import all_articles, listings
from tests.support.fake_index import FakeIndex

PARIS = ZoneInfo("Europe/Paris")
OWN = Brand(slug="pousse", name="Pousse & Compagnie")
READ = [
    ("avis-jardin", "pousse-et-compagnie"),
    ("avis-jardin", "pousse-et-compagnie-lyon"),
    ("avis-jardin", "pousse-et-compagnie-nantes"),
    ("avis-jardin", "pousse-et-compagnie-lille"),
    ("verdict-clients", "pousse-et-compagnie"),
    ("apps", "990001"),
]
SURVEY, PRESS = "survey_file:survey", "feed:le-potager-bavard"
GOOD, BAD = 4, 2
PROMOTER, DETRACTOR = 9, 6


def balance(given, good, bad):
    return 0.8 * (given >= good) - 0.8 * (given <= bad)


def key_of(site, slug):
    return f"schema_org:{site}/{slug}"


def mention(key, number, at, tone):
    seen = min((crawl_time(week) for week in range(1, WEEKS + 1) if crawl_time(week) >= at), default=at)
    return MentionDocument(
        id=f"{key}#{number}",
        revision=1,
        mention_kind="review",
        source=key.partition(":")[0],
        source_key=key,
        site=key.partition(":")[2].partition("/")[0],
        entity="pousse",
        run_id="r",
        brands=("pousse",),
        language="fr",
        text="",
        published_at=at,
        published_precision="second",
        period_at=at,
        first_seen_at=seen,
        sentiment={-0.8: "negative", 0.8: "positive"}.get(tone, "neutral"),
        sentiment_balance=tone,
    )


@cache
def story():
    """What was said of the brand in the eight weeks and before, as documents."""
    found = []
    for site, slug in READ:
        for review in listings(site)[slug].reviews:
            tone = balance(review.stars, GOOD, BAD)
            found.append(mention(key_of(site, slug), review.id, review.date, tone))
    for path in survey_files(WEEKS):
        lines = path.read_bytes().decode("latin-1").splitlines()  # dates and scores are ASCII in all of them
        for number, row in enumerate(csv.reader(lines, delimiter=";")):
            dated = re.match(r"(\d\d)/(\d\d)/(\d{4})", row[0]) if row else None
            if number and dated and row[1].strip().isdigit():
                day, month, year = map(int, dated.groups())
                with suppress(ValueError):  # the story has a 30 February
                    at = datetime(year, month, day, 12, tzinfo=PARIS)
                    tone = balance(int(row[1]), PROMOTER, DETRACTOR)
                    found.append(mention(SURVEY, f"{path.name}{number}", at, tone))
    about = [each for each in all_articles() if "pousse-et-compagnie" in each.brands]
    return (*found, *(mention(PRESS, each.slug, each.date, 0.0) for each in about))


def known(week):
    """What the index holds after a week's crawl, the runs of every Monday among it."""
    now = crawl_time(week)
    yield from (each for each in story() if each.first_seen_at <= now)
    for back in range(1, week + 1):
        for key in (*(key_of(*each) for each in READ), SURVEY, PRESS):
            yield RunDocument(
                id=f"{key}@{back}",
                revision=1,
                source=key.partition(":")[0],
                source_key=key,
                brands=("pousse",),
                status="ok",
                started_at=crawl_time(back),
                complete=True,
            )


def active(week, *, later=timedelta()):
    sources = [SourceInfo(source="schema_org", source_key=SURVEY, title="x", name="x")]
    now = crawl_time(week) + later
    kinds = ("volume", "polarity")
    return find(FakeIndex(known(week)), [OWN], now=now, timezone="Europe/Paris", sources=sources, kinds=kinds)


def test_the_crisis_is_told_at_the_crawl_that_reads_it():
    """Week 8 doubles what is said, and turns it bad; no single day of a dozen mentions proves it alone."""
    alerts = {alert.kind: alert for alert in active(WEEKS)}
    assert "volume" in alerts
    volume = alerts["volume"]
    assert (volume.day.isoformat(), volume.span) == ("2026-03-08", 7)
    assert volume.comparison.n > 1.7 * volume.comparison.usual
    held = active(WEEKS, later=timedelta(hours=23))
    assert "volume" in {alert.kind for alert in held}, "it holds for a day, quiet hours or not"


@pytest.mark.parametrize("week", range(1, WEEKS - 1))
def test_no_quiet_week_and_no_history_that_the_first_crawl_reads_is_told(week):
    assert active(week) == ()
